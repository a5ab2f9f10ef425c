"""The picture of one image, or a sign for why there is none. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QSize, pyqtSignal
from qgis.PyQt.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from qgis.PyQt.QtWidgets import QLabel, QSizePolicy, QWidget

from ..imagery.picture_frame import SIDE, Look, draw
from ..words.plain import as_tooltip

QUIET = 0.8  # opacity of the word


class PicturePane(QLabel):
    """A label for its colours: style sheets of themes leave plain widgets black on black."""

    double_clicked = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.look = Look()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_look(self, look: Look, name: str, tip: str = "") -> None:
        self.look = look
        self.setAccessibleName(name)
        self.setAccessibleDescription(look.word)
        self.setToolTip(as_tooltip(tip))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = QColor(self.palette().color(self.foregroundRole()))
        colour.setAlphaF(QUIET)
        draw(QPainter(self), self.rect(), self.look, colour)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()
