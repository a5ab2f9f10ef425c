"""Filters the imagery tree: opens what was found by its images, and has it as it was when the filter goes.

Main thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from qgis.PyQt.QtCore import QModelIndex, QObject
from qgis.PyQt.QtWidgets import QTreeView

from .model import ImageryModel

OPENED_AT_MOST = 20  # mosaics that a filter opens by itself


class ImageryOpener(QObject):
    def __init__(self, tree: QTreeView, model: ImageryModel) -> None:
        super().__init__(tree)
        self._tree = tree
        self._model = model
        self._open_before: Optional[set[str]] = None  # ids of mosaics; None while there is no filter

    def set_filter(self, text: str) -> None:
        if self._open_before is None:
            self._open_before = {one for one in self._shown() if self._tree.isExpanded(self._row(one))}
        self._model.set_filter(text)
        shown = self._shown()
        if self._model.is_filtered:
            found = [one for one in shown if self._model.is_found_by_image(one)]
            self._open(found if len(found) <= OPENED_AT_MOST else ())
            self._open(self._open_before.intersection(shown))
        else:
            self._close(set(shown) - self._open_before)
            self._open(self._open_before.intersection(shown))
            self._open_before = None

    def _open(self, mosaic_ids: Iterable[str]) -> None:
        """Laid out once, later: each by itself would be laid out at once."""
        rows = [row for row in map(self._row, mosaic_ids) if not self._tree.isExpanded(row)]
        if rows:
            self._tree.scheduleDelayedItemsLayout()
        for row in rows:
            self._tree.expand(row)

    def _close(self, mosaic_ids: Iterable[str]) -> None:
        """But for the one where somebody is."""
        here = self._tree.currentIndex().parent()
        for row in map(self._row, mosaic_ids):
            if row != here and self._tree.isExpanded(row):
                self._tree.collapse(row)

    def _row(self, mosaic_id: str) -> QModelIndex:
        return self._model.index_of(mosaic_id)

    def _shown(self) -> list[str]:
        return [one.mosaic.id for one in self._model.branches() if one.row >= 0]
