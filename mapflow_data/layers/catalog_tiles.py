"""A catalog item's tiles or WMS as a layer, without a credential. XYZ: main thread, as it asks for nothing.

A WMS layer asks for its capabilities when it is made: that belongs on a worker thread, see `make_layer`.
"""

from __future__ import annotations

import re
from typing import Optional
from urllib.parse import parse_qsl, unquote, urlsplit

from qgis.core import QgsRasterLayer, QgsRectangle
from qgis.PyQt.QtCore import QThread

from ..api.errors import BadInput
from ..api.models import CatalogItem
from . import tiles
from .corners import bounds
from .geometry import Polygons, footprint_of
from .properties import EXTENT, TILES, mark
from .quicklooks import name_of, set_day
from .sources import make_source

WMS_FORMATS = ("image/png", "image/jpeg", "image/webp", "image/png8", "image/png; mode=8bit")
_OURS = {  # parameters of a GetMap that QGIS fills in or asks for by itself
    "service", "request", "version", "layers", "styles", "format", "crs", "srs", "bbox", "width", "height",
    "transparent", "exceptions", "bgcolor", "dpi", "map_resolution", "format_options", "tiled",
}  # fmt: skip


def make_uri(item: CatalogItem) -> str:
    """The source of its layer. Raises `BadInput`, code "tiles", for what leads to no tiles of http(s)."""
    kind = item.preview_kind
    if kind == "wms":
        return wms_uri(item.preview_url)
    if kind not in ("xyz", "tms"):
        raise BadInput("a preview that is not made of tiles", code="tiles")
    return tiles.make_uri(_counted(item.preview_url, kind), 0, _max_zoom(item))


def make_layer(item: CatalogItem, home: Optional[QThread] = None) -> QgsRasterLayer:
    """With the extent of the footprint. Made on a worker thread, the layer moves to `home`."""
    layer = QgsRasterLayer(make_uri(item), name_of(item), "wms")
    mark(layer, TILES, image_id=item.id)
    set_day(layer, item)
    extent = _extent(item.footprint)
    if item.preview_kind != "wms" and extent is not None:
        layer.setCustomProperty(EXTENT, ",".join(repr(value) for value in extent))
        layer.setExtent(QgsRectangle(*extent))
    if home is not None:
        layer.moveToThread(home)
    return layer


def wms_uri(url: str) -> str:
    """From the URL of a GetMap, or a template of one. What it asks for is told apart and checked; the rest
    of its query belongs to the server and is kept."""
    parts = urlsplit(url)
    asked = {name.lower(): value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
    layers = asked.get("layers", "")
    is_address = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    if not is_address or not layers or "{" in layers + parts.path:
        raise BadInput("no address of a map", code="tiles")
    kept = [pair for pair in parts.query.split("&") if _is_server_s(pair)]
    if any("{" in pair for pair in map(unquote, kept)):
        raise BadInput("an address of a map that asks for more than a place", code="tiles")
    base = f"{parts.scheme}://{parts.netloc}{parts.path}?{'&'.join(kept)}"
    names, styles = layers.split(","), asked.get("styles", "").split(",")
    styles += [""] * (len(names) - len(styles))
    form = asked.get("format", "")
    fields = [
        ("contextualWMSLegend", "0"),
        ("crs", _crs(asked.get("crs") or asked.get("srs") or "")),
        ("dpiMode", "7"),
        ("format", form if form in WMS_FORMATS else WMS_FORMATS[0]),
        ("IgnoreGetMapUrl", "1"),  # capabilities name addresses of their own choice
        *[("layers", name) for name in reversed(names)],  # QGIS takes the last for the first
        *[("styles", style) for style in reversed(styles[: len(names)])],
        ("url", base),
    ]
    return make_source(fields)


def _is_server_s(pair: str) -> bool:
    name = unquote(pair.partition("=")[0])
    return bool(pair) and name.lower() not in _OURS and not tiles.is_credential(name)


def _crs(text: str) -> str:
    return text.upper() if re.fullmatch(r"EPSG:\d{4,6}|CRS:84", text, re.IGNORECASE) else "EPSG:3857"


def _counted(url: str, kind: str) -> str:
    """TMS counts rows from the south, which QGIS writes `{-y}`; the vendor's own URLs may have it already."""
    return url.replace("{y}", "{-y}") if kind == "tms" else url


def _max_zoom(item: CatalogItem) -> int:
    zoom = int(item.zoom) if re.fullmatch(r"\d{1,2}", item.zoom) else 0
    return min(zoom, tiles.MAX_ZOOM) or tiles.DEFAULT_ZOOM


def _extent(footprint: Polygons) -> Optional[tuple[float, float, float, float]]:
    box = footprint_of(footprint).boundingBox()
    if box.isNull() or box.isEmpty():
        return None
    points = [(box.xMinimum(), box.yMinimum()), (box.xMaximum(), box.yMaximum())]
    return tiles.to_mercator(bounds(points))
