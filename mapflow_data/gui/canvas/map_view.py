"""What the map itself does for footprints: goes there, or flashes one where it is. Main thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional

from qgis.core import QgsCsException, QgsGeometry, QgsProject, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QAbstractAnimation, QVariantAnimation

from ...layers.drawn import Plane, gather, halves
from ...layers.geometry import read_footprint

ZOOM_MARGIN = 1.1
SMALL = 6  # pixels: a flash of less is not seen, its middle is marked in its place


class MapView:
    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        self._canvas = canvas
        self._project = project
        self._flash: Optional[QAbstractAnimation] = None

    def zoom_to(self, footprints_wkt: Iterable[str]) -> bool:
        """Shows the areas (WKT, WGS 84). False if there is none with an extent that the canvas can show."""
        try:
            extent = _extent(gather(footprints_wkt), self._plane())
        except QgsCsException:
            return False
        if extent.isNull() or not extent.isFinite():
            return False
        extent.scale(ZOOM_MARGIN)
        self._canvas.setExtent(extent, True)
        self._canvas.refresh()
        return True

    def flash(self, footprint_wkt: str) -> bool:
        """Without moving the map. False if there is nothing to flash on it. The last one counts."""
        footprint = read_footprint(footprint_wkt)
        shape = footprint if footprint.isNull() else self._plane().shape(footprint)
        if shape.isNull():
            return False
        self._end_flash()
        box = shape.boundingBox()
        if max(box.width(), box.height()) < SMALL * self._canvas.mapUnitsPerPixel():
            shape = QgsGeometry.fromPointXY(box.center())
        before = self._animations()
        self._canvas.flashGeometries([shape], self._canvas.mapSettings().destinationCrs())
        self._flash = next((one for one in self._animations() if one not in before), None)
        return True

    def _end_flash(self) -> None:
        """At its end a flash takes its rubber band off the canvas; stopped before it would leave it there."""
        flash, self._flash = self._flash, None
        if flash is not None and not sip.isdeleted(flash):
            flash.setCurrentTime(flash.totalDuration())

    def _animations(self) -> list[QVariantAnimation]:
        return self._canvas.findChildren(QVariantAnimation)

    def _plane(self) -> Plane:
        return Plane(self._canvas.mapSettings().destinationCrs(), self._project.transformContext())


def _extent(footprints: Sequence[QgsGeometry], plane: Plane) -> QgsRectangle:
    """Of footprints in WGS 84, as the map draws them.

    Where the map ends at ±180°, one that lies astride that line is drawn at both of its ends, and nothing
    between them is looked for. A map cannot be moved past its end, so one side is shown: the one nearer to
    the other footprints, or else the larger one.
    """
    astride = [sides for footprint in footprints if (sides := halves(footprint))]
    astride = [sides for sides in astride if plane.is_cut_at_180(sides[0].boundingBox().center().y())]
    if not astride:
        return plane.extent(footprints)
    others = [footprint for footprint in footprints if not halves(footprint)]
    choices = [[sides[number] for sides in astride] for number in (0, 1)]
    if not others:
        return plane.extent(max(choices, key=lambda shapes: sum(shape.area() for shape in shapes)))
    extents = [plane.extent([*others, *shapes]) for shapes in choices]
    return min(extents, key=QgsRectangle.width)
