"""The picture of what is selected, beside the wide table. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QRect, QSize, Qt
from qgis.PyQt.QtGui import QImage, QPainter, QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import QLabel, QSizePolicy, QWidget

from ..words.plain import as_tooltip

SIDE = 190  # logical px, at first
MARGIN = 6


class ResultPicture(QLabel):
    """With a text in its place while there is none."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._image: Optional[QImage] = None
        self._text = ""

    def show_picture(self, image: Optional[QImage], text: str, name: str = "") -> None:
        self._image, self._text = image, text
        self.setAccessibleName(name or text)
        self.setToolTip(as_tooltip(name))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def minimumSizeHint(self) -> QSize:
        return QSize(SIDE // 2, SIDE // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        if self._image is None:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(room, flags, self._text)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(room.topLeft(), size)
        place.moveCenter(room.center())
        painter.drawImage(place, self._image)
