"""A QGIS that is killed on the way, and the next one that finds what it left."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from pytestqt.qtbot import QtBot

from mapflow_data.api.connection import Connection
from mapflow_data.services.interrupted import Finding
from mapflow_data.services.interruptions import InterruptionService
from mapflow_data.services.replacement import Patience
from mapflow_data.services.replacements import ReplacementService
from mapflow_data.services.upload.journal_keeper import JournalKeeper
from mapflow_data.services.upload.queue import QueueService, Times
from mapflow_data.transfer.journal import Journal
from tests.rig.fault_proxy import FaultProxy
from tests.services.waiting import Told

PATIENT = Times(confirm_for=60, poll=0.1, look_for_network=0.3, stalled_after=5, tick=0.1, scale=0.05)
ROOT = Path(__file__).resolve().parents[3]
DIE = """
import os, signal, sys, time
from pathlib import Path
from qgis.core import QgsApplication
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.services.replacement import Patience, Stage
from mapflow_data.services.replacements import ReplacementService
from mapflow_data.services.upload.journal_keeper import JournalKeeper
from mapflow_data.services.upload.queue import QueueService, Times, UploadRequest
from mapflow_data.transfer.inspect import inspect
from mapflow_data.transfer.journal import Journal

url, token, folder, mosaic_id, old_id, when, wish, *paths = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
keeper = JournalKeeper(Journal(folder))
times = Times(confirm_for=60, poll=0.1, look_for_network=0.3, stalled_after=5, tick=0.1, scale=0.05)
queue = QueueService(keeper=keeper, times=times)
replacements = ReplacementService(queue, keeper=keeper, patience=Patience(60, 0.1, 0.05))
connection = make_connection(url, token)
for service in (queue, replacements):
    service.set_connection(connection)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def wait(holds):
    until = time.monotonic() + 60
    while not holds() and time.monotonic() < until:
        application.processEvents()
        time.sleep(0.002)
    assert holds(), when

def lines():
    return [line for path in Path(folder).glob("*.jsonl") for line in path.read_text().splitlines()[1:]]

def has_stage(count, *stages):
    return sum(any(f'"stage":"{stage}"' in line for stage in stages) for line in lines()) >= count

since = []

def has_been(seconds, holds):
    since.extend([time.monotonic()] if holds and not since else [])
    return bool(since) and time.monotonic() - since[0] > seconds

def is_old_there():
    with MapflowClient(connection) as client:
        return any(image.id == old_id for image in client.images.list(mosaic_id))

def on_progress(one):
    step = one.step.value if one.step else ""
    if when == "deleted" and step == "deleting":
        while is_old_there():
            time.sleep(0.05)
        die()
    if step == when:
        die()

if not old_id:
    queue.add([UploadRequest(inspect(path), mosaic_id, "Fields") for path in paths])
    at = {
        "waiting": lambda: len(lines()) == len(paths),
        "uploading": lambda: has_stage(2, "sending") and any(job.sent > 0 for job in queue.jobs),
        "sent": lambda: has_been(1.0, has_stage(len(paths), "sent")),
        "answered": lambda: sum('"is_accepted":true' in line for line in lines()) == len(paths),
    }[when]
else:
    with MapflowClient(connection) as client:
        old = client.images.get(old_id)
    prepared = []
    replacements.prepared.connect(prepared.append)
    replacements.failed.connect(print)
    replacements.ended.connect(print)
    from dataclasses import replace
    replacements.prepare(replace(old, mosaic_id=mosaic_id), paths[0])
    wait(lambda: prepared)
    replacements.progressed.connect(on_progress)
    assert replacements.replace(prepared[0], "Fields", keeps_name=wish == "keep")
    at = {
        "waiting": lambda: has_stage(1, "waiting"),
        "uploading": lambda: has_stage(1, "sending") and queue.jobs[0].sent > 0,
        "sent": lambda: has_been(1.0, has_stage(1, "sent")),
        "verified": lambda: has_stage(1, "verified"),
    }.get(when, lambda: False)
wait(at)
die()
"""


def killed(
    connection: Connection,
    folder: Path,
    mosaic_id: str,
    when: str,
    *paths: Path,
    old: str = "",
    wish: str = "",
) -> None:
    """A process that puts files into a mosaic, or in the place of an image, and is killed `when`."""
    token = connection.authorization
    command = [sys.executable, "-c", DIE, connection.server, token, str(folder), mosaic_id, old, when, wish]
    done = subprocess.run(
        [*command, *map(str, paths)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


def losing_the_answer(line: FaultProxy, folder: Path) -> threading.Thread:
    """Of the upload that the journal tells of: the server has it whole, and nobody is told so."""
    line.throttle(2_000_000)

    def lose() -> None:
        until = time.monotonic() + 60
        while not any('"sending"' in path.read_text() for path in folder.glob("*.jsonl")):
            assert time.monotonic() < until
            time.sleep(0.005)
        line.swallow_answers()
        line.throttle(None)

    thread = threading.Thread(target=lose)
    thread.start()
    return thread


@dataclass
class Next:
    """The services of the next start, and what they tell."""

    folder: Path
    qtbot: QtBot
    times: Times = PATIENT

    def __post_init__(self) -> None:
        self.keeper = JournalKeeper(Journal(str(self.folder)))
        self.queue = QueueService(times=self.times, keeper=self.keeper)
        patience = Patience(wait_for=60.0, poll=0.1, scale=0.05)
        self.replacements = ReplacementService(self.queue, patience=patience, keeper=self.keeper)
        self.service = InterruptionService(self.keeper, self.queue, self.replacements)
        self.found = Told(self.qtbot, self.service.found)
        self.damaged = Told(self.qtbot, self.service.damaged)
        self.ended = Told(self.qtbot, self.replacements.ended)
        self.failed = Told(self.qtbot, self.keeper.failed)

    def connect(self, connection: Connection | None) -> None:
        for service in (self.queue, self.replacements, self.service):
            service.set_connection(connection)

    def findings(self, connection: Connection) -> list[Finding]:
        """Of a sign-in."""
        count = len(self.found) + 1
        self.connect(connection)
        (found,) = self.found.wait(count, 60)
        return list(found)

    def nothing(self, connection: Connection) -> None:
        """Is found at a sign-in."""
        self.connect(connection)
        self.until(lambda: not self.service.is_busy)
        assert self.found == []

    def until(self, condition: object) -> None:
        self.qtbot.waitUntil(condition, timeout=60_000)

    def close(self) -> None:
        """As the plugin does."""
        for service in (self.service, self.replacements, self.queue, self.keeper):
            service.close()

    def rows_on_disk(self) -> int:
        return sum(len(path.read_text().splitlines()) - 1 for path in self.folder.glob("*.jsonl"))
