"""Two images and a service that puts one in the place of the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection
from mapflow_data.api.models import Image
from mapflow_data.services.replacement import Patience
from mapflow_data.services.replacements import ReplacementService
from mapflow_data.services.upload.queue import QueueService
from tests.rig.fault_proxy import FaultProxy
from tests.rig.geotiffs import make_raster
from tests.rig.queue_watch import BRIEF, QUICK
from tests.rig.sandbox import Sandbox
from tests.services.replacing import MakeRig, Rig, add


@pytest.fixture
def make_rig(qgis_app: QgsApplication, qtbot: QtBot) -> Iterator[MakeRig]:
    made: list[Rig] = []

    def make(connection: Connection, wait_for: float = 5.0, brief: bool = False) -> Rig:
        queue = QueueService(times=BRIEF if brief else QUICK)
        patience = Patience(wait_for=wait_for, poll=0.1, scale=0.05)
        rig = Rig(ReplacementService(queue, patience=patience), queue, qtbot)
        rig.connect(connection)
        made.append(rig)
        return rig

    yield make
    for rig in made:
        rig.service.close()
        rig.queue.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def rig(make_rig: MakeRig, connection: Connection) -> Rig:
    return make_rig(connection)


@pytest.fixture
def line(sandbox: Sandbox) -> Iterator[FaultProxy]:
    with FaultProxy(sandbox.url) as line:
        yield line


@pytest.fixture
def old(client: MapflowClient, mosaic_id: str, tmp_path: Path) -> Image:
    return add(client, mosaic_id, make_raster(tmp_path / "old.tif"))


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return make_raster(tmp_path / "new.tif", size=(70, 48), value=99)
