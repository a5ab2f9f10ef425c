"""Reads an answer's body piece by piece: caps count unpacked bytes, a short body is told from a whole one.
Blocking, the transport's thread.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Callable, Optional

from . import fields
from .errors import AnswerTooLarge, IncompleteAnswer

JSON_CAP = 64_000_000
PICTURE_CAP = 50_000_000
PIECE = 64 * 1024

Write = Callable[[bytes], object]
Open = Callable[[Optional[int]], Write]  # of the length, where that is told; what the pieces go to


def read_body(raw: Any, headers: Mapping[str, str], cap: int) -> bytes:
    """The unpacked body of urllib3's `raw`. Raises `AnswerTooLarge`, `IncompleteAnswer`, and what the
    connection raises.
    """
    body = bytearray()
    copy_body(raw, headers, cap, lambda told: body.extend)
    return bytes(body)


def copy_body(raw: Any, headers: Mapping[str, str], cap: int, open_sink: Open) -> None:
    """The same, piece by piece, to what `open_sink` gives: never more than a piece is held."""
    told = fields.integer(headers.get("Content-Length"))
    if told is not None and told > cap:
        raise AnswerTooLarge(f"{told} bytes", parameters={"max_bytes": cap})
    received = size = 0
    packing = headers.get("Content-Encoding", "")
    unpack = _make_unpacker(packing)
    write = open_sink(None if packing else told)
    for piece in raw.stream(PIECE, decode_content=False):
        received += len(piece)
        for part in unpack(piece, cap + 1 - size):
            size += len(part)
            if size > cap:
                raise AnswerTooLarge(f"more than {cap} bytes", parameters={"max_bytes": cap})
            write(part)
    if told is not None and received < told:
        raise IncompleteAnswer(f"{received} of {told} bytes")
    if not unpack.is_whole(received):
        raise IncompleteAnswer("packed answer cut short")


class _Plain:
    def __call__(self, piece: bytes, room: int) -> Iterator[bytes]:
        yield piece

    def is_whole(self, received: int) -> bool:
        return True


class _Inflate:
    """gzip or zlib, never more than `room` bytes at a time, so that a bomb stays packed."""

    def __init__(self) -> None:
        self._engine = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def __call__(self, piece: bytes, room: int) -> Iterator[bytes]:
        while piece and room > 0 and not self._engine.eof:
            try:
                part = self._engine.decompress(piece, min(room, PIECE * 16))
            except zlib.error as error:
                raise IncompleteAnswer(f"cannot be unpacked: {error}") from None
            piece = self._engine.unconsumed_tail
            room -= len(part)
            yield part

    def is_whole(self, received: int) -> bool:
        return self._engine.eof or not received


def _make_unpacker(encoding: str) -> Any:
    packed = encoding.strip().lower() in ("gzip", "x-gzip", "deflate")
    return _Inflate() if packed else _Plain()
