"""Search results from every envelope, page by page; one odd item never loses its neighbours."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from mapflow_data.api import catalog, errors
from mapflow_data.api.answers import Answer, read_json
from mapflow_data.api.models import CatalogItem, Quicklook
from mapflow_data.api.query import CatalogQuery
from tests.rig.fault_server import FaultServer, Script
from tests.rig.script import answer
from tests.rig.smooth import Neighbour, smooth

QUERY = CatalogQuery(((((76.6, 43.2), (76.6, 43.4), (77.0, 43.4), (76.6, 43.2)),),), max_cloud=10)
RING = [[76.5, 43.3], [76.9, 43.3], [76.9, 43.5], [76.5, 43.3]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
SCENE = {  # the example of the Mapflow Data API docs, its footprint and URL shortened
    "id": "JL1GF03A_PMS_20220607132729_200087596_103_0002_001_L1",
    "footprint": POLYGON,
    "pixelResolution": 1.06,
    "acquisitionDate": "2022-06-07T13:27:33Z",
    "productType": "Scene",
    "sensor": "JL1GF03A",
    "colorBandOrder": "B,G,R,NIR,PAN",
    "cloudCover": 0.09,
    "offNadirAngle": -3.91,
    "previewType": "png",
    "previewUrl": "https://pictures.example.com:443/JL1GF03A.jpg",
    "providerName": "CG",
}
MOSAIC = {
    "id": "JL1KF01A",
    "footprint": {"type": "MultiPolygon", "coordinates": [[RING], [RING]]},
    "pixelResolution": 0.0,
    "productType": "MOSAIC",
    "previewType": "xyz",
    "previewUrl": "https://tiles.example.com/{z}/{x}/{-y}.png?year=2022",
}


def items(first: int, count: int) -> list[dict[str, Any]]:
    return [{"id": f"i{n}", "footprint": POLYGON} for n in range(first, first + count)]


def page(first: int, count: int, total: int, **more: Any) -> Script:
    return answer({"images": items(first, count), "total": total, "limit": 100, "offset": first, **more})


def ids_of(pages: Any) -> list[str]:
    return [item.id for one in pages for item in one.items]


# --- items


def test_the_documented_scene() -> None:
    item = CatalogItem.from_json(SCENE)
    assert item.footprint == ((tuple(map(tuple, RING)),),)
    assert item.acquired_at == datetime(2022, 6, 7, 13, 27, 33, tzinfo=timezone.utc)
    assert (item.resolution, item.cloud, item.off_nadir) == (1.06, 0.09, 3.91)
    assert (item.sensor, item.provider, item.band_order) == ("JL1GF03A", "CG", "B,G,R,NIR,PAN")
    assert (item.is_mosaic, item.preview_kind, item.problems) == (False, "picture", ())


def test_the_documented_mosaic() -> None:
    item = CatalogItem.from_json(MOSAIC)
    assert len(item.footprint) == 2
    assert (item.is_mosaic, item.preview_kind, item.resolution) == (True, "xyz", None)
    assert item.preview_url.endswith("{-y}.png?year=2022")


@pytest.mark.parametrize(
    ("kind", "url", "shown"),
    [
        ("png", "https://x/a.jpg", "picture"),
        ("JPG", "https://x/a", "picture"),
        ("tms", "https://x/{z}/{x}/{y}", "tms"),
        ("wms", "https://x/wms?", "wms"),
        ("", "https://x/{z}/{x}/{y}.png", "xyz"),
        ("hologram", "https://x/{z}/{x}/{y}.png", "xyz"),
        ("png", "https://x/{z}/{x}/{y}.png", "xyz"),
        ("", "https://x/a.png", "picture"),
        ("png", "", ""),
    ],
)
def test_kinds_of_previews(kind: str, url: str, shown: str) -> None:
    assert CatalogItem.from_json({"id": "a", "previewType": kind, "previewUrl": url}).preview_kind == shown


LOOK = {"url": "https://x/1.png", "geometry": POLYGON}
READ_LOOK = Quicklook("https://x/1.png", ((tuple((float(x), float(y)) for x, y in RING),),))


@pytest.mark.parametrize(
    "value",
    [
        [LOOK],
        [json.dumps(LOOK)],
        json.dumps(LOOK),
        json.dumps([LOOK]),
        LOOK,
        [{"url": "https://x/1.png", "geometry": json.dumps(POLYGON)}, None, "{", {"geometry": POLYGON}],
    ],
)
def test_previews_in_every_form(value: Any) -> None:
    assert CatalogItem.from_json({"id": "a", "previews": value}).previews == (READ_LOOK,)


@pytest.mark.parametrize("value", [None, "", "text", 3, [], [[]], {}])
def test_no_previews(value: Any) -> None:
    assert CatalogItem.from_json({"id": "a", "previews": value}).previews == ()


@pytest.mark.parametrize(
    ("footprint", "problems"),
    [
        (POLYGON, ()),
        (None, ("footprint",)),
        ({}, ("footprint",)),
        ("POLYGON ((0 0))", ("footprint",)),
        ({"type": "Polygon", "coordinates": []}, ("footprint",)),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, ("footprint",)),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, "x"], [2, 2]]]}, ("footprint",)),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 91], [2, 2]]]}, ("footprint",)),
        ({"type": "Polygon", "coordinates": [[[0, 0], [None, 1], [2, 2]]]}, ("footprint",)),
        ({"type": "Point", "coordinates": [0, 0]}, ("footprint",)),
    ],
)
def test_footprints(footprint: Any, problems: tuple[str, ...]) -> None:
    item = CatalogItem.from_json({"id": "a", "footprint": footprint})
    assert item.problems == problems
    assert bool(item.footprint) is not bool(problems)


def test_odd_items_are_kept_and_marked() -> None:
    odd = [{"footprint": POLYGON}, None, 3, {"id": 12, "cloudCover": "12.5", "offNadirAngle": {}, "zoom": 18}]
    read = read_json(Answer(200, {}, json.dumps([*odd, SCENE]).encode()), CatalogItem.from_json)
    assert [item.id for item in read] == ["", "", "", "12", SCENE["id"]]
    assert [item.problems for item in read] == [
        ("id",),
        ("id", "footprint"),
        ("id", "footprint"),
        ("footprint",),
        (),
    ]
    assert (read[3].cloud, read[3].off_nadir, read[3].zoom) == (12.5, None, "18")


# --- pages


def test_pages_by_offset_until_the_total(make_client: Any) -> None:
    with FaultServer([page(0, 3, 7), page(3, 3, 7), page(6, 1, 7)]) as server:
        pages = list(make_client(server.url).catalog.search(QUERY, page_size=3))
        assert ids_of(pages) == [f"i{n}" for n in range(7)]
        assert [(p.total, p.next_offset) for p in pages] == [(7, 3), (7, 6), (7, None)]
        bodies = [request.json for request in server.requests]
        assert [(b["limit"], b["offset"]) for b in bodies] == [(3, 0), (3, 3), (3, 6)]
        assert all(b["maxCloudCover"] == 10 and b["aoi"]["type"] == "Polygon" for b in bodies)
        assert set(server.seen) == {"POST /rest/catalog/meta"}


def test_pages_come_when_asked_for_and_go_on_later(make_client: Any) -> None:
    with FaultServer([page(0, 2, 4), page(2, 2, 4)]) as server:
        client = make_client(server.url)
        first = next(client.catalog.search(QUERY, page_size=2))
        assert len(server.requests) == 1
        (second,) = client.catalog.search(QUERY, page_size=2, offset=first.next_offset)
        assert ids_of([second]) == ["i2", "i3"]


def test_a_page_is_never_more_than_a_thousand(make_client: Any) -> None:
    with FaultServer([answer([])]) as server:
        list(make_client(server.url).catalog.search(QUERY, page_size=50_000))
        assert server.requests[0].json["limit"] == 1000


def test_a_server_with_smaller_pages(make_client: Any) -> None:
    with FaultServer([page(0, 100, 150), page(100, 50, 150)]) as server:
        assert len(ids_of(make_client(server.url).catalog.search(QUERY))) == 150


def test_ids_that_come_twice_are_shown_once(make_client: Any) -> None:
    with FaultServer([page(0, 3, 6), page(2, 3, 6)]) as server:
        found = ids_of(make_client(server.url).catalog.search(QUERY, page_size=3))
        assert found == ["i0", "i1", "i2", "i3", "i4"]
        assert len(server.requests) == 2


def test_an_id_that_comes_twice_on_one_page(make_client: Any) -> None:
    nameless = {"footprint": POLYGON}
    with FaultServer([answer([*items(0, 2), *items(1, 2), nameless, nameless])]) as server:
        assert ids_of(make_client(server.url).catalog.search(QUERY)) == ["i0", "i1", "i2", "", ""]


def test_the_list_shrinks_while_it_is_paged(make_client: Any) -> None:
    with FaultServer([page(0, 3, 9), page(0, 0, 9)]) as server:
        pages = list(make_client(server.url).catalog.search(QUERY, page_size=3))
        assert len(pages) == 2
        assert pages[-1].next_offset is None


def test_a_bare_list_that_ends_with_a_page_that_is_not_full(make_client: Any) -> None:
    with FaultServer([answer(items(0, 3)), answer(items(3, 2))]) as server:
        pages = list(make_client(server.url).catalog.search(QUERY, page_size=3))
        assert len(ids_of(pages)) == 5
        assert [(p.total, p.next_offset) for p in pages] == [(None, 3), (None, None)]


def test_a_server_that_does_not_page(make_client: Any) -> None:
    with FaultServer(then=answer(items(0, 3))) as server:
        assert len(ids_of(make_client(server.url).catalog.search(QUERY, page_size=3))) == 3
        assert len(server.requests) == 2
    with FaultServer(then=answer(items(0, 30))) as server:
        assert len(ids_of(make_client(server.url).catalog.search(QUERY, page_size=3))) == 30
        assert len(server.requests) == 1


def test_paging_without_end_ends(make_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "MAX_PAGES", 5)
    with FaultServer([page(number, 1, 10**9) for number in range(8)]) as server:
        assert len(ids_of(make_client(server.url).catalog.search(QUERY, page_size=1))) == 5
        assert len(server.requests) == 5


def test_one_object_alone(make_client: Any) -> None:
    with FaultServer([answer({**SCENE, "previews": [json.dumps(LOOK)], "images": None})]) as server:
        assert ids_of(make_client(server.url).catalog.search(QUERY)) == []
    with FaultServer([answer({**SCENE, "previews": [json.dumps(LOOK)]})]) as server:
        (found,) = make_client(server.url).catalog.search(QUERY)
        assert found.items[0].previews == (READ_LOOK,)
        assert (found.total, found.next_offset) == (1, None)


@pytest.mark.parametrize("data", [{"title": "Welcome"}, "text", 3, None])
def test_what_is_no_result(data: Any, make_client: Any) -> None:
    with FaultServer(then=answer(data)) as server, pytest.raises(errors.NotMapflow):
        list(make_client(server.url).catalog.search(QUERY))


def test_a_search_is_a_read_and_tried_again(make_client: Any) -> None:
    with FaultServer([Script(status=502), Script(reset_after=0), answer([])]) as server:
        assert ids_of(make_client(server.url).catalog.search(QUERY)) == []
        assert len(server.requests) == 3


def test_too_large_an_area(make_client: Any) -> None:
    refused = {
        "code": "TOO_LARGE_PROCESSING",
        "message": "too large",
        "params": {"area": 9, "aoiAreaLimit": 7},
    }
    with FaultServer(then=answer(refused, 400)) as server:
        with pytest.raises(errors.BadRequest) as caught:
            list(make_client(server.url).catalog.search(QUERY))
        assert (caught.value.code, caught.value.parameters["aoiAreaLimit"]) == ("TOO_LARGE_PROCESSING", 7)


def test_twelve_thousand_items_in_one_bare_list_leave_the_interpreter_to_others() -> None:
    found = [{**SCENE, "id": f"scene-{n}", "previews": [json.dumps(LOOK)]} for n in range(12_000)]
    whole = Answer(200, {}, json.dumps(found).encode())
    assert len(whole.body) > 7_000_000
    assert len(read_json(whole, CatalogItem.from_json)) == 12_000
    for neighbour in smooth(Neighbour):
        with neighbour:
            read_json(whole, CatalogItem.from_json)
