"""The box of a raster in its own CRS, as far as its footprint in degrees bears it out. Any thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.core import QgsCoordinateReferenceSystem

from ..api.models import Image
from .corners import bounds
from .geometry import Box, Point, project, wgs84

EXACT_PIXELS = 2.0  # how well a footprint must fit width × pixel size to be taken for the raster's box,
EXACT_SHARE = 0.001  # or how well in proportion: coarse decimals of a footprint cost more than two pixels
ALIGNED = 1e-7  # degrees


def raster_box(image: Image, ring: Sequence[Point], crs: QgsCoordinateReferenceSystem) -> Optional[Box]:
    """The raster's own box in its CRS, None where the footprint does not bear it out."""
    points = project(ring, wgs84(), crs)
    if not (points and image.width and image.height and image.pixel_size):
        return None
    size = image.width * image.pixel_size[0], image.height * image.pixel_size[1]
    box = bounds(points)
    if _fits(box, size, image.pixel_size):
        return _box_around(_middle(box), size)
    if len(ring) == 4 and _is_aligned(ring):
        return _box_of_degrees(bounds(ring), size, crs)
    return None


def box_corners(box: Box) -> list[Point]:
    """Top left, top right, bottom right, bottom left."""
    xmin, ymin, xmax, ymax = box
    return [(xmin, ymax), (xmax, ymax), (xmax, ymin), (xmin, ymin)]


def _box_of_degrees(target: Box, size: Point, crs: QgsCoordinateReferenceSystem) -> Optional[Box]:
    """The box of `size` in `crs` whose bounds in degrees are `target`: what a server tells that keeps
    bounds only."""
    middles = project([_middle(target)], wgs84(), crs)
    if not middles:
        return None
    box = _box_around(middles[0], size)
    for _ in range(3):
        degrees = project(box_corners(box), crs, wgs84())
        if not degrees:
            return None
        found = _middle(bounds(degrees))
        shift = project([_middle(target), found], wgs84(), crs)
        if not shift:
            return None
        middle = _middle(box)
        box = _box_around(
            (middle[0] + shift[0][0] - shift[1][0], middle[1] + shift[0][1] - shift[1][1]), size
        )
    found_box = bounds(project(box_corners(box), crs, wgs84()))
    target_size = target[2] - target[0], target[3] - target[1]
    pixel = tuple(EXACT_PIXELS * EXACT_SHARE * v for v in target_size)
    return box if _fits(found_box, target_size, pixel) else None


def _fits(box: Box, size: Sequence[float], pixel: Sequence[float]) -> bool:
    sides = box[2] - box[0], box[3] - box[1]
    return all(
        abs(side - wanted) <= max(EXACT_PIXELS * step, EXACT_SHARE * wanted)
        for side, wanted, step in zip(sides, size, pixel)
    )


def _box_around(middle: Point, size: Point) -> Box:
    (x, y), (w, h) = middle, size
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def _middle(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _is_aligned(ring: Sequence[Point]) -> bool:
    """True for a ring whose sides run along meridians and parallels."""
    xmin, ymin, xmax, ymax = bounds(ring)
    return all(min(x - xmin, xmax - x) <= ALIGNED and min(y - ymin, ymax - y) <= ALIGNED for x, y in ring)
