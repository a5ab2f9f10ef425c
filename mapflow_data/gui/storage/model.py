"""The mosaics with what each takes of the storage, as an item model that sorts itself. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Optional

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from ...api.models import Mosaic
from ..imagery.cells import name_of
from ..imagery.order import natural_key
from ..widgets.icons import cell_icon
from ..widgets.tables import DOWNWARDS, RIGHT
from ..words import formats
from ..words.plain import as_tooltip

MOSAIC_ROLE = int(Qt.ItemDataRole.UserRole)
SHARE_ROLE = MOSAIC_ROLE + 1  # 0.0 to 1.0, None where the size is not known


class Column(IntEnum):
    NAME = 0
    IMAGES = 1
    SIZE = 2
    SHARE = 3


@dataclass(frozen=True)
class Row:
    """`images` and `size` (bytes) are None where they are not known."""

    mosaic: Mosaic
    images: Optional[int] = None
    size: Optional[int] = None


class StorageModel(QAbstractTableModel):
    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._whole = 0
        self._column, self._is_down = Column.SIZE, True

    def mosaic_at(self, index: QModelIndex) -> Optional[Mosaic]:
        return self._rows[index.row()].mosaic if index.isValid() else None

    def set_rows(self, rows: Sequence[Row], whole: int) -> None:
        """`whole` in bytes is what shares are of. Rows that stay keep their selection."""
        wanted = {row.mosaic.id: row for row in rows}
        for place in reversed(range(len(self._rows))):
            if self._rows[place].mosaic.id not in wanted:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self._rows[place]
                self.endRemoveRows()
        self._rows = [wanted.pop(row.mosaic.id) for row in self._rows]
        if wanted:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(wanted) - 1)
            self._rows.extend(wanted.values())
            self.endInsertRows()
        self._whole = whole
        self._arrange()

    # QAbstractTableModel

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.InitialSortOrderRole and section != Column.NAME:
            return DOWNWARDS
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (Column.IMAGES, Column.SIZE):
            return RIGHT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("Mosaic"), self.tr("Images"), self.tr("Size"), self.tr("Share"))[section]

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], Column(index.column())
        if role == MOSAIC_ROLE:
            return row.mosaic
        if role == SHARE_ROLE:
            return self._share(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (Column.IMAGES, Column.SIZE):
            return RIGHT
        if role == Qt.ItemDataRole.DecorationRole and column is Column.NAME:
            return cell_icon("mosaic")
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tooltip("\n".join(self._text(row, one) for one in Column if self._text(row, one)))
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._column, self._is_down = Column(column), order == Qt.SortOrder.DescendingOrder
        self._arrange()

    # Inside

    def _text(self, row: Row, column: Column) -> str:
        if column is Column.NAME:
            return name_of(row.mosaic)
        if column is Column.IMAGES:
            return "" if row.images is None else formats.whole(row.images)
        if column is Column.SIZE:
            return self.tr("not known") if row.size is None else formats.size(row.size)
        share = self._share(row)
        return "" if share is None else percent(share)

    def _share(self, row: Row) -> Optional[float]:
        if row.size is None:
            return None
        return min(1.0, row.size / self._whole) if self._whole else 0.0

    def _arrange(self) -> None:
        """What is not known comes last, whichever way; what is equal goes by name."""
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        mosaic_ids = [self._rows[index.row()].mosaic.id for index in old]
        is_by_name = self._column is Column.NAME
        self._rows.sort(
            key=lambda row: natural_key(name_of(row.mosaic)), reverse=is_by_name and self._is_down
        )
        if not is_by_name:
            self._rows.sort(key=self._key)
        places = {row.mosaic.id: place for place, row in enumerate(self._rows)}
        new = [self.index(places[one], index.column()) for one, index in zip(mosaic_ids, old)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _key(self, row: Row) -> tuple[bool, int]:
        value = row.images if self._column is Column.IMAGES else row.size
        return value is None, (value or 0) * (-1 if self._is_down else 1)


def percent(share: float) -> str:
    """ "12 %", and "< 1 %" for what is not nothing."""
    whole = round(share * 100)
    return "< 1 %" if share and not whole else f"{whole} %"
