"""How smooth QGIS stays: how late the main thread's timer gets."""

from __future__ import annotations

import time

from qgis.PyQt.QtCore import Qt, QTimer

BEAT_MS = 5


class Heartbeat:
    """A timer that notes how late it was, in ms."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)

    def __enter__(self) -> Heartbeat:
        self._last = time.perf_counter()
        self._timer.start(BEAT_MS)
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self.late.append((now - self._last) * 1000 - BEAT_MS)
        self._last = now

    @property
    def p99(self) -> float:
        return sorted(self.late)[int(len(self.late) * 0.99)]
