"""Picking footprints on the map; repeated clicks at one place go through what lies there. Main thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...api.errors import BadInput
from ...layers.hits import MOST, Hit, Probe
from ...layers.properties import FOOTPRINTS, MOSAICS, RESULTS, kind_of
from ...layers.shown import condition
from ...maptools.pick import PickTool
from ..widgets.icons import icon
from ..widgets.qt_compat import QAction
from .presenter import Presenter

KINDS = (FOOTPRINTS, RESULTS, MOSAICS)
TOLERANCE = 3  # pixels around a click, for what is thin
SAME_PLACE = 5  # pixels between clicks that are at one place


@dataclass(frozen=True)
class Turn:
    """The place of the first of several clicks, and what the last of them picked."""

    point: QgsPointXY
    crs: QgsCoordinateReferenceSystem
    last: tuple[str, int]


class Picking(QObject):
    """`action` switches it on and off. What is picked is selected in its layer, which the rows follow."""

    told = pyqtSignal(str)  # a hint for the status bar

    def __init__(
        self, canvas: QgsMapCanvas, project: QgsProject, presenter: Presenter, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._project = project
        self._presenter = presenter
        self._turn: Optional[Turn] = None
        self.action = QAction(icon("pick"), self.tr("Pick footprints on the map"), self)
        self.action.setObjectName("pickAction")
        self.action.setCheckable(True)
        self.action.triggered.connect(self._on_triggered)
        self._tool = PickTool(canvas)
        self._tool.setAction(self.action)  # which QGIS keeps checked as long as the tool is the active one
        self._tool.picked.connect(self._on_picked)
        self._tool.area_picked.connect(self._on_area_picked)

    def close(self) -> None:
        self._tool.remove()

    def _on_triggered(self, is_on: bool) -> None:
        if is_on:
            self._tool.start()
        else:
            self._tool.stop()

    def _on_picked(self, point: QgsPointXY, crs: QgsCoordinateReferenceSystem, adds: bool) -> None:
        turn, self._turn = self._turn, None
        if turn is not None and self._is_same_place(turn, point, crs):
            point = turn.point  # so that the same ones are found
        else:
            turn = None
        hits = self._hits(point, crs)
        if not hits:
            self._select({}, adds)
            self.told.emit(self.tr("No footprint here") if self._layers() else self._where_from())
            return
        keys = [hit.key for hit in hits]
        number = keys.index(turn.last) + 1 if turn is not None and turn.last in keys else 0
        hit = hits[number % len(hits)]
        self._turn = Turn(point, crs, hit.key)
        self._select({hit.layer_id: [hit.feature_id]}, adds)
        self._presenter.flash(hit.shape.asWkt())
        self.told.emit(self._hint(number % len(hits) + 1, len(hits)))

    def _on_area_picked(self, area: QgsGeometry, crs: QgsCoordinateReferenceSystem, adds: bool) -> None:
        """Outlines of mosaics only where there is nothing else: their rows cannot be selected with others."""
        self._turn = None
        found = {layer.id(): self._ids(layer, area, crs) for layer in self._layers()}
        others = {key: ids for key, ids in found.items() if ids and not self._is_of_mosaics(key)}
        wanted = others or {key: ids for key, ids in found.items() if ids}
        self._select(wanted, adds)
        count = sum(map(len, wanted.values()))
        self.told.emit(self.tr("Footprints in this area: {0}").format(count))

    def _where_from(self) -> str:
        return self.tr("The map shows no footprints; choose Footprints under On map first")

    def _hint(self, number: int, count: int) -> str:
        if count == 1:
            return self.tr("Only this footprint is here")
        if count >= MOST:
            return self.tr("{0} of {1} or more here; click again for the next").format(number, count)
        return self.tr("{0} of {1} here; click again for the next").format(number, count)

    # Looking

    def _hits(self, point: QgsPointXY, crs: QgsCoordinateReferenceSystem) -> list[Hit]:
        """Smallest first, outlines of mosaics after all others."""
        reach = 2 * TOLERANCE * self._canvas.mapUnitsPerPixel()
        square = QgsGeometry.fromRect(QgsRectangle.fromCenterAndSize(point, reach, reach))
        try:
            probe = Probe(square, crs, self._project.transformContext())
        except BadInput:  # beside the world
            return []
        settings = self._canvas.mapSettings()
        hits = [hit for layer in self._layers() for hit in probe.hits(layer, condition(layer, settings))]
        return sorted(hits, key=lambda hit: (self._is_of_mosaics(hit.layer_id), hit.area))

    def _ids(self, layer: QgsVectorLayer, area: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> list[int]:
        try:
            probe = Probe(area, crs, self._project.transformContext())
        except BadInput:
            return []
        return probe.ids(layer, condition(layer, self._canvas.mapSettings()))

    def _layers(self) -> list[QgsVectorLayer]:
        """Ours that the map shows."""
        scale = self._canvas.scale()
        ours = [layer for layer in self._canvas.layers() if _is_ours(layer) and layer.isInScaleRange(scale)]
        return [layer for layer in ours if self._project.mapLayer(layer.id()) is not None]

    def _is_of_mosaics(self, layer_id: str) -> bool:
        return kind_of(self._project.mapLayer(layer_id)) == MOSAICS

    def _is_same_place(self, turn: Turn, point: QgsPointXY, crs: QgsCoordinateReferenceSystem) -> bool:
        reach = SAME_PLACE * self._canvas.mapUnitsPerPixel()
        return bool(turn.crs == crs and turn.point.distance(point) <= reach)

    # Selecting

    def _select(self, wanted: Mapping[str, list[int]], adds: bool) -> None:
        """In all layers of ours, shown or not, as their rows are selected together."""
        for layer in filter(_is_ours, self._project.mapLayers().values()):
            if layer.id() not in wanted and not adds and layer.selectedFeatureCount():
                layer.removeSelection()
        for layer_id, ids in wanted.items():
            layer = self._project.mapLayer(layer_id)
            if adds:
                layer.select(ids)
            else:
                layer.selectByIds(ids)


def _is_ours(layer: object) -> bool:
    return isinstance(layer, QgsVectorLayer) and layer.isValid() and kind_of(layer) in KINDS
