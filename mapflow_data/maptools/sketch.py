"""What has been clicked so far, as corners in map coordinates. No widgets; main thread, with the tool."""

from __future__ import annotations

from enum import Enum
from typing import Optional, Protocol

from qgis.core import QgsMapToPixel, QgsPointXY

SAME_PLACE = 2  # pixels; the second press of a double click is no corner


class Shape(Enum):
    POLYGON = "polygon"
    RECTANGLE = "rectangle"


class Sketch(Protocol):
    """Mouse buttons in, a ring out. Points are in map coordinates, `view` tells where these are on screen."""

    corners: list[QgsPointXY]

    def press(self, point: QgsPointXY) -> None: ...

    def release(self, point: QgsPointXY, is_dragged: bool, view: QgsMapToPixel) -> None: ...

    def is_complete(self) -> bool:
        """Without more to do: there is no other place for a corner."""

    def ring(self, cursor: Optional[QgsPointXY], view: QgsMapToPixel) -> list[QgsPointXY]:
        """Not closed. With the cursor as the corner to come, where it is given."""


class PolygonSketch:
    """A corner for each click."""

    def __init__(self) -> None:
        self.corners: list[QgsPointXY] = []

    def press(self, point: QgsPointXY) -> None:
        """A corner is set where the button is let go."""

    def release(self, point: QgsPointXY, is_dragged: bool, view: QgsMapToPixel) -> None:
        nearest = SAME_PLACE * view.mapUnitsPerPixel()
        if not self.corners or self.corners[-1].distance(point) > nearest:
            self.corners.append(point)

    def is_complete(self) -> bool:
        return False

    def ring(self, cursor: Optional[QgsPointXY], view: QgsMapToPixel) -> list[QgsPointXY]:
        return [*self.corners, cursor] if cursor is not None else list(self.corners)


class RectangleSketch:
    """Two opposite corners, by a drag or by two clicks; upright on screen, however the map is rotated."""

    def __init__(self) -> None:
        self.corners: list[QgsPointXY] = []

    def press(self, point: QgsPointXY) -> None:
        if not self.corners:
            self.corners.append(point)

    def release(self, point: QgsPointXY, is_dragged: bool, view: QgsMapToPixel) -> None:
        is_second_click = self.corners[0].distance(point) > SAME_PLACE * view.mapUnitsPerPixel()
        if is_dragged or is_second_click:
            self.corners[1:] = [point]

    def is_complete(self) -> bool:
        return len(self.corners) == 2

    def ring(self, cursor: Optional[QgsPointXY], view: QgsMapToPixel) -> list[QgsPointXY]:
        ends = [*self.corners, cursor][:2] if cursor is not None else list(self.corners)
        if len(ends) < 2:
            return ends
        one, other = (view.transform(end) for end in ends)
        return [
            ends[0],
            view.toMapCoordinatesF(other.x(), one.y()),
            ends[1],
            view.toMapCoordinatesF(one.x(), other.y()),
        ]


def make_sketch(shape: Shape) -> Sketch:
    return PolygonSketch() if shape is Shape.POLYGON else RectangleSketch()
