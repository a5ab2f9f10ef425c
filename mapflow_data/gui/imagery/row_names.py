"""Names of rows, cut to the room there is so that a row is still told from its neighbours. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QModelIndex
from qgis.PyQt.QtGui import QFontMetrics

from ..widgets.elision import elided
from .model import ITEM_ROLE


def elided_name(index: QModelIndex, metrics: QFontMetrics, room: int) -> str:
    """The text of a row, cut to `room` px with the rows above and below it in mind."""
    text = str(index.data() or "")
    rows = (index.sibling(index.row() + step, index.column()) for step in (-1, 1))
    neighbours = [str(row.data()) for row in rows if row.data(ITEM_ROLE) is not None]
    return elided(text, neighbours, metrics, room)
