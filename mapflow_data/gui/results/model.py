"""What a search found, as one table for the cards and for the wide table. Main thread.

It sorts and filters its own list: a proxy over ten thousand rows of Python would hold up the main thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Optional

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QImage

from ...api.models import CatalogItem
from ..widgets.tables import DOWNWARDS, RIGHT
from ..words.plain import as_tooltip
from .cells import DOWN_FIRST, NUMBERS, Column, Row, sort_key, title

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
STATE_ROLE = ROW_ROLE + 1  # of its picture: one of the three below, "" for none
PICTURE_ROLE = ROW_ROLE + 2  # QImage or None

COLUMNS = len(Column)  # Qt asks for it very often
LOADING, SHOWN = "loading", "shown"


class ResultsModel(QAbstractTableModel):
    """`sorted_by(column, order)` tells of an order that a person has chosen; column -1 is the server's."""

    sorted_by = pyqtSignal(int, object)

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._all: list[Row] = []  # as the server has them
        self._rows: list[Row] = []  # as they are shown
        self._numbers: dict[str, int] = {}  # of those, by id; made when they are asked for
        self._by_id: dict[str, Row] = {}
        self._states: dict[str, str] = {}
        self._pictures: dict[str, Optional[QImage]] = {}  # None where there is none to be had
        self._filter = ""
        self._column = -1
        self._order = Qt.SortOrder.DescendingOrder

    # Filling

    def clear(self) -> None:
        self.beginResetModel()
        for held in (self._all, self._rows, self._numbers, self._by_id, self._states, self._pictures):
            held.clear()
        self.endResetModel()

    def append(self, items: Iterable[tuple[CatalogItem, Optional[float], str]]) -> int:
        """Items with what they cover (percent) and their availability; those that are there already are not
        added again. The number of those that were."""
        fresh = []
        for item, covers, availability in items:
            row = Row(item, covers, availability, len(self._all))
            if row.id not in self._by_id:
                self._by_id[row.id] = row
                self._all.append(row)
                fresh.append(row)
        shown = [row for row in fresh if self._is_wanted(row)]
        if shown:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(shown) - 1)
            self._rows.extend(shown)
            self._numbers.clear()
            self.endInsertRows()
            if self._column >= 0:
                self._rearrange(lambda: self._set_keys(shown))
        return len(fresh)

    # Looking

    @property
    def total(self) -> int:
        """Also of what is filtered away."""
        return len(self._all)

    @property
    def without_place(self) -> int:
        return sum(not row.has_place for row in self._all)

    @property
    def is_filtered(self) -> bool:
        return bool(self._filter)

    @property
    def order(self) -> tuple[int, Qt.SortOrder]:
        return self._column, self._order

    def row(self, number: int) -> Row:
        return self._rows[number]

    def find(self, row_id: str) -> Optional[Row]:
        return self._by_id.get(row_id)

    def id_of(self, item: CatalogItem) -> str:
        """Of its row, "" when that is gone; an item without an id is known by itself only."""
        if item.id:
            return item.id if item.id in self._by_id else ""
        return next((row.id for row in self._all if row.item is item), "")

    def numbers_of(self, ids: set[str]) -> list[int]:
        """Of the rows that are shown."""
        if ids and not self._numbers:
            self._numbers = {row.id: number for number, row in enumerate(self._rows)}
        return sorted(self._numbers[row_id] for row_id in ids if row_id in self._numbers)

    # Pictures

    def state_of(self, row_id: str) -> str:
        return self._states.get(row_id, "")

    def picture_of(self, row_id: str) -> Optional[QImage]:
        return self._pictures.get(row_id)

    def set_state(self, row_id: str, state: str) -> None:
        if self._states.get(row_id, "") != state:
            self._states[row_id] = state
            self._tell(row_id)

    def set_shown(self, ids: set[str]) -> None:
        """What is on the map now."""
        for row_id in ids & self._by_id.keys():
            self.set_state(row_id, SHOWN)
        for row_id in [one for one, state in self._states.items() if state == SHOWN and one not in ids]:
            self.set_state(row_id, "")

    def has_looked(self, row_id: str) -> bool:
        """Whether it is known what picture it has, if any."""
        return row_id in self._pictures

    def set_picture(self, row_id: str, picture: Optional[QImage]) -> None:
        self._pictures[row_id] = picture
        self._tell(row_id)

    # Order

    def set_filter(self, text: str) -> None:
        """Rows whose id, sensor, provider or product holds the text."""
        self._filter = text.strip().casefold()
        self._rearrange(self._filter_again)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """-1 is the order in which the server has them. Missing values come last, whichever way."""
        if (column, order) == (self._column, self._order):
            return
        self._column, self._order = column, order
        self._rearrange(lambda: self._set_keys(self._rows))
        self.sorted_by.emit(column, order)

    def _filter_again(self) -> None:
        self._rows = [row for row in self._all if self._is_wanted(row)]
        self._set_keys(self._rows)

    def _is_wanted(self, row: Row) -> bool:
        return not self._filter or self._filter in row.words

    def _set_keys(self, rows: Sequence[Row]) -> None:
        column = self._column
        for row in rows:
            row.key = row.place if column < 0 else sort_key(row, column)

    def _rearrange(self, change: Callable[[], None]) -> None:
        """The selection stays on its rows."""
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        rows_held = [self._rows[index.row()] for index in held]
        change()
        self._rows = self._sorted()
        self._numbers.clear()
        places = {id(row): number for number, row in enumerate(self._rows)} if held else {}
        moved = [
            self.index(places[id(row)], index.column()) if id(row) in places else QModelIndex()
            for row, index in zip(rows_held, held)
        ]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _sorted(self) -> list[Row]:
        known = [row for row in self._rows if row.key is not None]
        is_down = self._column >= 0 and self._order == Qt.SortOrder.DescendingOrder
        known.sort(key=lambda row: row.key, reverse=is_down)
        return known + [row for row in self._rows if row.key is None]

    # QAbstractTableModel

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else COLUMNS

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.InitialSortOrderRole and section in DOWN_FIRST:
            return DOWNWARDS
        if role == Qt.ItemDataRole.TextAlignmentRole and section in NUMBERS:
            return RIGHT
        return title(section) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.texts[index.column()]
        if role == ROW_ROLE:
            return row
        if role == STATE_ROLE:
            return self.state_of(row.id)
        if role == PICTURE_ROLE:
            return self.picture_of(row.id)
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tooltip(row.tip)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in NUMBERS:
            return RIGHT
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            return ", ".join(filter(None, (row.title, row.facts, row.badge)))
        return None

    def _tell(self, row_id: str) -> None:
        for number in self.numbers_of({row_id}):
            self.dataChanged.emit(self.index(number, 0), self.index(number, COLUMNS - 1))
