"""From files to jobs: check a batch, plan it, make the mosaic, hand over to the queue. Main thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...api.cancel import CancelToken
from ...api.client import MapflowClient
from ...api.connection import Connection
from ...api.models import Image, Mosaic, Storage
from ...transfer.inspect import RasterFacts, inspect, is_current
from ...transfer.plan import Plan, make_plan
from ...transfer.twins import sha1_of_file
from ..service import Service
from .queue import QueueService, UploadRequest


@dataclass(frozen=True)
class Target:
    """Where a batch goes: an existing mosaic by its id, or a new one (id "") of this name and tags."""

    mosaic_id: str = ""
    name: str = ""
    tags: tuple[str, ...] = ()


@dataclass
class _Known:
    """What was found out already, so that another plan of the same files costs nothing. Grows in workers."""

    facts: dict[str, RasterFacts] = field(default_factory=dict)
    sha1: dict[str, str] = field(default_factory=dict)
    images: dict[str, Sequence[Image]] = field(default_factory=dict)
    storage: Optional[Storage] = None


class UploadService(Service):
    """One batch at a time: `prepare` (again for another target or choice), then `start`."""

    row_checked = pyqtSignal(object)  # RasterFacts, as each file has been looked at
    plan_ready = pyqtSignal(object)  # Plan
    started = pyqtSignal(str, list)  # mosaic id, job ids
    mosaic_created = pyqtSignal(object)
    abandoned = pyqtSignal(str)  # name of a mosaic that was being made, and may come all the same
    failed = pyqtSignal(str, object)  # "prepare" or "start", error

    def __init__(
        self, queue: QueueService, parent: Optional[QObject] = None, *, time_scale: float = 1.0
    ) -> None:
        """`time_scale` stretches the client's waits; it is 1 but in tests."""
        super().__init__(parent)
        self._scale = time_scale
        self._queue = queue
        self._connection: Optional[Connection] = None
        self._known = _Known()
        self._making = ""  # name of the mosaic that is asked for

    def set_connection(self, connection: Optional[Connection]) -> None:
        if connection != self._connection:
            before = self._connection
            if connection is None or before is None or connection.key != before.key:
                self.cancel_all()
            else:
                self.cancel("prepare")  # a mosaic that is being made with the old token comes all the same
            self._known = _Known(facts=self._known.facts, sha1=self._known.sha1)
        self._connection = connection

    def prepare(
        self,
        paths: Iterable[str],
        mosaic_id: Optional[str] = None,
        send_as_is: Iterable[str] = (),
        *,
        fresh: bool = False,
    ) -> None:
        """Tells `row_checked` for each file that is new and then `plan_ready`; the latest call wins.

        `mosaic_id` None is a new mosaic. What is known of files, images and storage from an earlier call is
        taken over unless `fresh`.
        """
        connection = self._connection
        if connection is None:
            return
        if fresh:
            self._known = _Known()
        known, wanted, as_is = self._known, tuple(paths), frozenset(send_as_is)

        def work(token: CancelToken) -> Plan:
            facts = self._inspected(known, wanted, token)
            with MapflowClient(connection, token, time_scale=self._scale) as client:
                _read_target(known, client, mosaic_id)
            images = known.images[mosaic_id] if mosaic_id else ()
            return make_plan(facts, known.storage, images, as_is, lambda path: _sha1(known, path, token))

        self.run(
            "prepare",
            work,
            self.plan_ready.emit,
            lambda error: self.failed.emit("prepare", error),
            latest=True,
            description="Mapflow Data: check files",
        )

    def start(self, plan: Plan, target: Target) -> None:
        """Make the mosaic where it is new, then queue what the plan sends; tells `started` or `failed`."""
        rows = plan.sendable
        connection = self._connection
        if connection is None or not rows or self.is_running("start"):
            return

        def on_mosaic(mosaic: Mosaic) -> None:
            if not target.mosaic_id:
                self.mosaic_created.emit(mosaic)
            self._hand_over(rows, mosaic)

        if target.mosaic_id:
            on_mosaic(Mosaic(target.mosaic_id, target.name))
            return

        def work(token: CancelToken) -> Mosaic:
            with MapflowClient(connection, token, time_scale=self._scale) as client:
                return client.mosaics.create(target.name, target.tags)

        self._making = target.name
        self.run("start", work, on_mosaic, lambda error: self.failed.emit("start", error))

    def abandon(self) -> None:
        """What was begun by `start` is not wanted any more."""
        if self.is_running("start"):
            self.cancel("start")
            self.abandoned.emit(self._making)

    def forget(self) -> None:
        """The batch is over: stop checking and keep nothing of it."""
        self.cancel("prepare")
        self._known = _Known()

    def _hand_over(self, rows: Sequence[Any], mosaic: Mosaic) -> None:
        ids = self._queue.add(UploadRequest(row.facts, mosaic.id, mosaic.name) for row in rows)
        self._known.storage = None  # both change now
        self._known.images.pop(mosaic.id, None)
        self.started.emit(mosaic.id, ids)

    def _inspected(self, known: _Known, paths: Sequence[str], token: CancelToken) -> list[RasterFacts]:
        """On the worker; `row_checked` gets to the main thread by itself."""
        found = []
        for path in paths:
            facts = known.facts.get(path)
            if facts is None or not is_current(facts):
                facts = known.facts[path] = inspect(path, token)
                known.sha1.pop(path, None)
                token.check()
                self.tell("row_checked", facts)
            found.append(facts)
        return found


def _read_target(known: _Known, client: MapflowClient, mosaic_id: Optional[str]) -> None:
    if known.storage is None:
        known.storage = client.account.storage()
    if mosaic_id and mosaic_id not in known.images:
        known.images[mosaic_id] = client.images.list(mosaic_id)


def _sha1(known: _Known, path: str, token: CancelToken) -> str:
    if path not in known.sha1:
        known.sha1[path] = sha1_of_file(path, token)
    return known.sha1[path]
