"""Draws a share as a bar with its percentage behind, and sizes that are not known in grey. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QModelIndex, QRect, QSize, Qt
from qgis.PyQt.QtGui import QPainter, QPalette
from qgis.PyQt.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ..widgets.colours import item_text
from .model import SHARE_ROLE

MARGIN = 4
BAR_WIDTH = 40  # logical px at least
TRACK_ALPHA = 40  # of the text's colour


class SizeDelegate(QStyledItemDelegate):
    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        if index.data(SHARE_ROLE) is None:
            option.palette.setColor(QPalette.ColorRole.Text, item_text(option, is_quiet=True))


class ShareDelegate(QStyledItemDelegate):
    """Nothing where the share is not known."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        text, item.text = item.text, ""
        style = item.widget.style() if item.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, item, painter, item.widget)
        share = index.data(SHARE_ROLE)
        if share is None:
            return
        painter.save()
        painter.setPen(item_text(item, is_quiet=True))
        room = item.rect.adjusted(MARGIN, 0, -MARGIN, 0)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)
        self._draw_bar(painter, item, room, share)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        width = BAR_WIDTH + _words_width(option) + 3 * MARGIN
        return QSize(width, super().sizeHint(option, index).height())

    @staticmethod
    def _draw_bar(painter: QPainter, item: QStyleOptionViewItem, room: QRect, share: float) -> None:
        height = max(4, item.fontMetrics.height() // 2)
        width = room.width() - _words_width(item) - MARGIN
        track = QRect(room.left(), room.center().y() - height // 2, width, height)
        selected = bool(item.state & QStyle.StateFlag.State_Selected)
        colour = item_text(item, is_quiet=False)
        fill = colour if selected else item.palette.color(QPalette.ColorRole.Highlight)
        colour.setAlpha(TRACK_ALPHA)
        painter.fillRect(track, colour)
        colour.setAlpha(255)
        if share > 0:
            painter.fillRect(QRect(track.topLeft(), QSize(max(1, round(width * share)), height)), fill)


def _words_width(option: QStyleOptionViewItem) -> int:
    return int(option.fontMetrics.horizontalAdvance("100 %"))
