"""Draws the cells of the imagery tree: what is no image that can be used in grey, and behind a mosaic's name
the count of what is in it. Main thread.
"""

from __future__ import annotations

from qgis.PyQt.QtCore import QModelIndex, QRect, QSize, Qt
from qgis.PyQt.QtGui import QPainter, QPalette
from qgis.PyQt.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from ...api.models import Image
from ..widgets.colours import item_text
from .cells import Column
from .model import COUNT_ROLE, ITEM_ROLE
from .row_names import elided_name

GAP = 6  # logical px between name and count


class QuietDelegate(QStyledItemDelegate):
    """Lines of text and images that are not ready are grey; a line of text has the room of its row."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        item = index.data(ITEM_ROLE)
        option.textElideMode = Qt.TextElideMode.ElideRight if item is None else Qt.TextElideMode.ElideMiddle
        if item is None or (isinstance(item, Image) and not item.is_ready):
            option.palette.setColor(QPalette.ColorRole.Text, item_text(option, is_quiet=True))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        view = option.widget
        if index.data(ITEM_ROLE) is not None or not isinstance(view, QTreeView):
            super().paint(painter, option, index)
            return
        name = index.siblingAtColumn(Column.NAME)
        painter.save()
        painter.setClipRect(option.rect)  # each cell draws its part of it: the view may ask for one alone
        super().paint(painter, _over_the_row(option, view, name), name)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        return hint.expandedTo(QSize(hint.width(), option.fontMetrics.height() + 6))


class CountDelegate(QuietDelegate):
    """A name is cut where the room is short, the count never."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if index.data(ITEM_ROLE) is None:
            super().paint(painter, option, index)
            return
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        style = item.widget.style() if item.widget else QApplication.style()
        room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, item, item.widget)
        count = index.data(COUNT_ROLE)
        suffix = "" if count is None else f"({count})"
        width = item.fontMetrics.horizontalAdvance(suffix) + GAP if suffix else 0
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, item, item.widget) + 1
        item.text = elided_name(index, item.fontMetrics, max(0, room.width() - width - 2 * margin))
        used = item.fontMetrics.horizontalAdvance(item.text)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, item, painter, item.widget)
        room.setLeft(room.left() + margin + used + GAP)
        painter.save()
        painter.setPen(item_text(item, is_quiet=True))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), suffix)
        painter.restore()


def _over_the_row(option: QStyleOptionViewItem, view: QTreeView, name: QModelIndex) -> QStyleOptionViewItem:
    wide = QStyleOptionViewItem(option)
    left = view.visualRect(name).left()
    wide.rect = QRect(
        left, option.rect.top(), view.viewport().rect().right() - left + 1, option.rect.height()
    )
    return wide
