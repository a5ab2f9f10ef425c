"""The client's search against a running service, odd items and foreign pictures included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.errors import MapflowError
from mapflow_data.api.models import CatalogItem
from mapflow_data.api.query import CatalogQuery
from tests.rig.sandbox import Sandbox

PARK = CatalogQuery(
    ((((-106.1, 40.0), (-106.1, 40.6), (-105.3, 40.6), (-105.3, 40.0), (-106.1, 40.0)),),),
)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("box"), odd=True, search_area_limit=10_000) as service:
        yield service


@pytest.fixture
def client(box: Sandbox, make_client: Any) -> MapflowClient:
    made: MapflowClient = make_client(box.url, token=box.token, scale=1.0)
    return made


def found(client: MapflowClient, query: CatalogQuery, page_size: int = 1000) -> list[CatalogItem]:
    """Without the oddities, which come with every search."""
    pages = client.catalog.search(query, page_size)
    return [item for page in pages for item in page.items if item.sensor.startswith("JL")]


def test_all_pages_are_all_items(client: MapflowClient) -> None:
    at_once = [item.id for page in client.catalog.search(PARK) for item in page.items]
    by_seven = [item.id for page in client.catalog.search(PARK, 7) for item in page.items]
    assert sorted(by_seven) == sorted(at_once)
    assert len(at_once) > 14
    assert len({i for i in at_once if i}) == len([i for i in at_once if i])


def test_odd_items_lose_nobody(client: MapflowClient) -> None:
    items = [item for page in client.catalog.search(PARK) for item in page.items]
    assert any(item.problems == ("id",) for item in items)
    assert any("footprint" in item.problems for item in items)
    assert sum(not item.problems for item in items) > 10
    assert any(item.is_mosaic and item.preview_kind == "xyz" for item in items)


def test_filters_do_what_they_say(client: MapflowClient) -> None:
    everything = found(client, PARK)
    assert everything
    cloud = [item.cloud for item in found(client, replace(PARK, max_cloud=20))]
    assert all(value is None or value <= 20 for value in cloud)
    assert len(cloud) < len(everything)
    days = [item.acquired_at.date() for item in everything if item.acquired_at]
    day = min(days)
    same_day = found(client, replace(PARK, first_day=day, last_day=day))
    assert {item.acquired_at.date() for item in same_day if item.acquired_at} == {day}
    mosaics = found(client, replace(PARK, products=("MOSAIC",)))
    assert all(item.is_mosaic for item in mosaics)
    assert not [i for i in found(client, replace(PARK, last_day=date(1999, 1, 1))) if i.acquired_at]


def test_sorted_by_the_server(client: MapflowClient) -> None:
    items = found(client, replace(PARK, sort_by="ACQUISITION_DATE", descending=True, products=("IMAGE",)))
    days = [item.acquired_at for item in items if item.acquired_at]
    assert days == sorted(days, reverse=True)


def test_quicklooks_come_without_the_credential(box: Sandbox, client: MapflowClient) -> None:
    scenes = [item for item in found(client, PARK) if item.preview_kind == "picture"]
    assert scenes
    for item in scenes[:3]:
        assert item.preview_url.startswith(box.public_url)
        assert client.catalog.quicklook(item.preview_url).mime in ("image/png", "image/jpeg")


def test_odd_previews_are_no_pictures(client: MapflowClient) -> None:
    items = [item for page in client.catalog.search(PARK) for item in page.items]
    odd = [item for item in items if item.id.startswith("odd-preview-")]
    assert odd
    outcomes = {}
    for item in odd:
        try:
            outcomes[item.id] = client.catalog.quicklook(item.preview_url).mime
        except MapflowError as error:
            outcomes[item.id] = type(error).__name__
    assert {"BadInput"} & set(outcomes.values())
    assert not [mime for mime in outcomes.values() if "/" in mime and mime not in ("image/png", "image/jpeg")]


def test_too_large_an_area_is_refused_with_its_limit(client: MapflowClient) -> None:
    world = CatalogQuery(((((-120.0, 30.0), (-120.0, 50.0), (-90.0, 50.0), (-90.0, 30.0), (-120.0, 30.0)),),))
    with pytest.raises(MapflowError) as caught:
        list(client.catalog.search(world))
    assert caught.value.code == "TOO_LARGE_PROCESSING"
    assert caught.value.parameters["aoiAreaLimit"] == 10_000 * 1e6
