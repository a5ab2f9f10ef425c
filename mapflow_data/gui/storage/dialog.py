"""What fills the storage: sizes by mosaic, and files that are there more than once. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, Optional, Union

from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import (
    QDialog,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QWidget,
)

from ...api.errors import MapflowError, SignInRequired
from ...api.models import Mosaic
from ...services.inventory import InventoryService
from ...services.mosaics import MosaicService
from ...services.session import SIGNED_OUT, SessionService
from ..widgets.forms import load_ui
from ..widgets.online_only import set_possible
from ..widgets.reading_bar import ReadingBar
from ..widgets.state_page import StatePage
from ..widgets.wrapped_label import WrappedLabel
from ..words.messages import describe
from .duplicates_page import DuplicatesPage
from .duplicates_search import DuplicatesSearch
from .mosaic_sizes import MosaicSizes
from .words import headline


class StorageDialog(QDialog):
    """Not modal. Changes nothing: what is chosen is told, for My imagery to show."""

    mosaic_chosen = pyqtSignal(str)
    image_chosen = pyqtSignal(str, str)  # mosaic id, image id
    images_chosen = pyqtSignal(dict)  # mosaic id to a set of image ids
    sign_in_requested = pyqtSignal()

    pages: QStackedWidget
    statePage: StatePage
    contentPage: QWidget
    headLabel: WrappedLabel
    usedBar: QProgressBar
    tabs: QTabWidget
    sizesPage: MosaicSizes
    duplicatesPage: DuplicatesPage
    readingBar: ReadingBar
    showButton: QPushButton
    closeButton: QPushButton

    def __init__(
        self,
        session: SessionService,
        mosaics: MosaicService,
        inventory: InventoryService,
        parent: Optional[QWidget] = None,
    ) -> None:
        super().__init__(parent)
        load_ui(self, "storage/dialog")
        self._session, self._service, self._inventory = session, mosaics, inventory
        self._mosaics: Optional[Sequence[Mosaic]] = None
        self._state_action: Callable[[], None] = self._load
        self._search = DuplicatesSearch(inventory, self.duplicatesPage, self.readingBar, self)
        self._sizes_timer = QTimer(self)  # many changes at once are one
        self._sizes_timer.setSingleShot(True)
        self._sizes_timer.timeout.connect(self._show_sizes)
        self._again_tip = self.duplicatesPage.againButton.toolTip()
        self._connect_services()
        self._connect_parts()
        self._show_state()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrapped lines are never cut: Qt itself thinks of the width alone."""
        super().resizeEvent(event)
        self.setMinimumHeight(self.layout().totalHeightForWidth(self.width()))

    def open_with(self, mosaics: Optional[Sequence[Mosaic]]) -> None:
        """In front, with the list of mosaics as it is known, or None: then it is loaded."""
        self.show()
        self.raise_()
        self.activateWindow()
        if mosaics is not None:
            self._on_mosaics_loaded(mosaics)
        elif self._session.state != SIGNED_OUT:
            self._load()

    # Set-up

    def _connect_services(self) -> None:
        session, inventory = self._session, self._inventory
        session.storage_loaded.connect(lambda _: self._sizes_timer.start())
        session.signed_in.connect(lambda _: self._show_state())
        session.signed_out.connect(self._on_forgotten)
        session.online_changed.connect(self._show_online)
        self._service.mosaics_loaded.connect(self._on_mosaics_loaded)
        self._service.failed.connect(self._on_failed)
        inventory.changed.connect(self._on_inventory_changed)
        inventory.ended.connect(lambda _: self._sizes_timer.start())
        inventory.forgotten.connect(self._on_forgotten)

    def _connect_parts(self) -> None:
        sizes, duplicates = self.sizesPage, self.duplicatesPage
        sizes.mosaic_chosen.connect(self.mosaic_chosen)
        sizes.read_requested.connect(self._search.read)
        self._search.read_failed.connect(sizes.show_failure)
        duplicates.image_chosen.connect(self.image_chosen)
        duplicates.images_chosen.connect(self.images_chosen)
        duplicates.sign_in_requested.connect(self.sign_in_requested)
        self.statePage.button_clicked.connect(self._on_state_clicked)
        self.finished.connect(lambda _: self._search.cancel())
        for page in (sizes, duplicates):
            page.selected.connect(self._show_buttons)
        self.tabs.currentChanged.connect(lambda _: self._show_buttons())
        self.showButton.clicked.connect(self._on_show)
        self.closeButton.clicked.connect(self.close)

    # States

    def _show_state(self, error: Optional[MapflowError] = None) -> None:
        page = self.statePage
        self._state_action = self._load
        if self._session.state == SIGNED_OUT and self._mosaics is None:
            self._state_action = self.sign_in_requested.emit
            text = self.tr("Sign in to see what fills your storage.")
            page.show_state(self.tr("Signed out"), text, button=self.tr("Sign in"))
        elif error is not None and self._mosaics is None:
            is_refused = isinstance(error, SignInRequired)
            self._state_action = self.sign_in_requested.emit if is_refused else self._load
            page.show_state(
                self.tr("The list of mosaics was not loaded"),
                describe(error).text,
                icon_name="failed",
                button=self.tr("Sign in") if is_refused else self.tr("Retry"),
            )
        elif self._mosaics is None:
            page.show_state(self.tr("Loading your mosaics…"), is_busy=True)
        elif not self._mosaics:
            text = self.tr("Nothing takes up storage: there are no mosaics. Upload imagery first.")
            page.show_state(self.tr("No imagery yet"), text, icon_name="mosaic")
        self.pages.setCurrentWidget(self.contentPage if self._mosaics else page)
        self._show_buttons()

    def _show_sizes(self) -> None:
        storage = self._session.storage
        self.headLabel.setText(headline(storage))
        limit = storage.limit if storage else None
        self.usedBar.setVisible(bool(limit))
        if storage and limit:
            self.usedBar.setValue(min(1000, round(1000 * storage.used / limit)))
        self.sizesPage.set_facts(self._mosaics or (), storage, self._inventory)
        self._show_buttons()

    def _show_buttons(self) -> None:
        page = self._page()
        self.showButton.setVisible(bool(self._mosaics) and page.has_result)
        self.showButton.setEnabled(page.can_show)
        self.showButton.setToolTip("" if page.can_show else page.why_not_show())

    def _show_online(self) -> None:
        """Looking through what is known costs no request."""
        is_online, duplicates = self._session.absence is None, self.duplicatesPage
        can_find = is_online or not self._inventory.missing(self._mosaics or ())
        set_possible(self.sizesPage.readButton, True, is_online)
        set_possible(duplicates.againButton, True, is_online, self._again_tip)
        set_possible(duplicates.statePage.stateButton, True, can_find)

    def _page(self) -> Union[MosaicSizes, DuplicatesPage]:
        is_first = self.tabs.currentWidget() is self.sizesPage
        return self.sizesPage if is_first else self.duplicatesPage

    # What services tell

    def _on_mosaics_loaded(self, mosaics: Sequence[Mosaic]) -> None:
        self._mosaics = list(mosaics)
        self._inventory.keep_only(mosaic.id for mosaic in mosaics)
        self._search.set_mosaics(self._mosaics)
        self._show_sizes()
        self._show_state()
        self._show_online()

    def _on_failed(self, what: str, error: MapflowError) -> None:
        if what == "mosaics":
            self._show_state(error)

    def _on_forgotten(self) -> None:
        self._mosaics = None
        self.sizesPage.forget_failure()
        self._show_state()

    def _on_inventory_changed(self) -> None:
        if self._mosaics is not None and not self._inventory.is_reading:
            self._sizes_timer.start()

    # What people do

    def _on_state_clicked(self) -> None:
        self._state_action()

    def _load(self) -> None:
        self._show_state()
        self._service.load()
        self._session.refresh_storage()

    def _on_show(self) -> None:
        self._page().show_current()
