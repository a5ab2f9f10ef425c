"""While the server is away: what is known nevertheless, and looking for it again. Main thread."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import datetime, timezone
from typing import Optional

from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...api.connection import Connection
from ...api.errors import BadInput, MapflowError, RateLimited, Refused, ServerFailed
from ...settings import make_snapshot
from ..online import is_out_of_reach
from ..service import Service
from .absence import Absence, read_storage_once
from .lookout import Lookout
from .shelf import Known

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 30.0
SURE_SECONDS = 5.0  # how long a server that has just answered is not doubted
LOOK, DOUBT = "look", "doubt"
LOOKING = "Mapflow Data: look for the server"  # in QGIS' list of tasks


class AwayService(Service):
    """Looks every half minute while somebody watches, until the server says yes or no to the token.

    It is busy while it looks. Before that, `doubt` finds out whether a server is away or one call has failed.
    """

    found = pyqtSignal(object, object)  # Connection, Storage
    refused = pyqtSignal(object, bool)  # MapflowError, whether it was away from the start
    lost = pyqtSignal(object, object)  # Connection, MapflowError: its server is away
    doubt_ended = pyqtSignal()  # after `lost`, where that was so

    def __init__(
        self,
        parent: Optional[QObject] = None,
        *,
        time_scale: float = 1.0,
        seconds: float = LOOK_AGAIN_SECONDS,
    ) -> None:
        super().__init__(parent)
        self._time_scale = time_scale
        self._connection: Optional[Connection] = None
        self._absence: Optional[Absence] = None
        self._is_start = True
        self._sure_until = 0.0  # of time.monotonic
        self._lookout = Lookout(seconds, self)
        self._lookout.due.connect(self._on_due)

    @property
    def absence(self) -> Optional[Absence]:
        """None while the server is there, or nobody's."""
        return self._absence

    @property
    def seconds(self) -> float:
        """Between two looks."""
        return self._lookout.seconds

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        self._lookout.seconds = seconds

    def begin(
        self, connection: Connection, error: MapflowError, known: Known, *, is_start: bool = True
    ) -> None:
        """`is_start` False where the server had accepted the token before."""
        log.info("offline: %s %s", type(error).__name__, error.request)
        self._connection, self._is_start = connection, is_start
        self._absence = Absence(error, datetime.now(timezone.utc), known)
        self._lookout.start()

    @property
    def is_in_doubt(self) -> bool:
        return self.is_running(DOUBT)

    def doubt(self, connection: Connection) -> None:
        """Asks the server once, and soon."""
        if self._absence is not None or time.monotonic() < self._sure_until:
            return
        self.run(
            DOUBT,
            lambda token: read_storage_once(connection, token, self._time_scale),
            lambda _: self._on_there(),
            lambda error: self._on_doubted(connection, error),
            description=LOOKING,
        )

    def _on_doubted(self, connection: Connection, error: MapflowError) -> None:
        if is_out_of_reach(error):
            self.lost.emit(connection, error)
            self.doubt_ended.emit()
        else:
            self._on_there()

    def _on_there(self) -> None:
        """Also with a refusal: that is said where the call was made."""
        self._sure_until = time.monotonic() + SURE_SECONDS
        self.doubt_ended.emit()

    def end(self) -> None:
        self._connection = self._absence = None
        self._lookout.stop()
        self.cancel_all()

    def close(self) -> None:
        self.end()
        super().close()

    def set_watched(self, is_watched: bool) -> None:
        """Whether somebody sees that the server is away."""
        self._lookout.set_watched(is_watched)

    def set_paused(self, is_paused: bool) -> None:
        """While another token is tried."""
        if self._absence is None:
            return
        if is_paused:
            self._lookout.stop()
            self.cancel_all()
        elif not self.is_busy:
            self._lookout.start()

    def look(self) -> None:
        """At once, through the proxy that QGIS has by now."""
        connection = self._connection
        if connection is None:
            return
        try:
            connection = make_snapshot(connection.server, connection.authorization)
        except BadInput as error:
            log.info("looking for the server in the old way: %s", error.code)
        self._connection = connection
        self._lookout.stop()
        self.run(
            LOOK,
            lambda token: read_storage_once(connection, token, self._time_scale),
            lambda storage: self.found.emit(connection, storage),
            self._on_not_found,
            description=LOOKING,
        )

    def _on_due(self) -> None:
        if _would_prompt():
            self._lookout.start()  # a person may answer it: by looking again
        else:
            self.look()

    def _on_not_found(self, error: MapflowError) -> None:
        """A server that says no is there; one that cannot answer may be able to later."""
        if isinstance(error, Refused) and not isinstance(error, (RateLimited, ServerFailed)):
            self.refused.emit(error, self._is_start)
        elif self._absence is not None:
            self._absence = replace(self._absence, error=error)
            self._lookout.start()


def _would_prompt() -> bool:
    """Whether QGIS would ask for the master password, for the sake of its proxy."""
    authcfg = QgsSettings().value("proxy/authcfg", "", type=str)
    return bool(authcfg) and not QgsApplication.authManager().masterPasswordIsSet()
