"""The size of a ring on the map, while it is drawn. Fast enough for each move of the mouse; any thread."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsDistanceArea,
    QgsGeometry,
    QgsPointXY,
)

WGS84_ELLIPSOID = "EPSG:7030"
THINNEST = 1e-9  # of the square of its length
PIECES = 15  # extra vertices on an edge, which may be bent on the ellipsoid


def polygon(ring: Sequence[QgsPointXY]) -> QgsGeometry:
    """As drawn, so it may cross itself. Null for fewer than three corners."""
    return QgsGeometry.fromPolygonXY([[*ring, ring[0]]]) if len(ring) > 2 else QgsGeometry()


def has_area(drawn: QgsGeometry) -> bool:
    """Not on one line, but for the rounding of a rotated map."""
    box = drawn.boundingBox()
    return valid(drawn).area() > THINNEST * (box.width() ** 2 + box.height() ** 2)


def valid(drawn: QgsGeometry) -> QgsGeometry:
    """All loops of a ring that crosses itself; null for none."""
    return drawn if drawn.isNull() or drawn.isGeosValid() else drawn.makeValid()


def area_km2(
    drawn: QgsGeometry, crs: QgsCoordinateReferenceSystem, context: QgsCoordinateTransformContext
) -> float:
    """On the ellipsoid of WGS 84; a self-crossing ring's loops are summed up. 0 where there is no area."""
    area = valid(drawn)
    if area.isNull() or not crs.isValid():
        return 0.0
    measure = QgsDistanceArea()
    measure.setSourceCrs(crs, context)
    measure.setEllipsoid(WGS84_ELLIPSOID)
    square_metres = measure.measureArea(area.densifyByCount(PIECES))
    return square_metres / 1e6 if math.isfinite(square_metres) else 0.0
