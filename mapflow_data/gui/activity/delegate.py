"""Draws a job in two lines: name and time left, state and a bar of the platform's own style. Main thread."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.PyQt.QtCore import QModelIndex, QRect, QSize, Qt
from qgis.PyQt.QtGui import QPainter
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QProgressBar,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionProgressBar,
    QStyleOptionViewItem,
)

from ..widgets.colours import item_text
from ..widgets.elision import elided_cell
from .model import PERCENT_ROLE, SECOND_LINE_ROLE, TIME_LEFT_ROLE

PADDING = 4  # logical px
GAP = 8  # between what is left and what is right
BAR_WIDTH = 76
LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
END = Qt.TextElideMode.ElideRight
RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


@dataclass(frozen=True)
class JobParts:
    """Where things are in a row. What a job does not have takes no room from what it has."""

    name: QRect
    time: QRect
    state: QRect
    bar: QRect


def parts_of(room: QRect, line: int, time_width: int, has_bar: bool) -> JobParts:
    """`room` is beside the icon, `line` the height of a line of text."""
    top = room.top() + max(0, (room.height() - 2 * line) // 2)
    first, second = (QRect(room.left(), top + n * line, room.width(), line) for n in (0, 1))
    time = first.adjusted(first.width() - time_width, 0, 0, 0)
    bar = second.adjusted(second.width() - (BAR_WIDTH if has_bar else 0), 1, 0, -1)
    return JobParts(
        first.adjusted(0, 0, -(time_width + GAP) if time_width else 0, 0),
        time,
        second.adjusted(0, 0, -(BAR_WIDTH + GAP) if has_bar else 0, 0),
        bar,
    )


class JobDelegate(QStyledItemDelegate):
    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._bar = QProgressBar(view)  # never seen: themes ask whose bar is drawn
        self._bar.hide()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(120, 2 * option.fontMetrics.height() + 2 * PADDING)

    def parts(self, option: QStyleOptionViewItem, index: QModelIndex) -> JobParts:
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        style = item.widget.style()
        text = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, item, item.widget)
        left = text.left() + PADDING
        room = QRect(left, item.rect.top(), item.rect.right() - PADDING - left, item.rect.height())
        time = item.fontMetrics.horizontalAdvance(str(index.data(TIME_LEFT_ROLE) or ""))
        has_bar = index.data(PERCENT_ROLE) is not None
        return parts_of(room, item.fontMetrics.height(), time, has_bar)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        parts = self.parts(option, index)
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        item.text = ""
        item.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, item, painter, item.widget)
        painter.save()
        painter.setFont(item.font)
        name = elided_cell(index, item.fontMetrics, parts.name.width())
        state = str(index.data(SECOND_LINE_ROLE) or "")
        for rect, text, is_quiet, flags in (
            (parts.name, name, False, LEFT),
            (parts.time, str(index.data(TIME_LEFT_ROLE) or ""), True, RIGHT),
            (parts.state, item.fontMetrics.elidedText(state, END, parts.state.width()), True, LEFT),
        ):
            painter.setPen(item_text(item, is_quiet=is_quiet))
            painter.drawText(rect, flags, text)
        painter.restore()
        percent = index.data(PERCENT_ROLE)
        if percent is not None:
            self._paint_bar(painter, item, parts.bar, percent)

    def _paint_bar(self, painter: QPainter, item: QStyleOptionViewItem, rect: QRect, percent: int) -> None:
        """One that moves to and fro where it cannot be told how far the job is."""
        bar = QStyleOptionProgressBar()
        bar.rect = rect
        bar.palette = item.palette
        bar.fontMetrics = item.fontMetrics
        bar.state = QStyle.StateFlag.State_Enabled | QStyle.StateFlag.State_Horizontal
        bar.minimum, bar.maximum = 0, 100 if percent >= 0 else 0
        bar.progress = max(0, percent)
        bar.textVisible = percent >= 0
        bar.textAlignment = Qt.AlignmentFlag.AlignCenter
        bar.text = f"{percent} %" if percent >= 0 else ""
        self._bar.style().drawControl(QStyle.ControlElement.CE_ProgressBar, bar, painter, self._bar)
