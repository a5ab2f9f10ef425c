"""Keeps workers from breaking the CRSs of everybody. Main thread."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsCoordinateReferenceSystem

from .corners import bounds
from .geometry import Point, metric_crs, read_crs

OF_TILES = ("EPSG:4326", "EPSG:3857")


def acquaint(*rings: Sequence[Point], crs: str = "") -> None:
    """Lets QGIS meet the CRSs that a worker is going to use for a raster's CRS and for outlines in WGS 84.

    QGIS caches a CRS with the thread that asks for it first. When that thread ends, as those of tasks do
    after half a minute without work, the cached CRS has lost its definition, for every layer and thread.
    """
    for everywhere in OF_TILES:
        QgsCoordinateReferenceSystem(everywhere)
    if crs:
        read_crs(crs)
    for ring in rings:
        if ring:
            metric_crs_of(ring)


def metric_crs_of(ring: Sequence[Point]) -> QgsCoordinateReferenceSystem:
    """`metric_crs` of the middle of a ring. Any thread that was acquainted with it."""
    xmin, ymin, xmax, ymax = bounds(ring)
    return metric_crs((xmin + xmax) / 2, (ymin + ymax) / 2)
