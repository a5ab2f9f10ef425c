"""A CRS that a worker used is whole when the worker's thread has ended: QGIS would lose its definition."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsCoordinateReferenceSystem
from qgis.PyQt.QtCore import QThreadPool

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.services.images import ImageService
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox

RARE = "EPSG:32759"  # of no other test: the first that asks for it here is the service
EXPIRY_MS = 100


@pytest.fixture
def _short_lived_threads() -> Iterator[None]:
    pool = QThreadPool.globalInstance()
    before = pool.expiryTimeout()
    pool.setExpiryTimeout(EXPIRY_MS)
    yield
    pool.setExpiryTimeout(before)


@pytest.mark.usefixtures("_short_lived_threads")
def test_a_preview_leaves_its_crs_whole(qtbot: QtBot, sandbox: Sandbox, tmp_path: Path) -> None:
    place = (500_000.0, 10.0, 0.0, 5_000_000.0, 0.0, -10.0)
    path = make_raster(tmp_path / "far.tif", crs=RARE, transform=place)
    connection = make_connection(sandbox.url, sandbox.token)
    with MapflowClient(connection) as client:
        mosaic = client.mosaics.create("far")
        client.images.upload(mosaic.id, str(path))
        (image,) = client.images.list(mosaic.id)
    service = ImageService(folder=str(tmp_path / "cache"))
    service.set_connection(connection)
    with qtbot.waitSignal(service.preview_loaded, timeout=10_000):
        service.load_preview(image, "l")
    layer_crs = QgsCoordinateReferenceSystem(RARE)
    assert layer_crs.toWkt()  # used here as well while the worker's thread is there
    time.sleep(EXPIRY_MS * 5 / 1000)
    assert layer_crs.toWkt()
    assert QgsCoordinateReferenceSystem(RARE).toWkt()
    service.close()
