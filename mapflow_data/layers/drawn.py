"""Footprints as a map of any CRS draws them: by their corners, cut at ±180° where the CRS is. Any thread."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsGeometry,
    QgsLineString,
    QgsPointXY,
    QgsRectangle,
)

from .geometry import read_footprint, wgs84

_RING = r"\(\(([-+.\deE, ]+)\)\)"
_PLAIN = re.compile(rf"\s*(?:POLYGON\s*{_RING}|MULTIPOLYGON\s*\({_RING}\))\s*", re.IGNORECASE)
HALF_A_TURN = 180.0
BESIDE_THE_LINE = 180 - 1e-6  # degrees
OFF_THE_LINE = 170.0


class Plane:
    """The plane of a map: where on it lies what is in WGS 84. Without a CRS the plane is that of degrees."""

    def __init__(self, crs: QgsCoordinateReferenceSystem, context: QgsCoordinateTransformContext) -> None:
        self._transform = QgsCoordinateTransform(wgs84(), crs if crs.isValid() else wgs84(), context)
        self._transform.setBallparkTransformsAreAppropriate(True)

    def shape(self, footprint: QgsGeometry) -> QgsGeometry:
        """Null for one that has no place there."""
        moved = QgsGeometry(footprint)
        try:
            moved.transform(self._transform)
        except QgsCsException:
            return QgsGeometry()
        return moved if _is_finite(moved.boundingBox()) else QgsGeometry()

    def extent(self, shapes: Iterable[QgsGeometry]) -> QgsRectangle:
        """Of all of them, the null rectangle for none. Raises QgsCsException where it cannot be told."""
        extent = QgsRectangle()
        for shape in shapes:
            drawn = self.shape(shape)
            if drawn.isNull():  # corners of it are out of range
                extent.combineExtentWith(self._transform.transformBoundingBox(shape.boundingBox()))
            else:
                extent.combineExtentWith(drawn.boundingBox())
        return extent

    def clipped(self, area: QgsGeometry) -> QgsGeometry:
        """A polygon of the map without what lies past the ends of the world, where the map has such ends."""
        if not self.is_cut_at_180(0):
            return area
        box = area.boundingBox()
        ends = self.shape(QgsGeometry.fromPolylineXY([QgsPointXY(-180, 0), QgsPointXY(180, 0)])).boundingBox()
        if ends.xMinimum() <= box.xMinimum() and box.xMaximum() <= ends.xMaximum():
            return area
        window = QgsRectangle(ends.xMinimum(), box.yMinimum(), ends.xMaximum(), box.yMaximum())
        return area.intersection(QgsGeometry.fromRect(window))

    def is_cut_at_180(self, latitude: float) -> bool:
        """Whether the line at ±180° is at both ends of the map."""
        try:
            west, east, near = (
                self._transform.transform(QgsPointXY(x, latitude))
                for x in (-BESIDE_THE_LINE, BESIDE_THE_LINE, OFF_THE_LINE)
            )
        except QgsCsException:
            return False
        return bool(west.distance(east) > east.distance(near))


def gather(footprints_wkt: Iterable[str]) -> list[QgsGeometry]:
    """Those that can be read, for their extent alone: there may be ten thousand of them, so the ordinary
    ones are one line along all of their corners.
    """
    xs: list[float] = []
    ys: list[float] = []
    others = []
    for wkt in footprints_wkt:
        corners = _plain_corners(wkt)
        if corners is not None:
            xs += corners[0]
            ys += corners[1]
        elif not (footprint := read_footprint(wkt)).isNull():
            others.append(footprint)
    return [QgsGeometry(QgsLineString(xs, ys)), *others] if xs else others


def halves(footprint: QgsGeometry) -> Optional[tuple[QgsGeometry, QgsGeometry]]:
    """The sides, up to 180° and from -180° on, of one that lies astride that line; None for any other."""
    if footprint.boundingBox().width() <= HALF_A_TURN:
        return None
    parts = footprint.asGeometryCollection()
    up_to = [part for part in parts if part.boundingBox().center().x() > 0]
    beyond = [part for part in parts if part.boundingBox().center().x() <= 0]
    if not up_to or not beyond:
        return None
    sides = QgsGeometry.collectGeometry(up_to), QgsGeometry.collectGeometry(beyond)
    width = sides[1].boundingBox().xMaximum() + 360 - sides[0].boundingBox().xMinimum()
    return sides if width <= HALF_A_TURN else None


def _is_finite(box: QgsRectangle) -> bool:
    return all(map(math.isfinite, (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())))


def _plain_corners(wkt: str) -> Optional[tuple[list[float], list[float]]]:
    """Of one ring without Z on one side of the line at 180°; None for anything else."""
    match = _PLAIN.fullmatch(wkt)
    if match is None:
        return None
    ring = match[1] or match[2]
    try:
        values = [float(value) for value in ring.replace(",", " ").split()]
    except ValueError:
        return None
    xs, ys = values[::2], values[1::2]
    if len(values) != 2 * (ring.count(",") + 1) or min(ys) < -90 or max(ys) > 90:
        return None
    west, east = min(xs), max(xs)
    return (xs, ys) if west >= -180 and east <= 180 and east - west < HALF_A_TURN else None
