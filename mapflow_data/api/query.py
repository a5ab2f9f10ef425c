"""What is searched for, as a value: checked when made, to a request's body and back. Any thread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, Optional

from . import fields
from .errors import BadInput
from .geojson import Polygons, read_polygons, write_polygons

SORTS = (
    "ACQUISITION_DATE",
    "CLOUD_COVER",
    "OFF_NADIR_ANGLE",
    "PIXEL_RESOLUTION",
    "PROVIDER_NAME",
    "SAT_ID",
    "ZOOM",
)
PRODUCTS = ("IMAGE", "MOSAIC")
_NUMBERS = {  # field: (name in the body, largest value)
    "min_resolution": ("minResolution", math.inf),
    "max_resolution": ("maxResolution", math.inf),
    "max_cloud": ("maxCloudCover", 100.0),
    "min_off_nadir": ("minOffNadirAngle", 90.0),
    "max_off_nadir": ("maxOffNadirAngle", 90.0),
    "min_coverage": ("minAoiIntersectionPercent", 100.0),
}
_RANGES = (
    ("first_day", "last_day"),
    ("min_resolution", "max_resolution"),
    ("min_off_nadir", "max_off_nadir"),
)


@dataclass(frozen=True)
class CatalogQuery:
    """None, "" and () are filters that are not set, which are not sent. A missing value of an item matches
    every filter, as the server has it.

    `area`: polygons, rings, (longitude, latitude). Whole days in UTC, both included. Resolution in metres,
    cloud and coverage (of the area, by the footprint) in percent, off-nadir in degrees.
    Raises `BadInput` with code "query" and the field's name in `parameters["field"]`.
    """

    area: Polygons
    first_day: Optional[date] = None
    last_day: Optional[date] = None
    min_resolution: Optional[float] = None
    max_resolution: Optional[float] = None
    max_cloud: Optional[float] = None
    min_off_nadir: Optional[float] = None
    max_off_nadir: Optional[float] = None
    min_coverage: Optional[float] = None
    providers: tuple[str, ...] = ()  # empty means all: an empty list sent would mean none
    products: tuple[str, ...] = ()
    hide_unavailable: bool = False
    sort_by: str = ""
    descending: bool = True

    def __post_init__(self) -> None:
        if read_polygons(write_polygons(self.area)) != self.area:
            raise _bad("area")
        for name, (_, largest) in _NUMBERS.items():
            value = getattr(self, name)
            if value is not None and not 0 <= value <= largest:
                raise _bad(name)
        for low, high in _RANGES:
            least, most = getattr(self, low), getattr(self, high)
            if least is not None and most is not None and least > most:
                raise _bad(low)
        if self.sort_by and self.sort_by not in SORTS:
            raise _bad("sort_by")
        if not set(self.products) <= set(PRODUCTS):
            raise _bad("products")

    def to_body(self) -> dict[str, Any]:
        """The request's body without paging. Source: the Mapflow Data API docs, "Search Imagery"."""
        body: dict[str, Any] = {"aoi": write_polygons(self.area)}
        if self.first_day:
            body["acquisitionDateFrom"] = f"{self.first_day.isoformat()}T00:00:00Z"
        if self.last_day:
            body["acquisitionDateTo"] = f"{self.last_day.isoformat()}T23:59:59Z"
        for name, (key, _) in _NUMBERS.items():
            if getattr(self, name) is not None:
                body[key] = getattr(self, name)
        if self.providers:
            body["dataProviders"] = list(self.providers)
        if self.products:
            body["productTypes"] = list(self.products)
        if self.hide_unavailable:
            body["hideUnavailable"] = True
        if self.sort_by:
            body.update(sortBy=self.sort_by, sortOrder="DESC" if self.descending else "ASC")
        return body

    @classmethod
    def from_body(cls, body: Any) -> CatalogQuery:
        """The query that such a body says. Raises `BadInput` where there is no area, or values are wrong."""
        data = fields.mapping(body)
        return cls(
            area=read_area(data.get("aoi")),
            first_day=_day(data.get("acquisitionDateFrom")),
            last_day=_day(data.get("acquisitionDateTo")),
            providers=fields.texts(data.get("dataProviders")),
            products=fields.texts(data.get("productTypes")),
            hide_unavailable=data.get("hideUnavailable") is True,
            sort_by=fields.text(data.get("sortBy")),
            descending=data.get("sortOrder") != "ASC",
            **{name: fields.number(data.get(key)) for name, (key, _) in _NUMBERS.items()},
        )


def read_area(geometry: Any) -> Polygons:
    """The area of a GeoJSON Polygon or MultiPolygon in WGS 84. Raises `BadInput`."""
    area = read_polygons(geometry)
    if area is None:
        raise _bad("area")
    return area


def _day(value: Any) -> Optional[date]:
    moment = fields.moment(value)
    return moment.date() if moment else None


def _bad(name: str) -> BadInput:
    return BadInput(f"{name} is out of its range", code="query", parameters={"field": name})
