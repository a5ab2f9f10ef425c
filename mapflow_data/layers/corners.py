"""The corners of a ring in the order of a picture's, whatever it starts with. Any thread."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .geometry import Box, Point, from_rings

COLLINEAR = 0.01  # of the diagonal: a vertex nearer to its neighbours' line is no corner
FLAT = 1e-9  # area by squared length of what is a line but for rounding


def corners(points: Sequence[Point]) -> list[Point]:
    """The four corners of a ring in projected units, clockwise; empty where there is no area.

    A ring of more corners stands for its smallest rotated rectangle.
    """
    ring = _without_collinear(points)
    if len(ring) != 4 or not _is_convex(ring):
        box = from_rings([points]).orientedMinimumBoundingBox()[0]
        if box.isNull() or box.area() <= FLAT * box.length() ** 2:
            return []
        ring = [(p.x(), p.y()) for p in box.asPolygon()[0][:-1]]
    return ring if signed_area(ring) < 0 else ring[::-1]


def in_picture_order(quad: Sequence[Point], aspect: float, tolerance: float = 0.02) -> list[Point]:
    """Clockwise corners so that the first is the picture's top left one, whatever the ring started with.

    `aspect` is the picture's width by height on the ground. Where it fits one pair of sides only, that
    decides; then the top side that points most nearly east: scenes are taken less than 45° off north.
    """
    turns = [list(quad[i:]) + list(quad[:i]) for i in range(4)]
    fitting = [turn for turn in turns if abs(math.log(aspect / sides_ratio(turn))) <= tolerance]
    return min(fitting or turns, key=lambda turn: abs(_angle(turn[0], turn[1])))


def sides_ratio(quad: Sequence[Point]) -> float:
    """Mean length of top and bottom by that of left and right."""
    top, right, bottom, left = (math.dist(quad[i], quad[(i + 1) % 4]) for i in range(4))
    return (top + bottom) / (right + left)


def bounds(points: Sequence[Point]) -> Box:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def signed_area(ring: Sequence[Point]) -> float:
    """Positive for a ring that runs counter-clockwise."""
    closed = [*ring, ring[0]]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(closed, closed[1:])) / 2


def _without_collinear(points: Sequence[Point]) -> list[Point]:
    """Only the vertices that stand out of the line of their neighbours, least ones dropped first."""
    box = bounds(points)
    limit = COLLINEAR * math.dist(box[:2], box[2:])
    thin = from_rings([[*points, points[0]]]).simplify(limit / 4).asPolygon()
    ring = [(p.x(), p.y()) for p in thin[0][:-1]] if thin else []
    while len(ring) > 3:
        heights = [_height(ring[i - 1], ring[i], ring[(i + 1) % len(ring)]) for i in range(len(ring))]
        if min(heights) > limit:
            break
        del ring[heights.index(min(heights))]
    return ring


def _height(before: Point, point: Point, after: Point) -> float:
    base = math.dist(before, after)
    if not base:
        return 0.0
    return abs(signed_area([before, point, after])) * 2 / base


def _is_convex(ring: Sequence[Point]) -> bool:
    turns = {signed_area([ring[i - 2], ring[i - 1], ring[i]]) > 0 for i in range(len(ring))}
    return len(turns) == 1


def _angle(start: Point, end: Point) -> float:
    return math.atan2(end[1] - start[1], end[0] - start[0])
