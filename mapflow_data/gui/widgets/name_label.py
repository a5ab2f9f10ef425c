"""One line of a name and a size, such as an area's or a mosaic's: the name gives way first. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QPainter, QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import QLabel, QSizePolicy, QWidget

from ..words.plain import as_tooltip

BETWEEN = "\u2009·\u2009"
NAME_MAY_SHRINK_TO = 30  # logical px
SIZE_MAY_SHRINK_TO = 20  # characters; an area and its limit have no more


class NameLabel(QLabel):
    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._name = ""
        self._size = ""

    def set_texts(self, name: str, size: str = "", tip: str = "") -> None:
        self._name, self._size = name, size
        self.setToolTip(as_tooltip("\n".join(filter(None, (self.text(), tip)))))
        self.setAccessibleName(self.text())
        self.setMinimumWidth(self.minimumSizeHint().width())
        self.update()

    def text(self) -> str:
        return BETWEEN.join(filter(None, (self._name, self._size)))

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        size = metrics.horizontalAdvance(BETWEEN + self._size) if self._size else 0
        size = min(size, SIZE_MAY_SHRINK_TO * metrics.averageCharWidth())
        name = min(metrics.horizontalAdvance(self._name), NAME_MAY_SHRINK_TO)
        return QSize(size + name, metrics.height())

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()), metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics, end = self.fontMetrics(), Qt.TextElideMode.ElideRight
        least = min(metrics.horizontalAdvance(self._name), NAME_MAY_SHRINK_TO)
        tail = BETWEEN + self._size if self._size else ""
        tail = metrics.elidedText(tail, end, self.width() - least)
        room = self.width() - metrics.horizontalAdvance(tail)
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, room)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        role = QPalette.ColorRole.WindowText
        self.style().drawItemText(
            painter, self.rect(), flags, self.palette(), self.isEnabled(), name + tail, role
        )
