"""Base of the services that talk for the account that is signed in. Main thread, but for the work it runs."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from typing import Any, Callable, Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import ConnectionFailed, SignInRequired
from .service import OnDone, OnFailed, Service

log = logging.getLogger(__name__)

STOPPERS = (SignInRequired, ConnectionFailed)  # the next one would fail the same way

Ask = Callable[[MapflowClient, CancelToken], Any]


class OnlineService(Service):
    """Does nothing while nobody is signed in; a change of account drops what is under way."""

    failed = pyqtSignal(str, object)  # what was tried, MapflowError
    unanswered = pyqtSignal(object)  # the key of what was asked while there is nobody to ask

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._connection: Optional[Connection] = None

    def set_connection(self, connection: Optional[Connection]) -> None:
        if connection != self._connection:
            self.cancel_all()
            self._connection = connection

    def ask(
        self,
        key: Hashable,
        ask: Ask,
        on_done: Optional[OnDone] = None,
        on_failed: Optional[OnFailed] = None,
        *,
        latest: bool = False,
    ) -> bool:
        """As `run`, with a client of its own for the work."""
        connection = self._connection
        if connection is None:
            self.unanswered.emit(key)
            return False
        return self.run(
            key, lambda token: with_client(connection, token, ask), on_done, on_failed, latest=latest
        )

    def failing(self, what: str) -> OnFailed:
        """An `on_failed` that tells by `failed`."""
        return lambda error: self.failed.emit(what, error)


def with_client(connection: Connection, token: CancelToken, ask: Ask, time_scale: float = 1.0) -> Any:
    """Worker thread."""
    with MapflowClient(connection, token, time_scale=time_scale) as client:
        return ask(client, token)
