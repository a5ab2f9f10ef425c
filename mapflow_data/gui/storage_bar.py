"""How full the account's storage is: "6.4 of 10 GB". Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from ..api.models import Storage
from . import formats

STEPS = 1000


class StorageBar(QProgressBar):
    """The words are a label's: themes give labels a colour that can be read, and progress bars none."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setRange(0, STEPS)
        self.setTextVisible(False)
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 2)
        layout.addWidget(self._label)
        self.set_storage(None)

    def minimumSizeHint(self) -> QSize:
        """Room for the words, which a progress bar does not ask for."""
        return super().minimumSizeHint().expandedTo(self.layout().minimumSize())

    def text(self) -> str:
        return str(self._label.text())

    def set_storage(self, storage: Optional[Storage]) -> None:
        """None where it is not known yet."""
        if storage is None:
            self._show(0, "", self.tr("Storage: not known yet"))
        elif storage.limit is None:
            used = self.tr("{0} used").format(formats.size(storage.used))
            self._show(0, used, self.tr("Storage: {0}, without a limit").format(used))
        else:
            share = storage.used / storage.limit if storage.limit else 1.0
            free = self.tr("Storage: {0} free").format(formats.size(storage.free or 0))
            self._show(share, formats.part_of(storage.used, storage.limit), free)

    def _show(self, share: float, text: str, tooltip: str) -> None:
        self.setValue(max(0, min(STEPS, round(share * STEPS))))
        self._label.setText(text)
        self.updateGeometry()
        self.setToolTip(tooltip)
        self.setAccessibleDescription(f"{text} {tooltip}".strip())
