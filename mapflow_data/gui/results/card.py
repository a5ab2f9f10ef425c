"""Draws what was found as a card: picture, two lines, a badge, and a button for the map. Main thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from qgis.PyQt.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPoint, QRect, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QImage, QMouseEvent, QPainter, QPalette
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from ..widgets.colours import item_text
from ..widgets.icons import cell_icon
from .cells import Row
from .model import LOADING, PICTURE_ROLE, ROW_ROLE, SHOWN, STATE_ROLE

PADDING = 4  # logical px
PICTURE = 44
BUTTON = 24
ICON = 18
LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
CENTRE = int(Qt.AlignmentFlag.AlignCenter)


@dataclass(frozen=True)
class CardParts:
    """Where things are on a card of this rectangle."""

    picture: QRect
    first: QRect
    second: QRect
    button: QRect


def parts_of(rect: QRect, line: int) -> CardParts:
    """`line` is the height of a line of text."""
    inner = rect.adjusted(PADDING, PADDING, -PADDING, -PADDING)
    picture = QRect(inner.left(), inner.center().y() - PICTURE // 2 + 1, PICTURE, PICTURE)
    left = picture.right() + 2 * PADDING
    first = QRect(left, inner.center().y() - line - 2, inner.right() - BUTTON - PADDING - left, line)
    second = QRect(left, inner.center().y() + 4, inner.right() - left + PADDING, line)
    button = QRect(inner.right() - BUTTON + 2, first.center().y() - BUTTON // 2, BUTTON, BUTTON)
    return CardParts(picture, first, second, button)


class CardDelegate(QStyledItemDelegate):
    """Emits `map_clicked(index)` for a click on the button of a card."""

    map_clicked = pyqtSignal(QModelIndex)

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._hovered: Optional[int] = None  # row whose button is under the mouse

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        lines = 2 * option.fontMetrics.height() + 8
        return QSize(160, max(PICTURE, lines) + 2 * PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        item.text = ""
        style = item.widget.style() if item.widget else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, item, painter, item.widget)
        parts = parts_of(item.rect, item.fontMetrics.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_picture(painter, item, parts.picture, row, index.data(PICTURE_ROLE))
        self._paint_lines(painter, item, parts, row)
        self._paint_button(painter, item, parts.button, row, index)
        painter.restore()
        if item.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(item_text(item, is_quiet=True))
            painter.drawRect(item.rect.adjusted(0, 0, -1, -1))

    def _paint_picture(
        self, painter: QPainter, item: QStyleOptionViewItem, rect: QRect, row: Row, picture: Optional[QImage]
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_tint(item.palette, 22))
        painter.drawRoundedRect(rect, 3, 3)
        if picture is not None:
            size = picture.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(QPoint(), size)
            place.moveCenter(rect.center())
            painter.drawImage(place, picture)
            return
        name = "mosaic" if row.item.is_mosaic else "image"
        place = QRect(0, 0, 20, 20)
        place.moveCenter(rect.center())
        painter.setOpacity(0.55)
        cell_icon(name).paint(painter, place)
        painter.setOpacity(1.0)

    def _paint_lines(self, painter: QPainter, item: QStyleOptionViewItem, parts: CardParts, row: Row) -> None:
        first = parts.first
        if row.badge:
            first = self._paint_badge(painter, item, first, row)
        painter.setFont(item.font)
        for text, rect, is_quiet in ((row.title, first, False), (row.facts, parts.second, True)):
            painter.setPen(item_text(item, is_quiet=is_quiet))
            shown = item.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, LEFT, shown)

    @staticmethod
    def _paint_badge(painter: QPainter, item: QStyleOptionViewItem, line: QRect, row: Row) -> QRect:
        """At the right end of its line; what is left of the line."""
        font = QFont(item.font)
        font.setPointSizeF(max(6.0, item.font.pointSizeF() * 0.8))
        width = QFontMetrics(font).horizontalAdvance(row.badge) + 8
        badge = QRect(line.right() - width + 1, line.top() + 1, width, line.height() - 1)
        colour = item_text(item, is_quiet=True)
        painter.setPen(colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(badge, 6, 6)
        painter.setFont(font)
        painter.drawText(badge, CENTRE, row.badge)
        return line.adjusted(0, 0, -width - PADDING, 0)

    def _paint_button(
        self, painter: QPainter, item: QStyleOptionViewItem, rect: QRect, row: Row, index: QModelIndex
    ) -> None:
        state = index.data(STATE_ROLE)
        is_hovered = self._hovered == index.row() and row.can_be_shown
        is_selected = bool(item.state & QStyle.StateFlag.State_Selected)
        if is_hovered or is_selected or state == SHOWN:
            painter.setPen(Qt.PenStyle.NoPen)
            if is_selected:  # the icon is made for the colour of the list
                painter.setBrush(item.palette.color(QPalette.ColorRole.Base))
                painter.drawRoundedRect(rect, 4, 4)
            painter.setBrush(_tint(item.palette, 46 if is_hovered else 28))
            painter.drawRoundedRect(rect, 4, 4)
        name = {LOADING: "loading", SHOWN: "on_the_map"}.get(state, "on_map")
        place = QRect(0, 0, ICON, ICON)
        place.moveCenter(rect.center())
        painter.setOpacity(1.0 if row.can_be_shown else 0.25)
        cell_icon(name).paint(painter, place)
        painter.setOpacity(1.0)

    # The button

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: QModelIndex
    ) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        is_inside = self._button_of(option).contains(event.pos())
        if event.type() == QEvent.Type.MouseMove:
            self._hover(index.row() if is_inside else None, option)
            return False
        is_left = event.button() == Qt.MouseButton.LeftButton
        if not (is_inside and is_left and index.data(ROW_ROLE).can_be_shown):
            return False
        if event.type() == QEvent.Type.MouseButtonRelease:
            self.map_clicked.emit(index)
        return True

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: QModelIndex
    ) -> bool:
        row = index.data(ROW_ROLE)
        if row is None or not self._button_of(option).contains(event.pos()):
            return bool(super().helpEvent(event, view, option, index))
        QToolTip.showText(event.globalPos(), self.button_tip(row, index.data(STATE_ROLE)), view)
        return True

    def button_tip(self, row: Row, state: str) -> str:
        if not row.has_place:
            return self.tr("Has no place on the map")
        if not row.item.preview_kind:
            return self.tr("Has no preview")
        if state == SHOWN:
            return self.tr("Is on the map; click to bring it to the top")
        return self.tr("Show on map")

    def _button_of(self, option: QStyleOptionViewItem) -> QRect:
        return parts_of(option.rect, option.fontMetrics.height()).button

    def _hover(self, row: Optional[int], option: QStyleOptionViewItem) -> None:
        if row != self._hovered:
            self._hovered = row
            if option.widget is not None:
                option.widget.viewport().update()


def _tint(palette: QPalette, alpha: int) -> QColor:
    """The text's colour, thinned: grey on white, and lighter grey on dark."""
    colour = QColor(palette.color(QPalette.ColorRole.Text))
    colour.setAlpha(alpha)
    return colour
