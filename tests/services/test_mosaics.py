"""The mosaics of an account, over the wire to a local service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.errors import BadInput, MapflowError, SignInRequired
from mapflow_data.api.models import Mosaic
from mapflow_data.layers import tiles
from mapflow_data.network import TileSigner
from mapflow_data.services.mosaics import MosaicService
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer
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
