"""An item of the catalog, as a search answers it. Any thread."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Optional

from .. import fields
from ..geojson import Polygons, read_polygons

PreviewKind = Literal["picture", "xyz", "tms", "wms", ""]
_KINDS: dict[str, PreviewKind] = {
    "png": "picture",
    "jpg": "picture",
    "jpeg": "picture",
    "xyz": "xyz",
    "tms": "tms",
    "wms": "wms",
}


@dataclass(frozen=True)
class Quicklook:
    """One of several pictures of an item; `footprint` is empty where it is the item's."""

    url: str
    footprint: Polygons = ()


@dataclass(frozen=True)
class CatalogItem:
    """A scene, or a mosaic of a provider's. `problems` names what an item must have and this one lacks
    ("id", "footprint"): it is kept, as its neighbours are.

    `footprint`: polygons, rings, (longitude, latitude). Resolution in metres, cloud and coverage in percent,
    off-nadir in degrees from the vertical, always positive.
    """

    id: str
    footprint: Polygons = ()
    acquired_at: Optional[datetime] = None
    product_type: str = ""
    sensor: str = ""
    satellite: str = ""
    provider: str = ""
    band_order: str = ""
    resolution: Optional[float] = None
    cloud: Optional[float] = None
    off_nadir: Optional[float] = None
    coverage: Optional[float] = None
    min_area_km2: Optional[float] = None
    zoom: str = ""
    preview_type: str = ""
    preview_url: str = ""
    previews: tuple[Quicklook, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_mosaic(self) -> bool:
        return self.product_type.lower() == "mosaic"

    @property
    def preview_kind(self) -> PreviewKind:
        """What the preview's URL leads to, as far as type and URL tell; "" where there is none."""
        if not self.preview_url:
            return "picture" if self.previews else ""
        kind = _KINDS.get(self.preview_type.lower(), "picture")
        return "xyz" if kind == "picture" and "{z}" in self.preview_url else kind

    @classmethod
    def from_json(cls, data: Any) -> CatalogItem:
        """Never raises: what cannot be read is absent."""
        d = fields.mapping(data)
        item_id, footprint = fields.text(d.get("id")), read_polygons(d.get("footprint")) or ()
        off_nadir = fields.number(d.get("offNadirAngle"))
        return cls(
            id=item_id,
            footprint=footprint,
            acquired_at=fields.moment(d.get("acquisitionDate")),
            product_type=fields.text(d.get("productType")),
            sensor=fields.text(d.get("sensor")),
            satellite=fields.text(d.get("satId")),
            provider=fields.text(d.get("providerName")),
            band_order=fields.text(d.get("colorBandOrder")),
            resolution=fields.number(d.get("pixelResolution")) or None,  # 0.0 stands for unknown
            cloud=fields.number(d.get("cloudCover")),
            off_nadir=None if off_nadir is None else abs(off_nadir),
            coverage=fields.number(d.get("aoiIntersectionPercent")),
            min_area_km2=fields.number(d.get("minAreaSqkm")),
            zoom=fields.text(d.get("zoom")),
            preview_type=fields.text(d.get("previewType")),
            preview_url=fields.text(d.get("previewUrl")),
            previews=read_previews(d.get("previews")),
            problems=tuple(n for n, v in (("id", item_id), ("footprint", footprint)) if not v),
        )


@dataclass(frozen=True)
class SearchPage:
    """Some of what was found. `total` is None where the server does not tell; `next_offset` is where the
    search goes on, None after its last page.
    """

    items: tuple[CatalogItem, ...]
    total: Optional[int] = None
    next_offset: Optional[int] = None


def read_previews(value: Any) -> tuple[Quicklook, ...]:
    """From a list of objects, a list of JSON strings, one JSON string, one object or nothing."""
    value = _parsed(value)
    found = [value] if isinstance(value, dict) else map(_parsed, fields.sequence(value))
    quicklooks = []
    for data in map(fields.mapping, found):
        if url := fields.text(data.get("url")):
            quicklooks.append(Quicklook(url, read_polygons(_parsed(data.get("geometry"))) or ()))
    return tuple(quicklooks)


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
