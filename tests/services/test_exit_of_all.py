"""QGIS exits while any of the services is at it: gone within a second, no crash, nothing half left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mapflow_data.transfer.twins import sha1_of_file
from tests.rig.fault_server import FaultServer, Script
from tests.rig.geotiffs import make_raster
from tests.rig.script import answer

ROOT = Path(__file__).resolve().parents[2]
NEVER = Script(silent=True, delay=30)
NONE = answer({"message": "no such call"}, 404)
LEAVE = """
import sys, time
from pathlib import Path
from qgis.core import QgsApplication
from mapflow_data.api.errors import Unreachable
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.services.bundle import make_services
from mapflow_data.services.downloads import Download
from mapflow_data.services.replacement import Stage
from mapflow_data.services.offline.shelf import Known

scene, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
application = QgsApplication([], False)
application.initQgis()

def wait(holds):
    until = time.monotonic() + 30
    while not holds() and time.monotonic() < until:
        application.processEvents()
        time.sleep(0.002)
    return bool(holds())

services = make_services()
session = services.session
session.restore()
wait(lambda: session.state == "signed_in" and not session.is_busy)
images = [Image(f"i{n}", "m", f"{n}.tif", size_bytes=50_000_000) for n in range(count)]
mosaics = [Mosaic(f"m{n}", "") for n in range(8)]

def replace():
    services.replacements.prepared.connect(services.replacements.replace)
    services.replacements.prepare(images[0], str(folder / "new.tif"))

def look():
    session.away.begin(session.connection, Unreachable(), Known(None))
    session.away.look()

start, is_at_it = {
    "pictures": (lambda: services.pictures.want(images), lambda: services.pictures.is_running("small")),
    "large": (lambda: services.pictures.load_large(images[0]), lambda: services.pictures.is_running("large")),
    "inventory": (lambda: services.inventory.load(mosaics), lambda: services.inventory.is_reading),
    "outlines": (lambda: services.mosaics.load_outlines(mosaics), lambda: services.mosaics.is_busy),
    "download": (
        lambda: services.downloads.download([Download(images[0], str(folder / "a.tif"))]),
        lambda: (folder / "a.tif.part").exists(),
    ),
    "replacement": (replace, lambda: any(one.stage is Stage.SWAPPING for one in services.replacements.open)),
    "shelf": (
        lambda: services.shelf_keeper.keep_images("m", images),
        lambda: services.shelf_keeper.is_running("write"),
    ),
    "look-out": (look, lambda: session.away.is_busy),
}[scene]
start()
print(wait(is_at_it))
moment = time.monotonic() + 0.2  # for the threads to get at it
wait(lambda: time.monotonic() >= moment)
print(is_at_it())
started = time.monotonic()
services.close()
application.exitQgis()
print("quick:", time.monotonic() - started < 6.0)  # what hangs would take 30
"""


def _nothing(server: FaultServer, folder: Path) -> None:
    """Every request of the scene hangs."""


def _download(server: FaultServer, folder: Path) -> None:
    server.add(answer({"download_url": f"{server.origin}/file"}))
    server.add(Script(body=b"II*\0" + b"x" * 100_000, told_length=50_000_000, linger=30))


def _replacement(server: FaultServer, folder: Path) -> None:
    path = make_raster(folder / "new.tif")
    old = {"id": "i0", "filename": "0.tif"}
    sha1, size = sha1_of_file(str(path)), path.stat().st_size
    new = {"id": "new", "filename": "new.tif", "file_size": size, "checksum": sha1}
    before = [answer([old]), answer({"memoryLimit": None, "memoryUsed": 0})]
    sending = [NONE, answer([old]), answer({"id": "new"}), NONE, *[answer([old, new])] * 2]
    server.add(*before, *sending)  # the image itself is never told


Prepare = Callable[[FaultServer, Path], None]


@pytest.mark.parametrize(
    ("scene", "prepare", "count"),
    [
        ("pictures", _nothing, 60),
        ("large", _nothing, 1),
        ("inventory", _nothing, 1),
        ("outlines", _nothing, 1),
        ("download", _download, 1),
        ("replacement", _replacement, 1),
        ("shelf", _nothing, 200_000),
        ("look-out", _nothing, 1),
    ],
)
def test_an_exit_meanwhile(scene: str, prepare: Prepare, count: int, tmp_path: Path) -> None:
    with FaultServer([answer({"memoryLimit": None, "memoryUsed": 0}), NONE], then=NEVER) as server:
        prepare(server, tmp_path)
        env = {
            **os.environ,
            "MAPFLOW_DATA_URL": server.url,
            "MAPFLOW_DATA_TOKEN": "YTpi",
            "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path / "config"),
            "QGIS_AUTH_DB_DIR_PATH": str(tmp_path),
            "HOME": str(tmp_path),
        }
        command = [sys.executable, "-c", LEAVE, scene, str(tmp_path), str(count)]
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=90, check=False
        )
    assert (done.returncode, done.stdout.split()) == (0, ["True", "True", "quick:", "True"]), done.stderr
    assert not list(tmp_path.rglob("*.part"))
    assert not list(tmp_path.rglob("images-*"))  # what takes long to write was not waited for
