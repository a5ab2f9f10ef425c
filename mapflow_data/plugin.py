"""Composition root: registers with QGIS what is seen at start, builds the rest at its first use, and takes
all of it away again in mirror order. Main thread.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Optional

from qgis.core import QgsApplication, QgsMapLayer, QgsProject, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QObject, QTranslator
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QMenu, QPushButton, QToolBar

from . import gui
from .api.connection import Connection, make_connection
from .api.errors import BadInput
from .gui.widgets.qt_compat import QAction
from .layers.properties import TILES, kind_of
from .network import TileSigner

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .gui.workspace import Workspace
    from .services.bundle import Services

ROOT = Path(__file__).resolve().parents[1]
MENU = "Mapflow Data"


class MapflowDataPlugin(QObject):
    """What QGIS holds. `initGui` and `unload` may be called in turn, any number of times."""

    def __init__(self, iface: QgisInterface) -> None:
        super().__init__()
        self._iface = iface
        self._undo: list[Callable[[], object]] = []  # what takes each registration back
        self._workspace: Optional[Workspace] = None
        self._dock_action: Optional[QAction] = None
        self._upload_action: Optional[QAction] = None
        self._search_actions: list[QAction] = []
        self._is_signing = False

    def initGui(self) -> None:
        """No network, no authentication database, no look into the project."""
        if self._undo:
            return
        self._install_translator()
        self._install_signer()
        self._make_actions()
        self._make_search_actions()
        self._put_into_toolbar()
        self._put_into_menus()
        self._listen()

    def unload(self) -> None:
        if self._workspace is not None:
            self._workspace.close()
            self._workspace = None
        while self._undo:
            self._undo.pop()()
        self._dock_action = self._upload_action = None
        self._search_actions.clear()

    @property
    def workspace(self) -> Workspace:
        """The heavy part: services, dock and dialogs."""
        if self._workspace is None:
            self._workspace = gui.make_workspace(self._iface)
            session = self._workspace.services.session
            session.signed_in.connect(self._on_signed_in)
            session.signed_out.connect(self._on_signed_out)
            self._workspace.dock.closedStateChanged.connect(self._on_dock_closed)
        return self._workspace

    @property
    def services(self) -> Services:
        return self.workspace.services

    # What is registered

    def _install_translator(self) -> None:
        locale = QgsSettings().value("locale/userLocale", "") or QLocale().name()
        paths = (ROOT / "i18n" / f"mapflow_data_{name}.qm" for name in (locale, str(locale)[:2]))
        path = next((p for p in paths if p.exists()), None)
        if path is not None:
            translator = QTranslator(self)
            translator.load(str(path))
            QCoreApplication.installTranslator(translator)
            self._undo.append(lambda: QCoreApplication.removeTranslator(translator))

    def _install_signer(self) -> None:
        """Tiles of projects that are opened before the dock: the environment may sign them at once."""
        self._signer = TileSigner()
        self._signer.install()
        self._undo.append(self._signer.remove)
        token = os.environ.get("MAPFLOW_DATA_TOKEN", "")
        if token:
            with suppress(BadInput):  # said at the sign-in form, where it can be mended
                self._signer.set_connection(make_connection(os.environ.get("MAPFLOW_DATA_URL", ""), token))
                self._is_signing = True

    def _make_actions(self) -> None:
        window = self._iface.mainWindow()
        self._dock_action = QAction(
            QIcon(str(ROOT / "icons" / "mapflow_data.svg")), self.tr("Mapflow Data panel"), window
        )
        self._dock_action.setObjectName("mMapflowDataPanelAction")
        self._dock_action.setToolTip(self.tr("Mapflow Data: imagery in Mapflow, uploads, footprints, tiles"))
        self._dock_action.setCheckable(True)
        self._dock_action.toggled.connect(self._on_dock_toggled)
        self._dock_action.triggered.connect(self._on_dock_triggered)
        self._upload_action = QAction(
            QgsApplication.getThemeIcon("/mActionSharingExport.svg"), self.tr("Upload to Mapflow…"), window
        )
        self._upload_action.setObjectName("mMapflowDataUploadAction")
        self._upload_action.setToolTip(self.tr("Upload the selected raster layers to Mapflow"))
        self._upload_action.triggered.connect(self._on_upload)
        for action in (self._dock_action, self._upload_action):
            self._undo.append(action.deleteLater)

    def _make_search_actions(self) -> None:
        """In the toolbar, and in the canvas' own menu, where "here" is."""
        window = self._iface.mainWindow()
        for name, icon, text, tip, act in (
            (
                "mMapflowDataSearchHereAction",
                "search_here.svg",
                self.tr("Search Mapflow imagery here"),
                self.tr("Search the imagery of what the map shows, with the filters of the last search"),
                self._on_search_here,
            ),
            (
                "mMapflowDataDrawSearchAction",
                "search_area.svg",
                self.tr("Draw an area and search Mapflow imagery"),
                self.tr("Draw a polygon on the map; the search starts when it is done"),
                self._on_draw_and_search,
            ),
        ):
            action = QAction(QIcon(str(ROOT / "icons" / icon)), text, window)
            action.setObjectName(name)
            action.setToolTip(tip)
            action.triggered.connect(act)
            self._search_actions.append(action)
            self._undo.append(action.deleteLater)

    def _put_into_toolbar(self) -> None:
        toolbar: QToolBar = self._iface.addToolBar(MENU)
        toolbar.setObjectName("MapflowDataToolBar")
        toolbar.addActions([self._dock_action, self._upload_action, *self._search_actions])
        self._undo.append(toolbar.deleteLater)
        self._undo.append(lambda: self._iface.mainWindow().removeToolBar(toolbar))

    def _put_into_menus(self) -> None:
        iface = self._iface
        raster_menu = iface.rasterMenu()  # addPluginToRasterMenu would leave an empty menu behind
        menu = QMenu(MENU, raster_menu)
        menu.addActions([self._dock_action, self._upload_action, *self._search_actions])
        raster_menu.addMenu(menu)
        self._undo.append(menu.deleteLater)
        self._undo.append(lambda: raster_menu.removeAction(menu.menuAction()))
        upload = self._upload_action
        iface.addCustomActionForLayerType(upload, "", QgsMapLayer.LayerType.RasterLayer, True)
        self._undo.append(lambda: iface.removeCustomActionForLayerType(upload))

    def _listen(self) -> None:
        selection = self._iface.layerTreeView().selectionModel()
        selection.selectionChanged.connect(self._on_layers_selected)
        self._undo.append(lambda: selection.selectionChanged.disconnect(self._on_layers_selected))
        canvas = self._iface.mapCanvas()
        canvas.contextMenuAboutToShow.connect(self._on_canvas_menu)
        self._undo.append(lambda: canvas.contextMenuAboutToShow.disconnect(self._on_canvas_menu))
        project = QgsProject.instance()
        project.readProject.connect(self._on_project_read)
        self._undo.append(lambda: project.readProject.disconnect(self._on_project_read))
        self._on_layers_selected()

    # What happens

    def _on_dock_toggled(self, on: bool) -> None:
        if on:
            self.workspace.open_dock()
        elif self._workspace is not None:
            self._workspace.dock.setUserVisible(False)

    def _on_dock_triggered(self, on: bool) -> None:
        if not on and self.workspace.dock.isVisible():
            self._on_dock_closed(False)  # it was behind another panel

    def _on_dock_closed(self, is_closed: bool) -> None:
        if self._dock_action is not None:
            self._dock_action.setChecked(not is_closed)

    def _on_upload(self) -> None:
        self.workspace.upload(self._selected_rasters())

    def _on_search_here(self) -> None:
        self.workspace.search_here()

    def _on_draw_and_search(self) -> None:
        self.workspace.draw_and_search()

    def _on_canvas_menu(self, menu: QMenu, _event: object) -> None:
        """It is made anew each time it opens."""
        menu.addSeparator()
        menu.addActions(self._search_actions)

    def _on_layers_selected(self, *_: object) -> None:
        if self._upload_action is not None:
            self._upload_action.setEnabled(bool(self._selected_rasters()))

    def _selected_rasters(self) -> list[QgsMapLayer]:
        layers = self._iface.layerTreeView().selectedLayers()
        return [layer for layer in layers if layer.type() == QgsMapLayer.LayerType.RasterLayer]

    def _on_signed_in(self, connection: Connection) -> None:
        self._signer.set_connection(connection)
        self._is_signing = True
        for layer in self._tiles():
            layer.triggerRepaint()

    def _on_signed_out(self) -> None:
        self._signer.set_connection(None)
        self._is_signing = False

    def _on_project_read(self, *_: object) -> None:
        """Tiles of ours stay blank until somebody signs in: offer it, ask nothing by ourselves."""
        tiles = self._tiles()
        gui.restore_tiles(tiles)
        if tiles and not self._is_signing:
            self._offer_sign_in()

    @staticmethod
    def _tiles() -> list[QgsMapLayer]:
        return [layer for layer in QgsProject.instance().mapLayers().values() if kind_of(layer) == TILES]

    def _offer_sign_in(self) -> None:
        bar = self._iface.messageBar()
        item = bar.createMessage(
            MENU, self.tr("Sign in to see the Mapflow tiles of this project; they are blank until then.")
        )
        button = QPushButton(self.tr("Sign in"))
        button.clicked.connect(lambda: bar.popWidget(item))
        button.clicked.connect(lambda: self._on_dock_closed(False))
        item.layout().addWidget(button)
        bar.pushItem(item)
