"""Draws a text that is cut where the room is short, and quiet words behind it that are not. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QModelIndex, QSize, Qt
from qgis.PyQt.QtGui import QPainter
from qgis.PyQt.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from .colours import item_text

SUFFIX_ROLE = int(Qt.ItemDataRole.UserRole) + 40
SHORT_SUFFIX_ROLE = SUFFIX_ROLE + 1  # where there is no room for the other one
GAP = 8  # logical px
LEAST = 0.45  # of the room is the text's own


class SuffixDelegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        style = item.widget.style() if item.widget else QApplication.style()
        room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, item, item.widget)
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, item, item.widget) + 1
        room.adjust(margin, 0, -margin, 0)
        metrics = item.fontMetrics
        most = room.width() - min(metrics.horizontalAdvance(item.text), int(room.width() * LEAST)) - GAP
        suffix = str(index.data(SUFFIX_ROLE) or "")
        if metrics.horizontalAdvance(suffix) > most:
            suffix = str(index.data(SHORT_SUFFIX_ROLE) or suffix)
        suffix = metrics.elidedText(suffix, Qt.TextElideMode.ElideRight, most)
        width = metrics.horizontalAdvance(suffix)
        item.text = metrics.elidedText(item.text, Qt.TextElideMode.ElideMiddle, room.width() - width - GAP)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, item, painter, item.widget)
        painter.save()
        painter.setFont(item.font)
        painter.setPen(item_text(item, is_quiet=True))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), suffix)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), max(hint.height(), option.fontMetrics.height() + 6))
