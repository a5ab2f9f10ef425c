"""Who is signed in, and where: the connection that all other services follow. Main thread."""

from __future__ import annotations

import logging
from typing import Any, Callable, Optional, Union

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..api.cancel import CancelToken
from ..api.connection import Connection
from ..api.errors import BadInput, MapflowError
from ..api.models import Storage, UserStatus
from ..settings import SERVER, CredentialStore, environment_connection, make_snapshot
from .offline.absence import Absence, ask_or_know, read_storage
from .offline.away import LOOK_AGAIN_SECONDS, AwayService
from .offline.shelf import Known, Shelf
from .online import Ask, with_client
from .service import Service

log = logging.getLogger(__name__)

SIGNED_OUT, CHECKING, SIGNED_IN, OFFLINE = "signed_out", "checking", "signed_in", "offline"


class SessionService(Service):
    """A connection counts only when its server has accepted the token; until then the old one stays.

    Offline: a token that was kept could not be checked, as the server is away, and the shelf knows its
    account; `away` looks for the server.
    """

    signed_in = pyqtSignal(object)  # Connection
    signed_out = pyqtSignal()
    went_offline = pyqtSignal(object, object)  # Connection, moment (UTC) as of which its account is known
    forgotten = pyqtSignal(object)  # Connection, of whose account nothing is to stay on this computer
    sign_in_failed = pyqtSignal(object)  # MapflowError: its class tells why
    storage_loaded = pyqtSignal(object)
    status_loaded = pyqtSignal(object)
    failed = pyqtSignal(object)  # the storage could not be read again
    token_not_stored = pyqtSignal()  # it is good until QGIS closes

    def __init__(
        self,
        parent: Optional[QObject] = None,
        *,
        shelf: Optional[Shelf] = None,
        time_scale: float = 1.0,
        look_seconds: float = LOOK_AGAIN_SECONDS,
    ) -> None:
        super().__init__(parent)
        self.away = AwayService(self, time_scale=time_scale, seconds=look_seconds)
        self._shelf = shelf
        self._time_scale = time_scale
        self._credentials = CredentialStore()
        self._connection: Optional[Connection] = None
        self._storage: Optional[Storage] = None
        self._status: Optional[UserStatus] = None
        self._may_restore = True
        self._is_kept = False
        self.away.found.connect(lambda connection, storage: self._on_accepted(connection, storage, None))
        self.away.refused.connect(self._on_refused_again)
        self.busy_changed.connect(self.away.set_paused)

    @property
    def state(self) -> str:
        if self.is_running("sign_in"):
            return CHECKING
        if self._connection is None:
            return SIGNED_OUT
        return OFFLINE if self.absence else SIGNED_IN

    @property
    def is_online(self) -> bool:
        """Whether there is a server that has accepted the token."""
        return self._connection is not None and self.absence is None

    @property
    def absence(self) -> Optional[Absence]:
        """While offline."""
        return self.away.absence

    @property
    def connection(self) -> Optional[Connection]:
        """While offline as well: whose server is away."""
        return self._connection

    @property
    def is_kept(self) -> bool:
        """Whether the account is remembered: of another one nothing is left on this computer. May turn out
        only after `signed_in`, and is then told by `token_not_stored`."""
        return self._is_kept

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
        """Ends the session and forgets the stored token, and what is known of the account."""
        connection = self._connection
        self._may_restore = False
        self._leave()
        self._credentials.forget()
        if connection is not None:
            self.forgotten.emit(connection)
        self.signed_out.emit()

    def close(self) -> None:
        self.away.close()
        super().close()

    def refresh_storage(self) -> None:
        connection = self._connection
        if connection is None or not self.is_online:
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
        """`remember` None leaves what is stored as it is, and makes do with the shelf."""
        scale, shelf = self._time_scale, self._shelf if remember is None else None
        self.run(
            "sign_in",
            lambda token: (
                ask_or_know(connection, shelf, token, scale)
                if shelf
                else read_storage(connection, token, scale)
            ),
            lambda answer: self._on_checked(connection, answer, remember),
            self.sign_in_failed.emit,
            latest=True,
        )

    def _asking(self, connection: Connection, ask: Ask) -> Callable[[CancelToken], Any]:
        return lambda token: with_client(connection, token, ask, self._time_scale)

    def _on_checked(
        self,
        connection: Connection,
        answer: Union[Storage, tuple[MapflowError, Known]],
        remember: Optional[bool],
    ) -> None:
        if isinstance(answer, Storage):
            self._on_accepted(connection, answer, remember)
        else:
            self._go_offline(connection, *answer)

    def _go_offline(self, connection: Connection, error: MapflowError, known: Known) -> None:
        self.away.begin(connection, error, known)
        self._connection, self._storage = connection, known.storage
        self.went_offline.emit(connection, known.moment)
        if known.storage is not None:
            self.storage_loaded.emit(known.storage)

    def _on_refused_again(self, error: MapflowError) -> None:
        """The server is back, and does not want the token any more."""
        self._leave()
        self.signed_out.emit()
        self.sign_in_failed.emit(error)

    def _leave(self) -> None:
        self.away.end()
        self.cancel_all()
        self._connection = self._storage = self._status = None

    def _on_accepted(self, connection: Connection, storage: Storage, remember: Optional[bool]) -> None:
        self.away.end()
        self.cancel("storage")
        self._connection, self._storage, self._status = connection, storage, None
        self._is_kept = remember is not False
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
            self._is_kept = False
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
