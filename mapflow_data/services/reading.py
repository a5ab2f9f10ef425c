"""Asks something of each of many mosaics, four at a time. `run` is the body of one task; no Qt."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, Optional

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import (
    Cancelled,
    ConnectionFailed,
    MapflowError,
    NotFound,
    RateLimited,
    SignInRequired,
)
from ..api.models import Mosaic
from .pacing import rest_after
from .task import guarded

AT_ONCE = 4
STOPPERS = (Cancelled, ConnectionFailed, RateLimited, SignInRequired)  # the next would fail the same way
FAILURES_IN_A_ROW = 5  # of others: it is the server, not the mosaic


class Answer(NamedTuple):
    """Of one mosaic: what was read, or why it could not be."""

    mosaic: Mosaic
    found: Any = None
    error: Optional[MapflowError] = None


Ask = Callable[[MapflowClient, Mosaic], Any]  # called by the threads, as `Tell` is
Tell = Callable[[Answer], None]


class Reading:
    """A mosaic that fails is told and skipped; what would fail for all ends the reading."""

    def __init__(
        self,
        connection: Connection,
        mosaics: Sequence[Mosaic],
        ask: Ask,
        tell: Tell,
        time_scale: float = 1.0,
    ) -> None:
        self._connection = connection
        self._waiting = deque(mosaics)
        self._ask = ask
        self._tell = tell
        self._time_scale = time_scale
        self._over = CancelToken()
        self._lock = threading.Lock()
        self._failures = 0
        self._error: Optional[MapflowError] = None

    def run(self, token: CancelToken) -> None:
        """Raises what ended it before its time. Returns when all its threads have ended."""
        count = min(AT_ONCE, len(self._waiting))
        threads = [threading.Thread(target=self._work, name=f"reading {n}") for n in range(count)]
        with token.calling(self._over.cancel):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        token.check()
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        try:
            guarded(self._read_all)
        except Cancelled:
            return  # whoever asked for it says why
        except MapflowError as error:
            with self._lock:
                self._error = self._error or error
            self._over.cancel()

    def _read_all(self) -> None:
        with MapflowClient(self._connection, self._over, time_scale=self._time_scale) as client:
            mosaic = self._next()
            while mosaic is not None:
                self._over.check()
                started, used = time.perf_counter(), time.thread_time()
                self._read(client, mosaic)
                used, took = time.thread_time() - used, time.perf_counter() - started
                self._over.wait(rest_after(used, took, AT_ONCE))
                mosaic = self._next()

    def _next(self) -> Optional[Mosaic]:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _read(self, client: MapflowClient, mosaic: Mosaic) -> None:
        try:
            found = self._ask(client, mosaic)
        except STOPPERS:
            raise
        except MapflowError as error:
            self._count_failure(error)
            self._tell(Answer(mosaic, error=error))
            return
        with self._lock:
            self._failures = 0
        self._tell(Answer(mosaic, found))

    def _count_failure(self, error: MapflowError) -> None:
        """Raises it where there were too many. That one mosaic is gone says nothing of the others."""
        if isinstance(error, NotFound):
            return
        with self._lock:
            self._failures += 1
            is_hopeless = self._failures >= FAILURES_IN_A_ROW
        if is_hopeless:
            raise error
