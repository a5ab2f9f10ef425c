"""Who is signed in, and where: the connection that all other services follow. Main thread."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Optional, Union

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..api.connection import Connection
from ..api.errors import BadInput, MapflowError
from ..api.models import Storage
from ..settings import SERVER, CredentialStore, environment_connection, make_snapshot
from .account import AccountService
from .offline.absence import Absence, ask_or_know, read_storage
from .offline.away import LOOK_AGAIN_SECONDS, AwayService
from .offline.shelf import Known, Shelf
from .online import is_out_of_reach

SIGNED_OUT, CHECKING, SIGNED_IN, OFFLINE = "signed_out", "checking", "signed_in", "offline"


class SessionService(AccountService):
    """A connection counts only when its server has accepted the token; until then the old one stays.

    Offline: the server is away. Either a token that was kept could not be checked, and the shelf knows its
    account (`went_offline`), or the server went away since. `away` looks for it.
    """

    signed_in = pyqtSignal(object)  # Connection
    signed_out = pyqtSignal()
    went_offline = pyqtSignal(object, object)  # Connection, moment (UTC) as of which its account is known
    online_changed = pyqtSignal(bool)  # `is_online`, after the signal that says why
    account_left = pyqtSignal()  # before `signed_in` with another account or server, and before `signed_out`
    forgotten = pyqtSignal(object)  # Connection, of whose account nothing is to stay on this computer
    sign_in_failed = pyqtSignal(object)  # MapflowError: its class tells why
    token_not_stored = pyqtSignal()  # it is good until QGIS closes

    def __init__(
        self,
        parent: Optional[QObject] = None,
        *,
        shelf: Optional[Shelf] = None,
        time_scale: float = 1.0,
        look_seconds: float = LOOK_AGAIN_SECONDS,
    ) -> None:
        super().__init__(parent, time_scale=time_scale)
        self.away = AwayService(self, time_scale=time_scale, seconds=look_seconds)
        self._shelf = shelf
        self._credentials = CredentialStore()
        self._may_restore = True
        self._is_kept = False
        self._was_online = False
        self._told_at = datetime.now(timezone.utc)  # the list of mosaics
        self.away.found.connect(self._on_found)
        self.away.lost.connect(self._on_lost)
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
    def is_kept(self) -> bool:
        """Whether the account is remembered: of another one nothing is left on this computer. May turn out
        only after `signed_in`, and is then told by `token_not_stored`."""
        return self._is_kept

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
        self._tell_left()

    def close(self) -> None:
        self.away.close()
        super().close()

    def doubt(self, error: MapflowError) -> None:
        """A call did not reach the server: `online_changed` tells it if it is away."""
        connection = self._connection
        if connection is not None and self.is_online and is_out_of_reach(error):
            self.away.doubt(connection)

    def note_list(self) -> None:
        """The server has told its mosaics: what is seen is as of now."""
        if self.is_online:
            self._told_at = datetime.now(timezone.utc)

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

    def _on_checked(
        self,
        connection: Connection,
        answer: Union[Storage, tuple[MapflowError, Known]],
        remember: Optional[bool],
    ) -> None:
        if not isinstance(answer, Storage):
            self._go_offline(connection, *answer)
            return
        self._is_kept = remember is not False
        if remember is not None:
            SERVER.set(connection.server)
            # later: QGIS' prompt for the master password would hold up the end of this task
            QTimer.singleShot(0, lambda: self._keep(connection, remember))
        self._on_accepted(connection, answer)

    def _go_offline(self, connection: Connection, error: MapflowError, known: Known) -> None:
        self.away.begin(connection, error, known)
        self._connection, self._storage, self._is_kept = connection, known.storage, True
        self._told_at = known.moment
        self.went_offline.emit(connection, known.moment)
        if known.storage is not None:
            self.storage_loaded.emit(known.storage)

    def _on_lost(self, connection: Connection, error: MapflowError) -> None:
        """The server has gone away: what is seen stays."""
        if connection is self._connection:
            self.cancel("storage")
            self.away.begin(connection, error, Known(self._told_at, self._storage), is_start=False)
            self._tell_online()

    def _on_found(self, connection: Connection, storage: Storage) -> None:
        self._on_accepted(connection, storage)

    def _on_refused_again(self, error: MapflowError, is_start: bool) -> None:
        """The server is back, and does not want the token any more. Who was at work stays where they are, and
        is told as if the server had never been away."""
        if is_start:
            self._leave()
            self._tell_left()
            self.sign_in_failed.emit(error)
        else:
            self.away.end()
            self._tell_online()
            self.failed.emit(error)

    def _leave(self) -> None:
        self.away.end()
        self.cancel_all()
        self._connection = self._storage = self._status = None

    def _tell_left(self) -> None:
        self.account_left.emit()
        self.signed_out.emit()
        self._tell_online()

    def _tell_online(self) -> None:
        if self.is_online != self._was_online:
            self._was_online = self.is_online
            self.online_changed.emit(self._was_online)

    def _on_accepted(self, connection: Connection, storage: Storage) -> None:
        before, self._connection = self._connection, connection
        self.away.end()
        self.cancel("storage")
        self._storage, self._status = storage, None
        if before is None or before.key != connection.key:
            self._told_at = datetime.now(timezone.utc)
        if before is not None and before.key != connection.key:
            self.account_left.emit()
        self.signed_in.emit(connection)
        self.storage_loaded.emit(storage)
        self._tell_online()
        self._load_status()

    def _keep(self, connection: Connection, remember: bool) -> None:
        if connection is not self._connection or self._is_closed:
            return  # signed out, in again or unloaded meanwhile
        if not remember:
            self._credentials.forget()
        elif not self._credentials.store(connection.server, connection.authorization):
            self._is_kept = False
            self.token_not_stored.emit()
