"""What the fault server does with one request, and what it saw of it: plain values."""

from __future__ import annotations

import itertools
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Script:
    """Read, wait, answer, break: in this order. Times in seconds.

    The request: `stall` reads nothing at all, `read_only` stops after so many bytes of the body and answers
    early, `reset_after` resets there. `silent` reads all and answers nothing (closing after `delay`).
    The answer: `drip` seconds between single bytes from the status line on, `drop_after` closes after so many
    bytes of the body, `told_length` lies about the length, `reset` ends with a reset, `close` with a close;
    `linger` keeps the connection so long before, reading nothing.
    """

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    stall: bool = False
    read_only: int | None = None
    read_pause: float = 0.0
    reset_after: int | None = None
    silent: bool = False
    drip: float = 0.0
    drop_after: int | None = None
    told_length: int | None = None
    chunked: bool = False
    reset: bool = False
    close: bool = False
    linger: float = 0.0
    before: Callable[[], None] | None = field(default=None, repr=False)  # called before the answer


@dataclass
class Seen:
    """One request as it came over the wire. `body` keeps the first 64 KiB, `size` and `sha256` count all."""

    method: str
    target: str
    headers: dict[str, str]  # lower-case names
    head: bytes
    connection: int  # number of the connection, from 0
    at: float  # time.monotonic()
    body: bytes = b""
    size: int = 0
    sha256: str = ""
    is_whole: bool = False

    @property
    def has_credential(self) -> bool:
        return "authorization" in self.headers

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def answer(data: Any, status: int = 200, **more: Any) -> Script:
    """An answer in JSON."""
    headers = (("Content-Type", "application/json"), *more.pop("headers", ()))
    return Script(status=status, body=json.dumps(data).encode(), headers=headers, **more)


def html(
    status: int = 200, text: str = "<html><body>Sign in to the hotel</body></html>", **more: Any
) -> Script:
    return Script(status=status, body=text.encode(), headers=(("Content-Type", "text/html"),), **more)


def redirect(target: str, status: int = 302) -> Script:
    return Script(status=status, headers=(("Location", target),))


def bomb(size: int, head: bytes = b"[") -> Script:
    """An answer that unpacks to `size` bytes and more, made without ever holding them."""
    pieces = [head, *itertools.repeat(b" " * 1_000_000, size // 1_000_000 + 1)]
    engine = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    packed = b"".join([*map(engine.compress, pieces), engine.flush()])
    return Script(body=packed, headers=(("Content-Type", "application/json"), ("Content-Encoding", "gzip")))
