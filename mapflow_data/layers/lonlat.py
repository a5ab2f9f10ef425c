"""Polygons of any CRS as areas of longitude and latitude: bent edges densified, poles closed, cut at ±180.

Only geometry; runs on any thread, a `Projection` on the one that made it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsRectangle,
    QgsWkbTypes,
)

from ..api.errors import BadInput

Ring = list[QgsPointXY]  # closed

EARTH_RADIUS = 6371008.8
BEND = 1e-4  # of the ring's size: how far a straight edge may be off the true one before it gets a vertex
SMALLEST_BEND = 0.05  # m
SHORT_EDGE = 2e-3  # of the ring's size: bends less than BEND everywhere
LOOK_AT = (0.23, 0.5, 0.81)  # of an edge; uneven, as a whole number of turns round the world would hide there
MAX_SPLITS = 12  # of one edge, each halves it
FOLD = 1e-3  # of the coordinates: a point that comes back farther off lies beyond the projection's range
FARTHEST = 3600.0  # degrees; more is no longitude but metres under a wrong CRS


class Projection:
    """To WGS 84 longitude and latitude from `crs`.

    Raises BadInput: `crs` when there is no way from it, `aoi_outside` for points out of its range.
    """

    def __init__(self, crs: QgsCoordinateReferenceSystem, context: QgsCoordinateTransformContext) -> None:
        wgs84 = QgsCoordinateReferenceSystem("EPSG:4326")
        self.is_identity = crs == wgs84
        self._is_geographic = crs.isGeographic()
        self._to = QgsCoordinateTransform(crs, wgs84, context)
        self._back = QgsCoordinateTransform(wgs84, crs, context)
        # an invalid transform (no CRS, another planet) hands coordinates through as if they were degrees
        if not (crs.isValid() and self._to.isValid()):
            raise BadInput(code="crs")
        self._period = self._world_width()

    def lonlat(self, point: QgsPointXY) -> QgsPointXY:
        found = _transformed(self._to, point)
        if found is None or not (self._is_geographic or self._comes_back(point, found)):
            raise BadInput(code="aoi_outside")
        return found

    def pole_within(self, ring: Ring) -> float:
        """90 or -90: the pole that a ring goes round."""
        area = QgsGeometry.fromPolygonXY([ring])
        for latitude in (90.0, -90.0):
            pole = _transformed(self._back, QgsPointXY(0, latitude))
            if pole is not None and area.contains(QgsGeometry.fromPointXY(pole)):
                return latitude
        return math.copysign(90.0, max((self.lonlat(point).y() for point in ring), key=abs))

    def _comes_back(self, point: QgsPointXY, lonlat: QgsPointXY) -> bool:
        back = _transformed(self._back, lonlat)
        if back is None:
            return False
        slack = FOLD * (abs(point.x()) + abs(point.y()) + 1.0)
        gap = abs(back.x() - point.x())
        turns = round(gap / self._period) if self._period else 0  # a map may show the world several times
        return abs(back.y() - point.y()) <= slack and abs(gap - turns * self._period) <= slack

    def _world_width(self) -> float:
        west = _transformed(self._back, QgsPointXY(-180, 0))
        east = _transformed(self._back, QgsPointXY(180, 0))
        return abs(east.x() - west.x()) if west is not None and east is not None else 0.0


def to_lonlat(polygon: QgsGeometry, projection: Projection) -> QgsGeometry:
    """The area of one valid polygon of straight 2D edges, within ±180 and ±90. May be empty or of many parts.

    Each ring is cut by itself before holes are taken out, as a hole may come out one turn beside its shell.
    """
    rings = polygon.asPolygon()
    if projection.is_identity:
        return within_world(QgsGeometry(polygon))
    area = within_world(_ring_area(rings[0], projection))
    for hole in rings[1:]:
        area = area.difference(within_world(_ring_area(hole, projection)))
    return area


def within_world(area: QgsGeometry) -> QgsGeometry:
    """Cut at each odd multiple of 180 and moved to ±180; latitudes clipped."""
    box = area.boundingBox()
    if max(abs(box.xMinimum()), abs(box.xMaximum())) > FARTHEST:
        raise BadInput(code="aoi_outside")
    if QgsRectangle(-180, -90, 180, 90).contains(box):
        return area
    pieces = []
    for turn in range(math.floor((box.xMinimum() + 180) / 360), math.ceil((box.xMaximum() + 180) / 360)):
        east = 360.0 * turn
        piece = area.intersection(QgsGeometry.fromRect(QgsRectangle(east - 180, -90, east + 180, 90)))
        piece.translate(-east, 0)
        pieces += polygons(piece)
    return QgsGeometry.unaryUnion(pieces)


def polygons(geometry: Optional[QgsGeometry]) -> list[QgsGeometry]:
    """All polygons in it, with their holes, in 2D and with straight edges; other kinds are left out."""
    if geometry is None or geometry.isNull() or geometry.isEmpty():
        return []
    if geometry.isMultipart():
        return [one for part in geometry.asGeometryCollection() for one in polygons(part)]
    if QgsWkbTypes.geometryType(geometry.wkbType()) != QgsWkbTypes.GeometryType.PolygonGeometry:
        return []
    return [QgsGeometry.fromPolygonXY(geometry.asPolygon())]


def repaired(polygon: QgsGeometry) -> list[QgsGeometry]:
    """Valid polygons of the same area, where it is not counted twice. (A buffer of 0 would lose parts.)"""
    return [polygon] if polygon.isGeosValid() else polygons(polygon.makeValid())


def _ring_area(ring: Ring, projection: Projection) -> QgsGeometry:
    line = _Tracer(ring, projection).line
    turned = line[-1].x() - line[0].x()
    if abs(turned) > 180:  # round a pole: closed along it
        pole = projection.pole_within(ring)
        line += [QgsPointXY(line[-1].x(), pole), QgsPointXY(line[0].x(), pole), line[0]]
    return QgsGeometry.collectGeometry(repaired(QgsGeometry.fromPolygonXY([line])))


class _Tracer:
    """Follows a ring in longitudes that do not jump at ±180; `line` ends where it began, or a turn beside."""

    def __init__(self, ring: Ring, projection: Projection) -> None:
        self._projection = projection
        box = QgsGeometry.fromPolygonXY([ring]).boundingBox()
        self._short = SHORT_EDGE * math.hypot(box.width(), box.height())
        corners = [projection.lonlat(point) for point in ring]
        self._tolerance = max(SMALLEST_BEND, BEND * _spread(corners))
        self.line: Ring = [corners[0]]
        for start, end, corner in zip(ring, ring[1:], corners[1:]):
            self._follow(start, end, corner, MAX_SPLITS)

    def _follow(self, start: QgsPointXY, end: QgsPointXY, corner: QgsPointXY, splits: int) -> None:
        here = self.line[-1]
        there = _near(corner, here)
        if not splits or self._is_straight(start, end, here, there):
            self.line.append(there)
            return
        middle = _between(start, end, 0.5)
        self._follow(start, middle, self._projection.lonlat(middle), splits - 1)
        self._follow(middle, end, corner, splits - 1)

    def _is_straight(self, start: QgsPointXY, end: QgsPointXY, here: QgsPointXY, there: QgsPointXY) -> bool:
        if start.distance(end) < self._short:
            return True
        for share in LOOK_AT:
            true, guess = self._projection.lonlat(_between(start, end, share)), _between(here, there, share)
            if _metres_off(_near(true, guess), here, there) > self._tolerance:
                return False
        return True


def _transformed(transform: QgsCoordinateTransform, point: QgsPointXY) -> Optional[QgsPointXY]:
    """None out of the projection's range, where PROJ fails or answers infinity."""
    try:
        found = transform.transform(point)
    except QgsCsException:
        return None
    return found if math.isfinite(found.x()) and math.isfinite(found.y()) else None


