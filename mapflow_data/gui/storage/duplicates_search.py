"""Looks for duplicates for their page: reads what is missing, keeps the result up to date. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...api.errors import Cancelled, MapflowError
from ...api.models import Mosaic
from ...services.inventory import InventoryService
from ...services.inventory_index import DuplicateGroup
from ..imagery.cells import name_of
from ..widgets.reading_bar import ReadingBar
from .duplicates_page import DuplicatesPage

LATER_MS = 300  # after the last of many changes


class DuplicatesSearch(QObject):
    """The bar shows every reading that the dialog asked for, also that for sizes alone."""

    read_failed = pyqtSignal(object)  # MapflowError; where lists were read for their sizes alone

    def __init__(
        self, inventory: InventoryService, page: DuplicatesPage, bar: ReadingBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._inventory, self._page, self._bar = inventory, page, bar
        self._mosaics: Sequence[Mosaic] = ()
        self._is_looking = False
        self._outdated = QTimer(self)
        self._outdated.setSingleShot(True)
        self._outdated.setInterval(LATER_MS)
        self._outdated.timeout.connect(self._on_outdated)
        inventory.progressed.connect(bar.show_progress)
        inventory.ended.connect(self._on_read)
        inventory.changed.connect(self._on_changed)
        inventory.duplicates_found.connect(self._on_found)
        inventory.failed.connect(self._on_failed)
        inventory.forgotten.connect(self._on_forgotten)
        page.find_requested.connect(self._on_find)
        bar.cancelled.connect(self.cancel)

    def set_mosaics(self, mosaics: Sequence[Mosaic]) -> None:
        self._mosaics = mosaics
        self._page.set_names({mosaic.id: name_of(mosaic) for mosaic in mosaics})
        if not self._is_looking and not self._page.has_result:
            self._show_intro()

    def read(self, *, afresh: bool = False) -> bool:
        """True where there is something to read."""
        is_reading = self._inventory.load(self._mosaics, self, afresh=afresh)
        if is_reading:
            self._bar.show_soon()
        return is_reading

    def cancel(self) -> None:
        """What was looked for is not looked for any more, whoever else reads on."""
        if not self._bar.is_wanted:
            return
        self._bar.show_no_more()
        self._inventory.stop(self)
        if self._is_looking:
            self._is_looking = False
            self._show_intro()

    def _show_intro(self) -> None:
        self._page.show_intro(len(self._inventory.missing(self._mosaics)))

    def _on_find(self, afresh: bool) -> None:
        self._is_looking = True
        is_reading = self.read(afresh=afresh)
        self._page.show_looking(has_bar=is_reading)
        if not is_reading:
            self._inventory.look_for_duplicates()

    def _on_read(self, error: Optional[MapflowError]) -> None:
        was_asked = self._bar.is_wanted
        self._bar.show_no_more()
        if not self._is_looking:
            if was_asked and error is not None and not isinstance(error, Cancelled):
                self.read_failed.emit(error)
            return
        if error is None:
            self._page.show_looking()
            self._inventory.look_for_duplicates()
            return
        self._is_looking = False
        if isinstance(error, Cancelled):
            self._show_intro()
        else:
            self._page.show_failure(error)

    def _on_found(self, groups: list[DuplicateGroup]) -> None:
        if self._is_looking or self._page.has_result:
            self._is_looking = False
            self._page.show_groups(groups, self._inventory.skipped)

    def _on_failed(self, what: str, error: MapflowError) -> None:
        if what == "duplicates" and self._is_looking:
            self._is_looking = False
            self._page.show_failure(error)

    def _on_changed(self) -> None:
        """Copies that were deleted go from the page, too."""
        if self._page.has_result:
            self._outdated.start()

    def _on_outdated(self) -> None:
        if self._page.has_result and not self._inventory.is_reading:
            self._inventory.look_for_duplicates()

    def _on_forgotten(self) -> None:
        self._outdated.stop()
        self._is_looking = False
        self._mosaics = ()
        self._show_intro()
