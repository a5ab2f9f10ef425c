"""A small QGIS: a real main window with canvas, layer tree, menus and messages, as `iface` offers them."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsLayerTreeModel, QgsMapLayer, QgsProject
from qgis.gui import (
    QgsLayerTreeMapCanvasBridge,
    QgsLayerTreeView,
    QgsMapCanvas,
    QgsMessageBar,
    QgsStatusBar,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget, QMainWindow, QMenu, QToolBar, QVBoxLayout, QWidget


class Window:
    """The methods of QgisInterface that the plugin calls, on real widgets and the real project."""

    def __init__(self) -> None:
        self.window = QMainWindow()
        self.canvas = QgsMapCanvas(self.window)
        self.bar = QgsMessageBar(self.window)
        self.status = QgsStatusBar(self.window)
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.addWidget(self.bar)
        layout.addWidget(self.canvas)
        self.window.setCentralWidget(middle)
        root = QgsProject.instance().layerTreeRoot()
        self.tree = QgsLayerTreeView(self.window)
        self.tree.setModel(QgsLayerTreeModel(root, self.tree))
        self.bridge = QgsLayerTreeMapCanvasBridge(root, self.canvas)
        layers = QDockWidget("Layers", self.window)
        layers.setWidget(self.tree)
        self.window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, layers)
        self.raster_menu = QMenu("Raster", self.window)
        self.layer_actions: list[Any] = []
        self.options_pages: list[str] = []
        self.window.resize(1100, 700)
        self.window.show()

    def close(self) -> None:
        self._stop_drawing()
        self.tree.setModel(None)
        self.window.close()
        self.bridge.deleteLater()
        self.window.deleteLater()

    def _stop_drawing(self) -> None:
        """A drawing that ends after QGIS itself has ended would close rasters that are closed already."""
        self.canvas.freeze(True)
        self.canvas.stopRendering()
        for _ in range(500):
            if not self.canvas.isDrawing():
                return
            QTest.qWait(10)
        raise AssertionError("the map is still drawn")

    # QgisInterface

    def mainWindow(self) -> QMainWindow:
        return self.window

    def mapCanvas(self) -> QgsMapCanvas:
        return self.canvas

    def messageBar(self) -> QgsMessageBar:
        return self.bar

    def statusBarIface(self) -> QgsStatusBar:
        return self.status

    def layerTreeView(self) -> QgsLayerTreeView:
        return self.tree

    def addToolBar(self, name: str) -> QToolBar:
        return self.window.addToolBar(name)

    def addDockWidget(self, area: Qt.DockWidgetArea, dock: QDockWidget) -> None:
        self.window.addDockWidget(area, dock)

    def removeDockWidget(self, dock: QDockWidget) -> None:
        self.window.removeDockWidget(dock)

    def rasterMenu(self) -> QMenu:
        return self.raster_menu

    def addCustomActionForLayerType(self, action: Any, _menu: str, _kind: Any, _all: bool) -> None:
        self.layer_actions.append(action)

    def removeCustomActionForLayerType(self, action: Any) -> bool:
        self.layer_actions.remove(action)
        return True

    def showOptionsDialog(self, _parent: QWidget, page: str) -> None:
        self.options_pages.append(page)

    # For tests

    def select(self, *layers: QgsMapLayer) -> None:
        """As a person does with Ctrl and clicks."""
        root = QgsProject.instance().layerTreeRoot()
        selection = self.tree.selectionModel()
        if len(layers) == 1:
            self.tree.setCurrentLayer(layers[0])  # toggles where Qt still thinks that Ctrl is held
        selection.clearSelection()
        for layer in layers:
            index = self.tree.node2index(root.findLayer(layer.id()))
            selection.select(index, selection.SelectionFlag.Select | selection.SelectionFlag.Rows)
