"""Filters the imagery tree by name, tag or id, and sorts it as people count: DJI_2 before DJI_10.

Main thread. Over a tree of some hundreds of rows; longer lists filter and sort themselves.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Optional

from qgis.PyQt.QtCore import QModelIndex, QObject, QSortFilterProxyModel

from ..api.models import Image, Mosaic
from .imagery_cells import Column, name_of, sort_key
from .imagery_model import ITEM_ROLE


@lru_cache(maxsize=4096)
def natural_key(text: str) -> tuple[tuple[int, str], ...]:
    """Numbers inside a name count as numbers, case does not count; QCollator does neither in the C locale."""
    parts = re.split(r"(\d+)", text.casefold())
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


class ImageryFilter(QSortFilterProxyModel):
    """A mosaic is shown when it or one of its images matches; one that matches shows all its images."""

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setDynamicSortFilter(True)

    def set_text(self, text: str) -> None:
        self._text = text.strip().casefold()
        self.invalidateFilter()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:
        if not self._text:
            return True
        model = self.sourceModel()
        index = model.index(row, 0, parent)
        if self._matches(index):
            return True
        if parent.isValid():
            return self._matches(parent)
        return any(self._matches(model.index(r, 0, index)) for r in range(model.rowCount(index)))

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:
        one, other = left.data(ITEM_ROLE), right.data(ITEM_ROLE)
        if one is None or other is None:
            return other is None and one is not None
        model, column = self.sourceModel(), Column(left.column())
        if column is Column.NAME:  # the usual one: without a detour through texts of cells
            return natural_key(name_of(one)) < natural_key(name_of(other))
        images = [model.branch(i.id).images if isinstance(i, Mosaic) else () for i in (one, other)]
        keys = [sort_key(i, column, of) for i, of in zip((one, other), images)]
        if keys[0] is not None and keys[0] != keys[1]:
            return bool(keys[0] < keys[1])
        return natural_key(left.data() or "") < natural_key(right.data() or "")

    def _matches(self, index: QModelIndex) -> bool:
        item = index.data(ITEM_ROLE)
        if isinstance(item, Mosaic):
            return any(self._text in part.casefold() for part in (item.name, item.id, *item.tags))
        if isinstance(item, Image):
            return any(self._text in part.casefold() for part in (item.filename, item.id))
        return False
