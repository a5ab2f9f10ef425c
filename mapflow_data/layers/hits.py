"""What of a layer of outlines lies at a place of the map, as the map draws it. Main thread."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeatureRequest,
    QgsGeometry,
    QgsVectorLayer,
)

from .drawn import Plane
from .lonlat import Projection, polygons, to_lonlat

MOST = 200  # of a layer at one place: nobody clicks through more, and their shapes take a moment each


@dataclass(frozen=True)
class Hit:
    """A feature; its area, in units of the map, is for comparing. `shape` is in WGS 84."""

    layer_id: str
    feature_id: int
    area: float
    shape: QgsGeometry

    @property
    def key(self) -> tuple[str, int]:
        return self.layer_id, self.feature_id


class Probe:
    """A polygon of the map, and what there is in it. Without a CRS the map is that of degrees.

    Raises BadInput for one that lies nowhere on Earth.
    """

    def __init__(
        self, area: QgsGeometry, crs: QgsCoordinateReferenceSystem, context: QgsCoordinateTransformContext
    ) -> None:
        self._area = area
        self._plane = Plane(crs, context)
        self._lonlat = polygons(self._plane.clipped(area))
        if crs.isValid():
            projection = Projection(crs, context)
            self._lonlat = [p for part in self._lonlat for p in polygons(to_lonlat(part, projection))]

    def hits(self, layer: QgsVectorLayer, where: str = "") -> list[Hit]:
        """Smallest first, at most MOST of those for which the expression `where` holds."""
        engine = QgsGeometry.createGeometryEngine(self._area.constGet())
        engine.prepareGeometry()
        found = {}
        for part in self._lonlat:
            request = _request(QgsFeatureRequest.Flag.ExactIntersect, where)
            request.setFilterRect(part.boundingBox()).addOrderBy("area($geometry)")
            for feature in layer.getFeatures(request.setLimit(MOST)):
                drawn = self._plane.shape(feature.geometry())
                if not drawn.isNull() and engine.intersects(drawn.constGet()):
                    hit = Hit(layer.id(), feature.id(), drawn.area(), feature.geometry())
                    found[hit.key] = hit
        return sorted(found.values(), key=lambda hit: hit.area)

    def ids(self, layer: QgsVectorLayer, where: str = "") -> list[int]:
        """All of them."""
        if not self._lonlat:
            return []
        request = _request(QgsFeatureRequest.Flag.NoGeometry, where)
        request.setDistanceWithin(QgsGeometry.collectGeometry(self._lonlat), 0.0)
        return [feature.id() for feature in layer.getFeatures(request)]


def _request(flag: QgsFeatureRequest.Flag, where: str) -> QgsFeatureRequest:
    request = QgsFeatureRequest().setFlags(flag)
    if where:
        return request.setFilterExpression(where)
    return request.setSubsetOfAttributes([])  # which is a flag, too: not before `setFlags`
