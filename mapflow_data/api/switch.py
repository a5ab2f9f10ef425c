"""Ends a running attempt from outside. Owned by one transport, shut from any thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

from .cancel import CancelToken
from .retry import CallClass


class Switch:
    """Ends the running attempt from outside, on a cancel or when its time is over.

    It works on a duplicate of the socket: `shutdown` then reaches the connection below TLS, whatever the
    layers above have done to their own handle.
    """

    def __init__(self, cancel: CancelToken, time_scale: float) -> None:
        self.cancel = cancel
        self.time_scale = time_scale
        self.connect = self.send_idle = 0.0
        self.public_only = False
        self.has_sent = self.is_late = False
        self._lock = threading.Lock()
        self._current: Optional[socket.socket] = None
        self._retired: list[socket.socket] = []

    @contextmanager
    def attempt(self, kind: CallClass) -> Iterator[None]:
        self.connect = kind.connect * self.time_scale
        self.send_idle = kind.send_idle * self.time_scale
        self.has_sent = self.is_late = False
        timer = threading.Timer((kind.whole or 0.0) * self.time_scale, self._on_late)
        timer.daemon = True
        if kind.whole:
            timer.start()
        try:
            with self.cancel.calling(self.shut):
                yield
        finally:
            timer.cancel()
            self._end()

    def shut(self) -> None:
        with self._lock:
            if self._current is not None:
                _shut(self._current)

    def use(self, handle: Optional[socket.socket]) -> None:
        with self._lock:
            self._current = handle
            if handle is not None and (self.is_late or self.cancel.is_cancelled):
                _shut(handle)

    def retire(self, handle: socket.socket) -> None:
        """Close a handle, but the one in use only after the attempt: its answer may still be read."""
        with self._lock:
            if handle is self._current:
                self._retired.append(handle)
            else:
                handle.close()

    def _on_late(self) -> None:
        self.is_late = True
        self.shut()

    def _end(self) -> None:
        with self._lock:
            self._current = None
            for handle in self._retired:
                handle.close()
            self._retired.clear()


def _shut(handle: socket.socket) -> None:
    try:
        handle.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was first
