"""How long the main thread of QGIS stalls while two uploads run in tasks: best of three."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEventLoop, QTimer

from bench.measures import STALL_MS, Heartbeat, Measure, offscreen_qgis, report
from bench.upload import large_file, sink
from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.services.task import Task

SIZE = 1024**3
AT_ONCE = 2
RUNS = 3
IDLE_MS = 1000


def main() -> int:
    with sink() as origin, large_file(SIZE) as path:
        _application = offscreen_qgis()
        return report(_measures(origin, path))


def _measures(origin: str, path: Path) -> Iterator[Measure]:
    yield Measure("with nothing to do: longest stall", _idle(), "ms")
    runs = [_run(origin, path) for _ in range(RUNS)]
    yield Measure(
        f"{AT_ONCE} uploads at once: longest stall", min(worst for worst, _ in runs), "ms", STALL_MS
    )
    yield Measure(f"{AT_ONCE} uploads at once: speed", max(speed for _, speed in runs), "MB/s")


def _idle() -> float:
    loop = QEventLoop()
    QTimer.singleShot(IDLE_MS, loop.quit)
    with Heartbeat() as heart:
        loop.exec()
    return heart.worst_ms


def _run(origin: str, path: Path) -> tuple[float, float]:
    """The longest stall in ms, and MB/s of all uploads together."""
    loop = QEventLoop()
    ended: list[object] = []

    def work(token: CancelToken) -> None:
        with MapflowClient(make_connection(origin, "user@example.com:token"), token) as client:
            client.images.upload("m", str(path), lambda *_: None)

    def on_end(_: object) -> None:
        ended.append(_)
        if len(ended) == AT_ONCE:
            loop.quit()

    tasks = [Task("upload", work) for _ in range(AT_ONCE)]
    for task in tasks:
        task.done.connect(on_end)
        task.failed.connect(on_end)
    begun = time.perf_counter()
    with Heartbeat() as heart:
        for task in tasks:
            QgsApplication.taskManager().addTask(task)
        loop.exec()
    if any(one is not None for one in ended):
        raise SystemExit(f"an upload failed: {ended}")
    return heart.worst_ms, AT_ONCE * SIZE / 1e6 / (time.perf_counter() - begun)


if __name__ == "__main__":
    sys.exit(main())
