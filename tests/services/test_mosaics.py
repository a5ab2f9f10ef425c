"""The mosaics of an account, over the wire to a local service."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.errors import BadInput, Conflict, MapflowError, NotMapflow, SignInRequired
from mapflow_data.api.models import Mosaic
from mapflow_data.layers import tiles
from mapflow_data.network import TileSigner
from mapflow_data.services.mosaics import MosaicService
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer, html
from tests.services.waiting import Told


@pytest.fixture
def mosaics(qgis_app: QgsApplication, qtbot: QtBot, connection: Connection) -> Iterator[MosaicService]:
    service = MosaicService()
    service.set_connection(connection)
    yield service
    service.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


def test_a_mosaic_s_life(qtbot: QtBot, mosaics: MosaicService) -> None:
    created, loaded = Told(qtbot, mosaics.mosaic_created), Told(qtbot, mosaics.mosaics_loaded)
    changed = Told(qtbot, mosaics.mosaic_changed)
    mosaics.create("Fields", ["a,b", "é"])
    mosaic: Mosaic = created.wait()[0]
    assert (mosaic.name, mosaic.tags) == ("Fields", ("a,b", "é"))
    mosaics.load()
    assert mosaic.id in {m.id for m in loaded.wait()[0]}
    mosaics.update(mosaic, "Meadows", ["c"])
    renamed: Mosaic = changed.wait()[0]
    assert (renamed.id, renamed.name, renamed.tags) == (mosaic.id, "Meadows", ("c",))


def test_nothing_is_asked_while_signed_out(qtbot: QtBot) -> None:
    service = MosaicService()
    busy = Told(qtbot, service.busy_changed)
    service.load()
    service.create("x")
    assert busy == []
    service.close()


def test_what_others_changed_is_not_written_over(
    qtbot: QtBot, mosaics: MosaicService, client: MapflowClient
) -> None:
    moved, changed = Told(qtbot, mosaics.mosaic_moved_on), Told(qtbot, mosaics.mosaic_changed)
    known = client.mosaics.create("Fields", ("a",))
    client.mosaics.update(known.id, "Fields", ("a", "theirs"))
    mosaics.update(known, "Meadows", ["mine"])
    present, name, tags = moved.wait()
    assert (present.name, present.tags, name, tags) == ("Fields", ("a", "theirs"), "Meadows", ("mine",))
    assert client.mosaics.get(known.id).tags == ("a", "theirs")
    mosaics.update(present, "Meadows", ["mine"])
    assert changed.wait()[0].name == "Meadows"


@pytest.mark.parametrize(
    ("status", "expected"), [(401, SignInRequired), (400, MapflowError), (403, MapflowError)]
)
def test_failure_names_what_was_tried(
    qtbot: QtBot, mosaics: MosaicService, status: int, expected: type[MapflowError]
) -> None:
    failed = Told(qtbot, mosaics.failed)
    with FaultServer(then=answer({"message": "no"}, status)) as server:
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        mosaics.load()
        what, error = failed.wait()
    assert what == "mosaics"
    assert isinstance(error, expected)


def test_another_account_s_answer_is_dropped(qtbot: QtBot, mosaics: MosaicService) -> None:
    loaded, failed = Told(qtbot, mosaics.mosaics_loaded), Told(qtbot, mosaics.failed)
    with FaultServer(then=Script(silent=True, delay=30)) as server:
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        mosaics.load()
        qtbot.waitUntil(lambda: len(server.requests) == 1)
        mosaics.set_connection(None)
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=1000)
    assert (loaded, failed) == ([], [])


def test_the_newest_list_counts(qtbot: QtBot, mosaics: MosaicService) -> None:
    loaded = Told(qtbot, mosaics.mosaics_loaded)
    old, new = [{"id": "1", "name": "old"}], [{"id": "1", "name": "new"}]
    with FaultServer([answer(old, delay=1.0)], then=answer(new)) as server:
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        mosaics.load()
        qtbot.waitUntil(lambda: len(server.requests) == 1)
        mosaics.load()
        loaded.wait()
        qtbot.wait(50)
    assert [m[0].name for (m,) in loaded] == ["new"]


def test_tiles(
    qtbot: QtBot,
    mosaics: MosaicService,
    client: MapflowClient,
    mosaic_id: str,
    sandbox: Sandbox,
    tmp_path: Path,
) -> None:
    """From an upload to pixels on the map: signed, in their place, at their zooms."""
    client.images.upload(mosaic_id, str(make_raster(tmp_path / "a.tif", size=(512, 512), value=200)))
    ready = Told(qtbot, mosaics.tiles_loaded)
    mosaics.load_tiles(Mosaic(mosaic_id, "short form"))
    mosaic, tilejson, images = ready.wait()
    assert tilejson is not None
    assert images == []
    layer = tiles.make_layer(mosaic, tilejson, images)
    assert layer.isValid()
    assert layer.extent().width() < 10_000
    signer = TileSigner()
    signer.install()
    signer.set_connection(client.connection)
    sandbox.clear_requests()
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(200, 200))
    settings.setBackgroundColor(QColor("black"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    signer.remove()
    image = job.renderedImage()
    assert image.pixelColor(100, 100) != QColor("black")
    assert {entry["status"] for entry in sandbox.requests()} == {200}


def test_tiles_without_tilejson(qtbot: QtBot, mosaics: MosaicService) -> None:
    """Only extent and zoom have to come from elsewhere: the images."""
    ready = Told(qtbot, mosaics.tiles_loaded)
    with FaultServer() as server:
        url = f"{server.origin}/tiles/{{z}}/{{x}}/{{y}}.png?uri=a"
        layer = {"tileUrl": url, "tileJsonUrl": f"{server.origin}/tile.json"}
        server.add(answer({"id": "m", "name": "M", "rasterLayer": layer}))
        server.add(answer({"message": "no"}, 404), answer([{"id": "i", "filename": "a.tif"}]))
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        mosaics.load_tiles(Mosaic("m", "M"))
        mosaic, tilejson, images = ready.wait()
    assert (mosaic.tile_url, tilejson) == (url, None)
    assert [image.id for image in images] == ["i"]


def test_empty_mosaic_has_no_tiles(qtbot: QtBot, mosaics: MosaicService, mosaic_id: str) -> None:
    failed, of_mosaic = Told(qtbot, mosaics.failed), Told(qtbot, mosaics.tiles_failed)
    mosaics.load_tiles(Mosaic(mosaic_id, "empty"))
    what, error = failed.wait()
    assert of_mosaic == [(Mosaic(mosaic_id, "empty"), error)]
    assert what == "tiles"
    assert isinstance(error, BadInput)
    assert error.code == "tiles"


SQUARE = "POLYGON ((10 50, 11 50, 11 51, 10 51, 10 50))"


def short(number: int) -> dict[str, str]:
    return {"id": str(number), "name": f"mosaic {number}", "created_at": "2025-06-01T10:00:00Z"}


def test_outlines_of_whole_rows_cost_no_request(
    qtbot: QtBot,
    mosaics: MosaicService,
    client: MapflowClient,
    mosaic_id: str,
    sandbox: Sandbox,
    tmp_path: Path,
) -> None:
    client.images.upload(mosaic_id, str(make_raster(tmp_path / "a.tif", value=3)))
    listed = client.mosaics.list()
    sandbox.clear_requests()
    loaded = Told(qtbot, mosaics.outlines_loaded)
    mosaics.load_outlines(listed)
    (features,) = loaded.wait()
    assert sandbox.requests() == []
    assert [f["id"] for f in features] == [mosaic.id for mosaic in listed]
    mine = next(f for f in features if f["id"] == mosaic_id)
    assert mine.geometry().area() > 0
    assert mine["size"] > 0


def test_short_rows_are_read_four_at_a_time(qtbot: QtBot, mosaics: MosaicService) -> None:
    known = [Mosaic.from_json(short(number)) for number in range(10)]
    loaded = Told(qtbot, mosaics.outlines_loaded)
    whole = [{**short(0), "footprint": SQUARE, "sizeInBytes": 5, "id": "0"}]
    with FaultServer(then=answer(whole[0], delay=0.3)) as server:
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        mosaics.load_outlines(known)
        qtbot.waitUntil(lambda: len(server.requests) == 4, timeout=5000)
        qtbot.wait(100)
        assert len(server.requests) == 4
        (features,) = loaded.wait()
    assert sorted(server.seen) == sorted(f"GET /rest/rasters/mosaic/{number}" for number in range(10))
    assert server.connections == 4
    assert len(features) == 10
    assert all(feature.hasGeometry() for feature in features)


def test_where_mosaics_tell_no_footprint_their_images_do(
    qtbot: QtBot, tmp_path: Path, mosaics: MosaicService
) -> None:
    loaded = Told(qtbot, mosaics.outlines_loaded)
    with Sandbox(tmp_path / "box", dialect="documents") as box:
        connection = make_connection(box.url, box.token)
        with MapflowClient(connection) as client:
            mosaic, empty = client.mosaics.create("Fields"), client.mosaics.create("Empty")
            for number in (0, 1):
                path = make_raster(
                    tmp_path / f"{number}.tif",
                    transform=(500_000.0 + number * 640, 10.0, 0.0, 4_500_000.0, 0.0, -10.0),
                    size=(64, 64),
                    value=number,
                )
                client.images.upload(mosaic.id, str(path))
            listed = client.mosaics.list()
        assert not any(one.footprint for one in listed)
        mosaics.set_connection(connection)
        mosaics.load_outlines(listed)
        (features,) = loaded.wait()
    by_id = {feature["id"]: feature for feature in features}
    box_of_it = by_id[mosaic.id].geometry().boundingBox()
    both_side_by_side = 2 / math.cos(math.radians(box_of_it.center().y()))
    assert box_of_it.width() / box_of_it.height() == pytest.approx(both_side_by_side, rel=0.01)
    assert by_id[mosaic.id]["images"] == 2
    assert by_id[mosaic.id]["size"] > 0
    assert not by_id[empty.id].hasGeometry()
    assert by_id[empty.id]["images"] == 0


@pytest.mark.parametrize("status", [403, 409])
def test_a_mosaic_that_is_gone_or_shut_does_not_spoil_the_others(
    qtbot: QtBot, mosaics: MosaicService, status: int
) -> None:
    known = [Mosaic.from_json(short(number)) for number in range(3)]
    loaded, failed = Told(qtbot, mosaics.outlines_loaded), Told(qtbot, mosaics.failed)
    scripts = [answer({"detail": "gone"}, 404), answer({"detail": "no"}, status)]
    whole = answer({**short(2), "footprint": SQUARE})
    with FaultServer(scripts, then=whole) as server:
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        mosaics.load_outlines(known)
        (features,) = loaded.wait()
    assert sorted(feature.hasGeometry() for feature in features) == [False, True]
    assert failed == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (answer({"message": "no"}, 401), SignInRequired),
        (html(), NotMapflow),
        (answer({"message": "no"}, 409), Conflict),  # of all of them: it is the server
    ],
)
def test_what_would_fail_for_all_is_told_once(
    qtbot: QtBot, mosaics: MosaicService, script: Script, expected: type[MapflowError]
) -> None:
    known = [Mosaic.from_json(short(number)) for number in range(40)]
    loaded, failed = Told(qtbot, mosaics.outlines_loaded), Told(qtbot, mosaics.failed)
    with FaultServer(then=script) as server:
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        mosaics.load_outlines(known)
        what, error = failed.wait(seconds=20)
        qtbot.wait(50)
        assert len(server.requests) < 30
    assert what == "outlines"
    assert isinstance(error, expected)
    assert len(failed) == 1
    assert loaded == []


def test_outlines_under_way_end_at_once_with_the_account(qtbot: QtBot, mosaics: MosaicService) -> None:
    known = [Mosaic.from_json(short(number)) for number in range(20)]
    loaded, failed = Told(qtbot, mosaics.outlines_loaded), Told(qtbot, mosaics.failed)
    with FaultServer(then=Script(silent=True, delay=30)) as server:
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        mosaics.load_outlines(known)
        qtbot.waitUntil(lambda: len(server.requests) == 4, timeout=5000)
        mosaics.set_connection(None)
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=1000)
    assert (loaded, failed) == ([], [])


def test_without_a_connection_outlines_are_those_that_are_known(qtbot: QtBot, mosaics: MosaicService) -> None:
    loaded = Told(qtbot, mosaics.outlines_loaded)
    mosaics.set_connection(None)
    mosaics.load_outlines([Mosaic("1", "a", footprint=SQUARE), Mosaic("2", "b")])
    (features,) = loaded.wait()
    assert [feature.hasGeometry() for feature in features] == [True, False]
