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


class Loading(Enum):
    """How far the images of a mosaic are."""

    NOT_ASKED = 0
    LOADING = 1
    LOADED = 2
    FAILED = 3


@dataclass
class Branch:
    """A mosaic with its images. `serial` stays the same as long as the mosaic is in the model."""

    serial: int
    mosaic: Mosaic
    images: list[Image] = field(default_factory=list)
    state: Loading = Loading.NOT_ASKED
    failure: str = ""

    @property
    def rows(self) -> int:
        """A branch without images holds one line of text that says why."""
        return len(self.images) or 1

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
        self._next_serial = 1

    # What the panel asks

    def branch(self, mosaic_id: str) -> Optional[Branch]:
        return next((b for b in self._branches if b.mosaic.id == mosaic_id), None)

    def mosaics(self) -> list[Mosaic]:
        return [b.mosaic for b in self._branches]

    def index_of(self, item_id: str, mosaic_id: str = "") -> QModelIndex:
        """The row of a mosaic, or of an image where `mosaic_id` says whose."""
        if not mosaic_id:
            row = next((r for r, b in enumerate(self._branches) if b.mosaic.id == item_id), -1)
            return self.index(row, 0) if row >= 0 else QModelIndex()
        branch = self.branch(mosaic_id)
        row = next((r for r, i in enumerate(branch.images) if i.id == item_id), -1) if branch else -1
        return self.createIndex(row, 0, branch.serial) if branch and row >= 0 else QModelIndex()

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
        if not branch.images or not images:
            self._replace_rows(branch, list(images))
        else:
            self._merge_rows(branch, images)
        self._row_changed(self._branches.index(branch), QModelIndex())

    # QAbstractItemModel

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return len(cells.Column)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._branches)
        if parent.column() or parent.internalId():
            return 0
        return self._branches[parent.row()].rows

    def index(self, row: int, column: int, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        serial = self._branches[parent.row()].serial if parent.isValid() else 0
        return self.createIndex(row, column, serial)

    def parent(self, index: Optional[QModelIndex] = None) -> Any:
        if index is None:
            return super().parent()
        branch = self._by_serial.get(index.internalId()) if index.isValid() else None
        return QModelIndex() if branch is None else self.createIndex(self._branches.index(branch), 0, 0)

    def flags(self, index: QModelIndex) -> Qt.ItemFlags:
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
        return branch.images[index.row()] if index.row() < len(branch.images) else None

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
        self.endInsertRows()

    def _remove_branch(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        branch = self._branches.pop(row)
        del self._by_serial[branch.serial]
        self.endRemoveRows()

    def _set_state(self, branch: Branch, state: Loading) -> None:
        branch.state = state
        self._row_changed(0, self._index_of_branch(branch))

    def _replace_rows(self, branch: Branch, images: list[Image]) -> None:
        """From or to the one line of text."""
        parent = self._index_of_branch(branch)
        surplus = branch.rows - (len(images) or 1)
        if surplus > 0:
            self.beginRemoveRows(parent, branch.rows - surplus, branch.rows - 1)
        elif surplus < 0:
            self.beginInsertRows(parent, branch.rows, branch.rows - surplus - 1)
        branch.images = images
        if surplus > 0:
            self.endRemoveRows()
        elif surplus < 0:
            self.endInsertRows()
        self.dataChanged.emit(
            self.index(0, 0, parent), self.index(branch.rows - 1, self.columnCount() - 1, parent)
        )

    def _merge_rows(self, branch: Branch, images: Sequence[Image]) -> None:
        """New ones first, then away with the old: a branch in between is never without rows."""
        parent = self._index_of_branch(branch)
        wanted = {i.id: i for i in images}
        here = {i.id for i in branch.images}
        added = [i for i in images if i.id not in here]
        if added:
            self.beginInsertRows(parent, len(branch.images), len(branch.images) + len(added) - 1)
            branch.images.extend(added)
            self.endInsertRows()
        for row in reversed(range(len(branch.images))):
            image = branch.images[row]
            if image.id not in wanted:
                self._remove_image(branch, row, parent)
            elif wanted[image.id] != image:
                branch.images[row] = wanted[image.id]
                self._row_changed(row, parent)

    def _remove_image(self, branch: Branch, row: int, parent: QModelIndex) -> None:
        self.beginRemoveRows(parent, row, row)
        del branch.images[row]
        self.endRemoveRows()
