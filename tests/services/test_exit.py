"""QGIS unloads the plugin and exits while a file is on its way: gone within a second, without a crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.rig.fault_server import FaultServer, Script
from tests.rig.geotiffs import make_raster
from tests.rig.script import answer

ROOT = Path(__file__).resolve().parents[2]
LEAVE = """
import sys, time
from qgis.core import QgsApplication
from mapflow_data.api.connection import make_connection
from mapflow_data.services.upload.jobs import State, UploadRequest
from mapflow_data.services.upload.queue import QueueService
from mapflow_data.transfer.inspect import inspect

url, path, state = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
queue = QueueService()
queue.set_connection(make_connection(url, "dTpw"))
queue.add([UploadRequest(inspect(path), "m")])
until = time.monotonic() + 30
while queue.jobs[0].state is not State(state) and time.monotonic() < until:
    application.processEvents()
print(queue.jobs[0].state.value)
started = time.monotonic()
queue.close()
application.exitQgis()
print("quick:", time.monotonic() - started < 6.0)  # what hangs would take 30
"""


@pytest.mark.parametrize(
    ("side", "server", "state"),
    [(3000, Script(stall=True), "uploading"), (20, Script(silent=True, delay=30), "working")],
)
def test_an_exit_on_the_way(side: int, server: Script, state: str, tmp_path: Path) -> None:
    path = make_raster(tmp_path / "a.tif", size=(side, side))
    with FaultServer([answer({}, 404), answer([])], then=server) as service:
        command = [sys.executable, "-c", LEAVE, service.url, str(path), state]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)
    assert (done.returncode, done.stdout.split("\n")[:2]) == (0, [state, "quick: True"]), done.stderr
