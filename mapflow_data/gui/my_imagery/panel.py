"""My imagery: toolbar, filter, the list in two ways, and what is current in it. Main thread."""

from __future__ import annotations

from typing import Any, Optional

from qgis.core import QgsProject
from qgis.gui import QgsFilterLineEdit, QgsMapCanvas
from qgis.PyQt.QtCore import QPoint, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QAbstractItemView, QStackedWidget, QToolButton, QWidget

from ...api.errors import MapflowError
from ...api.models import Image, Mosaic
from ...layers.properties import MOSAICS
from ...services.bundle import Services
from ..canvas.fresh_tiles import FreshTiles
from ..canvas.presenter import Presenter
from ..canvas.selection_link import MosaicRows, SelectionLink
from ..image.drawer import ImageDrawer
from ..imagery.contact_sheet import ContactSheet
from ..imagery.model import Loading
from ..imagery.tree import ImageryTree
from ..manage.deletion_bar import DeletionBar
from ..manage.waiting_bar import WaitingBar
from ..widgets.forms import load_ui
from ..widgets.state_page import StatePage
from ..words.messages import describe
from .commands import ImageryCommands
from .filter import ImageryFilter
from .finding_bar import FindingBar
from .keys import ImageryKeys
from .menu import ImageryMenu
from .states import ImageryStates
from .tools import ImageryTools
from .views import ImageryViews

FILTER_MARGIN = 40  # logical px of the frame, the magnifier and the button to clear


