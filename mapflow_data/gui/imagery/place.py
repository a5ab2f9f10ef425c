"""Keeps the place where somebody is in the imagery tree when its rows change, and tells what is current.

Qt does not tell of a current row or of selected ones that a new layout has no room for, and it keeps selected
rows cell by cell, which takes seconds for some thousands. Main thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

from qgis.PyQt.QtCore import QItemSelectionModel, QModelIndex, QObject, QPersistentModelIndex, pyqtSignal
from qgis.PyQt.QtWidgets import QTreeView

from .model import ITEM_ROLE, ImageryModel, Item
from .selection import ids_of, make_selection, selected_by_mosaic


class ImageryPlace(QObject):
    """Where the current row goes, the one that comes in its place is the current one."""

    current_changed = pyqtSignal(object)
    selection_lost = pyqtSignal()

    def __init__(self, tree: QTreeView, model: ImageryModel) -> None:
        super().__init__(tree)
        self._tree = tree
        self._model = model
        self._told: Optional[Item] = None
        self._selected: dict[str, set[str]] = {}  # ids by mosaic
        self._current = QPersistentModelIndex()
        self._row = -1  # of the current one, -1 for none
        self._top = QPersistentModelIndex()  # the mosaic that it is in
        self._top_row = -1
        self._is_given_up = False
        tree.selectionModel().currentChanged.connect(lambda *_: self._tell())
        model.changing.connect(self._on_changing)
        model.layoutChanged.connect(self._on_changed)

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Here a current row that goes leaves none: a filter is no step to the next mosaic."""
        self._is_given_up = True
        try:
            yield
        finally:
            self._is_given_up = False

    def _on_changing(self) -> None:
        current = self._tree.currentIndex()
        top = current.parent()
        self._current = QPersistentModelIndex(current)
        self._row = current.row()
        self._top = QPersistentModelIndex(top)
        self._top_row = top.row()
        self._selected = self._ids()
        self._tree.selectionModel().reset()  # tells nobody

    def _on_changed(self) -> None:
        selection, flag = self._tree.selectionModel(), QItemSelectionModel.SelectionFlag
        selection.blockSignals(True)  # it is as it was
        selection.select(make_selection(self._selected, self._model), flag.Select)
        selection.setCurrentIndex(QModelIndex(self._current), flag.NoUpdate)
        selection.blockSignals(False)
        if self._row >= 0 and not self._current.isValid() and not self._is_given_up:
            selection.setCurrentIndex(self._successor(), flag.NoUpdate)
        self._tell()
        if self._ids() != self._selected:
            self.selection_lost.emit()

    def _successor(self) -> QModelIndex:
        top = QModelIndex(self._top)
        row = self._row if top.isValid() or self._top_row < 0 else self._top_row
        return self._model.index(min(row, self._model.rowCount(top) - 1), 0, top)

    def _tell(self) -> None:
        item = self._tree.currentIndex().data(ITEM_ROLE)
        if item != self._told:
            self._told = item
            self.current_changed.emit(item)

    def _ids(self) -> dict[str, set[str]]:
        return ids_of(selected_by_mosaic(self._tree.selectionModel().selection(), self._model))
