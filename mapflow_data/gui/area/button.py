"""The button that sets where to search, with its menu: draw, map extent, polygon layers. Main thread."""

from __future__ import annotations

from functools import partial
from typing import Optional

from qgis.core import QgsMapLayer, QgsProject, QgsVectorLayer, QgsWkbTypes
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QMenu, QToolButton, QWidget

from ...maptools.sketch import Shape
from ...settings import SEARCH_AFTER_DRAWING
from ..widgets.icons import icon
from ..widgets.keys import open_menu_by_down
from ..widgets.qt_compat import QAction
from ..words import areas as area_words
from ..words.plain import as_menu

MAX_LAYERS = 30  # in a menu that still fits the screen


class AreaButton(QToolButton):
    """A click draws a polygon; the rest is in the menu."""

    shape_chosen = pyqtSignal(object)  # Shape
    extent_chosen = pyqtSignal()
    layer_chosen = pyqtSignal(object)  # QgsVectorLayer

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIcon(icon("draw_polygon"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(self)
        self._add(menu, "drawPolygonAction", "draw_polygon", self.tr("Draw polygon")).triggered.connect(
            lambda: self.shape_chosen.emit(Shape.POLYGON)
        )
        self._add(menu, "drawRectangleAction", "draw_rectangle", self.tr("Draw rectangle")).triggered.connect(
            lambda: self.shape_chosen.emit(Shape.RECTANGLE)
        )
        self._add(menu, "extentAction", "extent", self.tr("What the map shows")).triggered.connect(
            self.extent_chosen
        )
        self._layers = menu.addMenu(icon("footprints"), self.tr("Polygon layer"))
        menu.addSeparator()
        self._add_option(menu)
        menu.aboutToShow.connect(self._fill_layers)
        self.setMenu(menu)
        open_menu_by_down(self)
        self.clicked.connect(lambda: self.shape_chosen.emit(Shape.POLYGON))

    def _add(self, menu: QMenu, name: str, icon_name: str, text: str) -> QAction:
        action = menu.addAction(icon(icon_name), text)
        action.setObjectName(name)
        return action

    def _add_option(self, menu: QMenu) -> None:
        option = menu.addAction(self.tr("Search when drawing ends"))
        option.setObjectName("searchAfterDrawingAction")
        option.setCheckable(True)
        option.setChecked(SEARCH_AFTER_DRAWING.get())
        option.toggled.connect(SEARCH_AFTER_DRAWING.set)

    def _fill_layers(self) -> None:
        """When it is opened: layers come and go."""
        self._layers.clear()
        for layer in _polygon_layers()[:MAX_LAYERS]:
            text = area_words.of_layer(layer.name(), layer.selectedFeatureCount())
            action = self._layers.addAction(as_menu(text))
            action.triggered.connect(partial(self._on_layer, layer.id()))
        if self._layers.isEmpty():
            self._layers.addAction(self.tr("The project has none")).setEnabled(False)

    def _on_layer(self, layer_id: str, _is_checked: bool = False) -> None:
        layer = QgsProject.instance().mapLayer(layer_id)
        if layer is not None:
            self.layer_chosen.emit(layer)


def _polygon_layers() -> list[QgsVectorLayer]:
    """Those with selected features first."""
    layers = [layer for layer in QgsProject.instance().mapLayers().values() if _has_polygons(layer)]
    return sorted(layers, key=lambda layer: (not layer.selectedFeatureCount(), layer.name().casefold()))


def _has_polygons(layer: QgsMapLayer) -> bool:
    return (
        isinstance(layer, QgsVectorLayer)
        and layer.isValid()
        and QgsWkbTypes.geometryType(layer.wkbType()) == QgsWkbTypes.GeometryType.PolygonGeometry
    )
