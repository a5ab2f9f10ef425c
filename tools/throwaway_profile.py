"""A throw-away QGIS profile with this checkout linked in as a plugin, and a QGIS that runs in it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = """\
[PythonPlugins]
mapflow_data=true

[qgis]
showTips=false
checkVersion=false
"""


def make_profile(folder: Path) -> None:
    """Replaces `folder` by a clean one, for `qgis --profiles-path`."""
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "profiles" / "default"
    plugins = home / "python" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "mapflow_data").symlink_to(ROOT)
    (home / "QGIS").mkdir()
    (home / "QGIS" / "QGIS3.ini").write_text(SETTINGS)
    (folder / "password").write_text("of a throw-away profile\n")
    (folder / "runtime").mkdir(mode=0o700)
    (folder / "tmp").mkdir()


def environment(folder: Path) -> dict[str, str]:
    """The machine's environment with nothing of the user's own QGIS, Python or Mapflow in it.

    With a temporary folder of its own: at its end QGIS asks about layers whose files lie in the machine's,
    as all do where the checkout itself is there.
    """
    inherited = {k: v for k, v in os.environ.items() if not re.match(r"MAPFLOW_|QGIS_|PYTHON|VIRTUAL_ENV", k)}
    return {
        **inherited,
        "QGIS_AUTH_PASSWORD_FILE": str(folder / "password"),
        "QGIS_AUTH_DB_DIR_PATH": str(folder),
        "XDG_RUNTIME_DIR": str(folder / "runtime"),
        "TMPDIR": str(folder / "tmp"),
    }


@contextmanager
def running_qgis(
    profile: Path, script: Path, env: Mapping[str, str], seconds: float, stderr: IO[str]
) -> Iterator[subprocess.Popen[str]]:
    """QGIS on a screen of its own with `script` as its code; after `seconds` it is ended by force."""
    command = [
        "xvfb-run",
        "-a",
        "-s",
        "-screen 0 1600x1000x24",
        "/usr/bin/qgis",
        "--nologo",
        "--noversioncheck",
    ]
    command += ["--profiles-path", str(profile), "--code", str(script)]
    # a session of its own, so that the screen and QGIS can be ended together
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True
    ) as qgis:
        watch = threading.Timer(seconds, os.killpg, (qgis.pid, signal.SIGKILL))
        watch.start()
        try:
            yield qgis
            qgis.wait()
        finally:
            watch.cancel()
