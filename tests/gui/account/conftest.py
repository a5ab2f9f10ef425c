"""A service that can go away and come back, and a dock that is opened, closed and opened again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.settings import SERVER, CredentialStore
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.docks import Docks, shelf_folder
from tests.gui.kit.window import Window
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox


@pytest.fixture(autouse=True)
def _clean(qgis_app: QgsApplication, qtbot: QtBot) -> Iterator[None]:
    yield
    CredentialStore().forget()
    SERVER.forget()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=PATIENCE_MS)
    for path in sorted(shelf_folder().rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A service that can be stopped, and be started again in the same place."""
    service = Sandbox(tmp_path / "service").start()
    service.options["port"] = service.port
    with MapflowClient(make_connection(service.url, service.token)) as client:
        mosaic = client.mosaics.create("Two fields", ("drone",))
        client.mosaics.create("Never opened")
        client.images.upload(mosaic.id, str(make_raster(tmp_path / "field_1.tif")))
    yield service
    service.stop()


@pytest.fixture
def docks(window: Window, qtbot: QtBot) -> Iterator[Docks]:
    docks = Docks(window, qtbot)
    yield docks
    docks.close()
