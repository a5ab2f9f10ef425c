"""A picture as large as its place allows, but never a coarse one; a sign where there is none. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QRect, QSize, Qt
from qgis.PyQt.QtGui import QIcon, QImage, QPainter, QPaintEvent, QPalette, QPixmap
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

MOST_SCALE = 2  # of a small picture; what is larger shows squares only
SIGN = 48  # logical px
LEAST = 120
LETTERS = 22  # there is room for, as texts stand below
GROUND = 0.06  # opacity of the text's colour behind a picture, which may have holes


class PictureLabel(QWidget):
    """The aspect stays; the middle of the place is taken."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._picture: Optional[QImage] = None
        self._sign = QIcon()
        self._scaled = QPixmap()  # as it was drawn last

    @property
    def picture(self) -> Optional[QImage]:
        return self._picture

    def set_picture(self, picture: Optional[QImage], sign: Optional[QIcon] = None) -> None:
        """`sign` stands in for a picture that there is not."""
        self._picture = picture
        self._sign = sign or QIcon()
        self._scaled = QPixmap()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(4 * LEAST, 4 * LEAST)

    def minimumSizeHint(self) -> QSize:
        return QSize(max(LEAST, LETTERS * self.fontMetrics().averageCharWidth()), LEAST)

    @property
    def place(self) -> QRect:
        """Where the picture is drawn, in logical px; empty without one."""
        if self._picture is None:
            return QRect()
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        most = self._picture.size() * MOST_SCALE
        place = QRect(0, 0, min(size.width(), most.width()), min(size.height(), most.height()))
        place.moveCenter(self.rect().center())
        return place

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = self.palette().color(QPalette.ColorRole.WindowText)
        ground.setAlphaF(GROUND)
        painter.fillRect(self.rect(), ground)
        if self._picture is not None:
            place = self.place
            painter.drawPixmap(place, self._scaled_to(place.size()))
        elif not self._sign.isNull():
            place = QRect(0, 0, SIGN, SIGN)
            place.moveCenter(self.rect().center())
            self._sign.paint(painter, place)

    def _scaled_to(self, size: QSize) -> QPixmap:
        """Smooth also where it shrinks to a tenth, which a painter alone is not; made once for each size."""
        wanted = size * self.devicePixelRatioF()
        if self._picture is not None and self._scaled.size() != wanted:
            keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._scaled = QPixmap.fromImage(self._picture.scaled(wanted, keep, smooth))
        return self._scaled
