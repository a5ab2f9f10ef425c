"""What was asked of the server and has not come yet, beside lists and what has its own bar. Main thread."""

from __future__ import annotations

from collections import Counter
from typing import Optional

from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ...services.bundle import Services
from ...services.service import kind_of
from ..widgets.late_bar import SHOWN_AFTER_MS, LateBar
from ..widgets.wrapped_label import WrappedLabel


class WaitingBar(LateBar):
    cancelled = pyqtSignal()  # whether the server did it nevertheless is not known

    def __init__(self, services: Services, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._services = {"mosaics": services.mosaics, "images": services.images}
        self._words = {
            ("mosaics", "create"): self.tr("Creating the mosaic…"),
            ("mosaics", "change"): self.tr("Changing the mosaic…"),
            ("images", "change"): self.tr("Renaming the image…"),
            ("mosaics", "tiles"): self.tr("Getting the tiles…"),
            ("mosaics", "outlines"): self.tr("Getting the outlines of the mosaics…"),
            ("images", "preview"): self.tr("Getting the preview…"),
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
        for name, service in self._services.items():
            for key in service.running:
                if (name, kind_of(key)) in self._words:
                    service.cancel(key)
        self._show_state()
        self.cancelled.emit()
