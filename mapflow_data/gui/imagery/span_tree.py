"""A tree view in which thousands of rows are selected at once, by Ctrl+A, Shift or dragging. Main thread.

Qt by itself goes through them one by one and asks the model some times for each: a tenth of a second. Ranges
that are whole rows it is not told to make rows: it would compare each with all others.
"""

from __future__ import annotations

from typing import Any, Optional

from qgis.PyQt.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRect, Qt
from qgis.PyQt.QtWidgets import QWidget

from ..widgets.steady_views import SteadyTree
from .model import ImageryModel
from .selection import rows_between

Flag = QItemSelectionModel.SelectionFlag
ROWS = Flag.Rows | Flag.Rows  # as flags, which have an opposite; one flag alone is a number in PyQt 5


class SpanTree(SteadyTree):
    def __init__(self, model: ImageryModel, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._imagery = model
        self.setModel(model)

    def selectAll(self) -> None:
        if self.selectionMode() == self.SelectionMode.ExtendedSelection:
            self._select_between(self._first(), self._last(), Flag.ClearAndSelect | Flag.Rows)

    def setSelection(self, rect: QRect, command: Any) -> None:
        """Both corners count, as for Qt; where one is on no row, the list's end on its side."""
        rect = rect.normalized()
        left, right = rect.left(), rect.right()
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            left, right = right, left
        first = self.indexAt(QPoint(left, rect.top()))
        last = self.indexAt(QPoint(right, rect.bottom()))
        if first.isValid() or last.isValid():
            first = first if first.isValid() else self._first()
            self._select_between(first, last if last.isValid() else self._last(), command)
        elif command & Flag.Clear:
            self.selectionModel().clear()

    def _select_between(self, first: QModelIndex, last: QModelIndex, command: Any) -> None:
        if first.isValid() and last.isValid():
            rows = rows_between(first, last, self._imagery, self.isExpanded)
            self.selectionModel().select(rows, command & ~ROWS)

    def _first(self) -> QModelIndex:
        return self._imagery.index(0, 0)

    def _last(self) -> QModelIndex:
        last = self._imagery.index(self._imagery.rowCount() - 1, 0)
        if last.isValid() and self.isExpanded(last):
            return self._imagery.index(self._imagery.rowCount(last) - 1, 0, last)
        return last
