"""How far the reading of lists is, with a way to stop it; out of sight while there is none. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from .storage_words import count
from .wrapped_label import WrappedLabel

SHOWN_AFTER_MS = 300


class ReadingBar(QWidget):
    cancelled = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._label = WrappedLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Lists of images read"))
        self._bar.setMinimumWidth(30)
        self._bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.cancelButton = QToolButton(self)
        self.cancelButton.setObjectName("cancelReadingButton")
        self.cancelButton.setText(self.tr("Cancel"))
        self.cancelButton.setToolTip(self.tr("Stop reading; what was read stays known"))
        self.cancelButton.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part, stretch in ((self._label, 3), (self._bar, 2), (self.cancelButton, 0)):
            layout.addWidget(part, stretch)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_AFTER_MS)
        self._timer.timeout.connect(self.show)
        self.hide()

    @property
    def is_started(self) -> bool:
        return bool(self._timer.isActive() or not self.isHidden())

    def text(self) -> str:
        return str(self._label.text())

    def start(self) -> None:
        self._timer.start()

    def show_progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._label.setText(self.tr("{0} of {1} mosaics read").format(count(done), count(total)))

    def stop(self) -> None:
        self._timer.stop()
        self.hide()
