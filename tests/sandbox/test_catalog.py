"""The search: the documented request, each filter, order and pages, spelling, limits."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.rig import curl
from tests.rig.sandbox import Sandbox

DOCUMENTED = Path(__file__).parent / "documented"
WEST, SOUTH, EAST, NORTH = -105.8, 40.3, -105.6, 40.45


def box_of(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


AOI = box_of(WEST, SOUTH, EAST, NORTH)


def search(call: Any, **conditions: Any) -> list[dict[str, Any]]:
    images: list[dict[str, Any]] = call.json("POST", "/catalog/meta", json={"aoi": AOI, **conditions})[
        "images"
    ]
    return images


def keys_of_example(name: str) -> set[str]:
    """The example's coordinates end in dots; its keys are whole."""
    text = (DOCUMENTED / f"search_{name}.json").read_text(encoding="utf-8")
    return set(json.loads(re.sub(r",\s*\.\.\.", "", text)))


def test_documented_search(start: Any) -> None:
    call = start(many=5000, search_area_limit=1000, dialect="data-api")
    answer = curl.read(DOCUMENTED / "search.curl", call.box.url, call.box.token).send()
    assert answer.status_code == 200
    found = answer.json()
    assert found
    for item in found:
        assert "2022-04-01" <= item["acquisitionDate"] < "2022-11-01"
        assert item["cloudCover"] <= 0.1
        assert item["pixelResolution"] == 0.0 or 0.3 <= item["pixelResolution"] <= 0.5


@pytest.mark.parametrize(("example", "product"), [("scene", "Scene"), ("mosaic_product", "Mosaic")])
def test_items_have_the_keys_of_the_examples(call: Any, example: str, product: str) -> None:
    item = next(item for item in search(call) if item["productType"] == product)
    assert keys_of_example(example) <= set(item)


def test_missing_values_meet_every_filter(call: Any) -> None:
    clear = search(call, maxCloudCover=10)
    assert {item["cloudCover"] is None for item in clear} == {True, False}
    assert all(item["cloudCover"] is None or item["cloudCover"] <= 10 for item in clear)
    fine = search(call, minResolution=0.3, maxResolution=0.5)
    assert {item["pixelResolution"] for item in fine} == {0.0, 0.3, 0.5}


def test_off_nadir_counts_to_both_sides(call: Any) -> None:
    angles = [item["offNadirAngle"] for item in search(call, minOffNadirAngle=5, maxOffNadirAngle=20)]
    known = [angle for angle in angles if angle is not None]
    assert min(known) < 0 < max(known)
    assert all(5 <= abs(angle) <= 20 for angle in known)


def test_dates(call: Any) -> None:
    days = {"acquisitionDateFrom": "2022-03-07T11:53:42Z", "acquisitionDateTo": "2022-08-13T23:59:59Z"}
    dates = [item["acquisitionDate"] for item in search(call, **days)]
    known = sorted(date for date in dates if date)
    assert known[0] == "2022-03-07T11:53:42Z"
    assert known[-1].startswith("2022-08-13")
    assert None in dates


def test_covered_share_of_the_area(call: Any) -> None:
    found = search(call, minAoiIntersectionPercent=60)
    assert 0 < len(found) < len(search(call))
    assert all(item["aoiIntersectionPercent"] >= 60 for item in found)
    assert search(call, aoi=box_of(10, 50, 10.1, 50.1)) == []


def test_providers_and_products(call: Any) -> None:
    assert {item["providerName"] for item in search(call, dataProviders=["Head"])} == {"Head"}
    assert search(call, dataProviders=[]) == []
    mosaics = search(call, productTypes=["MOSAIC"])
    assert {item["productType"].lower() for item in mosaics} == {"mosaic"}
    assert {item["previewType"] for item in mosaics} == {"xyz", "tms", "wms"}
    linked = {one["name"] for one in call.json("GET", "/user/status")["searchDataProviders"]}
    available = {item["providerName"] for item in search(call, hideUnavailable=True)}
    assert available & linked
    assert "Head" not in available


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_order(call: Any, order: str) -> None:
    clouds = [item["cloudCover"] for item in search(call, sortBy="CLOUD_COVER", sortOrder=order)]
    known = [cloud for cloud in clouds if cloud is not None]
    assert known == sorted(known, reverse=order == "DESC")
    assert clouds[len(known) :] == [None] * (len(clouds) - len(known))


