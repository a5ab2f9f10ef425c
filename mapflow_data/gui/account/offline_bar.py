"""A line above the dock's pages while the server is away: as of when things are known. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtGui import QHideEvent, QShowEvent
from qgis.PyQt.QtWidgets import QFrame, QLabel, QToolButton, QWidget

from ...api.errors import MapflowError
from ...services.offline.absence import Absence
from ...services.online import is_out_of_reach
from ...services.session import SessionService
from ..widgets.forms import load_ui
from ..widgets.icons import icon
from ..widgets.wrapped_label import WrappedLabel
from ..words import formats
from ..words.messages import describe
from ..words.plain import as_tooltip

ICON_SIZE = 16  # logical px
READS = ("mosaics", "images", "storage")  # what may fail and leave the older things to see


class OfflineBar(QFrame):
    """In sight as long as the server is away; meanwhile it is looked for.

    Not each call that did not reach it says so: whether the server is away is found out first, and what was
    said of reading is put off until then.
    """

    undone = pyqtSignal(str, object)  # what was put off, MapflowError: the server is there, say it now

    offlineIcon: QLabel
    offlineLabel: WrappedLabel
    retryButton: QToolButton

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "account/offline_bar")
        self._session: Optional[SessionService] = None
        self._put_off: dict[str, MapflowError] = {}
        self.offlineIcon.setPixmap(icon("failed").pixmap(ICON_SIZE, ICON_SIZE))
        self.retryButton.clicked.connect(self._on_retry)
        self.hide()

    def set_up(self, session: SessionService) -> None:
        self._session = session
        for changed in (session.went_offline, session.online_changed, session.signed_out):
            changed.connect(self._show_state)
        for ended in (session.account_left, session.signed_in):
            ended.connect(self._forget)
        session.away.busy_changed.connect(self._show_state)
        session.away.doubt_ended.connect(self._on_doubt_ended)

    def tell(self, what: str, error: MapflowError) -> bool:
        """True where the bar says it, or will if the server is away: `undone` tells it if it is not."""
        session = self._session
        if session is None or what not in READS or not is_out_of_reach(error):
            return False
        if session.absence is None and session.away.is_in_doubt:
            self._put_off[what] = error
            return True
        return session.absence is not None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._set_watched(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._set_watched(False)

    def _set_watched(self, is_watched: bool) -> None:
        if self._session is not None:
            self._session.away.set_watched(is_watched)

    # What happens

    def _on_doubt_ended(self) -> None:
        put_off, self._put_off = self._put_off, {}
        if self._session is not None and self._session.is_online:
            for what, error in put_off.items():
                self.undone.emit(what, error)

    def _forget(self) -> None:
        self._put_off = {}

    def _on_retry(self) -> None:
        if self._session is not None:
            self._session.away.look()

    def _show_state(self) -> None:
        session = self._session
        absence = session.absence if session else None
        self.setVisible(absence is not None)
        if session is None or absence is None:
            return
        self.retryButton.setEnabled(not session.away.is_busy)
        self.offlineLabel.setText(self._text(absence, round(session.away.seconds)))
        message = describe(absence.error)
        self.setToolTip(as_tooltip("\n".join(text for text in (message.text, message.details) if text)))

    def _text(self, absence: Absence, seconds: int) -> str:
        words = self.tr("Offline since {0}: what you see is as of {1}. Looking again every {2} s.")
        return words.format(formats.clock(absence.since), formats.clock(absence.known.moment), seconds)
