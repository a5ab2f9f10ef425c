"""Lays widgets out in lines that scroll, or in one that runs on to the side. Main thread."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QResizeEvent, QWheelEvent
from qgis.PyQt.QtWidgets import QFrame, QScrollArea, QStyle, QWidget

from .flow import flow

SPACING = 3
# themes with a style sheet give every widget a ground of its own
TRANSPARENT = "#chips, #chips > QWidget, #chipsContent { background: transparent; border: 0; padding: 0 }"


class ChipsArea(QScrollArea):
    """Its `content` is the parent of what is laid out; frame and background are those of what is below."""

    resized = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.content = QWidget()
        self.content.setObjectName("chipsContent")
        self.setObjectName("chips")
        self.setStyleSheet(TRANSPARENT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(self.content)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for part in (self.viewport(), self.content):
            part.setAutoFillBackground(False)

    def place(self, parts: Sequence[tuple[QWidget, QSize]], most_lines: int) -> int:
        """The number of lines in sight. One line is as long as it has to be."""
        sizes = [size for _, size in parts]
        width = self.width()
        if most_lines == 1:
            width = max(width, sum(min(size.width(), width) + SPACING for size in sizes) - SPACING)
        sizes = [size.boundedTo(QSize(self.width(), size.height())) for size in sizes]
        places, lines = flow(sizes, width, SPACING)
        is_scrolled = lines > most_lines
        if is_scrolled:
            width -= self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) + SPACING
            places, lines = flow(sizes, width, SPACING)
        on, off = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(on if is_scrolled else off)
        self.content.resize(width, places[-1].bottom() + 1)
        for (part, _), place in zip(parts, places):
            part.setGeometry(QStyle.visualRect(self.layoutDirection(), self.content.rect(), place))
        return min(lines, most_lines)

    def bring_into_sight(self, part: QWidget) -> None:
        """`part` lies in the content, or in something that does."""
        place = part.geometry() if part.parentWidget() is self.content else part.parentWidget().geometry()
        for corner in (place.bottomRight(), place.topLeft()):
            self.ensureVisible(corner.x(), corner.y(), 1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One line is moved by the wheel, too."""
        aside = self.horizontalScrollBar()
        if self.verticalScrollBar().maximum() == 0 and aside.maximum() > 0:
            aside.setValue(aside.value() - event.angleDelta().y() // 2)
        else:
            super().wheelEvent(event)
