"""How full the account's storage is: "6.4 of 10 GB". Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QPaintEvent
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QStyle,
    QStyleOptionProgressBar,
    QStylePainter,
    QWidget,
)

from ..api.models import Storage
from . import formats

STEPS = 1000
THICK = 6  # logical px


class StorageBar(QProgressBar):
    """A bar under its words: no colour of words can be read on both parts of a bar in every theme."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setRange(0, STEPS)
        self.setTextVisible(False)
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, THICK + 1)
        layout.addWidget(self._label)
        self.set_storage(None)

    def minimumSizeHint(self) -> QSize:
        """Room for the words, which a progress bar does not ask for."""
        return self.layout().minimumSize()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionProgressBar()
        self.initStyleOption(option)
        option.rect = self.rect().adjusted(0, self.height() - THICK, 0, 0)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_ProgressBar, option)

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
