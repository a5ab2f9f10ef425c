"""How smooth QGIS stays: how late a timer of the main thread gets."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, QTimer

from tests.rig.smooth import BEAT, Gauge


class Heartbeat(Gauge):
    """Asks the system for nothing while it beats: each time it might have to wait for the interpreter."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._note(BEAT))

    def __enter__(self) -> Heartbeat:
        self._begin()
        self._timer.start(round(BEAT * 1000))
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()
        self._note(BEAT)
