"""What a bench tells: one line per measure, with its limit; and the clock that sees the main thread stall."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

BEAT_MS = 5
STALL_MS = 50.0


@dataclass(frozen=True)
class Measure:
    """`limit` is the most that is allowed, with `at_least` the least, None where a figure only informs."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        line = f"{self.name:<58} {self.value:9.2f} {self.unit:<5}"
        if self.limit is None:
            return line.rstrip()
        word = "at least" if self.at_least else "at most"
        state = "ok" if self.is_met else "MISSED"
        return f"{line} {word} {self.limit:g}, ratio {self.value / self.limit:.2f}  {state}"


def report(measures: Iterable[Measure]) -> int:
    """Prints them as they come; the exit code."""
    is_met = True
    for one in measures:
        print(one, flush=True)
        is_met = is_met and one.is_met
    return 0 if is_met else 1


class Heartbeat:
    """`with Heartbeat() as heart:` … `heart.worst_ms`: how late the main thread came to a 5 ms timer."""

    def __init__(self) -> None:
        from qgis.PyQt.QtCore import Qt, QTimer

        self.late_ms: list[float] = []
        self._due = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)

    def __enter__(self) -> Heartbeat:
        self._due = time.perf_counter() + BEAT_MS / 1000
        self._timer.start(BEAT_MS)
        return self

    def __exit__(self, *_: object) -> None:
        self._on_beat()
        self._timer.stop()

    @property
    def worst_ms(self) -> float:
        return max(self.late_ms, default=0.0)

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._due) * 1000))
        self._due = now + BEAT_MS / 1000


def offscreen_qgis() -> Any:
    """A QGIS that needs no display and leaves the user's profile alone; hold on to it."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for name in ("QGIS_CUSTOM_CONFIG_PATH", "QGIS_AUTH_DB_DIR_PATH", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"):
        os.environ[name] = tempfile.mkdtemp(prefix="mapflow-data-bench-")
    from qgis.core import QgsApplication

    application = QgsApplication([], True)
    application.initQgis()
    return application


def fail(why: str) -> int:
    print(why, file=sys.stderr)
    return 1
