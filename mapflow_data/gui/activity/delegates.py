"""Draws a job in two lines, and its progress as a bar of the platform's own style. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QModelIndex, QRect, QSize, Qt
from qgis.PyQt.QtGui import QPainter
from qgis.PyQt.QtWidgets import (
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionProgressBar,
    QStyleOptionViewItem,
)

from ..widgets.colours import item_text
from .model import PERCENT_ROLE, SECOND_LINE_ROLE

PADDING = 4
BAR_WIDTH = 76


class TwoLineDelegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        style = item.widget.style() if item.widget else QApplication.style()
        first, item.text = item.text, ""
        room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, item, item.widget)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, item, painter, item.widget)
        room = QRect(
            room.left() + PADDING,
            item.rect.top(),
            item.rect.right() - room.left() - PADDING,
            item.rect.height(),
        )
        half = item.fontMetrics.height()
        top = room.top() + max(0, (room.height() - 2 * half) // 2)
        lines = ((first, False), (str(index.data(SECOND_LINE_ROLE) or ""), True))
        painter.save()
        painter.setFont(item.font)
        for number, (text, is_grey) in enumerate(lines):
            elide = Qt.TextElideMode.ElideRight if is_grey else Qt.TextElideMode.ElideMiddle
            painter.setPen(item_text(item, is_quiet=is_grey))
            line = QRect(room.left(), top + number * half, room.width(), half)
            shown = item.fontMetrics.elidedText(text, elide, line.width())
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(120, 2 * option.fontMetrics.height() + 2 * PADDING)


class ProgressDelegate(QStyledItemDelegate):
    """Nothing for a job that neither runs nor can tell how far it is."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        percent = index.data(PERCENT_ROLE)
        if percent is None:
            return
        bar = QStyleOptionProgressBar()
        height = min(option.rect.height() - 2 * PADDING, option.fontMetrics.height() + 2)
        bar.rect = QRect(
            option.rect.left() + 2, option.rect.center().y() - height // 2, option.rect.width() - 4, height
        )
        bar.palette = option.palette
        bar.fontMetrics = option.fontMetrics
        bar.state = QStyle.StateFlag.State_Enabled | QStyle.StateFlag.State_Horizontal
        bar.minimum, bar.maximum = 0, 100 if percent >= 0 else 0
        bar.progress = max(0, percent)
        bar.textVisible = percent >= 0
        bar.textAlignment = Qt.AlignmentFlag.AlignCenter
        bar.text = f"{percent} %" if percent >= 0 else ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ProgressBar, bar, painter, option.widget)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(BAR_WIDTH, 2 * option.fontMetrics.height() + 2 * PADDING)
