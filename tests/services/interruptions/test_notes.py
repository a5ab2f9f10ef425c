"""What is noted while files are sent: in time, nothing secret, and on the disk when QGIS is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mapflow_data.api.connection import make_connection
from mapflow_data.services.interrupted import Fate
from mapflow_data.services.upload.jobs import State, UploadRequest
from mapflow_data.transfer.inspect import inspect
from mapflow_data.transfer.journal import Journal
from mapflow_data.transfer.journal_rows import Stage, make_row
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.queue_watch import BRIEF, MakeRequest
from tests.rig.script import Script, answer
from tests.services.interruptions.conftest import MakeNext
from tests.services.interruptions.interrupting import ROOT

NONE = answer({"message": "no such call"}, 404)
SECRET = "c29tZWJvZHk6c2VjcmV0"
LEAVE = """
import sys
from qgis.core import QgsApplication
from mapflow_data.api.connection import make_connection
from mapflow_data.services.bundle import make_services
from mapflow_data.services.upload.jobs import UploadRequest
from mapflow_data.settings import journal_folder
from mapflow_data.transfer.inspect import inspect

url, *paths = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
services = make_services()
services.queue.set_connection(make_connection(url, "YTpi"))
services.queue.add(UploadRequest(inspect(path), "m", "Fields") for path in paths)
services.close()
print(journal_folder())
application.exitQgis()
"""


def reading(folder: Path, texts: list[str]) -> Callable[[], None]:
    return lambda: texts.append("".join(path.read_text() for path in folder.glob("*.jsonl")))


def test_each_step_is_on_the_disk_before_the_server_can_know_of_it(
    start: MakeNext, folder: Path, request_for: MakeRequest
) -> None:
    request = request_for("m", "a.tif")
    image = {"id": "i1", "filename": "a.tif", "file_size": request.facts.size}
    old = {"id": "twin", "filename": "other.tif", "file_size": request.facts.size}
    texts: list[str] = []
    look = reading(folder, texts)
    scripts = [
        answer({}, 404),
        answer([old, {"id": "small", "filename": "b.tif", "file_size": 3}]),
        answer({"id": "i1"}, before=look),
        answer({}, 404, before=look),
        answer([old, image]),
    ]
    with FaultServer(scripts) as server:
        one = start()
        one.queue.set_connection(make_connection(server.url, SECRET))
        one.queue.add([request])
        one.until(lambda: one.queue.jobs[0].state is State.DONE)
        one.until(lambda: not list(folder.glob("*.jsonl")))
    sent, accepted = texts
    assert '"stage":"sent"' in sent
    assert '"known_ids":["twin"]' in sent  # what cannot be taken for it need not be noted
    assert '"is_accepted":false' in sent
    assert ('"is_accepted":true' in accepted, '"image_id":"i1"' in accepted) == (True, True)
    for secret in (SECRET, "somebody", "127.0.0.1", "Basic", "http"):
        assert secret not in sent + accepted


def test_what_was_told_as_failed_or_was_cancelled_is_noted_no_more_and_again_when_it_is_tried_again(
    start: MakeNext, folder: Path, request_for: MakeRequest
) -> None:
    refusal = answer({"message": "no"}, 400)
    with FaultServer([NONE, answer([]), refusal, NONE, answer([])], then=Script(stall=True)) as server:
        one = start()
        one.queue.set_connection(make_connection(server.url, SECRET))
        (job_id,) = one.queue.add([request_for("m", size=(2000, 2000))])
        one.until(lambda: one.queue.jobs[0].state is State.FAILED)
        one.until(lambda: not list(folder.glob("*.jsonl")))
        one.queue.retry([job_id])
        one.until(lambda: one.queue.jobs[0].state is State.UPLOADING)
        assert one.rows_on_disk() == 1
        one.queue.cancel([job_id])
        one.until(lambda: one.queue.jobs[0].state is State.CANCELLED)
        one.until(lambda: not list(folder.glob("*.jsonl")))


def test_what_was_not_confirmed_stays_noted_until_it_is_cleared(
    start: MakeNext, folder: Path, request_for: MakeRequest
) -> None:
    with FaultServer([NONE, answer([]), Script(status=502)], then=answer([])) as server:
        one = start(BRIEF)
        one.queue.set_connection(make_connection(server.url, SECRET))
        (job_id,) = one.queue.add([request_for("m")])
        one.until(lambda: one.queue.jobs[0].state is State.UNCONFIRMED)
        assert one.rows_on_disk() == 1
        one.queue.remove([job_id])
        one.until(lambda: not list(folder.glob("*.jsonl")))


def test_when_qgis_is_left_all_is_on_the_disk_however_soon(tmp_path: Path) -> None:
    paths = [str(make_raster(tmp_path / f"{n}.tif", value=n)) for n in range(3)]
    env = {**os.environ, "HOME": str(tmp_path), "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path / "config")}
    with FaultServer(then=Script(stall=True)) as server:
        done = subprocess.run(
            [sys.executable, "-c", LEAVE, server.url, *paths],
            cwd=ROOT, env=env, capture_output=True, text=True, timeout=40, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (path,) = Path(done.stdout.strip()).glob("*.jsonl")
    assert [line.count('"stage":"waiting"') for line in path.read_text().splitlines()[1:]] == [1, 1, 1]


def test_of_a_qgis_that_still_runs_nothing_is_told(start: MakeNext, folder: Path, tmp_path: Path) -> None:
    request = UploadRequest(inspect(str(make_raster(tmp_path / "a.tif", size=(2000, 2000)))), "m", "Fields")
    with FaultServer([NONE, answer([]), Script(stall=True)], then=NONE) as server:
        connection = make_connection(server.url, SECRET)
        first = start()
        first.queue.set_connection(connection)
        first.queue.add([request])
        first.until(lambda: first.queue.jobs[0].state is State.UPLOADING)
        second = start()
        second.nothing(connection)
        first.close()
        (found,) = second.findings(connection)
        assert found.row.name == "a.tif"
        assert Journal(str(folder)).rows(connection.key) == ()


def test_a_server_that_fails_is_asked_once_and_what_was_found_is_told_all_the_same(
    start: MakeNext, folder: Path, request_for: MakeRequest
) -> None:
    """The tries that a read usually has would take minutes."""
    with FaultServer(then=answer({"message": "down"}, 503)) as server:
        connection = make_connection(server.url, SECRET)
        journal = Journal(str(folder))
        for mosaic_id in ("m", "n"):
            row = make_row(connection.key, request_for(mosaic_id).facts, mosaic_id, "Fields")
            journal.put(replace(row, stage=Stage.SENT))
        journal.close()
        found = start().findings(connection)
        assert [(one.fate, one.is_sure) for one in found] == [(Fate.OPEN, False)] * 2
        assert server.seen == [f"GET /rest/rasters/mosaic/{one}/status" for one in "mn"]
