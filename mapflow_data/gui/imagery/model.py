"""The tree of mosaics and their images as an item model, changed by difference, so that selection and
expansion survive. Sorts and filters by itself: a proxy over sixty thousand rows of Python would hold up the
main thread, which this runs in. Holds what it is given, loads nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Callable, Optional, Union

from qgis.PyQt.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt, pyqtSignal

from ...api.models import Image, Mosaic
from . import cells
from .branch import Branch, Branches, Loading
from .order import Order

Item = Union[Mosaic, Image]

ITEM_ROLE = int(Qt.ItemDataRole.UserRole)  # Mosaic, Image, or None for a line of text
COUNT_ROLE = ITEM_ROLE + 1  # number of a mosaic's images, None where unknown
COLUMNS = len(cells.Column)
ROLES = cells.ROLES | {ITEM_ROLE, COUNT_ROLE}

NOTHING = Qt.ItemFlag.NoItemFlags
OF_MOSAIC = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
OF_IMAGE = OF_MOSAIC | Qt.ItemFlag.ItemNeverHasChildren
OF_NOTE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren


# whose row, id of the image ("" for the mosaic itself, None for the line of text), column
Place = tuple[Branch, Optional[str], int]


class ImageryModel(QAbstractItemModel):
    """Mosaics are the top rows, images (or one line of text) the rows under them.

    An index carries the serial of its branch, 0 at the top: nothing in it can dangle. What a view asks for
    each row while it lays itself out (`index`, `flags`, `hasChildren`) is kept short.
    """

    changing = pyqtSignal()  # before the layout is about to be changed: nobody holds an index yet
    images_told = pyqtSignal(str)  # id of the mosaic whose images were set, also where they are as before

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._order = Order()
        self._branches = Branches()

    # What the panel asks

    def branch(self, mosaic_id: str) -> Optional[Branch]:
        return self._branches.by_id.get(mosaic_id)

    def branches(self) -> Collection[Branch]:
        """Also those that the filter hides."""
        return self._branches.by_id.values()

    def mosaics(self) -> list[Mosaic]:
        return [branch.mosaic for branch in self._branches.by_id.values()]

    def images_of(self, mosaic_id: str) -> list[Image]:
        """In the order shown."""
        branch = self.branch(mosaic_id)
        return [row.image for row in branch.shown(self._order)] if branch and branch.row >= 0 else []

    def index_of(self, item_id: str, mosaic_id: str = "") -> QModelIndex:
        """The row of a mosaic, or of an image where `mosaic_id` says whose. Invalid where it is not shown."""
        branch = self.branch(mosaic_id or item_id)
        place = (branch, item_id if mosaic_id else "", 0) if branch else None
        return self._indexes([place])[0] if place else QModelIndex()

    # Order

    @property
    def is_filtered(self) -> bool:
        return bool(self._order.text)

    def is_found_by_image(self, mosaic_id: str) -> bool:
        """Its own name, tags and id have nothing of the filter."""
        branch = self.branch(mosaic_id)
        return branch is not None and branch.row >= 0 and self._order.text not in branch.words

    def set_filter(self, text: str) -> None:
        """Names, tags and ids of mosaics, names and ids of the images that are loaded."""
        self._arrange(replace(self._order, text=text.strip().casefold()))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        is_down = order == Qt.SortOrder.DescendingOrder
        self._arrange(replace(self._order, column=cells.Column(max(0, column)), is_down=is_down))

    def _arrange(self, order: Order) -> None:
        if order != self._order:
            self._change(lambda: setattr(self, "_order", order))

    # What the services tell

    def set_mosaics(self, mosaics: Sequence[Mosaic]) -> None:
        wanted = {mosaic.id: mosaic for mosaic in mosaics}
        if list(wanted.values()) == self.mosaics():
            return
        changed = any(one.id in wanted and wanted[one.id] != one for one in self.mosaics())
        self._change(lambda: self._branches.set_mosaics(wanted))
        if changed and self._branches.shown:
            last = self.index(len(self._branches.shown) - 1, COLUMNS - 1)
            self.dataChanged.emit(self.index(0, 0), last)

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
        if branch.state is not Loading.LOADED or branch.images != list(images):
            self._change(lambda: branch.set_images(images))
            self._row_changed(self._index_of(branch))
        self.images_told.emit(mosaic_id)

    def forget_images(self, mosaic_ids: set[str]) -> None:
        """They are asked for again when somebody looks."""
        wanted = self._branches.by_id.keys() & mosaic_ids
        if wanted:
            self._change(lambda: self._branches.forget_images(wanted))

    # QAbstractItemModel

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return COLUMNS

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._branches.shown)
        if parent.column() or parent.internalId():
            return 0
        return len(self._branches.shown[parent.row()].shown(self._order)) or 1

    def hasChildren(self, parent: QModelIndex = QModelIndex()) -> bool:  # noqa: B008
        if not parent.isValid():
            return bool(self._branches.shown)
        return not parent.column() and not parent.internalId()

    def index(self, row: int, column: int, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        serial, count = 0, len(self._branches.shown)
        if parent.isValid():
            if parent.column() or parent.internalId():
                return QModelIndex()
            branch = self._branches.shown[parent.row()]
            serial, count = branch.serial, len(branch.shown(self._order)) or 1
        is_there = 0 <= row < count and 0 <= column < COLUMNS
        return self.createIndex(row, column, serial) if is_there else QModelIndex()

    def parent(self, index: Optional[QModelIndex] = None) -> Any:
        if index is None:
            return super().parent()
        branch = self._branches.by_serial.get(index.internalId()) if index.isValid() else None
        return QModelIndex() if branch is None else self.createIndex(branch.row, 0, 0)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        serial = index.internalId()
        if serial:
            return OF_IMAGE if self._branches.by_serial[serial].has_images else OF_NOTE
        return OF_MOSAIC if index.isValid() else NOTHING

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        is_header = orientation == Qt.Orientation.Horizontal
        return cells.header(cells.Column(section), role) if is_header else None

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if role not in ROLES or not index.isValid():  # a view asks for as many again
            return None
        item, branch = self._item(index), self._branch_of(index)
        if role == ITEM_ROLE:
            return item
        if role == COUNT_ROLE:
            return branch.count if isinstance(item, Mosaic) else None
        column = cells.Column(index.column())
        if item is None:
            return cells.note(branch.state.name, branch.failure, column, role)
        return cells.value(item, column, role, branch.size)

    # Inside

    def _branch_of(self, index: QModelIndex) -> Branch:
        serial = index.internalId()
        return self._branches.by_serial[serial] if serial else self._branches.shown[index.row()]

    def _item(self, index: QModelIndex) -> Optional[Item]:
        branch = self._branch_of(index)
        if not index.internalId():
            return branch.mosaic
        rows = branch.shown(self._order)
        return rows[index.row()].image if rows else None

    def _index_of(self, branch: Branch) -> QModelIndex:
        return self.createIndex(branch.row, 0, 0) if branch.row >= 0 else QModelIndex()

    def _row_changed(self, index: QModelIndex) -> None:
        if index.isValid():
            self.dataChanged.emit(index, index.siblingAtColumn(COLUMNS - 1))

    def _set_state(self, branch: Branch, state: Loading) -> None:
        branch.state = state
        self._row_changed(self.index(0, 0, self._index_of(branch)))

    # Changing

    def _change(self, change: Callable[[], Any]) -> None:
        """Selection, current row and expansion stay on their items; what is not shown any more is let go."""
        self.changing.emit()
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        places = [self._place_of(index) for index in held]
        change()
        self._branches.lay_out(self._order)
        self.changePersistentIndexList(held, self._indexes(places))
        self.layoutChanged.emit()

    def _place_of(self, index: QModelIndex) -> Place:
        item = self._item(index)
        image_id = "" if isinstance(item, Mosaic) else item.id if item else None
        return self._branch_of(index), image_id, index.column()

    def _indexes(self, places: Sequence[Place]) -> list[QModelIndex]:
        """Of what was there; invalid ones for what is not shown."""
        rows: dict[int, dict[Optional[str], int]] = {}
        indexes = []
        for branch, image_id, column in places:
            row, serial = branch.row, 0
            if row >= 0 and image_id != "":
                serial = branch.serial
                if serial not in rows:
                    rows[serial] = branch.rows_by_id(self._order)
                row = rows[serial].get(image_id, -1)
            indexes.append(self.createIndex(row, column, serial) if row >= 0 else QModelIndex())
        return indexes
