"""The tree view of mosaics and images: its model, filter, current row and selection. Main thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Optional

from qgis.PyQt.QtCore import QEvent, QItemSelectionModel, QModelIndex, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import QWidget

from ...api.models import Image, Mosaic
from ..widgets.icons import forget_cell_icons
from ..widgets.keys import ENTER
from .cells import Column
from .columns import ImageryColumns
from .count_delegate import CountDelegate, QuietDelegate
from .keeper import ImageryKeeper
from .model import ITEM_ROLE, ImageryModel, Item, Loading
from .opener import ImageryOpener
from .place import ImageryPlace
from .selection import ITSELF, ids_of, make_selection, selected_by_mosaic
from .span_tree import SpanTree
from .watch import ImageryWatch

FILTER_MS = 200  # typing goes on


class ImageryTree(SpanTree):
    """Emits `images_wanted(mosaic id)` when images of a mosaic are to be seen that are not loaded."""

    images_wanted = pyqtSignal(str)
    items_selected = pyqtSignal()
    filtered = pyqtSignal()
    current_changed = pyqtSignal(object)  # Mosaic, Image or None; also where it is the same with other facts
    image_activated = pyqtSignal(object)  # by Enter or a double click

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        self.imagery = ImageryModel()
        super().__init__(self.imagery, parent)
        self.imagery.setParent(self)
        self._rows_wanted: dict[str, set[str]] = {}  # images to select once their mosaic is loaded
        self._filter_text = ""
        self._filter_timer = QTimer(self)
        self._filter_timer.setSingleShot(True)
        self._filter_timer.setInterval(FILTER_MS)
        self._filter_timer.timeout.connect(self._on_filter)
        self.setUniformRowHeights(True)
        self.setItemDelegate(QuietDelegate(self))
        self.setItemDelegateForColumn(Column.NAME, CountDelegate(self))
        self.columns = ImageryColumns(self)
        self._opener = ImageryOpener(self, self.imagery)
        self._keeper = ImageryKeeper(self.imagery, self._needed, self)
        self.watch = ImageryWatch(self.imagery, self._is_in_sight, self)
        self.watch.wanted.connect(self.images_wanted)
        self.expanded.connect(self._on_row_opened)
        self.doubleClicked.connect(self._activate)
        self.selectionModel().currentChanged.connect(self._on_row_opened)
        self.selectionModel().selectionChanged.connect(lambda *_: self.items_selected.emit())
        self._place = ImageryPlace(self, self.imagery)
        self._place.current_changed.connect(self.current_changed)
        self._place.selection_lost.connect(self.items_selected)

    # The current one

    def current_item(self) -> Optional[Item]:
        item: Optional[Item] = self.currentIndex().data(ITEM_ROLE)
        return item

    def siblings(self, image: Image) -> list[Image]:
        """The images of its mosaic, in the order shown."""
        return self.imagery.images_of(image.mosaic_id)

    def show_image(self, image: Image) -> None:
        """Selects it alone, makes it the current one and scrolls to it; once its mosaic is loaded."""
        self.select_images({image.mosaic_id: {image.id}})

    def follow(self, item: Item) -> None:
        """Scrolls to where its new name has put it, if it is still the one that is selected."""
        row = self.imagery.index_of(item.id, item.mosaic_id if isinstance(item, Image) else "")
        if row.isValid() and self.selectionModel().isSelected(row):
            self.scrollTo(row)

    def is_open(self, mosaic_id: str) -> bool:
        return bool(self.isExpanded(self.imagery.index_of(mosaic_id)))

    # The selection

    def selected_items(self) -> list[Item]:
        return [item for items in self._selected().values() for item in items]

    def selected_mosaics(self) -> list[Mosaic]:
        """Those selected, and those whose images are; each once."""
        branches = map(self.imagery.branch, self._selected())
        return [branch.mosaic for branch in branches if branch]

    def selected_image_ids(self) -> set[str]:
        return {item.id for item in self.selected_items() if isinstance(item, Image)}

    def select_images(self, wanted: Mapping[str, set[str]]) -> None:
        """Selects these images of these mosaics and nothing else; late ones as soon as they are loaded."""
        here: dict[str, set[str]] = {}
        self._rows_wanted.clear()
        for mosaic_id, image_ids in wanted.items():
            branch = self.imagery.branch(mosaic_id)
            if branch is None or not image_ids:
                continue
            if branch.state is Loading.LOADED:
                here[mosaic_id] = image_ids
            else:
                self._rows_wanted[mosaic_id] = image_ids
                self.images_wanted.emit(mosaic_id)
        self._select(here)

    def select_mosaic(self, mosaic_id: str) -> bool:
        """False if it is not in the list (yet)."""
        return self.select_mosaics([mosaic_id])

    def select_mosaics(self, mosaic_ids: Iterable[str]) -> bool:
        """Those of them that are shown, and nothing else; False where none is."""
        here = {one: {ITSELF} for one in mosaic_ids if self.imagery.index_of(one).isValid()}
        if here:
            self._select(here)
        return bool(here)

    def images_arrived(self, mosaic_id: str) -> None:
        """Makes up for a selection that came before its rows."""
        wanted = self._rows_wanted.pop(mosaic_id, None)
        if wanted is not None:
            chosen = ids_of(self._selected())
            before = chosen.pop(mosaic_id, set())
            self._select({**chosen, mosaic_id: before | wanted})  # it comes last: the current one is there

    def forget_wanted(self) -> None:
        self._rows_wanted.clear()

    # The filter

    @property
    def vain_filter(self) -> str:
        """The text that nothing matches, "" where there are rows."""
        return "" if self.imagery.rowCount() else self._filter_text

    def filter_later(self, text: str) -> None:
        """Once typing pauses."""
        self._filter_text = text
        self._filter_timer.start()

    def finish_filter(self) -> None:
        """What was typed counts at once."""
        if self._filter_timer.isActive():
            self.filter_now(self._filter_text)

    def first_match(self) -> QModelIndex:
        """Of the filter; a mosaic that is shown for one of its images is none."""
        top = self.imagery.index(0, 0)
        is_found = top.isValid() and self.imagery.is_found_by_image(top.data(ITEM_ROLE).id)
        return self.imagery.index(0, 0, top) if is_found and self.isExpanded(top) else top

    def filter_now(self, text: str) -> None:
        self._filter_text = text
        self._filter_timer.stop()
        self._on_filter()

    def _on_filter(self) -> None:
        with self._place.given_up():
            self._opener.set_filter(self._filter_text)
        self.filtered.emit()

    # What people do

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() not in ENTER:
            super().keyPressEvent(event)
        elif isinstance(index.data(ITEM_ROLE), Mosaic):
            index = index.siblingAtColumn(Column.NAME)
            self.setExpanded(index, not self.isExpanded(index))
        else:
            self._activate(index)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            forget_cell_icons()
            self.columns.fit()

    def _activate(self, index: QModelIndex) -> None:
        item = index.data(ITEM_ROLE)
        if isinstance(item, Image):
            self.image_activated.emit(item)

    def _on_row_opened(self, index: QModelIndex, _previous: Optional[QModelIndex] = None) -> None:
        """Expanded, or reached by mouse or keys: its images are wanted now."""
        item = index.data(ITEM_ROLE)
        branch = self.imagery.branch(item.id) if isinstance(item, Mosaic) else None
        if branch is None:
            return
        self._keeper.look_at(branch.mosaic.id)
        if branch.state in (Loading.NOT_ASKED, Loading.FAILED):
            self.images_wanted.emit(branch.mosaic.id)
        elif branch.is_under_way:
            self.watch.look()

    # Inside

    def _needed(self, mosaic_ids: Collection[str]) -> set[str]:
        """Those whose images must stay."""
        chosen = {mosaic.id for mosaic in self.selected_mosaics()} | self._rows_wanted.keys()
        return {one for one in mosaic_ids if one in chosen or self._is_in_sight(one)}

    def _is_in_sight(self, mosaic_id: str) -> bool:
        """Open, or somebody is there: then another view may show its images."""
        row = self.imagery.index_of(mosaic_id)
        return row.isValid() and (self.isExpanded(row) or _top(self.currentIndex()) == row)

    def _selected(self) -> dict[str, list[Item]]:
        return selected_by_mosaic(self.selectionModel().selection(), self.imagery)

    def _select(self, wanted: Mapping[str, set[str]]) -> None:
        """The last of them is the current one."""
        selection, flag = make_selection(wanted, self.imagery), QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, flag.ClearAndSelect)
        if selection:
            part = selection[len(selection) - 1]
            last = self.imagery.index(part.bottom(), 0, part.parent())
            self.selectionModel().setCurrentIndex(last, flag.NoUpdate)
            self.scrollTo(last)


def _top(index: QModelIndex) -> QModelIndex:
    """The row of its mosaic."""
    parent = index.parent()
    return parent if parent.isValid() else index.siblingAtColumn(Column.NAME)
