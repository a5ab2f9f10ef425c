"""Rows of the Upload dialog, grouped by what will happen to them; changed by difference. Main thread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from qgis.PyQt.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from qgis.PyQt.QtGui import QFont, QIcon

from ..widgets.tables import RIGHT
from .rows import ORDER, Column, Group, Heading, Row, row_data

# A view lays out all its rows anew after each removed range: past this many ranges replacing all is quicker.
MAX_RANGES = 16


@dataclass
class _Section:
    group: Group
    rows: list[Row] = field(default_factory=list)


class UploadModel(QAbstractItemModel):
    """Two levels: the groups that have rows, and their rows. A row keeps its place among its neighbours."""

    def __init__(
        self, titles: Sequence[str], icons: Mapping[Group, QIcon], parent: Optional[QObject] = None
    ) -> None:
        """`titles` of the columns."""
        super().__init__(parent)
        self._titles = tuple(titles)
        self._icons = dict(icons)
        self._sections: list[_Section] = []
        self._headings: Mapping[Group, Heading] = {}
        self._bold = QFont()
        self._bold.setBold(True)

    # -- contents ---------------------------------------------------------------------------------------

    def set_rows(self, rows: Sequence[Row], headings: Mapping[Group, Heading]) -> None:
        """Shows `rows` in their order within each group; what is there already stays, selection included."""
        wanted: dict[Group, list[Row]] = defaultdict(list)
        for row in rows:
            wanted[row.group].append(row)
        self._headings = dict(headings)
        for group in Group:
            self._set_section(group, wanted.get(group, []))
        if self._sections:
            first, last = (
                self.createIndex(0, 0, 0),
                self.createIndex(len(self._sections) - 1, len(Column) - 1, 0),
            )
            self.dataChanged.emit(first, last)

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(section.group for section in self._sections)

    def rows_of(self, group: Group) -> tuple[Row, ...]:
        position = self._position(group)
        return () if position is None else tuple(self._sections[position].rows)

    def rows_between(self, parent: QModelIndex, first: int, last: int) -> list[Row]:
        """Below `parent`, or of all groups in that range where it is invalid: a group stands for its rows."""
        group = self.group_at(parent)
        if group is not None:
            return list(self.rows_of(group)[first : last + 1])
        return [row for section in self._sections[first : last + 1] for row in section.rows]

    def row_at(self, index: QModelIndex) -> Optional[Row]:
        if not index.isValid() or not index.internalId():
            return None
        position = self._position(_group_of(index.internalId()))
        return None if position is None else self._sections[position].rows[index.row()]

    def group_at(self, index: QModelIndex) -> Optional[Group]:
        """The group whose own line this is."""
        if not index.isValid() or index.internalId():
            return None
        return self._sections[index.row()].group

    def index_of(self, group: Group, column: Column = Column.FILE) -> QModelIndex:
        position = self._position(group)
        return QModelIndex() if position is None else self.createIndex(position, column.value, 0)

    # -- changes by difference --------------------------------------------------------------------------

    def _set_section(self, group: Group, rows: list[Row]) -> None:
        position = self._position(group)
        if position is None and rows:
            position = sum(ORDER[section.group] < ORDER[group] for section in self._sections)
            self.beginInsertRows(QModelIndex(), position, position)
            self._sections.insert(position, _Section(group, rows))
            self.endInsertRows()
        elif position is not None and not rows:
            self.beginRemoveRows(QModelIndex(), position, position)
            del self._sections[position]
            self.endRemoveRows()
        elif position is not None:
            self._change_section(position, rows)

    def _change_section(self, position: int, rows: list[Row]) -> None:
        section = self._sections[position]
        old, new = {row.key for row in section.rows}, {row.key for row in rows}
        gone = _ranges([row.key not in new for row in section.rows])
        come = _ranges([row.key not in old for row in rows])
        stay = [row.key for row in section.rows if row.key in new]
        if len(gone) + len(come) > MAX_RANGES or stay != [row.key for row in rows if row.key in old]:
            gone, come = [(0, len(section.rows) - 1)], [(0, len(rows) - 1)]
        parent = self.createIndex(position, 0, 0)
        for first, last in reversed(gone):
            self.beginRemoveRows(parent, first, last)
            del section.rows[first : last + 1]
            self.endRemoveRows()
        for first, last in come:
            self.beginInsertRows(parent, first, last)
            section.rows[first:first] = rows[first : last + 1]
            self.endInsertRows()
        changed = [i for i, row in enumerate(rows) if section.rows[i] != row]
        section.rows = rows
        if changed:
            identity = ORDER[section.group] + 1
            self.dataChanged.emit(
                self.createIndex(changed[0], 0, identity),
                self.createIndex(changed[-1], len(Column) - 1, identity),
            )

    def _position(self, group: Group) -> Optional[int]:
        return next((i for i, section in enumerate(self._sections) if section.group is group), None)

    # -- QAbstractItemModel -----------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        if not parent.isValid():
            return len(self._sections)
        return (
            len(self._sections[parent.row()].rows) if not parent.internalId() and not parent.column() else 0
        )

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return len(Column)

    def index(self, row: int, column: int, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        if row < 0 or not 0 <= column < len(Column) or row >= self.rowCount(parent):
            return QModelIndex()
        # A row's id names its group, not the group's place: places move when groups come and go.
        identity = ORDER[self._sections[parent.row()].group] + 1 if parent.isValid() else 0
        return self.createIndex(row, column, identity)

    def parent(self, child: QModelIndex) -> QModelIndex:
        if not child.isValid() or not child.internalId():
            return QModelIndex()
        return self.index_of(_group_of(child.internalId()))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == Column.SIZE.value:
            return RIGHT
        return None

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        row = self.row_at(index)
        if row is not None:
            return row_data(row, Column(index.column()), role)
        group = self.group_at(index)
        return None if group is None else self._heading_data(group, Column(index.column()), role)

    def _heading_data(self, group: Group, column: Column, role: int) -> Any:
        heading = self._headings.get(group, Heading(""))
        if role == Qt.ItemDataRole.DisplayRole:
            return {Column.FILE: heading.title, Column.SIZE: heading.size}.get(column)
        if role == Qt.ItemDataRole.DecorationRole and column is Column.FILE:
            return self._icons.get(group)
        if role == Qt.ItemDataRole.FontRole and column is Column.FILE:
            return self._bold
        if role == Qt.ItemDataRole.TextAlignmentRole and column is Column.SIZE:
            return RIGHT
        return None


def _group_of(identity: int) -> Group:
    return tuple(Group)[identity - 1]


def _ranges(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last places of the runs of true flags."""
    runs: list[tuple[int, int]] = []
    for place, flag in enumerate(flags):
        if flag and runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        elif flag:
            runs.append((place, place))
    return runs