def _near(point: QgsPointXY, other: QgsPointXY) -> QgsPointXY:
    """The same place, whole turns away, with the longitude nearest to the other's."""
    return QgsPointXY(point.x() - 360 * round((point.x() - other.x()) / 360), point.y())


def _between(start: QgsPointXY, end: QgsPointXY, share: float) -> QgsPointXY:
    return QgsPointXY(start.x() + (end.x() - start.x()) * share, start.y() + (end.y() - start.y()) * share)


def _metres_off(point: QgsPointXY, start: QgsPointXY, end: QgsPointXY) -> float:
    """From a point to an edge. Not to its place along the edge, as Mercator only stretches its meridians."""
    narrowing = math.cos(math.radians(point.y()))
    x, y = (start.x() - point.x()) * narrowing, start.y() - point.y()
    dx, dy = (end.x() - start.x()) * narrowing, end.y() - start.y()
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, -(x * dx + y * dy) / length)) if length else 0.0
    return EARTH_RADIUS * math.radians(math.hypot(x + along * dx, y + along * dy))


def _spread(points: Sequence[QgsPointXY]) -> float:
    """Metres from the first point to the one farthest from it, through the Earth: right also at a pole."""

    def place(point: QgsPointXY) -> tuple[float, float, float]:
        lon, lat = math.radians(point.x()), math.radians(point.y())
        return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)

    first = place(points[0])
    return EARTH_RADIUS * max(math.dist(first, place(point)) for point in points)
