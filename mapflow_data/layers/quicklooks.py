"""A scene's quicklook as a raster where its footprint lies. Worker thread; layers: main thread."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Optional

from osgeo import gdal
from qgis.core import QgsDateTimeRange, QgsRasterLayer

from ..api.errors import BadInput
from ..api.models import CatalogItem, Preview, Quicklook
from .geometry import Point, Polygons, outline_of
from .picture import emptiness, quiet_gdal, read_picture, whiteness
from .placing import place_outline
from .previews import open_layer, raster_of, save
from .properties import QUICKLOOK, mark
from .tables import moment


def pictures_of(item: CatalogItem) -> tuple[Quicklook, ...]:
    """What to fetch for the map: those that have a place of their own, else the one of the whole item.

    Empty for an item whose preview is no picture.
    """
    if item.preview_kind != "picture":
        return ()
    placed = tuple(one for one in item.previews if one.footprint)
    if placed:
        return placed
    return (Quicklook(item.preview_url),) if item.preview_url else item.previews[:1]


def outlines_of(item: CatalogItem) -> list[list[Point]]:
    """Where the item's pictures lie, one outline each."""
    return [outline_of(one.footprint or item.footprint) for one in pictures_of(item)]


def path_of(item: CatalogItem, folder: str) -> Path:
    """Where the raster of an item is kept, whether or not it is there. A server's text is no part of it."""
    facts = (item.id, item.footprint, pictures_of(item))
    return Path(folder) / f"quicklook-{hashlib.sha256(repr(facts).encode()).hexdigest()[:24]}.tif"


def georeference_item(pictures: Sequence[tuple[Preview, Quicklook]], item: CatalogItem, folder: str) -> str:
    """The path of a tiled RGBA GeoTIFF, transparent outside, in the UTM zone of the scene's middle, or in
    degrees where the picture was drawn so. Several pictures become one.

    Raises `BadInput`, code "picture", "footprint" or "disk".
    """
    path = path_of(item, folder)
    rasters = [_placed(preview, quicklook.footprint or item.footprint) for preview, quicklook in pictures]
    if not rasters:
        raise BadInput("no picture", code="picture")
    with quiet_gdal():
        save(rasters[0] if len(rasters) == 1 else _merged(rasters), path)
    return str(path)


def name_of(item: CatalogItem) -> str:
    """Day, sensor and cloud, as far as known: "2025-07-14 JL1GF03A 2 %". Numbers only, no words."""
    day = item.acquired_at.date().isoformat() if item.acquired_at else ""
    cloud = "" if item.cloud is None else f"{item.cloud:.1f}".replace(".0", "") + " %"
    parts = [day, item.sensor or item.satellite or item.provider, cloud]
    return " ".join(part for part in parts if part) or item.id


def make_layer(path: str, item: CatalogItem) -> QgsRasterLayer:
    """Main thread."""
    layer = open_layer(path, name_of(item))
    mark(layer, QUICKLOOK, image_id=item.id)
    set_day(layer, item)
    return layer


def set_day(layer: QgsRasterLayer, item: CatalogItem) -> None:
    """The day it was taken, in UTC, for the temporal controller. It is off until somebody turns it on:
    a picture that a person has put on the map is not to vanish from it."""
    if item.acquired_at is None:
        return
    midnight = item.acquired_at.replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = moment(midnight), moment(midnight + timedelta(days=1, milliseconds=-1))
    layer.temporalProperties().setFixedTemporalRange(QgsDateTimeRange(start, end))
    metadata = layer.metadata()
    extent = metadata.extent()
    extent.setTemporalExtents([QgsDateTimeRange(start, end)])
    metadata.setExtent(extent)
    layer.setMetadata(metadata)


def _placed(preview: Preview, footprint: Polygons) -> gdal.Dataset:
    rgba = read_picture(preview.data)
    height, width = rgba.shape[1:]
    placing = place_outline(outline_of(footprint), width, height, (emptiness(rgba), whiteness(rgba)))
    with quiet_gdal():
        return raster_of(rgba, placing)


def _merged(rasters: Sequence[gdal.Dataset]) -> gdal.Dataset:
    """In the CRS and about the pixel size of the first, later ones below."""
    crs = rasters[0].GetProjection()
    merged: Optional[gdal.Dataset] = gdal.Warp(
        "", [*rasters[::-1]], format="MEM", dstSRS=crs, srcAlpha=True, dstAlpha=True
    )
    if merged is None:
        raise BadInput("the pictures cannot be put together", code="picture")
    return merged