class ImageryPanel(QWidget):
    upload_requested = pyqtSignal(str)  # id of the mosaic to upload into, "" for none chosen
    sign_in_requested = pyqtSignal()

    uploadButton: QToolButton
    newMosaicButton: QToolButton
    onMapButton: QToolButton
    zoomButton: QToolButton
    deleteButton: QToolButton
    moreButton: QToolButton
    filterEdit: QgsFilterLineEdit
    pickButton: QToolButton
    sheetButton: QToolButton
    findingBar: FindingBar
    views: QStackedWidget
    statePage: StatePage
    imageryTree: ImageryTree
    sheetPage: QWidget
    contactSheet: ContactSheet
    imageDrawer: ImageDrawer

    def __init__(
        self,
        services: Services,
        presenter: Presenter,
        canvas: QgsMapCanvas,
        project: QgsProject,
        parent: Optional[QWidget] = None,
    ) -> None:
        super().__init__(parent)
        load_ui(self, "my_imagery/panel")
        self._services = services
        self._new_mosaic_id = ""
        tree = self.imageryTree
        self.model = tree.imagery
        self.states = ImageryStates(self.views, self.statePage, tree, self)
        words = self.filterEdit.fontMetrics().horizontalAdvance(self.filterEdit.placeholderText())
        self.filterEdit.setMinimumWidth(words + FILTER_MARGIN)
        self.filter = ImageryFilter(self.filterEdit, self.findingBar, tree, services, self)
        self.commands = ImageryCommands(services, presenter, tree, canvas, project, self)
        self._menu = ImageryMenu(self, self.commands, self._on_upload)
        self._tools = ImageryTools(self, self._menu, self.commands.picking.action)
        self._ways = ImageryViews(
            tree, self.sheetPage, self.imageDrawer, services.pictures, self.states, self.sheetButton, self
        )
        ImageryKeys(self, self.filterEdit, tree, self.contactSheet, self.filter, self._menu.more)
        FreshTiles(services, presenter, self)
        self._facts_changed = QTimer(self)  # of rows that may be selected; many at once are one
        self._facts_changed.setSingleShot(True)
        self._links = (
            SelectionLink(tree, project, self),
            SelectionLink(MosaicRows(tree), project, self, MOSAICS),
        )
        self._add_bars()
        self._connect()
        self._connect_views(presenter)
        self.states.show_loading()
        self._on_items_selected()

    def close_links(self) -> None:
        """Before the panel goes: lets go of the project's layers and of the canvas."""
        for link in self._links:
            link.close()
        self.commands.close()

    # What the dock asks

    def refresh(self) -> None:
        """The list, and the images of every mosaic that has shown its images."""
        if not self.model.mosaics():
            self.states.show_loading()
        self._services.mosaics.load()
        self._services.pictures.refresh()
        for mosaic in self.model.mosaics():
            branch = self.model.branch(mosaic.id)
            if branch and branch.state is not Loading.NOT_ASKED:
                self._services.images.load(mosaic.id)

    def clear(self) -> None:
        """Another account's imagery is nobody's business."""
        self.imageryTree.forget_wanted()
        self.commands.details.close()
        self._ways.show_list()
        self.filter.clear()
        self.model.set_mosaics([])
        self.states.show_loading()

    def show_list_failure(self, error: MapflowError) -> bool:
        """True if it is said here, since there is nothing else to show."""
        if self.model.mosaics():
            return False
        self.states.show_failure(error)
        return True

    def show_images_failure(self, mosaic_id: str, error: MapflowError) -> bool:
        """True if it is said in the mosaic's own row, and that is open."""
        branch = self.model.branch(mosaic_id)
        self.model.set_images_failed(mosaic_id, describe(error, self.tr("Not loaded")).text)
        is_said = branch is not None and branch.state is Loading.FAILED
        return is_said and self.imageryTree.is_open(mosaic_id)

    # Set-up

    def _add_bars(self) -> None:
        """What is under way, at the end; each is out of sight while there is nothing."""
        waiting = WaitingBar(self._services, lambda: bool(self.model.mosaics()), self)
        waiting.cancelled.connect(self._on_waiting_cancelled)
        for bar in (
            waiting,
            DeletionBar(self._services.deletions, self),
            self.commands.replacing.bar,
            self.commands.downloading.bar,
        ):
            self.layout().addWidget(bar)

    def _on_waiting_cancelled(self) -> None:
        """The lists tell whether the server did it before."""
        self.commands.on_map.forget_wanted()
        self.refresh()

    def _connect(self) -> None:
        self.uploadButton.clicked.connect(self._on_upload)
        self.newMosaicButton.clicked.connect(self.commands.editing.create)
        services, tree = self._services, self.imageryTree
        services.mosaics.mosaics_loaded.connect(self._on_mosaics_loaded)
        services.mosaics.mosaic_created.connect(self._on_mosaic_created)
        services.images.images_loading.connect(self.model.set_images_loading)
        services.images.images_loaded.connect(self._on_images_loaded)
        services.deletions.busy_changed.connect(self._on_items_selected)
        session = services.session
        session.online_changed.connect(self._on_items_selected)
        self.commands.sign_in_requested.connect(self.sign_in_requested)
        self.commands.rows_wanted.connect(self.filter.clear)
        tree.images_wanted.connect(self._on_images_wanted)
        tree.items_selected.connect(self._on_items_selected)
        self._facts_changed.timeout.connect(self._on_items_selected)
        self.model.dataChanged.connect(lambda *_: self._facts_changed.start())
        for link in self._links:
            tree.items_selected.connect(link.on_rows_selected)
        self.filter.filtered.connect(self._on_filtered)
        self.filter.looking.connect(self.states.set_looking)
        self.states.refresh_requested.connect(self.refresh)
        self.states.cancel_requested.connect(self._on_loading_cancelled)
        self.states.sign_in_requested.connect(self.sign_in_requested)
        self.states.upload_requested.connect(self._on_upload)
        self.states.clear_requested.connect(self.filter.clear)

    def _connect_views(self, presenter: Presenter) -> None:
        for view in (self.imageryTree, self.contactSheet):
            view.customContextMenuRequested.connect(lambda at, view=view: self._on_context_menu(view, at))
        self.contactSheet.image_activated.connect(self.commands.details.open)
        self.imageDrawer.image_activated.connect(self.commands.details.open)
        self.imageDrawer.flash_requested.connect(lambda image: presenter.flash(image.footprint))

    # What services tell

    def _on_mosaics_loaded(self, mosaics: list[Mosaic]) -> None:
        self.model.set_mosaics(mosaics)
        self.states.show_list()
        if self._new_mosaic_id and self.imageryTree.select_mosaic(self._new_mosaic_id):
            self._new_mosaic_id = ""

    def _on_mosaic_created(self, mosaic: Mosaic) -> None:
        self._new_mosaic_id = mosaic.id
        self._services.mosaics.load()

    def _on_images_wanted(self, mosaic_id: str) -> None:
        self._services.images.load(mosaic_id)

    def _on_images_loaded(self, mosaic_id: str, images: list[Image], features: list[Any]) -> None:
        self.model.set_images(mosaic_id, images)
        self.imageryTree.images_arrived(mosaic_id)
        self._on_filtered()

    def _on_filtered(self) -> None:
        if self.model.mosaics():
            self.states.show_list()

    # What people do

    def _on_loading_cancelled(self) -> None:
        self._services.mosaics.cancel("mosaics")
        self.states.show_cancelled()

    def _on_upload(self) -> None:
        chosen = self.imageryTree.selected_mosaics()
        self.upload_requested.emit(chosen[0].id if len(chosen) == 1 else "")

    def _on_items_selected(self, *_: object) -> None:
        self._tools.set_selection(
            self.imageryTree.selected_items(),
            self.imageryTree.selected_mosaics(),
            is_online=self._services.session.is_online,
            is_deleting=self._services.deletions.is_busy,
        )

    def _on_context_menu(self, view: QAbstractItemView, at: QPoint) -> None:
        """Where nothing is selected, that of the header, to which no key gets."""
        place = view.viewport().mapToGlobal(at)
        if self.imageryTree.selected_items():
            self._menu.context.popup(place)
        elif view is self.imageryTree:
            self.imageryTree.columns.open_menu(place)
