"""Searching and looking, over the wire to a local service: page by page, late answers dropped."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from osgeo import gdal
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.errors import BadInput, MapflowError
from mapflow_data.api.models import CatalogItem, UserStatus
from mapflow_data.api.query import CatalogQuery
from mapflow_data.layers import results
from mapflow_data.layers.properties import KIND, TILES
from mapflow_data.services.bundle import make_services
from mapflow_data.services.catalog import TOO_LARGE, CatalogService
from tests.rig.fault_server import FaultServer
from tests.rig.patience import SOON_MS
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer
from tests.services.waiting import Told

AREA = ((((-105.75, 40.3), (-105.6, 40.3), (-105.6, 40.4), (-105.75, 40.4), (-105.75, 40.3)),),)
WIDE = ((((-106.0, 40.0), (-105.0, 40.0), (-105.0, 41.0), (-106.0, 41.0), (-106.0, 40.0)),),)
ALL = CatalogQuery(AREA)


class Watch:
    """Everything that a catalog service told."""

    def __init__(self, catalog: CatalogService, qtbot: QtBot) -> None:
        self.catalog = catalog
        self.started = Told(qtbot, catalog.search_started)
        self.pages = Told(qtbot, catalog.page_loaded)
        self.finished = Told(qtbot, catalog.search_finished)
        self.failed = Told(qtbot, catalog.failed)
        self.pictures = Told(qtbot, catalog.picture_loaded)
        self.tiles = Told(qtbot, catalog.tiles_loaded)

    @property
    def ids(self) -> list[str]:
        return [item.id for page, _ in self.pages for item in page.items]


@pytest.fixture
def watch_of(
    qgis_app: QgsApplication, qtbot: QtBot, tmp_path: Path
) -> Iterator[Callable[[Connection], Watch]]:
    made: list[CatalogService] = []

    def make(connection: Connection) -> Watch:
        catalog = CatalogService(folder=str(tmp_path / "cache"))
        catalog.set_connection(connection)
        made.append(catalog)
        return Watch(catalog, qtbot)

    yield make
    for catalog in made:
        catalog.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def watch(watch_of: Callable[[Connection], Watch], connection: Connection) -> Watch:
    return watch_of(connection)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("odd"), odd=True) as service:
        yield service


@pytest.fixture(scope="module")
def items(sandbox: Sandbox) -> dict[str, CatalogItem]:
    with MapflowClient(make_connection(sandbox.url, sandbox.token)) as client:
        return {item.id: item for page in client.catalog.search(ALL) for item in page.items}


def scene_of(items: dict[str, CatalogItem]) -> CatalogItem:
    return next(item for item in items.values() if item.preview_kind == "picture")


def test_first_page_then_more_then_all(watch: Watch, items: dict[str, CatalogItem]) -> None:
    watch.catalog.search(ALL, page_size=5)
    assert watch.started == [(ALL,)]
    assert watch.catalog.is_searching
    watch.finished.wait()
    assert watch.finished == [(len(items), 5)]
    assert watch.catalog.has_more
    (page, features) = watch.pages[0]
    assert [feature["id"] for feature in features] == [item.id for item in page.items]
    watch.catalog.load_more()
    watch.catalog.load_more()  # one at a time
    watch.finished.wait(2)
    assert len(watch.pages) == 2
    watch.catalog.load_more(math.inf)
    assert watch.finished.wait(3) == (len(items), len(items))
    assert watch.ids == list(items)
    assert not watch.catalog.has_more
    watch.catalog.load_more()
    assert not watch.catalog.is_searching


def test_features_make_a_layer(watch: Watch, items: dict[str, CatalogItem]) -> None:
    watch.catalog.set_status(UserStatus(providers=()))
    watch.catalog.search(ALL)
    watch.finished.wait()
    layer = results.make_layer("Search", watch.pages[0][1])
    assert layer.featureCount() == len(items)
    assert all(0 < feature["covers"] <= 100 for feature in layer.getFeatures())
    assert {feature["availability"] for feature in layer.getFeatures()} == {"not_in_plan"}


def test_what_is_asked_for(watch: Watch, sandbox: Sandbox) -> None:
    sandbox.clear_requests()
    watch.catalog.search(CatalogQuery(AREA, date(2022, 1, 1), max_cloud=20.0))
    watch.finished.wait()
    (request,) = [one for one in sandbox.requests() if one["path"].endswith("/catalog/meta")]
    assert request["method"] == "POST"
    assert all((i.cloud or 0) <= 20 for page, _ in watch.pages for i in page.items)


def test_area_past_the_limit_is_refused_unsent(watch: Watch, sandbox: Sandbox) -> None:
    sandbox.clear_requests()
    watch.catalog.set_status(UserStatus(search_area_limit_m2=700e6))
    watch.catalog.search(CatalogQuery(WIDE))
    what, error = watch.failed.wait()
    assert (what, error.code) == ("search", TOO_LARGE)
    assert isinstance(error, BadInput)
    assert error.parameters["area"] == pytest.approx(9.4e9, rel=0.02)
    assert error.parameters["aoiAreaLimit"] == 700e6
    assert sandbox.requests() == []


def test_limit_that_is_not_known_is_the_server_s_to_tell(watch: Watch) -> None:
    watch.catalog.search(CatalogQuery(WIDE))
    what, error = watch.failed.wait()
    assert (what, error.code, error.status) == ("search", TOO_LARGE, 400)


def found(*ids: str, total: int | None = None, delay: float = 0.0) -> Script:
    images = [{"id": one, "footprint": {"type": "Polygon", "coordinates": AREA[0]}} for one in ids]
    body: Any = images if total is None else {"images": images, "total": total}
    return answer(body, delay=delay)


def server_of(*scripts: Script) -> FaultServer:
    return FaultServer(scripts, then=answer({"images": [], "total": 0}))


def test_the_answer_of_an_older_search_is_dropped(
    watch_of: Callable[[Connection], Watch], qtbot: QtBot
) -> None:
    with server_of(found("old", delay=1.0), found("new")) as server:
        watch = watch_of(make_connection(server.url, "token"))
        watch.catalog.search(ALL)
        qtbot.waitUntil(lambda: len(server.requests) == 1, timeout=3000)
        watch.catalog.search(CatalogQuery(AREA, max_cloud=5.0))
        watch.finished.wait()
        qtbot.wait(100)
        assert watch.ids == ["new"]
        assert watch.finished == [(None, 1)]
        assert watch.failed == []


def test_cancel_keeps_what_was_found_and_goes_on_from_there(
    watch_of: Callable[[Connection], Watch], qtbot: QtBot
) -> None:
    scripts = found("a", "b", total=4), found("c", "d", total=4, delay=20.0), found("c", "d", total=4)
    with server_of(*scripts) as server:
        watch = watch_of(make_connection(server.url, "token"))
        watch.catalog.search(ALL, page_size=2, pages=2)
        qtbot.waitUntil(lambda: len(server.requests) == 2, timeout=SOON_MS)
        watch.catalog.cancel_search()
        assert watch.finished == [(4, 2)]
        assert not watch.catalog.is_busy
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=SOON_MS)
        assert watch.catalog.has_more
        watch.catalog.load_more()
        assert watch.finished.wait(2) == (4, 4)
        assert watch.ids == ["a", "b", "c", "d"]
        assert offsets(server) == [0, 2, 2]


def test_a_failure_on_the_way_keeps_what_was_found(watch_of: Callable[[Connection], Watch]) -> None:
    scripts = found("a", "b", total=3), answer({"message": "no"}, status=400), found("c", total=3)
    with server_of(*scripts) as server:
        watch = watch_of(make_connection(server.url, "token"))
        watch.catalog.search(ALL, page_size=2, pages=2)
        assert watch.failed.wait()[0] == "search"
        assert watch.finished == []
        assert watch.catalog.has_more
        watch.catalog.load_more()
        assert watch.finished.wait() == (3, 3)
        assert watch.ids == ["a", "b", "c"]


def test_items_that_come_again_on_a_later_page_are_shown_once(
    watch_of: Callable[[Connection], Watch],
) -> None:
    with server_of(found("a", "b", total=4), found("b", "c", total=4)) as server:
        watch = watch_of(make_connection(server.url, "token"))
        watch.catalog.search(ALL, page_size=2)
        watch.finished.wait()
        watch.catalog.load_more()
        watch.finished.wait(2)
        assert watch.ids == ["a", "b", "c"]


def test_one_large_list_comes_in_portions(watch_of: Callable[[Connection], Watch]) -> None:
    with server_of(found(*(f"i{n}" for n in range(1250)))) as server:
        watch = watch_of(make_connection(server.url, "token"))
        watch.catalog.search(ALL)
        assert watch.finished.wait() == (None, 1250)
        assert [len(page.items) for page, _ in watch.pages] == [500, 500, 250]
        assert not watch.catalog.has_more


def test_odd_items_are_rows_like_others(watch_of: Callable[[Connection], Watch], odd: Sandbox) -> None:
    watch = watch_of(make_connection(odd.url, odd.token))
    watch.catalog.search(ALL)
    watch.finished.wait()
    features = {feature["id"]: feature for _, page in watch.pages for feature in page}
    assert not features["odd-footprint-missing"].hasGeometry()
    assert not features["odd-footprint-out-of-range"].hasGeometry()
    assert features["odd-bare"].hasGeometry()
    assert features["odd-html"]["sensor"] == "<img src=x onerror=alert(1)>"
    assert features["42"]["cloud"] == 12.5


def test_signing_out_forgets_the_search(watch: Watch) -> None:
    watch.catalog.search(ALL, page_size=2)
    watch.catalog.set_connection(None)
    assert not watch.catalog.is_searching
    assert not watch.catalog.has_more
    watch.catalog.search(ALL)
    assert len(watch.started) == 1


def test_picture(watch: Watch, items: dict[str, CatalogItem], sandbox: Sandbox) -> None:
    item = scene_of(items)
    sandbox.clear_requests()
    watch.catalog.load_picture(item)
    watch.catalog.load_picture(item)  # one at a time
    shown, path = watch.pictures.wait()
    assert shown is item
    dataset = gdal.Open(path)
    assert dataset.GetSpatialRef().GetAuthorityCode(None) == "32613"
    assert dataset.GetRasterBand(4).ReadAsArray()[0, 0] == 0
    requests = sandbox.requests()
    assert [one["path"] for one in requests if "quicklooks" in one["path"]] != []
    assert sandbox.token not in json.dumps([one for one in requests if "quicklooks" in one["path"]])
    sandbox.clear_requests()
    watch.catalog.load_picture(item)
    assert watch.pictures[-1] == (item, path)
    assert sandbox.requests() == []


def test_pictures_show_the_ground_that_they_lie_on(
    watch: Watch, items: dict[str, CatalogItem], sandbox: Sandbox
) -> None:
    """The service cut its scenes out of one raster: known points of both have the same colours."""
    scenes = [item for item in items.values() if item.preview_kind == "picture"]
    assert len(scenes) > 10
    whole = gdal.Open(str(sandbox.data / "catalog" / "whole.tif"))
    for count, item in enumerate(scenes, start=1):
        watch.catalog.load_picture(item)
        _, path = watch.pictures.wait(count)
        assert colour_difference(path, whole) < 12, item.id


def colour_difference(path: str, whole: gdal.Dataset) -> float:
    """Mean over the bands' values at a grid of points that the picture covers, seen at 200 m a pixel."""
    west, north, east, south = corners_of(gdal.Open(path))
    box = {"projWin": (west, north, east, south), "xRes": 200, "yRes": 200, "resampleAlg": "average"}
    shown, truth = (
        gdal.Translate("", source, format="MEM", **box).ReadAsArray().astype(int)
        for source in (gdal.Open(path), whole)
    )
    rows, columns = min(shown.shape[1], truth.shape[1]), min(shown.shape[2], truth.shape[2])
    shown, truth = shown[:, :rows, :columns], truth[:, :rows, :columns]
    inside = shown[3] == 255
    assert inside.mean() > 0.3
    return float(abs(shown[:3] - truth[:3])[:, inside].mean())


