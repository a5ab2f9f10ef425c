"""Base of the services that talk for the account that is signed in. Main thread, but for the work it runs."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from typing import Any, Callable, ClassVar, Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import ConnectionFailed, MapflowError, ServerFailed, SignInRequired
from .service import OnDone, OnFailed, Service, kind_of

log = logging.getLogger(__name__)

SIGNED_OUT = "signed_out"  # code of the `Cancelled` that a sign-out, or another account, ends work with
STOPPERS = (SignInRequired, ConnectionFailed)  # the next one would fail the same way
GATEWAY_STATUSES = (502, 503, 504)  # somebody in front of the server says that it is away

Ask = Callable[[MapflowClient, CancelToken], Any]
OnWait = Callable[[float, MapflowError], None]


class OnlineService(Service):
    """Does nothing while nobody is signed in; a change of account drops what is under way.

    `SHELVED` are the kinds of what is answered from the shelf while the server is away. Of a service that
    `GOES_ON`, what is under way stays so when the same account has another token.
    """

    SHELVED: ClassVar[frozenset[str]] = frozenset()
    GOES_ON: ClassVar[bool] = False

    failed = pyqtSignal(str, object)  # what was tried, MapflowError
    change_failed = pyqtSignal(str, str, object)  # and the name of what was to change; `failed` tells it, too
    unanswered = pyqtSignal(object)  # the key of what was asked while there is nobody to ask
    unreached = pyqtSignal(object)  # MapflowError of a call, which may be tried again: the server may be away

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._connection: Optional[Connection] = None
        self._is_away = False

    def set_connection(self, connection: Optional[Connection]) -> None:
        self._is_away = False
        if connection != self._connection:
            if not (self.GOES_ON and self.is_of_account(connection)):
                self.cancel_all()
            self._connection = connection

    def is_of_account(self, connection: Optional[Connection]) -> bool:
        """Whether it is the account that is signed in, perhaps with another token."""
        mine = self._connection
        return connection is not None and mine is not None and connection.key == mine.key

    def go_away(self) -> None:
        """The server did: until there is a connection again, the shelf answers what it can."""
        self._is_away = True
        for key in [key for key in self._current if kind_of(key) in self.SHELVED]:
            self.cancel(key)
            self.unanswered.emit(key)

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
        if connection is None or (self._is_away and kind_of(key) in self.SHELVED):
            self.unanswered.emit(key)
            return False
        return self.run(
            key,
            lambda token: with_client(connection, token, ask, on_wait=self._on_wait),
            on_done,
            on_failed,
            latest=latest,
        )

    def run(
        self,
        key: Hashable,
        work: Callable[[CancelToken], Any],
        on_done: Optional[OnDone] = None,
        on_failed: Optional[OnFailed] = None,
        *,
        latest: bool = False,
        description: str = "Mapflow Data",
    ) -> bool:
        def failed(error: MapflowError) -> None:
            self.note_failure(error)
            if on_failed is not None:
                on_failed(error)

        return super().run(key, work, on_done, failed, latest=latest, description=description)

    def note_failure(self, error: Optional[MapflowError]) -> None:
        """For what is no failure of a whole run."""
        if is_out_of_reach(error):
            self.unreached.emit(error)

    def _on_wait(self, _seconds: float, why: MapflowError) -> None:
        """Worker thread: before all tries are spent, which may take a minute."""
        if is_out_of_reach(why):
            self.tell("unreached", why)

    def failing(self, what: str, name: str = "") -> OnFailed:
        """An `on_failed` that tells by `failed`, of a change with the `name` of what was to change."""

        def tell(error: MapflowError) -> None:
            self.failed.emit(what, error)
            if name:
                self.change_failed.emit(what, name, error)

        return tell


def with_client(
    connection: Connection,
    token: CancelToken,
    ask: Ask,
    time_scale: float = 1.0,
    on_wait: Optional[OnWait] = None,
) -> Any:
    """Worker thread."""
    with MapflowClient(connection, token, on_wait, time_scale=time_scale) as client:
        return ask(client, token)


def is_out_of_reach(error: Optional[MapflowError]) -> bool:
    """Nothing was said about the token: no answer came, or another one than the server's."""
    return isinstance(error, ConnectionFailed) or (
        isinstance(error, ServerFailed) and error.status in GATEWAY_STATUSES
    )
