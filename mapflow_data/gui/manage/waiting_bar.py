"""What was asked of the server and has not come yet, beside lists and what has its own bar. Main thread."""

from __future__ import annotations

from collections import Counter
from typing import Callable, Optional

from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ...services.bundle import Services
from ...services.service import kind_of
from ..widgets.late_bar import SHOWN_AFTER_MS, LateBar
from ..widgets.wrapped_label import WrappedLabel

LIST = ("mosaics", "mosaics")


class WaitingBar(LateBar):
    """The list of mosaics is told of where there `is_list` already; while there is none, a page does."""

    cancelled = pyqtSignal()  # of more than the list; whether the server did it nevertheless is not known

    def __init__(
        self, services: Services, is_list: Callable[[], bool], parent: Optional[QWidget] = None
    ) -> None:
        super().__init__(parent)
        self._is_list = is_list
        self._services = {"mosaics": services.mosaics, "images": services.images}
        self._words = {
            ("mosaics", "create"): self.tr("Creating the mosaic…"),
            ("mosaics", "change"): self.tr("Changing the mosaic…"),
            ("images", "change"): self.tr("Renaming the image…"),
            ("mosaics", "tiles"): self.tr("Getting the tiles…"),
            ("mosaics", "outlines"): self.tr("Getting the outlines of the mosaics…"),
            ("images", "preview"): self.tr("Getting the preview…"),
            LIST: self.tr("Loading your imagery again…"),
        }
        self._label = WrappedLabel(self)
        self.cancelButton = self.make_cancel_button("cancelWaitingButton", self.tr("Wait for it no longer"))
        self.cancelButton.clicked.connect(self._on_cancel)
        self.lay_out(self._label, self.cancelButton)
        self._watch = QTimer(self)  # a busy service does not tell of what is asked in addition
        self._watch.setInterval(SHOWN_AFTER_MS)
        self._watch.timeout.connect(self._show_state)
        for service in self._services.values():
            service.busy_changed.connect(self._on_busy_changed)

    def _on_busy_changed(self) -> None:
        if any(service.is_busy for service in self._services.values()):
            self._watch.start()
        else:
            self._watch.stop()
        self._show_state()

    def _show_state(self) -> None:
        counts = Counter(
            (name, kind_of(key)) for name, service in self._services.items() for key in service.running
        )
        if not self._is_list():
            del counts[LIST]
        first = next((what for what in self._words if counts[what]), None)
        if first is None:
            self.show_no_more()
            return
        is_one = first != ("images", "preview") or counts[first] == 1
        self._label.setText(
            self._words[first] if is_one else self.tr("Getting {0} previews…").format(counts[first])
        )
        self.show_soon()

    def _on_cancel(self) -> None:
        given_up = [
            (name, key)
            for name, service in self._services.items()
            for key in service.running
            if (name, kind_of(key)) in self._words
        ]
        for name, key in given_up:
            self._services[name].cancel(key)
        self._show_state()
        if any((name, kind_of(key)) != LIST for name, key in given_up):
            self.cancelled.emit()
