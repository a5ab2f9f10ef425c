"""What the server tells of the account that is signed in: storage, limits, providers. Main thread."""

from __future__ import annotations

import logging
from typing import Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.connection import Connection
from ..api.errors import MapflowError
from ..api.models import Storage, UserStatus
from .online import Ask, with_client
from .service import OnDone, OnFailed, Service

log = logging.getLogger(__name__)


class AccountService(Service):
    """Base of the session, which says whose account it is and whether its server is there."""

    storage_loaded = pyqtSignal(object)
    status_loaded = pyqtSignal(object)
    failed = pyqtSignal(object)  # the storage could not be read again

    def __init__(self, parent: Optional[QObject] = None, *, time_scale: float = 1.0) -> None:
        super().__init__(parent)
        self._time_scale = time_scale
        self._connection: Optional[Connection] = None
        self._storage: Optional[Storage] = None
        self._status: Optional[UserStatus] = None

    @property
    def connection(self) -> Optional[Connection]:
        """While offline as well: whose server is away."""
        return self._connection

    @property
    def is_online(self) -> bool:
        """Whether there is a server that has accepted the token."""
        return self._connection is not None

    @property
    def storage(self) -> Optional[Storage]:
        return self._storage

    @property
    def status(self) -> Optional[UserStatus]:
        return self._status

    def doubt(self, error: MapflowError) -> None:
        """A call could not reach the server, which may be away."""

    def refresh_storage(self) -> None:
        self._ask(
            "storage", lambda client, _: client.account.storage(), self._on_storage, self._on_no_storage
        )

    def _load_status(self) -> None:
        """Limits and providers, which some servers do not tell and the session does without."""
        self._ask("status", lambda client, _: client.account.status(), self._on_status, self._on_no_status)

    def _ask(self, key: str, ask: Ask, on_done: OnDone, on_failed: OnFailed) -> None:
        connection, scale = self._connection, self._time_scale
        if connection is not None and self.is_online:
            self.run(
                key,
                lambda token: with_client(connection, token, ask, scale),
                on_done,
                on_failed,
                latest=True,
            )

    def _on_storage(self, storage: Storage) -> None:
        self._storage = storage
        self.storage_loaded.emit(storage)

    def _on_no_storage(self, error: MapflowError) -> None:
        self.doubt(error)
        self.failed.emit(error)

    def _on_status(self, status: UserStatus) -> None:
        self._status = status
        self.status_loaded.emit(status)

    def _on_no_status(self, error: MapflowError) -> None:
        log.info("no limits of the account: %s %s", type(error).__name__, error.request)
