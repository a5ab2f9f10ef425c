"""Does what takes a while bit by bit, so that QGIS draws and answers in between. Main thread."""

from __future__ import annotations

from collections import deque
from typing import Callable

from qgis.PyQt.QtCore import QObject, QTimer

AT_ONCE = 2  # in one turn of the event loop: a raster is opened and added in some 6 ms


class InTurns(QObject):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], object]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_turn)

    def add(self, act: Callable[[], object]) -> None:
        """`act` finds out by itself whether it is still wanted."""
        self._waiting.append(act)
        self._timer.start()

    def clear(self) -> None:
        self._waiting.clear()
        self._timer.stop()

    def _on_turn(self) -> None:
        for _ in range(min(AT_ONCE, len(self._waiting))):
            if self._waiting:  # what was done may have cleared it
                self._waiting.popleft()()
        if not self._waiting:
            self._timer.stop()