def test_pages_make_up_the_whole(call: Any) -> None:
    body = {"aoi": AOI, "limit": 10}
    pages = [
        call.json("POST", "/catalog/meta", json={**body, "offset": offset}) for offset in (0, 10, 20, 30)
    ]
    ids = [item["id"] for page in pages for item in page["images"]]
    assert len(ids) == len(set(ids)) == pages[0]["total"] == pages[3]["total"]
    assert (pages[1]["limit"], pages[1]["offset"], pages[3]["images"]) == (10, 10, [])


def test_bare_lists(start: Any) -> None:
    body = {"aoi": AOI, "limit": 5}
    documents, data_api = start(dialect="documents"), start(dialect="data-api")
    assert len(documents.json("POST", "/catalog/meta", json=body)) == 5
    assert len(data_api.json("POST", "/catalog/meta", json=body)) > 20


def test_own_images_have_neither_date_nor_cloud(call: Any) -> None:
    image = call.make_image()
    whole_tile = box_of(-105.8, 40.4, -105.7, 40.5)
    days = {"acquisitionDateFrom": "1990-01-01T00:00:00Z", "acquisitionDateTo": "1990-01-02T00:00:00Z"}
    found = {item["id"]: item for item in search(call, aoi=whole_tile, maxCloudCover=0, **days)}
    own = found[image["id"]]
    assert (own["acquisitionDate"], own["cloudCover"], own["aoiIntersectionPercent"]) == (None, None, 100.0)
    assert call("GET", own["previewUrl"]).status_code == 200
    assert requests.get(own["previewUrl"], timeout=30).status_code == 401


def test_area_limit(call: Any) -> None:
    answer = call("POST", "/catalog/meta", json={"aoi": box_of(-106, 40, -105, 41)})
    assert answer.status_code == 400
    told = answer.json()
    assert (told["code"], told["params"]["aoiAreaLimit"]) == ("TOO_LARGE_PROCESSING", 7e8)
    assert told["params"]["area"] == pytest.approx(9.4e9, rel=0.02)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aoi": {"type": "Point", "coordinates": [1, 2]}},
        {"aoi": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}},
        {"aoi": box_of(179, 0, 181, 1)},
        {"aoi": AOI, "maxCloudCover": 101},
        {"aoi": AOI, "minOffNadirAngle": -5},
        {"aoi": AOI, "sortBy": "BEAUTY"},
        {},
    ],
)
def test_wrong_requests_are_validation_errors(call: Any, wrong: dict[str, Any]) -> None:
    answer = call("POST", "/catalog/meta", json=wrong)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][0] == "body"


def test_odd_items_come_along(start: Any) -> None:
    call = start(odd=True)
    items = call.json("POST", "/catalog/meta", json={"aoi": AOI, "limit": 1000})["images"]
    whole = [item for item in items if isinstance(item, dict) and "cloudCover" in item]
    ids = [item.get("id") for item in items if isinstance(item, dict)]
    assert len(whole) > 20
    assert {"odd-footprint-antimeridian", "odd-preview-file", "odd-html", 42, None} <= set(ids)
    assert len(ids) > len(set(ids))
    assert not all(isinstance(item, dict) for item in items)


def test_no_linked_provider(start: Any) -> None:
    call = start(no_providers=True)
    assert call.json("GET", "/user/status")["searchDataProviders"] == []
    assert search(call)


def test_many_results_in_pages(start: Any) -> None:
    call = start(many=1000)
    first = call.json("POST", "/catalog/meta", json={"aoi": AOI, "limit": 400, "offset": 800})
    assert (first["total"], len(first["images"])) == (1000, 200)
    assert all(datetime.fromisoformat(item["acquisitionDate"]).tzinfo for item in first["images"])


def test_nothing_is_made_before_the_first_search(start: Any) -> None:
    call = start()
    call.json("GET", "/rasters/memory")
    folder: Sandbox = call.box
    assert not (folder.data / "catalog").exists()
    search(call)
    assert (folder.data / "catalog" / "whole.tif").exists()
