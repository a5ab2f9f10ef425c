"""A mosaic as an XYZ layer that holds no credential: `network` signs its requests. Main thread."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Sequence
from typing import Optional
from urllib.parse import unquote, urlsplit

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsDataProvider,
    QgsRasterLayer,
    QgsRectangle,
    QgsUnitTypes,
)

from ..api.errors import BadInput
from ..api.models import Image, Mosaic, TileJson
from .corners import bounds
from .geometry import Box, project, read_crs, read_footprint, wgs84
from .properties import EXTENT, TILES, mark
from .sources import make_source, value_of, with_value

MAX_ZOOM = 24
DEFAULT_ZOOM = 19  # where nothing tells how fine the images are
WORLD_PIXEL_M = 156543.034  # a pixel of zoom 0 at the equator
MERCATOR_LATITUDE = 85.06
AS_OF = "_as_of"  # a parameter that no server knows, and QGIS' caches of tiles go by

_PLACEHOLDERS = {"x", "y", "-y", "z", "q"}  # those that QGIS fills in
_CREDENTIALS = re.compile(
    r"authcfg|auth|authorization|user|username|pass|password|pwd|token|access_?token|api_?key|apikey|key",
    re.I,
)


def make_uri(tile_url: str, min_zoom: int, max_zoom: int) -> str:
    """The source of an XYZ layer. Raises `BadInput`, code "tiles", for what is no template of http(s) tiles.

    The URL's own `&` are escaped: QGIS would cut it at the first, or take an `authcfg` from it.
    """
    return make_source(
        [("type", "xyz"), ("url", _clean(tile_url)), ("zmin", str(min_zoom)), ("zmax", str(max_zoom))]
    )


def make_layer(mosaic: Mosaic, tilejson: Optional[TileJson], images: Sequence[Image] = ()) -> QgsRasterLayer:
    """With the extent and the deepest zoom of TileJSON, else of the footprints and pixel sizes."""
    # not the TileJSON's lowest zoom: at a small scale QGIS would ask for thousands of tiles of it
    source = as_of_now(make_uri(mosaic.tile_url, 0, _max_zoom(tilejson, images)))
    layer = QgsRasterLayer(source, mosaic.name, "wms")
    mark(layer, TILES, mosaic.id)
    box = _bounds(tilejson) or _footprint_bounds(mosaic, images)
    extent = to_mercator(box) if box else None
    if extent is not None:
        _keep_extent(layer, QgsRectangle(*extent))
        restore_extent(layer)
    return layer


def restore_extent(layer: QgsRasterLayer) -> bool:
    """Sets the extent that the layer was made with: of a saved project QGIS takes the world's."""
    extent = _kept_extent(layer)
    if extent is not None:
        layer.setExtent(extent)
    return extent is not None


def refresh(layer: QgsRasterLayer, images: Sequence[Image] = ()) -> None:
    """Lets the layer ask for new pixels; it grows by the footprints of `images` that lie outside.

    Only another address does that: QGIS keeps tiles in memory and on disk, by address and whatever
    Cache-Control says; reload(), reloadData() and a layer made anew all show the old ones.
    """
    options = QgsDataProvider.ProviderOptions()
    layer.setDataSource(as_of_now(layer.source()), layer.name(), layer.providerType(), options)
    known = _kept_extent(layer)
    box = _footprint_bounds(None, images)
    added = to_mercator(box) if box else None
    if known is not None and added is not None:
        known.combineExtentWith(QgsRectangle(*added))
        _keep_extent(layer, known)
    restore_extent(layer)
    layer.triggerRepaint()


def as_of_now(source: str) -> str:
    """The source of an XYZ layer whose addresses nobody has asked for yet."""
    base, _, query = value_of(source, "url").partition("?")
    pairs = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != AS_OF]
    stamp = f"{AS_OF}={time.time_ns() // 1_000_000}"
    return with_value(source, "url", f"{base}?{'&'.join([*pairs, stamp])}")


