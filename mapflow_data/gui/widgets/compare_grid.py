"""Two images side by side, fact by fact, with a word where they differ. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QWidget

from .wrapped_label import WrappedLabel


class CompareGrid(QWidget):
    """Columns: what it is, the old one, the new one, "differs"."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        for column in (1, 2):
            self._grid.setColumnStretch(column, 1)

    def show_rows(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Four texts a row; one whose last text says that something differs is bold."""
        while self._grid.count():
            widget = self._grid.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()
        self._add_row(0, titles, is_bold=True)
        for number, row in enumerate(rows, start=1):
            self._add_row(number, row, is_bold=bool(row[3]))
        self._grid.setRowStretch(len(rows) + 1, 1)

    def texts(self, column: int) -> list[str]:
        """What a column says, from the first row after the titles on."""
        items = [self._grid.itemAtPosition(row, column) for row in range(1, self._grid.rowCount())]
        return [item.widget().text() for item in items if item is not None]

    def _add_row(self, row: int, texts: Sequence[str], *, is_bold: bool) -> None:
        for column, text in enumerate(texts):
            label = WrappedLabel(self) if column in (1, 2) else QLabel(self)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            label.setText(text)
            font = label.font()
            font.setBold(is_bold and column > 0)
            label.setFont(font)
            self._grid.addWidget(label, row, column)
            label.show()  # at once: only what is shown counts for the height
