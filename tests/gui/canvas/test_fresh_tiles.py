"""Tiles on the map follow uploads and deletions, against the running sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.models import Mosaic
from mapflow_data.gui.canvas.fresh_tiles import FreshTiles
from mapflow_data.gui.canvas.presenter import Presenter
from mapflow_data.services.bundle import Services, make_services
from mapflow_data.services.upload.queue import UploadRequest
from mapflow_data.transfer.inspect import inspect
from tests.rig.geotiffs import UTM13, make_raster
from tests.rig.sandbox import Sandbox

PATIENCE_MS = 15_000
EAST = (UTM13[0] + 5_000, *UTM13[1:])


@pytest.fixture
def services(qgis_app: QgsApplication, sandbox: Sandbox, qtbot: QtBot) -> Iterator[Services]:
    services = make_services()
    with qtbot.waitSignal(services.session.signed_in, timeout=PATIENCE_MS):
        services.session.sign_in(sandbox.url, sandbox.token, False)
    yield services
    services.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def presenter(services: Services) -> Iterator[Presenter]:
    QgsProject.instance().clear()
    presenter = Presenter(QgsProject.instance())
    FreshTiles(services, presenter, presenter)
    yield presenter
    presenter.close()
    QgsProject.instance().clear()


@pytest.fixture
def mosaic(client: MapflowClient, tmp_path: Path) -> Mosaic:
    mosaic = client.mosaics.create("Field")
    client.images.upload(mosaic.id, str(make_raster(tmp_path / "first.tif")))
    return client.mosaics.get(mosaic.id)


@pytest.fixture
def layer(presenter: Presenter, client: MapflowClient, mosaic: Mosaic) -> QgsRasterLayer:
    return presenter.show_tiles(mosaic, client.mosaics.tilejson(mosaic), [])


def load(services: Services, mosaic: Mosaic, qtbot: QtBot) -> None:
    with qtbot.waitSignal(services.images.images_loaded, timeout=PATIENCE_MS):
        services.images.load(mosaic.id)


def test_a_list_alone_changes_nothing(
    services: Services, layer: QgsRasterLayer, mosaic: Mosaic, qtbot: QtBot
) -> None:
    source = layer.source()
    load(services, mosaic, qtbot)
    assert layer.source() == source


def test_after_an_upload_they_are_new_and_reach_as_far(
    services: Services, layer: QgsRasterLayer, mosaic: Mosaic, qtbot: QtBot, tmp_path: Path
) -> None:
    source, width = layer.source(), layer.extent().width()
    path = make_raster(tmp_path / "east.tif", transform=EAST, value=9)
    with qtbot.waitSignal(services.queue.image_uploaded, timeout=PATIENCE_MS):
        services.queue.add([UploadRequest(inspect(str(path)), mosaic.id)])
    load(services, mosaic, qtbot)
    assert layer.source() != source
    assert layer.extent().width() > 3 * width


def test_after_a_deletion_they_are_new(
    services: Services, layer: QgsRasterLayer, mosaic: Mosaic, client: MapflowClient, qtbot: QtBot
) -> None:
    source = layer.source()
    with qtbot.waitSignal(services.deletions.ended, timeout=PATIENCE_MS):
        services.deletions.delete(client.images.list(mosaic.id))
    load(services, mosaic, qtbot)
    changed = layer.source()
    assert changed != source
    load(services, mosaic, qtbot)
    assert layer.source() == changed
