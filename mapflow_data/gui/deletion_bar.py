"""How far a deletion is, with a way to stop it; out of sight while there is none. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ..services.deletions import DeletionService
from .wrapped_label import WrappedLabel

SHOWN_AFTER_MS = 300


class DeletionBar(QWidget):
    def __init__(self, deletions: DeletionService, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._total = self._done = 0
        self._label = WrappedLabel(self)
        self.cancelButton = QToolButton(self)
        self.cancelButton.setObjectName("cancelDeletionButton")
        self.cancelButton.setText(self.tr("Cancel"))
        self.cancelButton.setToolTip(self.tr("Stop deleting; what is deleted stays deleted"))
        self.cancelButton.clicked.connect(deletions.stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.cancelButton)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_AFTER_MS)
        self._timer.timeout.connect(self.show)
        deletions.started.connect(self._on_started)
        deletions.outcome.connect(self._on_outcome)
        deletions.busy_changed.connect(self._on_busy_changed)
        self.hide()

    def _on_started(self, total: int) -> None:
        self._total, self._done = total, 0
        self._show_count()
        self._timer.start()

    def _on_outcome(self) -> None:
        self._done += 1
        self._show_count()

    def _on_busy_changed(self, is_busy: bool) -> None:
        if not is_busy:
            self._timer.stop()
            self.hide()

    def _show_count(self) -> None:
        self._label.setText(self.tr("Deleting: {0} of {1} done").format(self._done, self._total))
