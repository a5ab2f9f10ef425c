"""Files that are there more than once, as a tree: a file, and below it where its copies are. Main thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

from qgis.PyQt.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt

from ...services.inventory_index import Copy, DuplicateGroup
from ..widgets.icons import cell_icon
from ..widgets.suffix_delegate import SHORT_SUFFIX_ROLE, SUFFIX_ROLE
from ..words import formats
from ..words.plain import as_tooltip

Entry = Union[DuplicateGroup, Copy]

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)


class DuplicatesModel(QAbstractItemModel):
    """An index carries the number of its group from 1, 0 at the top."""

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._groups: Sequence[DuplicateGroup] = ()
        self._names: Mapping[str, str] = {}

    @property
    def groups(self) -> Sequence[DuplicateGroup]:
        return self._groups

    def set_groups(self, groups: Sequence[DuplicateGroup]) -> None:
        self.beginResetModel()
        self._groups = groups
        self.endResetModel()

    def set_names(self, names: Mapping[str, str]) -> None:
        """Of the mosaics, by their ids. The view is to be drawn anew: rows that may be tens of thousands are
        not told to have changed.
        """
        self._names = names

    # QAbstractItemModel

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 1

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._groups)
        return 0 if parent.internalId() else len(self._groups[parent.row()].copies)

    def index(self, row: int, column: int, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        if column or not 0 <= row < self.rowCount(parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Optional[QModelIndex] = None) -> Any:
        if index is None:
            return super().parent()
        group = index.internalId() if index.isValid() else 0
        return self.createIndex(group - 1, 0, 0) if group else QModelIndex()

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        entry = self._entry(index)
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return self._title(entry)
        if role == SUFFIX_ROLE:
            return self._suffix(entry)
        if role == SHORT_SUFFIX_ROLE:
            return self._short_suffix(entry)
        if role == Qt.ItemDataRole.DecorationRole and isinstance(entry, DuplicateGroup):
            return cell_icon("image")
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tooltip(f"{self._title(entry)}\n{self._suffix(entry)}")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._title(entry)} · {self._suffix(entry)}"
        return None

    # Inside

    def _entry(self, index: QModelIndex) -> Entry:
        group = index.internalId()
        return self._groups[group - 1].copies[index.row()] if group else self._groups[index.row()]

    def _title(self, entry: Entry) -> str:
        if isinstance(entry, DuplicateGroup):
            return entry.copies[0].name or entry.copies[0].image_id
        mosaic = self._names.get(entry.mosaic_id) or entry.mosaic_id
        return f"{mosaic} › {entry.name or entry.image_id}"

    def _suffix(self, entry: Entry) -> str:
        if isinstance(entry, Copy):
            return formats.moment(entry.uploaded_at) or self.tr("date not known")
        count = self._count(entry)
        freed = self.tr("{0} could be freed").format(formats.size(entry.reclaimable))
        return f"{count} · {freed}" if entry.size else count

    def _short_suffix(self, entry: Entry) -> str:
        """The bytes first: what is freed counts for more than how many there are, where both do not fit."""
        if isinstance(entry, Copy):
            return formats.day(entry.uploaded_at)
        return f"{formats.size(entry.reclaimable)} · {self._count(entry)}" if entry.size else ""

    def _count(self, group: DuplicateGroup) -> str:
        return self.tr("{0} copies").format(formats.whole(len(group.copies)))
