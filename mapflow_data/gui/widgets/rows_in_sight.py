"""Which rows of a list of equal items are in sight, found in a few looks however long it is. Main thread."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Callable

from qgis.PyQt.QtWidgets import QListView

FAR = 1 << 30  # px: what is not laid out yet is out of sight


class _Each(Sequence[int]):
    """Numbers that are found out when they are looked at."""

    def __init__(self, count: int, number: Callable[[int], int]) -> None:
        self._count = count
        self._number = number

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: Any) -> Any:
        return self._number(place)


def rows_in_sight(view: QListView) -> range:
    """With one more line of items below."""
    index, root = view.model().index, view.rootIndex()
    count = view.model().rowCount(root)

    def top(row: int) -> int:
        rect = view.visualRect(index(row, 0, root))
        return int(rect.top()) if rect.isValid() else FAR

    line = view.sizeHintForIndex(index(0, 0, root)).height() if count else 0
    tops = _Each(count, top)
    return range(bisect_left(tops, 1 - line), bisect_left(tops, view.viewport().height() + line))
