"""Cuts names where they are like their neighbours', so that what tells them apart stays. Main thread.

Names of a flight differ in the middle, DJI_20260614_0901_ortho.tif from …_0902_…: cut there they are all one.
"""

from __future__ import annotations

from collections.abc import Iterable

from qgis.PyQt.QtCore import QModelIndex, Qt
from qgis.PyQt.QtGui import QFontMetrics

LEAST = 3  # characters at the beginning that stay
TELLING = 4  # characters of the difference that are worth more than the beginning
MARKS = "._- "  # say nothing before an ellipsis
RIGHT, MIDDLE = Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle


def elided(text: str, neighbours: Iterable[str], metrics: QFontMetrics, room: int) -> str:
    """Where the room is short, what is alike before the difference goes first, and then the end; the middle,
    where it is like no other.
    """
    if metrics.horizontalAdvance(text) <= room:
        return text
    head = max((_alike(text, other) for other in neighbours), default=0)
    free = room - metrics.horizontalAdvance(text[head:])
    start = metrics.elidedText(text[:head], RIGHT, free) if head > LEAST else ""
    if len(start) > LEAST:
        return start + text[head:]
    if head > LEAST:
        end = metrics.elidedText(text[head:], RIGHT, room - metrics.horizontalAdvance("…"))
        if len(end) > TELLING:
            return f"…{end[:-1].rstrip(MARKS)}…" if end.endswith("…") else f"…{end}"
    return str(metrics.elidedText(text, MIDDLE, room))


def elided_cell(index: QModelIndex, metrics: QFontMetrics, room: int) -> str:
    """The text of a cell, with those above and below it in mind."""
    beside = (index.sibling(index.row() + step, index.column()) for step in (-1, 1))
    return elided(str(index.data() or ""), [str(cell.data() or "") for cell in beside], metrics, room)


def _alike(one: str, other: str) -> int:
    """Characters at the beginning that both have; a number is not cut in two."""
    count = next((place for place, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), 0)
    return len(one[:count].rstrip("0123456789"))
