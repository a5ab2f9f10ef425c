"""A queue against a real service, with short times, and what it told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.services.pictures.service import PictureService
from mapflow_data.services.upload.jobs import UploadRequest
from mapflow_data.services.upload.queue import QueueService, Times
from mapflow_data.transfer.inspect import inspect
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.queue_watch import QUICK, Watch
from tests.rig.sandbox import Sandbox


@pytest.fixture
def make_queue(qtbot: QtBot, qgis_app: QgsApplication) -> Iterator[Callable[..., Watch]]:
    made: list[QueueService] = []

    def make(connection: Connection | None, times: Times = QUICK, **options: Any) -> Watch:
        queue = QueueService(times=times, **options)
        made.append(queue)
        watch = Watch(queue, qtbot)
        if connection is not None:
            queue.set_connection(connection)
        return watch

    yield make
    for queue in made:
        queue.close()
    manager = QgsApplication.taskManager()
    qtbot.waitUntil(lambda: manager.countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def connection(sandbox: Sandbox) -> Connection:
    return make_connection(sandbox.url, sandbox.token)


@pytest.fixture
def client(connection: Connection) -> Iterator[MapflowClient]:
    with MapflowClient(connection) as client:
        yield client


@pytest.fixture
def mosaic_id(client: MapflowClient) -> str:
    return client.mosaics.create("test").id


@pytest.fixture
def request_for(tmp_path: Path) -> Callable[..., UploadRequest]:
    """A request for a new raster, each with pixels of its own."""
    count = iter(range(1000))

    def make(mosaic_id: str, name: str = "", **raster: Any) -> UploadRequest:
        number = next(count)
        folder = tmp_path / str(number)
        folder.mkdir()
        raster.setdefault("value", number)
        path = make_raster(folder / (name or f"image {number}.tif"), **raster)
        return UploadRequest(inspect(str(path)), mosaic_id, "test")

    return make


@pytest.fixture
def make_pictures(qgis_app: QgsApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Services of pictures with one cache, each for a server (or its address) and a token."""
    made: list[PictureService] = []

    def make(server: FaultServer | str, token: str = "YTpi") -> PictureService:
        service = PictureService(folder=str(tmp_path / "cache"), time_scale=0.05)
        made.append(service)
        service.set_connection(make_connection(server if isinstance(server, str) else server.url, token))
        return service

    yield make
    for service in made:
        service.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)
