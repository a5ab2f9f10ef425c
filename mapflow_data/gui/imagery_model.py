"""The tree of mosaics and their images as an item model, changed by difference, so that selection and
expansion survive a refresh. Main thread; holds what it is given, loads nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Optional, Union

from qgis.PyQt.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt

from ..api.models import Image, Mosaic
from . import imagery_cells as cells

Item = Union[Mosaic, Image]

ITEM_ROLE = int(Qt.ItemDataRole.UserRole)  # Mosaic, Image, or None for a line of text
COUNT_ROLE = ITEM_ROLE + 1  # number of a mosaic's images, None where unknown
COLUMNS = len(cells.Column)


class Loading(Enum):
    """How far the images of a mosaic are."""

    NOT_ASKED = 0
    LOADING = 1
    LOADED = 2
    FAILED = 3


@dataclass(eq=False)  # told apart by identity: thousands are compared while a view lays itself out
class Branch:
    """A mosaic with its images. `serial` stays the same as long as the mosaic is in the model."""

    serial: int
    mosaic: Mosaic
    images: list[Image] = field(default_factory=list)
    state: Loading = Loading.NOT_ASKED
    failure: str = ""
    has_note: bool = True  # first row: one line of text that says why there are no images

    @property
    def rows(self) -> int:
        return len(self.images) + self.has_note

    def at(self, row: int) -> Optional[Image]:
        """None for the line of text."""
        row -= self.has_note
        return self.images[row] if row >= 0 else None

    @property
    def count(self) -> Optional[int]:
        return len(self.images) if self.state is Loading.LOADED else self.mosaic.image_count


class ImageryModel(QAbstractItemModel):
    """Mosaics are the top rows, images (or one line of text) the rows under them.

    An index carries the serial of its branch, 0 at the top: nothing in it can dangle.
    """

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._branches: list[Branch] = []
        self._by_serial: dict[int, Branch] = {}
        self._by_id: dict[str, Branch] = {}
        self._next_serial = 1

    # What the panel asks

    def branch(self, mosaic_id: str) -> Optional[Branch]:
        return self._by_id.get(mosaic_id)

    def mosaics(self) -> list[Mosaic]:
        return [b.mosaic for b in self._branches]

    def index_of(self, item_id: str, mosaic_id: str = "") -> QModelIndex:
        """The row of a mosaic, or of an image where `mosaic_id` says whose."""
        if not mosaic_id:
            mosaic = self.branch(item_id)
            return self._index_of_branch(mosaic) if mosaic else QModelIndex()
        branch = self.branch(mosaic_id)
        place = next((p for p, i in enumerate(branch.images) if i.id == item_id), -1) if branch else -1
        if branch is None or place < 0:
            return QModelIndex()
        return self.createIndex(place + branch.has_note, 0, branch.serial)

    # What the services tell

    def set_mosaics(self, mosaics: Sequence[Mosaic]) -> None:
        wanted = {m.id: m for m in mosaics}
        for row in reversed(range(len(self._branches))):
            if self._branches[row].mosaic.id not in wanted:
                self._remove_branch(row)
        for row, branch in enumerate(self._branches):
            mosaic = wanted.pop(branch.mosaic.id)
            if mosaic != branch.mosaic:
                branch.mosaic = mosaic
                self._row_changed(row, QModelIndex())
        if wanted:
            self._add_branches(wanted.values())

    def set_images_loading(self, mosaic_id: str) -> None:
        branch = self.branch(mosaic_id)
        if branch and branch.state is not Loading.LOADED:
            self._set_state(branch, Loading.LOADING)

    def set_images_failed(self, mosaic_id: str, failure: str) -> None:
        """Images that are there already stay: old facts are better than none."""
        branch = self.branch(mosaic_id)
        if branch and branch.state is not Loading.LOADED:
            branch.failure = failure
            self._set_state(branch, Loading.FAILED)

    def set_images(self, mosaic_id: str, images: Sequence[Image]) -> None:
        branch = self.branch(mosaic_id)
        if branch is None:
            return
        branch.state = Loading.LOADED
        parent = self._index_of_branch(branch)
        if not images and not branch.has_note:
            self._put_note(branch, parent)
        self._merge_rows(branch, images, parent)
        if images and branch.has_note:
            self._remove_note(branch, parent)
        if branch.has_note:
            self._row_changed(0, parent)
        self._row_changed(self._branches.index(branch), QModelIndex())

    # QAbstractItemModel

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return COLUMNS

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._branches)
        if parent.column() or parent.internalId():
            return 0
        return self._branches[parent.row()].rows

    def index(self, row: int, column: int, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not (0 <= row < self.rowCount(parent) and 0 <= column < COLUMNS):
            return QModelIndex()
        serial = self._branches[parent.row()].serial if parent.isValid() else 0
        return self.createIndex(row, column, serial)

    def parent(self, index: Optional[QModelIndex] = None) -> Any:
        if index is None:
            return super().parent()
        branch = self._by_serial.get(index.internalId()) if index.isValid() else None
        return QModelIndex() if branch is None else self.createIndex(self._branches.index(branch), 0, 0)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._item(index) is None:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemNeverHasChildren if index.internalId() else flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return cells.title(cells.Column(section))
        return None

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        item, branch = self._item(index), self._branch_of(index)
        if role == ITEM_ROLE:
            return item
        if role == COUNT_ROLE:
            return branch.count if isinstance(item, Mosaic) else None
        column = cells.Column(index.column())
        if item is None:
            return cells.note(branch.state.name, branch.failure, column, role)
        return cells.value(item, column, role, branch.images)

    # Inside

    def _branch_of(self, index: QModelIndex) -> Branch:
        return self._by_serial[index.internalId()] if index.internalId() else self._branches[index.row()]

    def _item(self, index: QModelIndex) -> Optional[Item]:
        branch = self._branch_of(index)
        if not index.internalId():
            return branch.mosaic
        return branch.at(index.row())

    def _index_of_branch(self, branch: Branch) -> QModelIndex:
        return self.createIndex(self._branches.index(branch), 0, 0)

    def _row_changed(self, row: int, parent: QModelIndex) -> None:
        last = self.columnCount() - 1
        self.dataChanged.emit(self.index(row, 0, parent), self.index(row, last, parent))

    def _add_branches(self, mosaics: Iterable[Mosaic]) -> None:
        added = list(mosaics)
        first = len(self._branches)
        self.beginInsertRows(QModelIndex(), first, first + len(added) - 1)
        for mosaic in added:
            branch = Branch(self._next_serial, mosaic)
            self._next_serial += 1
            self._branches.append(branch)
            self._by_serial[branch.serial] = branch
            self._by_id[mosaic.id] = branch
        self.endInsertRows()

    def _remove_branch(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        branch = self._branches.pop(row)
        del self._by_serial[branch.serial], self._by_id[branch.mosaic.id]
        self.endRemoveRows()

    def _set_state(self, branch: Branch, state: Loading) -> None:
        branch.state = state
        self._row_changed(0, self._index_of_branch(branch))

    def _put_note(self, branch: Branch, parent: QModelIndex) -> None:
        self.beginInsertRows(parent, 0, 0)
        branch.has_note = True
        self.endInsertRows()

    def _remove_note(self, branch: Branch, parent: QModelIndex) -> None:
        self.beginRemoveRows(parent, 0, 0)
        branch.has_note = False
        self.endRemoveRows()

    def _merge_rows(self, branch: Branch, images: Sequence[Image], parent: QModelIndex) -> None:
        """New ones first, then away with the old: a branch in between is never without rows."""
        wanted = {i.id: i for i in images}
        here = {i.id for i in branch.images}
        added = [i for i in wanted.values() if i.id not in here]
        if added:
            self.beginInsertRows(parent, branch.rows, branch.rows + len(added) - 1)
            branch.images.extend(added)
            self.endInsertRows()
        for place in reversed(range(len(branch.images))):
            image, row = branch.images[place], place + branch.has_note
            if image.id not in wanted:
                self.beginRemoveRows(parent, row, row)
                del branch.images[place]
                self.endRemoveRows()
            elif wanted[image.id] != image:
                branch.images[place] = wanted[image.id]
                self._row_changed(row, parent)