def is_credential(name: str) -> bool:
    """Whether a parameter of a URL is one that must not get into a project."""
    return _CREDENTIALS.fullmatch(unquote(name)) is not None


def _keep_extent(layer: QgsRasterLayer, box: QgsRectangle) -> None:
    values = (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())
    layer.setCustomProperty(EXTENT, ",".join(map(repr, values)))


def _kept_extent(layer: QgsRasterLayer) -> Optional[QgsRectangle]:
    values = str(layer.customProperty(EXTENT, "")).split(",")
    try:
        xmin, ymin, xmax, ymax = map(float, values)
    except ValueError:
        return None
    return QgsRectangle(xmin, ymin, xmax, ymax)


def _clean(url: str) -> str:
    """The URL without parameters that could carry a credential into the project."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    names = set(re.findall(r"\{([^{}]*)\}", url))
    is_template = ({"x", "z"} <= names and bool(names & {"y", "-y"})) or "q" in names
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_template:
        raise BadInput("no address of tiles", code="tiles")
    if names - _PLACEHOLDERS or parts.username is not None:
        raise BadInput("an address of tiles that asks for more than a place", code="tiles")
    base, sign, query = url.partition("?")
    query, _, _ = query.partition("#")
    kept = [pair for pair in query.split("&") if pair and not is_credential(pair.partition("=")[0])]
    return base + sign + "&".join(kept) if kept else base


def _max_zoom(tilejson: Optional[TileJson], images: Sequence[Image]) -> int:
    if tilejson is not None and tilejson.max_zoom:
        return min(max(tilejson.max_zoom, 1), MAX_ZOOM)
    return max((_zoom_of(image) for image in images if image.pixel_size), default=DEFAULT_ZOOM)


def _zoom_of(image: Image) -> int:
    """The first zoom whose pixels are not coarser than the image's."""
    crs = read_crs(image.crs)
    if crs is None or image.pixel_size is None:
        return DEFAULT_ZOOM
    metres = min(image.pixel_size) * QgsUnitTypes.fromUnitToUnitFactor(crs.mapUnits(), _METRES)
    box = read_footprint(image.footprint).boundingBox()
    is_mercator = crs.authid() == "EPSG:3857"
    latitude = 0.0 if is_mercator or box.isNull() else box.center().y()
    stretch = max(math.cos(math.radians(latitude)), 0.05)
    zoom = math.log2(WORLD_PIXEL_M * stretch / metres) - 0.01 if metres > 0 else DEFAULT_ZOOM
    return math.ceil(min(max(zoom, 1), MAX_ZOOM))


def _bounds(tilejson: Optional[TileJson]) -> Optional[Box]:
    """What a TileJSON tells, if it can be: a wrong extent would hide all tiles."""
    if tilejson is None or tilejson.bounds is None:
        return None
    west, south, east, north = tilejson.bounds
    is_plausible = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return tilejson.bounds if is_plausible else None


def _footprint_bounds(mosaic: Optional[Mosaic], images: Sequence[Image]) -> Optional[Box]:
    outlines = ([mosaic.footprint] if mosaic else []) + [image.footprint for image in images]
    boxes = [read_footprint(wkt).boundingBox() for wkt in outlines]
    points = [
        (x, y)
        for b in boxes
        if not b.isNull()
        for x in (b.xMinimum(), b.xMaximum())
        for y in (b.yMinimum(), b.yMaximum())
    ]
    return bounds(points) if points else None


def to_mercator(box: Box) -> Optional[Box]:
    west, south, east, north = box
    south, north = max(south, -MERCATOR_LATITUDE), min(north, MERCATOR_LATITUDE)
    points = project([(west, south), (east, north)], wgs84(), QgsCoordinateReferenceSystem("EPSG:3857"))
    return bounds(points) if points else None


_METRES = QgsUnitTypes.DistanceUnit.DistanceMeters
