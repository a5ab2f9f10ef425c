"""The Upload dialog's list: groups with their remedy in their own line, rows below them. Main thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional

from qgis.PyQt.QtCore import QModelIndex, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QContextMenuEvent, QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from ..widgets.elision import elided_cell
from ..widgets.steady_views import SteadyTree
from . import words as upload_words
from .model import UploadModel
from .rows import Column, Group, Heading, Row

MIN_HAPPENS = 28  # characters of what will happen that are always seen
MIN_LINES = 8
LONG_GROUP = 20
ROOM = 14  # beside a text, for margins and an icon
EN_SPACE = "\u2002"  # keeps right-aligned sizes off the next column


class UploadTree(SteadyTree):
    """Tells wishes by signal and changes nothing by itself."""

    remove_asked = pyqtSignal(list)  # keys
    check_asked = pyqtSignal()  # again, as files may have been mended
    override_asked = pyqtSignal(list, bool)  # keys, send as they are or no longer

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.rows_model = UploadModel(upload_words.columns(), upload_words.group_icons(), self)
        self.setModel(self.rows_model)
        self.setItemDelegate(_Cells(self))
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(Column.HAPPENS.value, header.ResizeMode.Stretch)
        self._size_columns()

    def _size_columns(self) -> None:
        """Once, by the font: no title and no usual content is cut, in any language."""
        plain, bold = self.fontMetrics(), QFont(self.font())
        bold.setBold(True)
        titles = (upload_words.heading(group, 999) for group in Group)
        widest = max(map(QFontMetrics(bold).horizontalAdvance, titles))
        widths = {
            Column.FILE: widest + 2 * self.indentation() + 2 * ROOM,  # not side by side with the next
            Column.SIZE: plain.horizontalAdvance(upload_words.columns()[Column.SIZE.value]) + ROOM,
            Column.CRS: plain.horizontalAdvance("EPSG:32613") + ROOM,
        }
        for column, width in widths.items():
            self.header().resizeSection(column.value, width)
        happens = plain.averageCharWidth() * MIN_HAPPENS
        bar = self.verticalScrollBar().sizeHint().width()
        self.setMinimumSize(sum(widths.values()) + happens + bar, plain.height() * MIN_LINES)

    def show_rows(self, rows: Sequence[Row], headings: Mapping[Group, Heading]) -> None:
        before = set(self.rows_model.groups)
        self.rows_model.set_rows(rows, headings)
        for group in self.rows_model.groups:
            if group not in before:
                self.setExpanded(self.rows_model.index_of(group), not self._hides_others(group))
            self._show_remedy(group)

    def _hides_others(self, group: Group) -> bool:
        """Many rows that need nobody would push those out of sight that do."""
        is_long = len(self.rows_model.rows_of(group)) > LONG_GROUP
        return is_long and group in (Group.READY, Group.THERE) and len(self.rows_model.groups) > 1

    @property
    def selected_rows(self) -> list[Row]:
        """By ranges: a selection of a thousand rows is one of them."""
        found: dict[str, Row] = {}
        for part in self.selectionModel().selection():
            for row in self.rows_model.rows_between(part.parent(), part.top(), part.bottom()):
                found[row.key] = row
        return list(found.values())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Delete) and self.selected_rows:
            self.remove_asked.emit([row.key for row in self.selected_rows])
        elif event.matches(QKeySequence.StandardKey.Refresh):
            self.check_asked.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        rows = self.selected_rows
        if not rows:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        can, did = [r.key for r in rows if r.can_override], [r.key for r in rows if r.is_override]
        if can:
            menu.addAction(upload_words.send_anyway(), lambda: self.override_asked.emit(can, True))
        if did:
            menu.addAction(upload_words.do_not_send(), lambda: self.override_asked.emit(did, False))
        menu.addAction(upload_words.check_again(), self.check_asked.emit)
        keys = [row.key for row in rows]
        menu.addAction(upload_words.remove(len(keys)), lambda: self.remove_asked.emit(keys))
        menu.popup(event.globalPos())

    def _show_remedy(self, group: Group) -> None:
        """The button in the group's own line that decides for the whole group."""
        rows = self.rows_model.rows_of(group)
        can, did = sum(r.can_override for r in rows), sum(r.is_override for r in rows)
        text = upload_words.remedy(group, can) if can else upload_words.undo_remedy() if did else ""
        index = self.rows_model.index_of(group, Column.HAPPENS)
        holder = self.indexWidget(index)
        if not text:
            if holder is not None:
                self.setIndexWidget(index, None)
            return
        if not isinstance(holder, _Remedy):
            holder = _Remedy(self.viewport(), f"{group.value}RemedyButton")
            holder.button.clicked.connect(lambda: self._on_remedy(group))
            self.setIndexWidget(index, holder)
            QWidget.setTabOrder(self, holder.button)  # it would be the dialog's last
        holder.button.setText(text)
        holder.button.setAccessibleName(f"{upload_words.heading(group, len(rows))}: {text}")

    def _on_remedy(self, group: Group) -> None:
        rows = self.rows_model.rows_of(group)
        can = [row.key for row in rows if row.can_override]
        did = [row.key for row in rows if row.is_override]
        self.override_asked.emit(can or did, bool(can))


class _Remedy(QWidget):
    """A button at the left of its cell."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.button = QToolButton(self)
        self.button.setObjectName(name)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addStretch()
        self.setFocusProxy(self.button)


class _Cells(QStyledItemDelegate):
    """Lines high enough for a button; names keep what tells them apart, sentences their beginning."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if index.column() != Column.FILE.value:
            super().paint(painter, option, index)
            return
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        style = item.widget.style()
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, item, item.widget) + 1
        room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, item, item.widget)
        item.text = elided_cell(index, item.fontMetrics, room.width() - 2 * margin)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, item, painter, item.widget)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), max(hint.height(), option.fontMetrics.height() + 7))

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        if index.column() == Column.HAPPENS.value:
            option.textElideMode = Qt.TextElideMode.ElideRight
        elif index.column() == Column.SIZE.value:
            option.text += EN_SPACE