def corners_of(dataset: gdal.Dataset) -> tuple[float, float, float, float]:
    x, dx, _, y, _, dy = dataset.GetGeoTransform()
    return x, y, x + dx * dataset.RasterXSize, y + dy * dataset.RasterYSize


@pytest.mark.parametrize(
    "name", ["file", "data", "vsi", "private", "missing", "html", "vrt", "svg", "broken"]
)
def test_pictures_that_are_none(watch_of: Callable[[Connection], Watch], odd: Sandbox, name: str) -> None:
    connection = make_connection(odd.url, odd.token)
    with MapflowClient(connection) as client:
        items = {item.id: item for page in client.catalog.search(ALL) for item in page.items}
    watch = watch_of(connection)
    watch.catalog.load_picture(items[f"odd-preview-{name}"])
    what, error = watch.failed.wait()
    assert what == "picture"
    assert isinstance(error, MapflowError)
    assert watch.pictures == []


def test_tiles_and_wms(watch: Watch, items: dict[str, CatalogItem]) -> None:
    for count, item in enumerate(
        (i for i in items.values() if i.preview_kind in ("xyz", "tms", "wms")), start=1
    ):
        watch.catalog.load_tiles(item)
        shown, layer = watch.tiles.wait(count)
        assert shown is item
        assert layer.isValid()
        assert layer.thread() == watch.catalog.thread()
        assert layer.customProperty(KIND) == TILES
    assert count == 4


