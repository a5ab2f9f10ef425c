"""Draws an image's picture, or a sign and a word for why there is none (yet). Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Optional

from qgis.PyQt.QtCore import QCoreApplication, QPoint, QRect, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter, QPalette
from qgis.PyQt.QtWidgets import QStyleOptionViewItem

from ...api.models import Image
from ...services.pictures.service import PictureService
from ..widgets.colours import item_text
from ..widgets.icons import cell_icon
from .cells import is_under_way
from .collage import draw_collage

translate = QCoreApplication.translate

SIDE = 128  # logical px of a picture
ICON = 32
ROUND = 3
FAINT = 22  # of 255: the ground under pictures, which may be transparent
BELOW = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
PALE = 0.55  # of signs: the pictures are what one looks at


@dataclass(frozen=True)
class Look:
    """A picture, or several of a mosaic, else the name of an icon and a word."""

    picture: Optional[QImage] = None
    several: tuple[QImage, ...] = ()
    icon: str = "image"
    word: str = ""


def look_of_mosaic(images: Iterable[Image], pictures: PictureService) -> Look:
    """One image is the mosaic; of several, `samples` of them."""
    found = [picture for picture in map(pictures.small, images) if picture is not None]
    return Look(found[0]) if len(found) == 1 else Look(several=tuple(found), icon="mosaic")


def look_of(item: Image, pictures: PictureService) -> Look:
    if not item.is_ready:
        if is_under_way(item):
            return Look(icon="waiting", word=translate("Pictures", "Not ready yet"))
        return Look(icon="failed", word=translate("Pictures", "Failed"))
    picture = pictures.small(item)
    if picture is not None:
        return Look(picture)
    if pictures.is_failed(item.id):
        return Look(word=translate("Pictures", "No preview"))
    if pictures.is_loading(item.id):
        return Look(icon="loading", word=translate("Pictures", "Loading…"))
    return Look(word=translate("Pictures", "Not loaded") if pictures.is_halted else "")


def quiet(palette: QPalette) -> QColor:
    """For text that comes second, where nothing is selected."""
    option = QStyleOptionViewItem()
    option.palette = palette
    return item_text(option, is_quiet=True)


def draw(painter: QPainter, rect: QRect, look: Look, colour: QColor) -> None:
    """`colour` is that of quiet text here. The picture keeps its aspect, in the middle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    ground = QColor(colour)
    ground.setAlpha(FAINT)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, ROUND, ROUND)
    if look.picture is not None:
        size = look.picture.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(QPoint(), size)
        place.moveCenter(rect.center())
        painter.drawImage(place, look.picture)
    elif look.several:
        draw_collage(painter, rect, look.several)
    else:
        _draw_sign(painter, rect, look, colour)
    painter.restore()


def _draw_sign(painter: QPainter, rect: QRect, look: Look, colour: QColor) -> None:
    line = painter.fontMetrics().height() if look.word else 0
    place = QRect(0, 0, ICON, ICON)
    place.moveCenter(rect.center() - QPoint(0, line // 2))
    painter.setOpacity(PALE)
    cell_icon(look.icon).paint(painter, place)
    painter.setOpacity(1.0)
    if look.word:
        painter.setPen(colour)
        below = QRect(rect.left(), place.bottom() + 2, rect.width(), rect.bottom() - place.bottom() - 2)
        painter.drawText(below, BELOW, look.word)
