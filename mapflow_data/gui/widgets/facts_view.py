"""Labels and values beside each other, to be read, selected and copied. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import QEvent, QMimeData, QSize, Qt
from qgis.PyQt.QtGui import (
    QPalette,
    QTextCharFormat,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
    QTextTableFormat,
)
from qgis.PyQt.QtWidgets import QFrame, QTextEdit, QWidget

from .wrapped_label import BREAK, breakable

Fact = tuple[str, str]

QUIET = 0.68  # opacity of labels
ROW_GAP = 3  # logical px above and below
WIDTH, LEAST_WIDTH = 66, 34  # in letters: a checksum is in one line
NO_BREAK = "\u00a0"


class FactsView(QTextEdit):
    """Plain text in a table: one part for the keyboard, and several rows can be copied at once."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setStyleSheet("QTextEdit { background: transparent; border: none; }")  # themes have boxes for it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        flag = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flag.TextSelectableByMouse | flag.TextSelectableByKeyboard)
        # ids and checksums have no spaces to break at
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._facts: Sequence[Fact] = ()
        self._labels: Sequence[str] = ()
        self._table: Optional[QTextTable] = None

    @property
    def facts(self) -> Sequence[Fact]:
        return self._facts

    def set_labels(self, labels: Sequence[str]) -> None:
        """All that may come: values stand at the same place, whichever are there."""
        self._labels = labels

    def set_facts(self, facts: Sequence[Fact]) -> None:
        self._facts = facts
        self._table = None
        self.clear()
        if facts:
            whole = self.textCursor()
            whole.beginEditBlock()  # it is laid out once
            self._table = self._make_table()
            self._fill(self._table)
            whole.endEditBlock()
            self.setTextCursor(self._table.cellAt(0, 0).firstCursorPosition())

    def sizeHint(self) -> QSize:
        return QSize(WIDTH * self.fontMetrics().averageCharWidth(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(LEAST_WIDTH * metrics.averageCharWidth(), 6 * metrics.lineSpacing())

    def _make_table(self) -> QTextTable:
        cursor = self.textCursor()
        flat = QTextCharFormat()  # there is always a line above a table
        flat.setFontPointSize(1)
        cursor.setBlockCharFormat(flat)
        return cursor.insertTable(len(self._facts), 2, self._table_format())

    def _table_format(self) -> QTextTableFormat:
        result = QTextTableFormat()
        result.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        result.setBorder(0)
        result.setCellSpacing(0)
        result.setCellPadding(ROW_GAP)
        result.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(label) for label in (*self._labels, *dict(self._facts)))
        labels = QTextLength(QTextLength.Type.FixedLength, widest + metrics.averageCharWidth())
        result.setColumnWidthConstraints([labels, QTextLength(QTextLength.Type.VariableLength, 0)])
        return result

    def _fill(self, table: QTextTable) -> None:
        quiet = QTextCharFormat()
        colour = self.palette().color(QPalette.ColorRole.WindowText)
        colour.setAlphaF(QUIET)
        quiet.setForeground(colour)
        value_format = QTextCharFormat()
        value_format.setForeground(self.palette().color(QPalette.ColorRole.WindowText))
        for row, (label, value) in enumerate(self._facts):
            table.cellAt(row, 0).firstCursorPosition().insertText(label, quiet)
            table.cellAt(row, 1).firstCursorPosition().insertText(breakable(value), value_format)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Rows with a tab between label and value, as tables are pasted; of one cell what is selected."""
        data = QMimeData()
        cursor = self.textCursor()
        selected = range(cursor.selectionStart(), cursor.selectionEnd() + 1)
        rows = [fact for row, fact in enumerate(self._facts) if self._is_in(selected, row)]
        in_one_cell = cursor.currentTable() is not None and not cursor.hasComplexSelection()
        is_text = in_one_cell and len(rows) == 1
        text = cursor.selection().toPlainText() if is_text else "\n".join("\t".join(fact) for fact in rows)
        data.setText(text.replace(BREAK, "").replace(NO_BREAK, " "))
        return data

    def _is_in(self, selected: range, row: int) -> bool:
        table = self._table
        if table is None:
            return False
        first = table.cellAt(row, 0).firstCursorPosition().position()
        last = table.cellAt(row, 1).lastCursorPosition().position()
        return bool(selected.start <= last and first < selected.stop)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.set_facts(self._facts)
