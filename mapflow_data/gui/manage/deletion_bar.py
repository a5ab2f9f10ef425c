"""How far a deletion is. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtWidgets import QWidget

from ...services.deletions import DeletionService
from ..widgets.late_bar import LateBar
from ..widgets.wrapped_label import WrappedLabel


class DeletionBar(LateBar):
    def __init__(self, deletions: DeletionService, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._total = self._done = 0
        self._label = WrappedLabel(self)
        self.cancelButton = self.make_cancel_button(
            "cancelDeletionButton", self.tr("Stop deleting; what is deleted stays deleted")
        )
        self.cancelButton.clicked.connect(deletions.stop)
        self.lay_out(self._label, self.cancelButton)
        deletions.started.connect(self._on_started)
        deletions.outcome.connect(self._on_outcome)
        deletions.busy_changed.connect(self._on_busy_changed)

    def _on_started(self, total: int) -> None:
        self._total, self._done = total, 0
        self._show_count()
        self.show_soon()

    def _on_outcome(self) -> None:
        self._done += 1
        self._show_count()

    def _on_busy_changed(self, is_busy: bool) -> None:
        if not is_busy:
            self.show_no_more()

    def _show_count(self) -> None:
        self._label.setText(self.tr("Deleting: {0} of {1} done").format(self._done, self._total))
