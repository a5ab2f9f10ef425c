"""Where to search: by drawing, the map's extent or a polygon layer, as one area in WGS 84. Main thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Optional

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsPointXY, QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...api.errors import BadInput, MapflowError
from ...api.geojson import Polygons
from ...api.query import read_area
from ...layers import aoi
from ...maptools.draw_area import DrawAreaTool
from ...maptools.sketch import Shape
from ...services.service import Service
from ..words import areas as area_words
from .outline import AreaOutline

MAX_VERTICES = 2000  # of what is sent: districts of a cadastre have many more and are found no better
WHILE_DRAWING = ("too_few", "no_area")  # refused so, it goes on being drawn
CHANGED_SHARE = 0.01  # what a repair may change without being asked about


@dataclass(frozen=True)
class Area:
    """`geometry` is a Polygon or MultiPolygon in WGS 84."""

    name: str
    geometry: QgsGeometry
    km2: float
    vertex_count: int
    changed_share: float = 0.0

    @cached_property
    def polygons(self) -> Polygons:
        return read_area(aoi.to_geojson(self.geometry))

    @property
    def is_southern(self) -> bool:
        return bool(self.geometry.boundingBox().center().y() < 0)

    @property
    def has_many_vertices(self) -> bool:
        return self.vertex_count > MAX_VERTICES

    @property
    def is_repaired(self) -> bool:
        return self.changed_share > CHANGED_SHARE


class AreaPicker(QObject):
    """Holds the area, shows it on the map, and tells of every change."""

    changed = pyqtSignal(object)  # Area or None
    picked = pyqtSignal(object)  # Area, by a drawing that ended
    drawing_started = pyqtSignal(object)  # Shape
    drawing_resized = pyqtSignal(float)  # km², with the cursor as the next corner
    drawing_cancelled = pyqtSignal()
    refused = pyqtSignal(str)  # code of `area_words.problem`
    crs_given = pyqtSignal()  # to the map

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._project = project
        self._shape = Shape.POLYGON
        self._work = Service(self)
        self._outline = AreaOutline(canvas, self)
        self._tool = DrawAreaTool(canvas)
        self._tool.drawn.connect(self._on_drawn)
        self._tool.area_changed.connect(self.drawing_resized)
        self._tool.cancelled.connect(self.drawing_cancelled)
        self._tool.refused.connect(self.refused)
        canvas.destinationCrsChanged.connect(self._on_crs_changed)
        self.area: Optional[Area] = None

    def close(self) -> None:
        """Takes everything off the canvas."""
        self._canvas.destinationCrsChanged.disconnect(self._on_crs_changed)
        self._work.close()
        self._tool.remove()
        self._outline.remove()

    def _on_crs_changed(self) -> None:
        if self._canvas.mapSettings().destinationCrs().isValid():
            self.crs_given.emit()

    # What people ask for

    def draw(self, shape: Shape) -> None:
        self._work.cancel_all()
        self._shape = shape
        self.drawing_started.emit(shape)
        self._tool.start(shape)

    def use_extent(self) -> bool:
        """What the map shows, also where it is turned. False if that is no area."""
        self._tool.stop()
        settings = self._canvas.mapSettings()
        corners = [QgsPointXY(corner) for corner in settings.visiblePolygon()]
        shown = QgsGeometry.fromPolygonXY([[*corners, corners[0]]])
        return self._take(area_words.extent(), shown, settings.destinationCrs())

    def use_layer(self, layer: QgsVectorLayer) -> None:
        """Its selected features, or all of them where none is. Prepared in the background."""
        self._tool.stop()
        selected = layer.selectedFeatureCount()
        name = area_words.of_layer(layer.name(), selected)
        try:
            read = aoi.reader(layer, selected > 0)
        except BadInput as error:
            self.refused.emit(error.code)
            return
        crs, context = layer.crs(), self._project.transformContext()
        self._work.run(
            "area",
            lambda _: aoi.prepare(read(), crs, context),
            lambda prepared: self._set(_area_of(name, prepared)),
            self._on_failed,
            latest=True,
        )

    def use_bounds(self) -> None:
        """The box around the area that there is."""
        if self.area is not None:
            self._set(_derived(self.area, area_words.bounds(self.area.name), aoi.bounds(self.area.geometry)))

    def simplify(self) -> None:
        """The area with no more vertices than are sent."""
        area = self.area
        if area is not None:
            self._work.run(
                "area",
                lambda _: aoi.simplified(area.geometry, MAX_VERTICES),
                lambda shape: self._set(_derived(area, area_words.simplified(area.name), shape)),
                self._on_failed,
                latest=True,
            )

    def accept_repair(self) -> None:
        if self.area is not None:
            self._set(replace(self.area, changed_share=0.0))

    def clear(self) -> None:
        self._tool.stop()
        self._work.cancel_all()
        self._set(None)

    # Inside

    def _on_drawn(self, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> None:
        name = area_words.polygon() if self._shape is Shape.POLYGON else area_words.rectangle()
        if self._take(name, geometry, crs):
            self.picked.emit(self.area)

    def _take(self, name: str, shape: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> bool:
        self._work.cancel_all()
        try:
            prepared = aoi.prepare(shape, crs, self._project.transformContext())
        except BadInput as error:
            self.refused.emit(error.code)
            return False
        self._set(_area_of(name, prepared))
        return True

    def _set(self, area: Optional[Area]) -> None:
        self.area = area
        self._outline.set_area(area.geometry if area else None)
        self.changed.emit(area)

    def _on_failed(self, error: MapflowError) -> None:
        """Of work on a layer: the map's own CRS has nothing to do with it."""
        self.refused.emit("layer_crs" if error.code == "crs" else error.code)


def _area_of(name: str, prepared: aoi.Prepared) -> Area:
    return Area(name, prepared.geometry, prepared.area_km2, prepared.vertex_count, prepared.changed_share)


def _derived(area: Area, name: str, shape: QgsGeometry) -> Area:
    return Area(name, shape, aoi.area_km2(shape), shape.constGet().nCoordinates())
