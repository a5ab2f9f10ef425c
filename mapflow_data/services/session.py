"""Who is signed in, and where: the connection that all other services follow. Main thread."""

from __future__ import annotations

import logging
from typing import Any, Callable, Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..api.cancel import CancelToken
from ..api.connection import Connection
from ..api.errors import BadInput, MapflowError
from ..api.models import Storage, UserStatus
from ..settings import SERVER, CredentialStore, environment_connection, make_snapshot
from .online import Ask, with_client
from .service import Service

log = logging.getLogger(__name__)

SIGNED_OUT, CHECKING, SIGNED_IN = "signed_out", "checking", "signed_in"


class SessionService(Service):
    """A connection counts only when its server has accepted the token; until then the old one stays."""

    signed_in = pyqtSignal(object)  # Connection
    signed_out = pyqtSignal()
    sign_in_failed = pyqtSignal(object)  # MapflowError: its class tells why
    storage_loaded = pyqtSignal(object)
    status_loaded = pyqtSignal(object)
    failed = pyqtSignal(object)  # the storage could not be read again
    token_not_stored = pyqtSignal()  # it is good until QGIS closes

    def __init__(self, parent: Optional[QObject] = None, *, time_scale: float = 1.0) -> None:
        super().__init__(parent)
        self._time_scale = time_scale
        self._credentials = CredentialStore()
        self._connection: Optional[Connection] = None
        self._storage: Optional[Storage] = None
        self._status: Optional[UserStatus] = None
        self._may_restore = True

    @property
    def state(self) -> str:
        if self.is_running("sign_in"):
            return CHECKING
        return SIGNED_OUT if self._connection is None else SIGNED_IN

    @property
    def connection(self) -> Optional[Connection]:
        return self._connection

    @property
    def storage(self) -> Optional[Storage]:
        return self._storage

    @property
    def status(self) -> Optional[UserStatus]:
        return self._status

    def sign_in(self, server: str, token: str, remember: bool = True) -> None:
        """`remember` keeps the token in QGIS' authentication database, once the server has accepted it."""
        try:
            connection = make_snapshot(server, token)
        except BadInput as error:
            self.sign_in_failed.emit(error)
            return
        self._check(connection, remember)

    def restore(self) -> None:
        """Sign in by the environment or by the stored token, if there is one.

        Only when a person opens the plugin: it may ask for the master password. One that was declined, or a
        sign-out, is not gone back on before QGIS is started again.
        """
        if not self._may_restore or self.state != SIGNED_OUT:
            return
        try:
            connection = environment_connection() or self._stored_connection()
        except BadInput as error:
            self.sign_in_failed.emit(error)
            return
        if connection is not None:
            self._check(connection, None)

    def sign_out(self) -> None:
        """Ends the session and forgets the stored token."""
        self._may_restore = False
        self.cancel_all()
        self._credentials.forget()
        self._connection = self._storage = self._status = None
        self.signed_out.emit()

    def refresh_storage(self) -> None:
        connection = self._connection
        if connection is None:
            return
        self.run(
            "storage",
            self._asking(connection, lambda client, _: client.account.storage()),
            self._on_storage,
            self.failed.emit,
            latest=True,
        )

    def _stored_connection(self) -> Optional[Connection]:
        if not self._credentials.has_token():
            return None
        server = SERVER.get()
        token = self._credentials.load(server)
        self._may_restore = bool(token)
        return make_snapshot(server, token) if token else None

    def _check(self, connection: Connection, remember: Optional[bool]) -> None:
        """The cheapest call that needs a valid token. `remember` None leaves what is stored as it is."""
        self.run(
            "sign_in",
            self._asking(connection, lambda client, _: client.account.storage()),
            lambda storage: self._on_accepted(connection, storage, remember),
            self.sign_in_failed.emit,
            latest=True,
        )

    def _asking(self, connection: Connection, ask: Ask) -> Callable[[CancelToken], Any]:
        return lambda token: with_client(connection, token, ask, self._time_scale)

    def _on_accepted(self, connection: Connection, storage: Storage, remember: Optional[bool]) -> None:
        self.cancel("storage")
        self._connection, self._storage, self._status = connection, storage, None
        if remember is not None:
            SERVER.set(connection.server)
            # later: QGIS' prompt for the master password would hold up the end of this task
            QTimer.singleShot(0, lambda: self._keep(connection, remember))
        self.signed_in.emit(connection)
        self.storage_loaded.emit(storage)
        self._load_status(connection)

    def _keep(self, connection: Connection, remember: bool) -> None:
        if connection is not self._connection or self._is_closed:
            return  # signed out, in again or unloaded meanwhile
        if not remember:
            self._credentials.forget()
        elif not self._credentials.store(connection.server, connection.authorization):
            self.token_not_stored.emit()

    def _on_storage(self, storage: Storage) -> None:
        self._storage = storage
        self.storage_loaded.emit(storage)

    def _load_status(self, connection: Connection) -> None:
        """Limits and providers, which some servers do not tell and the session does without."""
        self.run(
            "status",
            self._asking(connection, lambda client, _: client.account.status()),
            self._on_status,
            self._on_no_status,
            latest=True,
        )

    def _on_status(self, status: UserStatus) -> None:
        self._status = status
        self.status_loaded.emit(status)

    def _on_no_status(self, error: MapflowError) -> None:
        log.info("no limits of the account: %s %s", type(error).__name__, error.request)
