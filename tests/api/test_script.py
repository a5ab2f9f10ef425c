"""The client works in any Python script, with `requests` and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.rig.fault_server import FaultServer
from tests.rig.script import answer

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection

server, token, path = sys.argv[1:]
with MapflowClient(make_connection(server, token)) as client:
    mosaic = client.mosaics.create("Fields")
    client.images.upload(mosaic.id, path, lambda sent, total: None)
    print([image.filename for image in client.images.list(mosaic.id)])
assert not {"qgis", "osgeo", "PyQt5", "PyQt6", "numpy"} & set(sys.modules)
"""


def test_ten_lines_are_enough(make_file: Any) -> None:
    scripts = [answer([]), answer({"id": "m"}), answer({}), answer([{"id": "i", "filename": "a.tif"}])]
    with FaultServer(scripts) as server:
        command = [
            sys.executable,
            "-W",
            "error",
            "-c",
            SCRIPT,
            server.origin,
            "me@example.com:token",
            make_file(),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
        assert (done.stdout, done.stderr) == ("['a.tif']\n", "")
        assert server.requests[2].is_whole
