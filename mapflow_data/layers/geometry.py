"""Footprints as geometry, the CRS to measure them in, the line at ±180°. Any thread."""

from __future__ import annotations

import math
import re
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

from .lonlat import polygons as polygons_in

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # xmin, ymin, xmax, ymax
Polygons = Sequence[Sequence[Sequence[Point]]]  # of rings, shell first, of points

MAX_LATITUDE = 90.0
MAX_LONGITUDE = 540.0  # rings that run past 180 are taken, other numbers are no degrees


def wgs84() -> QgsCoordinateReferenceSystem:
    return QgsCoordinateReferenceSystem("EPSG:4326")


def read_crs(text: str) -> Optional[QgsCoordinateReferenceSystem]:
    """The CRS of "EPSG:32631", a bare number or WKT; None where it cannot be told.

    Nothing else is tried: a general reader would also open files and addresses that a server names.
    """
    match = re.fullmatch(r"(?:EPSG:{1,2})?(\d{4,6})", text.strip(), flags=re.IGNORECASE)
    if match:
        crs = QgsCoordinateReferenceSystem(f"EPSG:{match.group(1)}")
    else:
        crs = QgsCoordinateReferenceSystem.fromWkt(text)
    return crs if crs.isValid() else None


def metric_crs(longitude: float, latitude: float) -> QgsCoordinateReferenceSystem:
    """The UTM zone of a place in WGS 84; near the poles a plane that touches there, with north up."""
    if latitude >= 84 or latitude <= -80:
        return QgsCoordinateReferenceSystem.fromProj(
            f"+proj=laea +lat_0={latitude:.3f} +lon_0={longitude:.3f} +datum=WGS84 +units=m +type=crs"
        )
    zone = int((longitude + 180) // 6) % 60 + 1
    return QgsCoordinateReferenceSystem(f"EPSG:{32600 + zone if latitude >= 0 else 32700 + zone}")


def project(
    points: Sequence[Point], source: QgsCoordinateReferenceSystem, target: QgsCoordinateReferenceSystem
) -> list[Point]:
    """The points in `target`; empty where one of them has no place there."""
    transform = QgsCoordinateTransform(source, target, QgsCoordinateTransformContext())
    try:
        moved = [transform.transform(QgsPointXY(x, y)) for x, y in points]
    except QgsCsException:
        return []
    result = [(p.x(), p.y()) for p in moved]
    return result if all(math.isfinite(v) for p in result for v in p) else []


def read_footprint(wkt: str) -> QgsGeometry:
    """A MultiPolygon in WGS 84 within ±180°, or a null geometry for what cannot be one."""
    return footprint_of(_polygons(wkt))


def footprint_of(polygons: Polygons) -> QgsGeometry:
    """As `read_footprint`, of rings as points.

    A ring that crosses the line at ±180° is cut there: drawn as it comes it would go round the world.
    """
    parts: list[list[list[QgsPointXY]]] = []
    for polygon in _plausible(polygons):
        rings = [unwrapped(ring) for ring in polygon]
        if all(-180 <= x <= 180 for x, _ in rings[0]):
            parts.append([[QgsPointXY(x, y) for x, y in ring] for ring in rings])
        else:
            parts += _cut_at_180(from_rings(rings))
    if not parts:
        return QgsGeometry()
    result = QgsGeometry.fromMultiPolygonXY(parts)
    return result if result.area() > 0 else QgsGeometry()


def outline(wkt: str) -> list[Point]:
    """The outer ring of a footprint, not closed, in continuous degrees; of several parts the largest.

    Two halves on both sides of ±180° are one part. Empty for what cannot be a footprint.
    """
    return outline_of(_polygons(wkt))


def outline_of(polygons: Polygons) -> list[Point]:
    """As `outline`, of rings as points."""
    parts = [from_rings([unwrapped(polygon[0])]) for polygon in _plausible(polygons)]
    if not parts:
        return []
    west = [part for part in parts if part.boundingBox().xMinimum() <= -180 + 1e-6]
    east = [part for part in parts if part.boundingBox().xMaximum() >= 180 - 1e-6]
    if west and east and len(parts) == len(west) + len(east):
        for part in west:
            part.translate(360, 0)
        joined = QgsGeometry.unaryUnion(parts)
        parts = polygons_in(joined)
    largest = max(parts, key=lambda part: part.area(), default=QgsGeometry())
    if largest.isNull() or largest.area() <= 0:
        return []
    return points_of(largest)


def unwrapped(ring: Sequence[Point]) -> list[Point]:
    """The ring with longitudes that never jump by more than half a turn."""
    result: list[Point] = []
    for x, y in ring:
        turns = round((result[-1][0] - x) / 360) if result else 0
        result.append((x + 360 * turns, y))
    return result


def _polygons(wkt: str) -> Polygons:
    """Polygons as rings as points, without Z."""
    geometry = QgsGeometry.fromWkt(wkt) if wkt else QgsGeometry()
    if geometry.isNull() or geometry.type() != QgsWkbTypes.GeometryType.PolygonGeometry:
        return []
    return [[[(p.x(), p.y()) for p in ring] for ring in polygon] for polygon in _as_multi(geometry)]


def _plausible(polygons: Polygons) -> Polygons:
    """Those with rings of an area; none at all unless all are plausible degrees."""
    found = [[ring for ring in polygon if len(ring) >= 4] for polygon in polygons]
    values = [point for polygon in found for ring in polygon for point in ring]
    if not all(abs(x) <= MAX_LONGITUDE and abs(y) <= MAX_LATITUDE for x, y in values):
        return []  # NaN compares false, too
    return [polygon for polygon in found if polygon]


def _as_multi(geometry: QgsGeometry) -> list[list[list[QgsPointXY]]]:
    copy = QgsGeometry(geometry)
    copy.convertToMultiType()
    return copy.asMultiPolygon()


def from_rings(rings: Sequence[Sequence[Point]]) -> QgsGeometry:
    return QgsGeometry.fromPolygonXY([[QgsPointXY(*p) for p in ring] for ring in rings])


def points_of(polygon: QgsGeometry) -> list[Point]:
    """The outer ring of a polygon, not closed."""
    rings = polygon.asPolygon()
    return [(p.x(), p.y()) for p in rings[0][:-1]] if rings else []


def _cut_at_180(geometry: QgsGeometry) -> list[list[list[QgsPointXY]]]:
    """The parts within ±180° of a polygon in continuous degrees."""
    parts: list[list[list[QgsPointXY]]] = []
    if not geometry.isGeosValid():
        geometry = geometry.makeValid()
    for turn in (-2, -1, 0, 1, 2):
        window = QgsRectangle(-180 + 360 * turn, -90, 180 + 360 * turn, 90)
        part = geometry.intersection(QgsGeometry.fromRect(window))
        if part.isNull() or part.area() <= 0:
            continue
        part.translate(-360 * turn, 0)
        parts += [polygon.asPolygon() for polygon in polygons_in(part)]  # not the lines where it folds
    return parts
