"""What is selected in the imagery tree as ids, and back as ranges of neighbours. Main thread.

Row by row thousands of selected ones would hold up the main thread: Qt looks at each cell of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Callable

from qgis.PyQt.QtCore import QItemSelection, QModelIndex

from ...api.models import Image
from ..widgets.runs import runs
from .model import COLUMNS, ITEM_ROLE, ImageryModel, Item

ITSELF = ""  # stands for the mosaic among the ids of its images


def selected_by_mosaic(selection: QItemSelection, model: ImageryModel) -> dict[str, list[Item]]:
    """By the id of the mosaic, which may be among its own."""
    images: dict[str, list[Image]] = {}
    items: dict[str, list[Item]] = {}
    for part in selection:
        first, end, top = part.top(), part.bottom() + 1, part.parent()
        if part.left():
            continue
        if top.isValid():
            mosaic_id = top.data(ITEM_ROLE).id
            if mosaic_id not in images:
                images[mosaic_id] = model.images_of(mosaic_id)
            items.setdefault(mosaic_id, []).extend(images[mosaic_id][first:end])
        else:
            for mosaic in (model.index(row, 0).data(ITEM_ROLE) for row in range(first, end)):
                items.setdefault(mosaic.id, []).append(mosaic)
    return items


def ids_of(items: Mapping[str, Iterable[Item]]) -> dict[str, set[str]]:
    return {
        mosaic_id: {item.id if isinstance(item, Image) else ITSELF for item in some}
        for mosaic_id, some in items.items()
    }


def make_selection(wanted: Mapping[str, set[str]], model: ImageryModel) -> QItemSelection:
    """Without what is not shown."""
    selection = QItemSelection()
    tops = [model.index_of(mosaic_id).row() for mosaic_id, ids in wanted.items() if ITSELF in ids]
    _add(selection, model, QModelIndex(), sorted(row for row in tops if row >= 0))
    for mosaic_id, ids in wanted.items():
        rows = [row for row, image in enumerate(model.images_of(mosaic_id)) if image.id in ids]
        if rows:
            _add(selection, model, model.index_of(mosaic_id), rows)
    return selection


def rows_between(
    first: QModelIndex, last: QModelIndex, model: ImageryModel, is_open: Callable[[QModelIndex], bool]
) -> QItemSelection:
    """What is shown from `first` down to `last`."""
    selection = QItemSelection()
    (begin, first_image), (end, last_image) = _place(first), _place(last)
    _add(selection, model, QModelIndex(), range(begin + (first_image >= 0), end + 1))
    for row in range(begin, end + 1):
        top = model.index(row, 0)
        if is_open(top):
            start = max(0, first_image) if row == begin else 0
            stop = last_image + 1 if row == end else model.rowCount(top)
            _add(selection, model, top, range(start, stop))
    return selection


def _place(index: QModelIndex) -> tuple[int, int]:
    """Row of the mosaic, and of its image or -1."""
    top = index.parent()
    return (top.row(), index.row()) if top.isValid() else (index.row(), -1)


def _add(selection: QItemSelection, model: ImageryModel, parent: QModelIndex, rows: Sequence[int]) -> None:
    for first, last in runs(rows):
        selection.select(model.index(first, 0, parent), model.index(last, COLUMNS - 1, parent))
