"""A replacement service on a queue of its own with short times, and what it told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection
from mapflow_data.api.models import Image
from mapflow_data.services.replacement import Prepared, Replacement
from mapflow_data.services.replacements import ReplacementService
from mapflow_data.services.upload.queue import QueueService
from tests.rig.sandbox import Sandbox
from tests.services.waiting import Told


@dataclass
class Rig:
    """A queue, the service on it, and what was told."""

    service: ReplacementService
    queue: QueueService
    qtbot: QtBot

    def __post_init__(self) -> None:
        self.prepared = Told(self.qtbot, self.service.prepared)
        self.failed = Told(self.qtbot, self.service.failed)
        self.ended = Told(self.qtbot, self.service.ended)
        self.replaced = Told(self.qtbot, self.service.replaced)
        self.progress = Told(self.qtbot, self.service.progressed)

    def connect(self, connection: Connection | None) -> None:
        self.queue.set_connection(connection)
        self.service.set_connection(connection)

    def prepare(self, image: Image, path: Path) -> Prepared:
        count = len(self.prepared) + 1
        self.service.prepare(image, str(path))
        (prepared,) = self.prepared.wait(count)
        return prepared

    def start(self, image: Image, path: Path, **more: Any) -> None:
        assert self.service.replace(self.prepare(image, path), "test", **more)

    def end(self, count: int = 1, seconds: float = 15.0) -> Replacement:
        (one,) = self.ended.wait(count, seconds)
        return one

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=10_000)

    @property
    def last(self) -> Replacement:
        return self.progress[-1][0]


MakeRig = Callable[..., Rig]


def add(client: MapflowClient, mosaic_id: str, path: Path) -> Image:
    before = {image.id for image in client.images.list(mosaic_id)}
    client.images.upload(mosaic_id, str(path))
    return next(image for image in client.images.list(mosaic_id) if image.id not in before)


def names(client: MapflowClient, mosaic_id: str) -> list[str]:
    return sorted(image.filename for image in client.images.list(mosaic_id))


def deletions(sandbox: Sandbox) -> int:
    return sum(one["method"] == "DELETE" and "/image/" in one["path"] for one in sandbox.requests())
