"""A mosaic's picture: those of its first images, in four squares. Main thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qgis.PyQt.QtCore import QPoint, QRect, QSize
from qgis.PyQt.QtGui import QImage, QPainter

from ...api.models import Image

FIELDS = 4
GAP = 2  # logical px between squares


def samples(images: Iterable[Image]) -> list[Image]:
    """Those whose pictures stand for all."""
    ready = (image for image in images if image.is_ready)
    return [image for image, _ in zip(ready, range(FIELDS))]


def draw_collage(painter: QPainter, rect: QRect, pictures: Sequence[QImage]) -> None:
    """Each fills its square, from its middle; what is not there yet is left free."""
    side = (min(rect.width(), rect.height()) - GAP) // 2
    for number, picture in enumerate(pictures[:FIELDS]):
        corner = QPoint(number % 2, number // 2) * (side + GAP)
        painter.drawImage(QRect(rect.topLeft() + corner, QSize(side, side)), picture, _middle(picture))


def _middle(picture: QImage) -> QRect:
    side = min(picture.width(), picture.height())
    square = QRect(0, 0, side, side)
    square.moveCenter(picture.rect().center())
    return square
