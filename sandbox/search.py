"""A search's conditions, and the items that meet them. A value that is not known meets every condition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy
import shapely
from pydantic import BaseModel, ConfigDict, Field, field_validator
from pyproj import Geod
from shapely.geometry import shape

from .items import Item

GEOD = Geod(ellps="WGS84")


class SortBy(StrEnum):
    """What results can be sorted by."""

    ACQUISITION_DATE = "ACQUISITION_DATE"
    CLOUD_COVER = "CLOUD_COVER"
    OFF_NADIR_ANGLE = "OFF_NADIR_ANGLE"
    PIXEL_RESOLUTION = "PIXEL_RESOLUTION"
    PROVIDER_NAME = "PROVIDER_NAME"
    SAT_ID = "SAT_ID"
    ZOOM = "ZOOM"


FIELD_OF = {
    SortBy.ACQUISITION_DATE: "acquisitionDate",
    SortBy.CLOUD_COVER: "cloudCover",
    SortBy.OFF_NADIR_ANGLE: "offNadirAngle",
    SortBy.PIXEL_RESOLUTION: "pixelResolution",
    SortBy.PROVIDER_NAME: "providerName",
    SortBy.SAT_ID: "satId",
    SortBy.ZOOM: "zoom",
}


class SortOrder(StrEnum):
    """Up or down."""

    ASC = "ASC"
    DESC = "DESC"


class ProductType(StrEnum):
    """A scene, or a tiled product of many."""

    IMAGE = "IMAGE"
    MOSAIC = "MOSAIC"


class Query(BaseModel):
    """The body of `POST /catalog/meta`: metres, percent, degrees."""

    model_config = ConfigDict(ignored_types=(cached_property,))

    aoi: dict[str, Any]
    acquisitionDateFrom: datetime | None = None
    acquisitionDateTo: datetime | None = None
    minResolution: float | None = Field(None, ge=0)
    maxResolution: float | None = Field(None, ge=0)
    maxCloudCover: float | None = Field(None, ge=0, le=100)
    minOffNadirAngle: float | None = Field(None, ge=0)
    maxOffNadirAngle: float | None = Field(None, ge=0)
    minAoiIntersectionPercent: float | None = Field(None, ge=0, le=100)
    limit: int = Field(100, ge=1)
    offset: int = Field(0, ge=0)
    sortBy: SortBy | None = None
    sortOrder: SortOrder | None = None
    hideUnavailable: bool = False
    dataProviders: list[str] | None = None
    productTypes: list[ProductType] | None = None

    @field_validator("aoi")
    @classmethod
    def _check_aoi(cls, value: dict[str, Any]) -> dict[str, Any]:
        if value.get("type") not in ("Polygon", "MultiPolygon"):
            raise ValueError("aoi must be a Polygon or a MultiPolygon")
        try:
            area = shape(value)
        except (KeyError, TypeError, IndexError, shapely.errors.ShapelyError):
            raise ValueError("aoi is not a GeoJSON geometry") from None
        west, south, east, north = area.bounds or (0, 0, 0, 0)
        if area.is_empty or not area.is_valid or west < -180 or east > 180 or south < -90 or north > 90:
            raise ValueError("aoi must be valid, not empty, and within the bounds of WGS 84")
        return value

    @cached_property
    def shape(self) -> Any:
        return shape(self.aoi)

    @property
    def area(self) -> float:
        """On the ellipsoid, in square metres."""
        return abs(float(GEOD.geometry_area_perimeter(self.shape)[0]))


def find(query: Query, items: list[Item], linked: set[str]) -> list[Item]:
    """The items that meet the query, sorted, each with the percent of the area it covers."""
    tests = _make_tests(query, linked)
    found = _covering(query, [item for item in items if all(test(item) for test in tests)])
    by = FIELD_OF[query.sortBy or SortBy.ACQUISITION_DATE]
    order = query.sortOrder or (SortOrder.ASC if query.sortBy else SortOrder.DESC)
    known = sorted((item for item in found if item.get(by) is not None), key=lambda item: _rank(by, item[by]))
    unknown = [item for item in found if item.get(by) is None]
    return (known if order == SortOrder.ASC else known[::-1]) + unknown


def _rank(by: str, value: Any) -> Any:
    return abs(value) if by == "offNadirAngle" else value


def _make_tests(query: Query, linked: set[str]) -> list[Callable[[Item], bool]]:
    q = query
    tests = [
        _between("pixelResolution", q.minResolution, q.maxResolution, lambda value: value or None),
        _between("cloudCover", None, q.maxCloudCover),
        _between("offNadirAngle", q.minOffNadirAngle, q.maxOffNadirAngle, abs),
        _between(
            "acquisitionDate", _utc(q.acquisitionDateFrom), _utc(q.acquisitionDateTo), datetime.fromisoformat
        ),
    ]
    if (providers := q.dataProviders) is not None:
        tests.append(lambda item: item["providerName"] in providers)
    if (products := q.productTypes) is not None:
        tests.append(lambda item: _product(item) in products)
    if q.hideUnavailable:
        tests.append(lambda item: item["providerName"] in linked)
    return tests


def _between(
    name: str, low: Any, high: Any, meaning: Callable[[Any], Any] = lambda value: value
) -> Callable[[Item], bool]:
    def test(item: Item) -> bool:
        value = item.get(name)
        value = None if value is None else meaning(value)
        return value is None or ((low is None or value >= low) and (high is None or value <= high))

    return test if (low, high) != (None, None) else lambda _item: True


def _product(item: Item) -> ProductType:
    return ProductType.MOSAIC if item["productType"].lower() == "mosaic" else ProductType.IMAGE


def _utc(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time


def _covering(query: Query, items: list[Item]) -> list[Item]:
    """Those that touch the area, with `aoiIntersectionPercent`; plane areas, as only their ratio counts."""
    footprints = shapely.make_valid(numpy.array([shape(item["footprint"]) for item in items], dtype=object))
    shared = shapely.area(shapely.intersection(footprints, query.shape)) if items else []
    percents = [round(100 * float(area) / query.shape.area, 2) for area in shared]
    least = query.minAoiIntersectionPercent or 0.0
    return [
        {**item, "aoiIntersectionPercent": percent}
        for item, percent in zip(items, percents)
        if percent > 0 and percent >= least
    ]
