"""Footprints as a map of any CRS draws them: by their corners, cut at ±180° where the CRS is. Any thread."""

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

from .geometry import read_footprint, wgs84

WORLD = QgsRectangle(-180, -90, 180, 90)
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

    def extent(self, footprints: Sequence[QgsGeometry]) -> QgsRectangle:
        """Of all of them, the null rectangle for none. Raises QgsCsException where it cannot be told."""
        if not footprints:
            return QgsRectangle()
        collected = QgsGeometry.collectGeometry(footprints)
        shape = self.shape(collected)
        if not shape.isNull():
            return shape.boundingBox()
        return self._transform.transformBoundingBox(collected.boundingBox())  # its corners are out of range

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


def footprint_of_wkt(wkt: str) -> QgsGeometry:
    """As `read_footprint`, which is only asked about what is out of the ordinary: there may be many."""
    geometry = QgsGeometry.fromWkt(wkt) if wkt else QgsGeometry()
    if geometry.isEmpty() or geometry.type() != QgsWkbTypes.GeometryType.PolygonGeometry:
        return QgsGeometry()
    box = geometry.boundingBox()
    is_plain = WORLD.contains(box) and box.width() < HALF_A_TURN
    return geometry if is_plain else read_footprint(wkt)


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
