"""The first opening of the dock: all that is imported and built then, until it is drawn. Best of a few."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.measures import Measure, offscreen_qgis, report

OPENING_MS = 300.0
RUNS = 4
ONCE = "--once"


def main() -> int:
    return _open_once() if ONCE in sys.argv else report(_measures())


def _measures() -> Iterator[Measure]:
    """Each in a process of its own, over bytecode as an installed plugin has it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, __file__, ONCE]
        times = [
            float(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)
            for _ in range(1 + RUNS)
        ]
    yield Measure("the very first opening, which compiles", times[0], "ms")
    yield Measure("first opening of the dock", min(times[1:]), "ms", OPENING_MS)


def _open_once() -> int:
    application = offscreen_qgis()
    from mapflow_data import gui, plugin
    from tests.gui.kit.window import Window

    assert plugin.MapflowDataPlugin  # what QGIS has loaded at its start
    window = Window()
    application.processEvents()
    begun = time.perf_counter()
    workspace = gui.make_workspace(window)
    workspace.open_dock()
    application.processEvents()
    print((time.perf_counter() - begun) * 1000, flush=True)
    workspace.close()
    window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
