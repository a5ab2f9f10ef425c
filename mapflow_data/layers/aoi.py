"""The area to search: from a drawing, an extent or a layer to a valid polygon in WGS 84. Any thread.

Only `reader` belongs on the layer's own thread. Edges are straight in longitude and latitude, as
GeoJSON (RFC 7946) has them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Callable, Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsDistanceArea,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsPointXY,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
    QgsWkbTypes,
)

from ..api.errors import BadInput
from .lonlat import Projection, polygons, repaired, to_lonlat, within_world

DECIMALS = 7  # a centimetre
STRIP = 60.0  # degrees; QgsDistanceArea takes the shorter way round, and half the Earth at most
STEP = 1 / 64  # of the extent: finer edges measure the same whether taken as geodesics or as straight
SLIVER = 1e-9  # of the whole area: what rounding leaves on the other side of ±180


@dataclass(frozen=True)
class Prepared:
    """`geometry` is Polygon or MultiPolygon in WGS 84, within ±180 and ±90.

    `changed_share` tells how much of the area a self-intersecting drawing gained or lost by its repair.
    """

    geometry: QgsGeometry
    area_km2: float
    changed_share: float
    vertex_count: int


def prepare(
    geometry: QgsGeometry,
    crs: QgsCoordinateReferenceSystem,
    context: Optional[QgsCoordinateTransformContext] = None,
) -> Prepared:
    """All polygons of `geometry`, overlapping ones merged. `context` is the project's, for its datum shifts.

    Raises BadInput: `crs` (none, or not of the Earth), `aoi_empty` (no area), `aoi_outside` (out of the
    range of the CRS or of the world).
    """
    projection = Projection(crs, context or QgsCoordinateTransformContext())
    drawn = polygons(geometry)
    valid = [one for polygon in drawn for one in repaired(polygon)]
    if not sum(one.area() for one in valid) > 0:  # nor for NaN
        raise BadInput(code="aoi_empty")
    parts = [to_lonlat(polygon, projection) for polygon in polygons(_merged(valid))]
    area = _assembled([one for part in parts for one in polygons(part)])
    if area.isNull():
        raise BadInput(code="aoi_outside")
    to_geojson(area)  # nothing may be left of a tiny one in the decimals that are sent
    return Prepared(area, area_km2(area), _changed_share(drawn), area.constGet().nCoordinates())


def to_wgs84(geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> QgsGeometry:
    return prepare(geometry, crs).geometry


def area_km2(geometry: QgsGeometry) -> float:
    """Of polygons in WGS 84 within ±180, on the ellipsoid."""
    measure = QgsDistanceArea()
    measure.setSourceCrs(QgsCoordinateReferenceSystem("EPSG:4326"), QgsCoordinateTransformContext())
    measure.setEllipsoid("EPSG:7030")
    pieces = _strips(geometry) if geometry.boundingBox().width() > STRIP else [geometry]
    total = 0.0
    for piece in pieces:
        box = piece.boundingBox()
        total += measure.measureArea(piece.densifyByDistance(max(box.width(), box.height(), 1e-6) * STEP))
    return total / 1e6


def to_geojson(geometry: QgsGeometry) -> dict[str, Any]:
    """Polygon or MultiPolygon as of RFC 7946: shells counter-clockwise, holes clockwise, rings closed."""
    found = [_coordinates(polygon) for polygon in polygons(geometry)]
    found = [rings for rings in found if rings]
    if not found:
        raise BadInput(code="aoi_empty")
    if len(found) == 1:
        return {"type": "Polygon", "coordinates": found[0]}
    return {"type": "MultiPolygon", "coordinates": found}


def reader(layer: QgsVectorLayer, selected_only: bool) -> Callable[[], QgsGeometry]:
    """Gives all polygons of the layer or of its selected features, in its CRS; `prepare` merges them.

    Made on the layer's own thread, to be called on any: a large layer takes its time.
    """
    if QgsWkbTypes.geometryType(layer.wkbType()) != QgsWkbTypes.GeometryType.PolygonGeometry:
        raise BadInput(code="aoi_not_polygons")
    request = QgsFeatureRequest().setSubsetOfAttributes([])
    if selected_only:
        request.setFilterFids(layer.selectedFeatureIds())
    source = QgsVectorLayerFeatureSource(layer)
    return lambda: _collected(source.getFeatures(request))


def _collected(features: Iterable[QgsFeature]) -> QgsGeometry:
    found = [polygon for feature in features for polygon in polygons(feature.geometry())]
    if not found:
        raise BadInput(code="aoi_empty")
    return QgsGeometry.collectGeometry(found)


def from_extent(rect: QgsRectangle) -> QgsGeometry:
    """Of a map or a layer, in its own CRS."""
    if rect.isNull() or rect.isEmpty() or not rect.isFinite():
        raise BadInput(code="aoi_empty")
    return QgsGeometry.fromRect(rect)


def bounds(geometry: QgsGeometry) -> QgsGeometry:
    """The smallest box of longitude and latitude around it, across ±180 where that is the narrower way."""
    box = geometry.boundingBox()
    turned = [QgsGeometry(polygon) for polygon in polygons(geometry)]
    for polygon in turned:
        if polygon.boundingBox().center().x() < 0:
            polygon.translate(360, 0)
    around = QgsGeometry.collectGeometry(turned).boundingBox()
    narrower = around if around.width() < box.width() else box
    return _assembled(polygons(within_world(QgsGeometry.fromRect(narrower))))


def simplified(geometry: QgsGeometry, max_vertices: int) -> QgsGeometry:
    """With so many vertices at most; its bounds where the number of parts allows nothing nearer."""
    if geometry.constGet().nCoordinates() <= max_vertices:
        return QgsGeometry(geometry)
    box = geometry.boundingBox()
    best, low, high = bounds(geometry), 0.0, math.hypot(box.width(), box.height()) / 4
    for _ in range(20):
        tolerance = (low + high) / 2
        coarse = [one for part in polygons(geometry.simplify(tolerance)) for one in repaired(part)]
        candidate = _assembled(polygons(_merged(coarse))) if coarse else QgsGeometry()
        if not candidate.isNull() and candidate.constGet().nCoordinates() > max_vertices:
            low = tolerance
            continue
        high = tolerance
        best = best if candidate.isNull() else candidate
    return best


def _changed_share(drawn: list[QgsGeometry]) -> float:
    """In the plane that it was drawn in. The area of a bow-tie is nought before its repair."""
    before = [polygon.area() for polygon in drawn]
    after = [sum(one.area() for one in repaired(polygon)) for polygon in drawn]
    return sum(abs(new - old) for old, new in zip(before, after)) / sum(after)


def _merged(valid: list[QgsGeometry]) -> QgsGeometry:
    return valid[0] if len(valid) == 1 else QgsGeometry.unaryUnion(valid)


def _assembled(parts: list[QgsGeometry]) -> QgsGeometry:
    """One valid Polygon or MultiPolygon without slivers; null when there is no part."""
    whole = sum(part.area() for part in parts)
    parts = [_within_limits(part) for part in parts if part.area() > SLIVER * whole]
    if len(parts) < 2:
        return parts[0] if parts else QgsGeometry()
    area = QgsGeometry.collectGeometry(parts)
    if area.isGeosValid():
        return area
    merged = polygons(_merged([one for part in parts for one in repaired(part)]))
    return merged[0] if len(merged) == 1 else QgsGeometry.collectGeometry(merged)


def _within_limits(polygon: QgsGeometry) -> QgsGeometry:
    """Cutting may leave a vertex the last bit beyond ±180."""
    return QgsGeometry.fromPolygonXY(
        [
            [QgsPointXY(min(180.0, max(-180.0, p.x())), min(90.0, max(-90.0, p.y()))) for p in ring]
            for ring in polygon.asPolygon()
        ]
    )


def _strips(geometry: QgsGeometry) -> list[QgsGeometry]:
    wests = [STRIP * number - 180 for number in range(round(360 / STRIP))]
    cuts = [
        geometry.intersection(QgsGeometry.fromRect(QgsRectangle(west, -90, west + STRIP, 90)))
        for west in wests
    ]
    return [polygon for cut in cuts for polygon in polygons(cut)]


def _coordinates(polygon: QgsGeometry) -> list[list[list[float]]]:
    rings = []
    for index, ring in enumerate(polygon.asPolygon()):
        rounded = _rounded(ring)
        if len(rounded) >= 4:
            rings.append(rounded if (_signed_area(rounded) > 0) == (index == 0) else rounded[::-1])
        elif index == 0:
            return []
    return rings


def _rounded(ring: list[QgsPointXY]) -> list[list[float]]:
    """Without vertices that rounding made equal; adding 0.0 turns -0.0 into 0.0."""
    found: list[list[float]] = []
    for point in ring:
        here = [round(point.x(), DECIMALS) + 0.0, round(point.y(), DECIMALS) + 0.0]
        if not found or here != found[-1]:
            found.append(here)
    return found


def _signed_area(ring: list[list[float]]) -> float:
    west, south = ring[0]  # near the ring, as large coordinates would eat a small area's digits
    return sum(
        (x1 - west) * (y2 - south) - (x2 - west) * (y1 - south) for (x1, y1), (x2, y2) in zip(ring, ring[1:])
    )
