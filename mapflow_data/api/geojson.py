"""Polygons as the API has them (GeoJSON, WGS 84) to nested tuples and back. Any thread."""

from __future__ import annotations

import math
from typing import Any, Optional

from . import fields

Position = tuple[float, float]  # longitude, latitude
Ring = tuple[Position, ...]
Polygon = tuple[Ring, ...]  # the outer ring, then holes
Polygons = tuple[Polygon, ...]
SLACK = 1e-6  # degrees by which rounding may pass the edge of the world


def read_polygons(data: Any) -> Optional[Polygons]:
    """Of a Polygon or MultiPolygon, heights dropped; None for anything else, or out of the world."""
    geometry = fields.mapping(data)
    parts = fields.sequence(geometry.get("coordinates"))
    if geometry.get("type") == "Polygon":
        parts = [parts]
    elif geometry.get("type") != "MultiPolygon":
        return None
    try:
        polygons = tuple(tuple(map(_ring, part)) for part in parts)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return polygons if polygons and all(polygons) else None


def write_polygons(polygons: Polygons) -> dict[str, Any]:
    """A Polygon where there is one part, else a MultiPolygon."""
    parts = [[[list(position) for position in ring] for ring in polygon] for polygon in polygons]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def _ring(points: Any) -> Ring:
    ring = tuple((float(point[0]), float(point[1])) for point in points)
    if len(ring) < 3 or not all(map(_is_on_earth, ring)):
        raise ValueError("not a ring")
    return ring if ring[0] == ring[-1] else (*ring, ring[0])


def _is_on_earth(position: Position) -> bool:
    longitude, latitude = position
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        return False
    return abs(longitude) <= 180 + SLACK and abs(latitude) <= 90 + SLACK
