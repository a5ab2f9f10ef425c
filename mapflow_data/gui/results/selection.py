"""The one selection of cards and table, as the link to the map needs it. Main thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from qgis.PyQt.QtCore import QItemSelection, QItemSelectionModel, QObject, pyqtSignal

from ..widgets.runs import runs
from .cells import Column, Row
from .model import ResultsModel


class ResultsSelection(QObject):
    """`model` of selection is shared by the views, so that there is nothing to be kept equal."""

    changed = pyqtSignal()
    shown = pyqtSignal(object)  # QModelIndex of what was selected on the map, to be scrolled to

    def __init__(self, results: ResultsModel, parent: QObject) -> None:
        super().__init__(parent)
        self._results = results
        self.model = QItemSelectionModel(results, self)
        self.model.selectionChanged.connect(lambda *_: self.changed.emit())
        results.modelReset.connect(self.changed)

    def rows(self) -> list[Row]:
        """In the order shown. By ranges: of ten thousand rows Qt takes half a second to list them."""
        parts = [(part.top(), part.bottom()) for part in self.model.selection() if part.isValid()]
        numbers = sorted({number for top, bottom in parts for number in range(top, bottom + 1)})
        return [self._results.row(number) for number in numbers]

    def current_row(self) -> Optional[Row]:
        """The one that a picture is shown of."""
        index = self.model.currentIndex()
        if index.isValid() and self.model.isRowSelected(index.row(), index.parent()):
            return self._results.row(index.row())
        rows = self.rows()
        return rows[0] if rows else None

    def selected_image_ids(self) -> set[str]:
        return {row.item.id for row in self.rows()}

    def select_images(self, wanted: Mapping[str, set[str]]) -> None:
        """As they were selected on the map, in the layers of all searches."""
        selection, flag = QItemSelection(), QItemSelectionModel.SelectionFlag
        numbers = self._results.numbers_of(set().union(*wanted.values()))
        for first, last in runs(numbers):
            selection.select(self._results.index(first, 0), self._results.index(last, len(Column) - 1))
        self.model.select(selection, flag.ClearAndSelect)
        if numbers:
            index = self._results.index(numbers[0], 0)
            self.model.setCurrentIndex(index, flag.NoUpdate)
            self.shown.emit(index)
