"""Is there a way to Mapflow? Asked after a failure, and then every so often. Under the engine's lock."""

from __future__ import annotations

import time
from typing import Callable, Optional

from ...api.client import MapflowClient
from ...api.errors import Cancelled, ConnectionFailed, MapflowError, TlsFailed

PROXY_REFUSED = 407


class Line:
    """`is_doubtful` after a failure on the way, until it was asked; `down_since` is `time.time()`."""

    def __init__(self, look_every: float) -> None:
        self.look_every = look_every
        self.is_doubtful = False
        self.down_since: Optional[float] = None
        self._next_look = 0.0

    @property
    def is_down(self) -> bool:
        return self.down_since is not None

    def is_due(self) -> bool:
        return self.is_doubtful or (self.is_down and self.pause() <= 0)

    def pause(self) -> float:
        """Seconds until the next look."""
        return self._next_look - time.monotonic()

    def note(self, *, is_there: bool) -> bool:
        """Take the answer in; True if that is news."""
        was_down = self.is_down
        self.is_doubtful = False
        self._next_look = time.monotonic() + self.look_every
        if is_there:
            self.down_since = None
        elif not was_down:
            self.down_since = time.time()
        return was_down is is_there


def ask(make_client: Callable[[], MapflowClient]) -> Optional[MapflowError]:
    """Make the cheapest call; what it failed with. Blocking, without the lock. Raises `Cancelled`."""
    try:
        with make_client() as client:
            client.account.storage()
    except Cancelled:
        raise
    except MapflowError as error:
        return error
    return None


def may_be_down(error: Optional[MapflowError]) -> bool:
    """No answer of Mapflow came. An untrusted certificate, or a proxy that says no, is somebody's to mend."""
    return (
        isinstance(error, ConnectionFailed)
        and not isinstance(error, TlsFailed)
        and error.status != PROXY_REFUSED
    )
