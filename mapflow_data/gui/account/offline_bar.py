"""A line above the dock's pages while the server is away: as of when things are known. Main thread."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Optional
from urllib.parse import urlsplit

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtGui import QHideEvent, QShowEvent
from qgis.PyQt.QtWidgets import QFrame, QLabel, QToolButton, QWidget

from ...api.errors import MapflowError
from ...services.mosaics import MosaicService
from ...services.offline.absence import Absence, is_out_of_reach
from ...services.offline.away import LOOK_AGAIN_SECONDS
from ...services.offline.lookout import Lookout
from ...services.session import SessionService
from ..widgets.forms import load_ui
from ..widgets.icons import icon
from ..widgets.wrapped_label import WrappedLabel
from ..words import formats
from ..words.messages import describe
from ..words.plain import as_tooltip

ICON_SIZE = 16  # logical px
MOSAICS = "mosaics"
READS = (MOSAICS, "images", "storage")  # what may fail and leave the older things to see


class OfflineBar(QFrame):
    """In sight in two cases: nothing could be asked from the start, and the session is offline; or the
    network went away since, and what is seen is what was loaded last. While it is in sight the server is
    looked for.
    """

    retry_requested = pyqtSignal()  # of somebody who is signed in: load all again

    offlineIcon: QLabel
    offlineLabel: WrappedLabel
    retryButton: QToolButton

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "account/offline_bar")
        self._session: Optional[SessionService] = None
        self._mosaics: Optional[MosaicService] = None
        self._loaded_at: Optional[datetime] = None  # the list of mosaics, by the server
        self._error: Optional[MapflowError] = None  # why it could not be loaded again
        self._is_by_itself = False  # whether the list is loaded without anybody's asking
        self._lookout = Lookout(LOOK_AGAIN_SECONDS, self)
        self._lookout.due.connect(self._on_due)
        self.offlineIcon.setPixmap(icon("failed").pixmap(ICON_SIZE, ICON_SIZE))
        self.retryButton.clicked.connect(self._on_retry)
        self.hide()

    def set_up(self, session: SessionService, mosaics: MosaicService) -> None:
        self._session = session
        self._mosaics = mosaics
        for changed in (session.went_offline, session.signed_in, session.signed_out):
            changed.connect(self._on_session_changed)
        for busy_changed in (session.away.busy_changed, mosaics.busy_changed):
            busy_changed.connect(self._show_state)
        mosaics.mosaics_loaded.connect(self._on_mosaics_loaded)

    def tell(self, what: str, error: MapflowError) -> bool:
        """True where the bar says it, or will: the server is away, and there is something to see anyway.

        The list of mosaics decides: it is what the bar looks for.
        """
        if self._session is None or self._mosaics is None or what not in READS or not is_out_of_reach(error):
            return False
        if self._session.absence is not None:
            return True
        if self._loaded_at is None:
            return False
        if what == MOSAICS:
            self._error = error
            self._lookout.seconds = self._session.away.seconds
            self._lookout.start()
            self._show_state()
        return self._error is not None or self._mosaics.is_running(MOSAICS)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._set_watched(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._set_watched(False)

    def _set_watched(self, is_watched: bool) -> None:
        self._lookout.set_watched(is_watched)
        if self._session is not None:
            self._session.away.set_watched(is_watched)

    # What happens

    def _on_session_changed(self) -> None:
        self._loaded_at = None
        self._end()

    def _on_mosaics_loaded(self) -> None:
        if self._session is None or not self._session.is_online:
            return
        is_news = self._is_by_itself
        self._loaded_at = datetime.now(timezone.utc)
        self._end()
        if is_news:
            self.retry_requested.emit()

    def _end(self) -> None:
        self._error, self._is_by_itself = None, False
        self._lookout.stop()
        self._show_state()

    def _on_due(self) -> None:
        if self._mosaics is not None and self._error is not None:
            self._is_by_itself = True
            self._mosaics.load()

    def _on_retry(self) -> None:
        if self._session is not None and self._session.absence is not None:
            self._session.away.look()
        else:
            self._is_by_itself = False
            self.retry_requested.emit()

    def _show_state(self) -> None:
        if self._session is None or self._mosaics is None:
            return
        absence = self._session.absence
        error = absence.error if absence else self._error
        self.setVisible(error is not None)
        if error is None:
            return
        is_looking = self._session.away.is_busy if absence else self._mosaics.is_running(MOSAICS)
        self.retryButton.setEnabled(not is_looking)
        self.offlineLabel.setText(self._offline_text(absence) if absence else self._lost_text())
        message = describe(error)
        self.setToolTip(as_tooltip("\n".join(text for text in (message.text, message.details) if text)))

    def _offline_text(self, absence: Absence) -> str:
        words = self.tr("Offline since {0}: what you see is as of {1}. Looking again every {2} s.")
        return words.format(_moment(absence.since), _moment(absence.known.moment), self._seconds)

    def _lost_text(self) -> str:
        connection = self._session.connection if self._session else None
        host = urlsplit(connection.server).hostname if connection else ""
        words = self.tr("{0} cannot be reached: what you see is as of {1}. Looking again every {2} s.")
        return words.format(host, _moment(self._loaded_at or datetime.now(timezone.utc)), self._seconds)

    @property
    def _seconds(self) -> int:
        return round(self._session.away.seconds if self._session else LOOK_AGAIN_SECONDS)


def _moment(value: datetime) -> str:
    """The time alone where it is today's."""
    is_today = value.astimezone().date() == datetime.now(timezone.utc).astimezone().date()
    return formats.clock(value) if is_today else formats.moment(value)
