"""Where a preview lies on the ground, told in the CRS that its pixels are in. Any thread.

Fitting it to degrees instead would be wrong by up to kilometres: meridians converge, scenes are rotated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from qgis.core import QgsCoordinateReferenceSystem

from ..api.errors import BadInput
from ..api.models import Image
from .corners import bounds, corners, in_picture_order, sides_ratio
from .crs_cache import metric_crs_of
from .geometry import Box, Point, outline, project, read_crs, unwrapped, wgs84
from .late_numpy import np
from .raster_box import box_corners, raster_box

PADDED_FROM = 0.02  # a picture's aspect that is further off than this is padded to its box, and centred


@dataclass(frozen=True)
class Placing:
    """`ground[i]` in `crs` is the place of `pixels[i]` (column, row; edges, so 0 to width): top left first,
    then clockwise."""

    crs: QgsCoordinateReferenceSystem
    pixels: tuple[Point, ...]
    ground: tuple[Point, ...]
    scene: tuple[Point, ...] = ()  # corners of the image within `ground`, where the rest is collar

    @property
    def is_north_up(self) -> bool:
        (left, top), (right, top2), (right2, bottom), (left2, bottom2) = self.ground
        return left == left2 and right == right2 and top == top2 and bottom == bottom2


def place(image: Image, width: int, height: int, empty: Optional[np.ndarray] = None) -> Placing:
    """The place of a picture of `width` × `height` pixels of `image`.

    With CRS, size and pixel size of the raster known, and a footprint that fits them, it is exact; else the
    footprint's corners are matched by geometry. `empty` (see `picture.emptiness`) tells a rotated scene that
    was drawn north-up with a collar. Raises `BadInput`, code "footprint", where there is none to go by.
    """
    ring = outline(image.footprint)
    if not ring:
        raise BadInput("no usable footprint", code="footprint")
    crs = read_crs(image.crs)
    if crs is not None:
        box = raster_box(image, ring, crs)
        if box is not None:
            return _placing(crs, box_corners(box), width, height, _pixel_aspect(image) or width / height)
    return _by_corners(image, ring, crs, width, height, empty)


def place_outline(
    ring: Sequence[Point], width: int, height: int, collars: Sequence[np.ndarray] = ()
) -> Placing:
    """The place of a picture of which only the ground's outline is known (see `geometry.outline`): the whole
    picture fills it, unless what lies beside proves empty.

    `collars` are masks of what may be empty. With a collar the picture is north-up, in metres or in degrees.
    Raises `BadInput`, code "footprint", where there is none to go by.
    """
    crs, quad = _metric_quad(ring)
    quad = in_picture_order(quad, width / height, max(PADDED_FROM, 1 / min(width, height)))
    for grid, scene in ((crs, quad), (wgs84(), unwrapped(project(quad, crs, wgs84())))):
        box = box_corners(bounds(scene or quad))
        if any(_has_collar(scene, box, empty) for empty in collars if scene):
            return Placing(grid, tuple(box_corners(_whole(width, height))), tuple(box), tuple(scene))
    content = _content(width, height, sides_ratio(quad))
    if not any(_is_empty_beside(content, empty) for empty in collars):
        content = _whole(width, height)
    return Placing(crs, tuple(box_corners(content)), tuple(quad))


def depth(quad: Sequence[Point], box: Sequence[Point], rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """How deep in a clockwise `quad` places of `box` are, which run from 0 to 1 and start at its top left."""
    (left, top), (right, _), (_, bottom), _ = box
    x, y = left + columns * (right - left), top + rows * (bottom - top)
    return np.min([_distance(a, b, x, y) for a, b in zip(quad, [*quad[1:], quad[0]])], axis=0)


def _by_corners(
    image: Image,
    ring: Sequence[Point],
    crs: Optional[QgsCoordinateReferenceSystem],
    width: int,
    height: int,
    empty: Optional[np.ndarray],
) -> Placing:
    points = project(ring, wgs84(), crs) if crs is not None else []
    if crs is None or not points:
        crs, quad = _metric_quad(ring)
    else:
        quad = _quad(points)
    aspect, tolerance = _ground_aspect(image), PADDED_FROM
    if aspect is None:
        aspect, tolerance = width / height, max(PADDED_FROM, 1 / min(width, height))
    quad = in_picture_order(quad, aspect, tolerance)
    box = box_corners(bounds(quad))
    if empty is not None and _has_collar(quad, box, empty):
        return Placing(crs, tuple(box_corners(_whole(width, height))), tuple(box), tuple(quad))
    return _placing(crs, quad, width, height, _pixel_aspect(image) or sides_ratio(quad))


def _metric_quad(ring: Sequence[Point]) -> tuple[QgsCoordinateReferenceSystem, list[Point]]:
    if not ring:
        raise BadInput("no usable footprint", code="footprint")
    crs = metric_crs_of(ring)
    return crs, _quad(project(ring, wgs84(), crs))


def _quad(points: Sequence[Point]) -> list[Point]:
    quad = corners(points) if points else []
    if not quad:
        raise BadInput("the footprint has no area", code="footprint")
    return quad


def _placing(
    crs: QgsCoordinateReferenceSystem, quad: Sequence[Point], width: int, height: int, aspect: float
) -> Placing:
    return Placing(crs, tuple(box_corners(_content(width, height, aspect))), tuple(quad))


def _content(width: int, height: int, aspect: float) -> Box:
    """The part of a picture that is image, as box_corners takes it: rows grow downwards, so ymax is its top.

    A pixel is always granted: it is much in proportion for the short side of a strip.
    """
    right_width, right_height = height * aspect, width / aspect
    if abs(width - right_width) <= max(1.0, PADDED_FROM * width) or (
        abs(height - right_height) <= max(1.0, PADDED_FROM * height)
    ):
        return _whole(width, height)
    if right_width < width:
        margin = (width - right_width) / 2
        return margin, float(height), width - margin, 0.0
    margin = (height - right_height) / 2
    return 0.0, height - margin, float(width), margin


def _is_empty_beside(content: Box, empty: np.ndarray) -> bool:
    """True where a picture holds nothing but in `content`; False where there is nothing beside it."""
    left, bottom, right, top = content
    beside = np.ones(empty.shape, bool)
    beside[math.ceil(top) : math.floor(bottom), math.ceil(left) : math.floor(right)] = False
    return bool(beside.any() and empty[beside].mean() > 0.9)


def _whole(width: int, height: int) -> Box:
    return 0.0, float(height), float(width), 0.0


def _pixel_aspect(image: Image) -> Optional[float]:
    return image.width / image.height if image.width and image.height else None


def _ground_aspect(image: Image) -> Optional[float]:
    if not (image.width and image.height):
        return None
    x, y = image.pixel_size or (1.0, 1.0)
    return image.width * x / (image.height * y)


def _has_collar(quad: Sequence[Point], box: Sequence[Point], empty: np.ndarray) -> bool:
    """True where a picture that fills `box` is empty outside of `quad`, and not inside."""
    height, width = empty.shape
    if _content(width, height, sides_ratio(box)) != _whole(width, height):
        return False
    steps = (np.arange(64) + 0.5) / 64
    rows, columns = np.meshgrid(steps, steps, indexing="ij")
    distance = depth(quad, box, rows, columns)
    margin = 0.02 * math.dist(box[0], box[2])
    outside, inside = distance < -margin, distance > margin
    if outside.mean() < PADDED_FROM:
        return False
    sample = empty[(rows * height).astype(int), (columns * width).astype(int)]
    return bool(sample[outside].mean() > 0.9 and sample[inside].mean() < 0.5)


def _distance(start: Point, end: Point, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far points lie to the right of a line: inside of a clockwise ring."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    return -(dx * (y - start[1]) - dy * (x - start[0])) / math.hypot(dx, dy)
