"""What is wrong with a field, below it: marked by an icon, so that it is no line of help. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QRect, Qt
from qgis.PyQt.QtGui import QPainter, QPaintEvent
from qgis.PyQt.QtWidgets import QWidget

from .icons import cell_icon
from .wrapped_label import WrappedLabel

SIDE = 16  # logical px of the icon
GAP = 4


class ProblemLabel(WrappedLabel):
    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setContentsMargins(SIDE + GAP, 0, 0, 0)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        room = self.contentsRect()
        line = min(self.fontMetrics().height(), room.height())
        place = QRect(0, room.top() + (line - SIDE) // 2, SIDE, SIDE)
        cell_icon("failed").paint(QPainter(self), place)
