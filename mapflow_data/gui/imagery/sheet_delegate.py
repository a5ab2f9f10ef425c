"""Draws an image of the contact sheet: its picture, and its name under it. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QModelIndex, QRect, QSize, Qt
from qgis.PyQt.QtGui import QPainter
from qgis.PyQt.QtWidgets import QApplication, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ...services.pictures.service import PictureService
from ..widgets.colours import item_text
from .model import ITEM_ROLE
from .picture_frame import SIDE, draw, look_of
from .row_names import elided_name

PADDING = 4  # logical px
GAP = 2  # between the picture and the name
SLACK = 4  # frames and rounding of styles
WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
ONE_LINE = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextSingleLine)


class SheetDelegate(QStyledItemDelegate):
    def __init__(self, view: QListView, pictures: PictureService) -> None:
        super().__init__(view)
        self._view = view
        self._pictures = pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        if index.data(ITEM_ROLE) is None:
            return self._size_of_note(option, str(index.data()))
        return QSize(self._width(), SIDE + GAP + option.fontMetrics.height() + 2 * PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        image = index.data(ITEM_ROLE)
        painter.save()
        painter.setFont(item.font)
        if image is None:
            painter.setPen(item_text(item, is_quiet=True))
            painter.drawText(_inner(item.rect), WRAPPED, item.text)
        else:
            self._paint_ground(painter, item)
            quiet = item_text(item, is_quiet=True)
            inner = _inner(item.rect)
            place = QRect(inner.center().x() - SIDE // 2 + 1, inner.top(), SIDE, SIDE)
            draw(painter, place, look_of(image, self._pictures), quiet)
            room = inner.adjusted(0, SIDE + GAP, 0, 0)
            painter.setPen(item_text(item, is_quiet=not image.is_ready))
            painter.drawText(room, ONE_LINE, elided_name(index, item.fontMetrics, room.width()))
        painter.restore()

    def _width(self) -> int:
        """As many side by side as fit, sharing what is left over."""
        spacing, least = self._view.spacing(), SIDE + 2 * PADDING
        columns = max(1, self._room() // (least + spacing))
        return max(least, self._room() // columns - spacing)

    def _room(self) -> int:
        """In which the view lays out: it always leaves room for its scroll bar."""
        bar = self._view.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self._view)
        return self._view.maximumViewportSize().width() - bar - self._view.spacing() - SLACK

    def _size_of_note(self, option: QStyleOptionViewItem, text: str) -> QSize:
        """As wide as the view, as high as its text."""
        width = max(SIDE, self._room() - self._view.spacing())
        room = QRect(0, 0, width - 2 * PADDING, 10_000)
        height = option.fontMetrics.boundingRect(room, WRAPPED, text).height()
        return QSize(width, height + 2 * PADDING)

    @staticmethod
    def _paint_ground(painter: QPainter, item: QStyleOptionViewItem) -> None:
        """The style's own for what is selected or under the mouse, and the frame of the current one."""
        style = item.widget.style() if item.widget else QApplication.style()
        item.showDecorationSelected = True
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, item, painter, item.widget)
        if item.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(item_text(item, is_quiet=True))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(item.rect.adjusted(0, 0, -1, -1))


def _inner(rect: QRect) -> QRect:
    return rect.adjusted(PADDING, PADDING, -PADDING, -PADDING)
