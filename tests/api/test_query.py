"""A search as a value: what is sent of it, what is refused, and the way back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mapflow_data.api.errors import BadInput
from mapflow_data.api.query import CatalogQuery, read_area

SQUARE = (((76.6, 43.2), (76.6, 43.4), (77.0, 43.4), (77.0, 43.2), (76.6, 43.2)),)
HOLE = ((76.7, 43.25), (76.8, 43.25), (76.8, 43.3), (76.7, 43.25))
AREA = (SQUARE,)
FULL: dict[str, Any] = {
    "first_day": date(2022, 4, 1),
    "last_day": date(2022, 11, 1),
    "min_resolution": 0.3,
    "max_resolution": 0.5,
    "max_cloud": 10.0,
    "min_off_nadir": 0.0,
    "max_off_nadir": 25.0,
    "min_coverage": 50.0,
    "providers": ("CG", "Other, Inc"),
    "products": ("IMAGE", "MOSAIC"),
    "hide_unavailable": True,
    "sort_by": "CLOUD_COVER",
    "descending": False,
}


def test_what_is_not_set_is_not_sent() -> None:
    assert CatalogQuery(AREA).to_body() == {
        "aoi": {"type": "Polygon", "coordinates": [[list(p) for p in SQUARE[0]]]}
    }


def test_whole_days_in_utc_both_included() -> None:
    body = CatalogQuery(AREA, first_day=date(2022, 4, 1), last_day=date(2022, 4, 1)).to_body()
    assert body["acquisitionDateFrom"] == "2022-04-01T00:00:00Z"
    assert body["acquisitionDateTo"] == "2022-04-01T23:59:59Z"


def test_all_that_can_be_set() -> None:
    body = CatalogQuery(AREA, **FULL).to_body()
    del body["aoi"]
    assert body == {
        "acquisitionDateFrom": "2022-04-01T00:00:00Z",
        "acquisitionDateTo": "2022-11-01T23:59:59Z",
        "minResolution": 0.3,
        "maxResolution": 0.5,
        "maxCloudCover": 10.0,  # percent, never rescaled
        "minOffNadirAngle": 0.0,
        "maxOffNadirAngle": 25.0,
        "minAoiIntersectionPercent": 50.0,
        "dataProviders": ["CG", "Other, Inc"],
        "productTypes": ["IMAGE", "MOSAIC"],
        "hideUnavailable": True,
        "sortBy": "CLOUD_COVER",
        "sortOrder": "ASC",
    }


@pytest.mark.parametrize("query", [CatalogQuery(AREA), CatalogQuery((SQUARE, (*SQUARE, HOLE)), **FULL)])
def test_there_and_back(query: CatalogQuery) -> None:
    assert CatalogQuery.from_body(query.to_body()) == query
    assert hash(CatalogQuery.from_body(query.to_body())) == hash(query)


def test_parts_and_holes_are_sent_as_drawn() -> None:
    aoi = CatalogQuery((SQUARE, (*SQUARE, HOLE))).to_body()["aoi"]
    assert aoi["type"] == "MultiPolygon"
    assert [len(part) for part in aoi["coordinates"]] == [1, 2]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("max_cloud", {"max_cloud": 101}),
        ("max_cloud", {"max_cloud": -1}),
        ("max_cloud", {"max_cloud": float("nan")}),
        ("min_coverage", {"min_coverage": 100.5}),
        ("min_off_nadir", {"min_off_nadir": -3}),
        ("min_off_nadir", {"min_off_nadir": 30, "max_off_nadir": 20}),
        ("min_resolution", {"min_resolution": 2, "max_resolution": 1}),
        ("first_day", {"first_day": date(2022, 2, 2), "last_day": date(2022, 2, 1)}),
        ("sort_by", {"sort_by": "BEAUTY"}),
        ("products", {"products": ("Scene",)}),
        ("area", {"area": ()}),
        ("area", {"area": ((((0.0, 0.0), (1.0, 1.0)),),)}),
        ("area", {"area": ((((0.0, 0.0), (1.0, 1.0), (200.0, 0.0), (0.0, 0.0)),),)}),
        ("area", {"area": ((((0.0, 0.0), (1.0, 1.0), (2.0, 0.0)),),)}),
    ],
)
def test_what_is_refused(field: str, values: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        CatalogQuery(**{"area": AREA, **values})
    assert (caught.value.code, caught.value.parameters) == ("query", {"field": field})


def test_an_area_is_read_closed_and_flat() -> None:
    ring = [[76.6, 43.2, 100], [76.6, 43.4, 100], [77, 43.4, 100], [77, 43.2, 100]]
    assert read_area({"type": "Polygon", "coordinates": [ring]}) == AREA
    for bad in (
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon"},
        None,
        [],
        {"coordinates": [ring]},
    ):
        with pytest.raises(BadInput):
            read_area(bad)
