"""One area in the making: its corners, its rubber band, its size. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsMapToPixel,
    QgsPointXY,
)
from qgis.gui import QgsMapCanvas

from .band import AreaBand
from .measure import area_km2, has_area, polygon
from .sketch import Shape, make_sketch


class Drawing:
    """Lives from a start to its end; `remove` takes it off the canvas. `crs` is that of its corners."""

    def __init__(self, canvas: QgsMapCanvas, shape: Shape) -> None:
        self._canvas = canvas
        self._sketch = make_sketch(shape)
        self._band = AreaBand(canvas)
        self._cursor: Optional[QgsPointXY] = None
        self.crs: QgsCoordinateReferenceSystem = canvas.mapSettings().destinationCrs()

    def press(self, point: QgsPointXY) -> None:
        self._sketch.press(point)
        self._cursor = point

    def release(self, point: QgsPointXY, is_dragged: bool) -> None:
        self._sketch.release(point, is_dragged, self._view())
        self._cursor = point

    def move(self, point: QgsPointXY) -> None:
        self._cursor = point

    def undo(self) -> None:
        del self._sketch.corners[-1:]

    def is_complete(self) -> bool:
        return self._sketch.is_complete()

    def show(self) -> float:
        """Draws it with the cursor as the next corner; its km²."""
        ring = self._sketch.ring(self._cursor, self._view()) if self._sketch.corners else []
        self._band.show(ring, self._sketch.corners)
        return self._km2(polygon(ring))

    def geometry(self) -> QgsGeometry:
        return polygon(self._sketch.ring(None, self._view()))

    def problem(self) -> str:
        """Why it is no area yet: `too_few` corners or `no_area`; "" when it is one."""
        geometry = self.geometry()
        if geometry.isNull():
            return "too_few"
        return "" if has_area(geometry) else "no_area"

    def move_to_crs(self, crs: QgsCoordinateReferenceSystem) -> None:
        """The corners stay where they are on the ground. Raises QgsCsException when that is nowhere in it."""
        transform = QgsCoordinateTransform(self.crs, crs, self._canvas.mapSettings().transformContext())
        self._sketch.corners[:] = [transform.transform(corner) for corner in self._sketch.corners]
        self.crs, self._cursor = crs, None

    def remove(self) -> None:
        self._band.remove()

    def _km2(self, geometry: QgsGeometry) -> float:
        return area_km2(geometry, self.crs, self._canvas.mapSettings().transformContext())

    def _view(self) -> QgsMapToPixel:
        return self._canvas.mapSettings().mapToPixel()
