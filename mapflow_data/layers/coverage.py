"""How much of the searched area a footprint covers, where the server does not say. Any thread, one at a time.

Areas are taken in a plane that keeps those of the ellipsoid: longitude across, and up what lies between a
parallel and the equator. There the many footprints of a search are cut as plain polygons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Optional

from qgis.core import QgsGeometry, QgsPointXY

from .corners import bounds
from .geometry import Box, Point, Polygons, footprint_of, from_rings, points_of

FLATTENING = 1 / 298.257223563  # WGS 84
_E2 = FLATTENING * (2 - FLATTENING)
_E = math.sqrt(_E2)
MANY = 64  # corners of an area's hull above which asking each of them takes longer than cutting


class Coverage:
    """Of one area (polygons in WGS 84, within ±180), asked for many footprints."""

    def __init__(self, area: Polygons) -> None:
        self._area = _valid(_flat(area))
        self._size = self._area.area()
        hull = points_of(self._area.convexHull()) if self._size else []
        self._hull = hull if len(hull) <= MANY else []
        self._box = bounds(hull) if hull else (0.0, 0.0, 0.0, 0.0)
        self._engine = QgsGeometry.createGeometryEngine(self._area.constGet())
        self._engine.prepareGeometry()

    def percent(self, footprint: Polygons) -> Optional[float]:
        """None where there is no area to cover or nothing to cover it."""
        rings = footprint if _is_narrow(footprint) else _within_world(footprint)
        if not rings or not self._size:
            return None
        flat = [[_plane(ring) for ring in polygon] for polygon in rings]
        if not any(_overlap(bounds(polygon[0]), self._box) for polygon in flat):
            return 0.0
        if len(flat) == 1 and len(flat[0]) == 1 and self._is_within(flat[0][0]):
            return 100.0
        whole = _valid(_joined(flat))  # held: the engine only borrows it
        shared = self._engine.intersection(whole.constGet())
        return min(100.0, 100.0 * shared.area() / self._size) if shared is not None else 0.0

    def _is_within(self, ring: Sequence[Point]) -> bool:
        """True where all corners of the area's hull lie on one side of each side of a convex ring."""
        if not self._hull or len(ring) > 9:
            return False
        signs = set()
        for (ax, ay), (bx, by) in zip(ring, ring[1:]):
            for x, y in self._hull:
                signs.add((bx - ax) * (y - ay) > (by - ay) * (x - ax))
            if len(signs) > 1:
                return False
        return True


def _plane(ring: Sequence[Point]) -> list[Point]:
    return [(math.radians(longitude), _height(math.radians(latitude))) for longitude, latitude in ring]


def _height(latitude: float) -> float:
    """Of the authalic cylinder. Source: Snyder, Map Projections, a Working Manual, 3-12."""
    s = math.sin(latitude)
    return (1 - _E2) / 2 * (s / (1 - _E2 * s * s) + math.atanh(_E * s) / _E)


def _flat(polygons: Polygons) -> QgsGeometry:
    return _joined([[_plane(ring) for ring in polygon] for polygon in polygons])


def _joined(polygons: Polygons) -> QgsGeometry:
    if len(polygons) == 1:
        return from_rings(polygons[0])
    return QgsGeometry.fromMultiPolygonXY(
        [[[QgsPointXY(x, y) for x, y in ring] for ring in polygon] for polygon in polygons]
    )


def _valid(geometry: QgsGeometry) -> QgsGeometry:
    return geometry if geometry.isGeosValid() else geometry.makeValid()


def _is_narrow(polygons: Polygons) -> bool:
    """True for what does not cross the line at ±180°, as far as its width tells."""
    return all(max(x for x, _ in p[0]) - min(x for x, _ in p[0]) < 180 for p in polygons)


def _within_world(polygons: Polygons) -> Polygons:
    return [
        [[(p.x(), p.y()) for p in ring] for ring in polygon]
        for polygon in footprint_of(polygons).asMultiPolygon()
    ]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
