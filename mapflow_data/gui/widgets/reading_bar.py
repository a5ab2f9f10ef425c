"""How far the reading of lists is. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from ..words.formats import whole
from .late_bar import LateBar
from .wrapped_label import WrappedLabel


class ReadingBar(LateBar):
    cancelled = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._label = WrappedLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Lists of images read"))
        self._bar.setMinimumWidth(30)
        self._bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.cancelButton = self.make_cancel_button(
            "cancelReadingButton", self.tr("Stop reading; what was read stays known")
        )
        self.cancelButton.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part, stretch in ((self._label, 3), (self._bar, 2), (self.cancelButton, 0)):
            layout.addWidget(part, stretch)

    def text(self) -> str:
        return str(self._label.text())

    def show_progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._label.setText(self.tr("{0} of {1} mosaics read").format(whole(done), whole(total)))
