"""What is to be asked, as a value. Any thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, Optional
from urllib.parse import quote, urlencode, urlsplit

from .bodies import JSON_CAP, Open
from .multipart import FileBody
from .retry import READ, CallClass


@dataclass(frozen=True)
class Call:
    """`target` is a path under the base URL, or a whole URL, which gets the credential only if it is of the
    API's own origin.
    """

    method: str
    target: str
    kind: CallClass = READ
    query: Sequence[tuple[str, str]] = ()
    json: Any = None
    make_body: Optional[Callable[[], FileBody]] = field(default=None, repr=False)
    cap: int = JSON_CAP
    is_foreign: bool = False  # `target` came from an answer: it may be any URL, and is checked
    save: Optional[Open] = field(default=None, repr=False)  # takes the body of a 2xx; called for each attempt

    @property
    def label(self) -> str:
        """For errors and logs: no host, no query."""
        return f"{self.method} {urlsplit(self.target).path}"

    def url(self, server: str) -> str:
        base = self.target if "://" in self.target else server + self.target
        return f"{base}?{urlencode(self.query, quote_via=quote)}" if self.query else base


def endpoint(*parts: str) -> str:
    """A path under the base URL; ids come from servers, so every part is quoted."""
    return "".join("/" + quote(part, safe="") for part in parts)


PROBE = Call("GET", "/rasters/memory")  # the cheapest one that proves a token