@pytest.mark.parametrize(
    ("kind", "url", "code"),
    [
        ("xyz", "https://169.254.169.254/{z}/{x}/{y}.png", "address"),
        ("wms", "https://10.0.0.1/wms?layers=a", "address"),
        ("xyz", "http://tiles.example/{z}/{x}/{y}.png", "url"),
        ("xyz", "file:///etc/{z}/{x}/{y}", "url"),
        ("xyz", "https://tiles.example/{token}/{z}/{x}/{y}.png", "url"),
        ("xyz", "https://tiles.example/all.png", "tiles"),
    ],
)
def test_tiles_that_are_not_to_be_asked_for(watch: Watch, kind: str, url: str, code: str) -> None:
    watch.catalog.load_tiles(CatalogItem("m", AREA, preview_type=kind, preview_url=url))
    what, error = watch.failed.wait()
    assert (what, error.code) == ("tiles", code)
    assert watch.tiles == []


def test_a_map_that_does_not_answer(watch: Watch) -> None:
    with FaultServer(then=answer({}, status=404)) as server:
        url = f"{server.url}/wms?layers=a"
        watch.catalog.load_tiles(CatalogItem("m", AREA, preview_type="wms", preview_url=url))
        what, error = watch.failed.wait()
    assert (what, error.code) == ("tiles", "tiles")


def test_it_follows_the_session(qtbot: QtBot, qgis_app: QgsApplication, connection: Connection) -> None:
    services = make_services()
    services.session.signed_in.emit(connection)
    services.session.status_loaded.emit(UserStatus(search_area_limit_m2=1.0))
    failed = Told(qtbot, services.catalog.failed)
    services.catalog.search(ALL)
    assert failed.wait()[1].code == TOO_LARGE
    services.close()


def offsets(server: FaultServer) -> list[int]:
    return [one.json["offset"] for one in server.requests]
