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
from mapflow_data.services.jobs import Job, State, Summary, UploadRequest
from mapflow_data.services.queue import QueueService, Times
from mapflow_data.transfer.inspect import inspect
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox

QUICK = Times(confirm_for=6.0, poll=0.1, look_for_network=0.3, stalled_after=0.5, tick=0.1, scale=0.05)


class Watch:
    """Everything that a queue told, in order."""

    def __init__(self, queue: QueueService, qtbot: QtBot) -> None:
        self.queue = queue
        self._qtbot = qtbot
        self.changes: list[Job] = []
        self.sums: list[Summary] = []
        self.uploaded: list[tuple[str, Any]] = []
        self.sign_ins = self.idles = 0
        queue.job_changed.connect(self.changes.append)
        queue.summary_changed.connect(self.sums.append)
        queue.image_uploaded.connect(lambda mosaic, image: self.uploaded.append((mosaic, image)))
        queue.sign_in_needed.connect(self._on_sign_in)
        queue.idle.connect(self._on_idle)

    def _on_sign_in(self) -> None:
        self.sign_ins += 1

    def _on_idle(self) -> None:
        self.idles += 1

    def job(self, job_id: int) -> Job:
        return next(job for job in self.queue.jobs if job.id == job_id)

    def states(self, job_id: int) -> list[State]:
        """Each state that a job was in, once for each time that it got into it."""
        found: list[State] = []
        for job in self.changes:
            if job.id == job_id and found[-1:] != [job.state]:
                found.append(job.state)
        return found

    def until(self, condition: Callable[[], bool], seconds: float = 15.0) -> None:
        self._qtbot.waitUntil(condition, timeout=int(seconds * 1000))

    def until_state(self, job_id: int, *states: State, seconds: float = 15.0) -> Job:
        self.until(lambda: self.job(job_id).state in states, seconds)
        return self.job(job_id)

    def until_over(self, seconds: float = 20.0) -> None:
        self.until(lambda: bool(self.queue.jobs) and self.queue.is_idle, seconds)


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
