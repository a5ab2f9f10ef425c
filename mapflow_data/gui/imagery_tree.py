"""The tree view of mosaics and images: its model, filter, columns and selection. Main thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from qgis.PyQt.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QHeaderView, QMenu, QTreeView, QWidget

from ..api.models import Image, Mosaic
from .count_delegate import CountDelegate
from .imagery_cells import Column, title
from .imagery_filter import ImageryFilter
from .imagery_model import ITEM_ROLE, ImageryModel, Item, Loading

FILTER_MS = 200  # typing goes on
EXPANDED_AT_MOST = 20  # mosaics that a filter opens by itself


class ImageryTree(QTreeView):
    """Emits `images_wanted(mosaic id)` when images of a mosaic are to be seen that are not loaded."""

    images_wanted = pyqtSignal(str)
    items_selected = pyqtSignal()
    filtered = pyqtSignal()
    current_changed = pyqtSignal(object)  # Mosaic, Image or None
    image_activated = pyqtSignal(object)  # by Enter or a double click

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.imagery = ImageryModel(self)
        self._filter = ImageryFilter(self)
        self._filter.setSourceModel(self.imagery)
        self._rows_wanted: dict[str, set[str]] = {}  # images to select once their mosaic is loaded
        self._filter_text = ""
        self._filter_timer = QTimer(self)
        self._filter_timer.setSingleShot(True)
        self._filter_timer.setInterval(FILTER_MS)
        self._filter_timer.timeout.connect(self._on_filter)
        self.setModel(self._filter)
        self.setItemDelegateForColumn(Column.NAME, CountDelegate(self))
        self._set_up_columns()
        self.expanded.connect(self._on_row_opened)
        self.selectionModel().currentChanged.connect(self._on_row_opened)
        self.selectionModel().currentChanged.connect(lambda *_: self.current_changed.emit(self.current_item()))
        self.selectionModel().selectionChanged.connect(lambda *_: self.items_selected.emit())

    # The current one

    def current_item(self) -> Optional[Item]:
        item: Optional[Item] = self.currentIndex().siblingAtColumn(Column.NAME).data(ITEM_ROLE)
        return item

    def siblings(self, image: Image) -> list[Image]:
        """The images of its mosaic, in the order shown."""
        top = self._filter.mapFromSource(self.imagery.index_of(image.mosaic_id))
        rows = [self._filter.index(row, 0, top) for row in range(self._filter.rowCount(top))]
        items = [row.data(ITEM_ROLE) for row in rows]
        return [item for item in items if isinstance(item, Image)]

    def show_image(self, image: Image) -> None:
        """Selects it alone, makes it the current one and scrolls to it."""
        row = self._filter.mapFromSource(self.imagery.index_of(image.id, image.mosaic_id))
        if row.isValid():
            self._select([row])

    # The selection

    def selected_items(self) -> list[Item]:
        items = [index.data(ITEM_ROLE) for index in self._selected_rows()]
        return [item for item in items if item is not None]

    def selected_mosaics(self) -> list[Mosaic]:
        """Those selected, and those whose images are; each once."""
        mosaics: dict[str, Mosaic] = {}
        for index in self._selected_rows():
            top = index.parent() if index.parent().isValid() else index
            mosaic = top.data(ITEM_ROLE)
            mosaics[mosaic.id] = mosaic
        return list(mosaics.values())

    def selected_image_ids(self) -> set[str]:
        return {item.id for item in self.selected_items() if isinstance(item, Image)}

    def select_images(self, wanted: Mapping[str, set[str]]) -> None:
        """Selects these images of these mosaics and nothing else; late ones as soon as they are loaded."""
        rows: list[QModelIndex] = []
        self._rows_wanted.clear()
        for mosaic_id, image_ids in wanted.items():
            branch = self.imagery.branch(mosaic_id)
            if branch is None or not image_ids:
                continue
            if branch.state is Loading.LOADED:
                rows += self._rows_of(mosaic_id, image_ids)
            else:
                self._rows_wanted[mosaic_id] = image_ids
                self.images_wanted.emit(mosaic_id)
        self._select(rows)

    def select_mosaic(self, mosaic_id: str) -> bool:
        """False if it is not in the list (yet)."""
        row = self._filter.mapFromSource(self.imagery.index_of(mosaic_id))
        if row.isValid():
            self._select([row])
        return bool(row.isValid())

    def is_open(self, mosaic_id: str) -> bool:
        return bool(self.isExpanded(self._filter.mapFromSource(self.imagery.index_of(mosaic_id))))

    def images_arrived(self, mosaic_id: str) -> None:
        """Makes up for a selection that came before its rows."""
        wanted = self._rows_wanted.pop(mosaic_id, None)
        if wanted is not None:
            self._select([*self._selected_rows(), *self._rows_of(mosaic_id, wanted)])

    def forget_wanted(self) -> None:
        self._rows_wanted.clear()

    @property
    def vain_filter(self) -> str:
        """The text that nothing matches, "" where there are rows."""
        return "" if self._filter.rowCount() else self._filter_text

    def filter_later(self, text: str) -> None:
        """Once typing pauses."""
        self._filter_text = text
        self._filter_timer.start()

    # Inside

    def _set_up_columns(self) -> None:
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(48)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(Column.SIZE, QHeaderView.ResizeMode.ResizeToContents)
        for column in list(Column)[Column.SIZE + 1 :]:
            self.setColumnHidden(column, True)
        self.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)

    def _selected_rows(self) -> list[QModelIndex]:
        """As `selectedRows()`, which compares each row with all selected ranges."""
        model, ranges = self.model(), self.selectionModel().selection()
        return [
            model.index(row, 0, part.parent())
            for part in ranges
            if part.left() == 0
            for row in range(part.top(), part.bottom() + 1)
        ]

    def _rows_of(self, mosaic_id: str, image_ids: set[str]) -> list[QModelIndex]:
        """In the order shown."""
        top = self._filter.mapFromSource(self.imagery.index_of(mosaic_id))
        rows = [self._filter.index(row, 0, top) for row in range(self._filter.rowCount(top))]
        return [row for row in rows if getattr(row.data(ITEM_ROLE), "id", None) in image_ids]

    def _select(self, rows: list[QModelIndex]) -> None:
        """Neighbours as one range: Qt compares each range with all others."""
        selection = QItemSelection()
        first = last = QModelIndex()
        for row in rows:
            if last.isValid() and row.row() == last.row() + 1 and row.parent() == last.parent():
                last = row
                continue
            selection.select(first, last)
            first = last = row
        selection.select(first, last)
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, flag.ClearAndSelect | flag.Rows)
        if rows and rows[-1].isValid():
            self.selectionModel().setCurrentIndex(rows[-1], flag.NoUpdate)
            self.scrollTo(rows[-1])

    def _on_row_opened(self, index: QModelIndex, _previous: Optional[QModelIndex] = None) -> None:
        """Expanded, or reached by mouse or keys: its images are wanted now."""
        item = index.data(ITEM_ROLE) if index.isValid() else None
        branch = self.imagery.branch(item.id) if isinstance(item, Mosaic) else None
        if branch and branch.state in (Loading.NOT_ASKED, Loading.FAILED):
            self.images_wanted.emit(branch.mosaic.id)

    def _on_filter(self) -> None:
        self._filter.set_text(self._filter_text)
        if self._filter_text and self._filter.rowCount() <= EXPANDED_AT_MOST:
            self.expandAll()
        self.filtered.emit()

    def _on_header_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in list(Column)[Column.SIZE :]:
            action = menu.addAction(title(column))
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.toggled.connect(lambda on, c=column: self.setColumnHidden(c, not on))
        menu.popup(self.header().mapToGlobal(at))
