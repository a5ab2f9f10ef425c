"""What the rows of the Upload dialog are, and what each cell of them shows. Any thread."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from qgis.PyQt.QtCore import Qt

from ..widgets.tables import RIGHT


class Group(Enum):
    """In the order in which they are shown."""

    CHECKING = "checking"
    READY = "ready"
    DIFFERS = "differs"
    RISKY = "risky"
    NAMESAKE = "namesake"
    THERE = "there"
    CANNOT = "cannot"


ORDER = {group: place for place, group in enumerate(Group)}


class Column(Enum):
    FILE = 0
    HAPPENS = 1
    SIZE = 2
    CRS = 3


@dataclass(frozen=True)
class Row:
    """One file as it is shown: texts are ready, so that painting computes nothing."""

    key: str
    group: Group
    name: str
    happens: str = ""
    size: str = ""
    crs: str = ""
    tip: str = ""
    can_override: bool = False  # it may be sent as it is if the user says so
    is_override: bool = False  # the user said so


@dataclass(frozen=True)
class Heading:
    """What a group's own line says."""

    title: str
    size: str = ""


def row_data(row: Row, column: Column, role: int) -> Any:
    if role == Qt.ItemDataRole.DisplayRole:
        return {
            Column.FILE: row.name,
            Column.HAPPENS: row.happens,
            Column.SIZE: row.size,
            Column.CRS: row.crs,
        }[column]
    if role == Qt.ItemDataRole.ToolTipRole:
        return row.tip
    if role == Qt.ItemDataRole.AccessibleTextRole and column is Column.FILE:
        return ", ".join(text for text in (row.name, row.happens, row.size, row.crs) if text)
    if role == Qt.ItemDataRole.TextAlignmentRole and column is Column.SIZE:
        return RIGHT
    return None
