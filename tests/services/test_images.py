"""The images of a mosaic: records, features, previews, over the wire to a local service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from osgeo import gdal
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.errors import BadInput, Forbidden
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.layers import footprints
from mapflow_data.services.images import ImageService
from mapflow_data.services.task import Task
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer
from tests.services.waiting import Told


@pytest.fixture
def images(
    qgis_app: QgsApplication, qtbot: QtBot, connection: Connection, tmp_path: Path
) -> Iterator[ImageService]:
    service = ImageService(folder=str(tmp_path / "cache"))
    service.set_connection(connection)
    yield service
    service.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def image(client: MapflowClient, mosaic_id: str, tmp_path: Path) -> Image:
    path = make_raster(tmp_path / "field one.tif", size=(400, 300), value=60)
    client.images.upload(mosaic_id, str(path))
    return client.images.list(mosaic_id)[0]


def test_records_and_features(qtbot: QtBot, images: ImageService, image: Image, sandbox: Sandbox) -> None:
    loading, loaded = Told(qtbot, images.images_loading), Told(qtbot, images.images_loaded)
    images.load(image.mosaic_id)
    assert loading == [(image.mosaic_id,)]
    mosaic_id, found, features = loaded.wait()
    assert (mosaic_id, found) == (image.mosaic_id, [image])
    layer = footprints.make_layer("test", features)
    (feature,) = layer.getFeatures()
    assert feature["filename"] == "field one.tif"
    assert feature["mosaic"] == "test"
    assert feature["crs"] == "EPSG:32613"
    assert (feature["width"], feature["height"], feature["bands"]) == (400, 300, 3)
    assert feature.hasGeometry()


def test_known_mosaics_are_not_asked_for_again(
    qtbot: QtBot, images: ImageService, image: Image, sandbox: Sandbox
) -> None:
    loaded = Told(qtbot, images.images_loaded)
    images.know([Mosaic(image.mosaic_id, "known")])
    sandbox.clear_requests()
    images.load(image.mosaic_id)
    _, _, features = loaded.wait()
    assert features[0]["mosaic"] == "known"
    qtbot.waitUntil(lambda: not images.is_busy, timeout=5000)
    of_mosaic = f"/rest/rasters/mosaic/{image.mosaic_id}"
    assert [one["path"] for one in sandbox.requests()] == [f"{of_mosaic}/image", f"{of_mosaic}/status"]


def test_what_another_account_calls_a_mosaic_is_asked_for_again(
    qtbot: QtBot, images: ImageService, image: Image, connection: Connection
) -> None:
    loaded = Told(qtbot, images.images_loaded)
    images.know([Mosaic(image.mosaic_id, "known")])
    images.set_connection(None)
    images.set_connection(connection)
    images.load(image.mosaic_id)
    _, _, features = loaded.wait()
    assert features[0]["mosaic"] == "test"


def test_preview(qtbot: QtBot, images: ImageService, image: Image, tmp_path: Path) -> None:
    loaded = Told(qtbot, images.preview_loaded)
    images.load_preview(image, "l")
    shown, path = loaded.wait()
    assert shown == image
    assert Path(path).parent == tmp_path / "cache"
    raster = gdal.Open(path)
    gt = raster.GetGeoTransform()
    right, bottom = gt[0] + gt[1] * raster.RasterXSize, gt[3] + gt[5] * raster.RasterYSize
    # 400 × 300 pixels of 10 m; the footprint comes in decimals of degrees
    assert (gt[0], gt[3], right, bottom) == pytest.approx((500_000, 4_500_000, 504_000, 4_497_000), abs=2)
    assert raster.GetSpatialRef().GetAuthorityCode(None) == "32613"
    assert raster.GetRasterBand(1).ReadAsArray()[150, 0] == pytest.approx(60, abs=6)


def test_preview_that_is_none(qtbot: QtBot, images: ImageService, image: Image, tmp_path: Path) -> None:
    failed, of_image = Told(qtbot, images.failed), Told(qtbot, images.preview_failed)
    damaged = Script(body=b"\xff\xd8\xff and no more", headers=(("Content-Type", "image/jpeg"),))
    with FaultServer(then=damaged) as server:
        images.set_connection(make_connection(server.url, "YTpi"))
        images.load_preview(image)
        what, error = failed.wait()
    assert what == "preview"
    assert isinstance(error, BadInput)
    assert error.code == "picture"
    assert of_image == [(image, error)]
    assert not (tmp_path / "cache").exists()


def test_failure_names_the_mosaic(qtbot: QtBot, images: ImageService) -> None:
    failed, of_mosaic = Told(qtbot, images.failed), Told(qtbot, images.images_failed)
    with FaultServer(then=answer({"message": "no"}, 403)) as server:
        images.set_connection(make_connection(server.url, "YTpi"))
        images.load("m")
        what, error = failed.wait()
    assert what == "images"
    assert isinstance(error, Forbidden)
    assert of_mosaic == [("m", error)]


def test_a_list_of_nonsense_keeps_what_can_be_kept(qtbot: QtBot, images: ImageService) -> None:
    loaded = Told(qtbot, images.images_loaded)
    items = [{"id": "a", "footprint": "POLYGON EMPTY"}, {"no": "id"}, 7, {"id": "b", "footprint": None}]
    with FaultServer(then=answer(items)) as server:
        images.set_connection(make_connection(server.url, "YTpi"))
        images.know([Mosaic("m", "M")])
        images.load("m")
        _, found, features = loaded.wait()
    assert [image.id for image in found] == ["a", "b"]
    assert [feature.hasGeometry() for feature in features] == [False, False]


def test_rename(qtbot: QtBot, images: ImageService, image: Image) -> None:
    renamed = Told(qtbot, images.image_renamed)
    images.rename(image, "field & two.tif")
    assert renamed.wait()[0].filename == "field & two.tif"


def test_cancelled_on_unload(qtbot: QtBot, images: ImageService) -> None:
    failed, loaded = Told(qtbot, images.failed), Told(qtbot, images.images_loaded)
    with FaultServer(then=Script(silent=True, delay=30)) as server:
        images.set_connection(make_connection(server.url, "YTpi"))
        images.load("m")
        qtbot.waitUntil(lambda: len(server.requests) == 1)
        images.close()
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=1000)
    assert (failed, loaded) == ([], [])
    assert not any(isinstance(task, Task) for task in QgsApplication.taskManager().activeTasks())
