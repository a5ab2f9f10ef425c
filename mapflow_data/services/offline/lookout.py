"""When to look for the network again: every half minute, only while somebody watches. Main thread."""

from __future__ import annotations

import time
from typing import Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal


class Lookout(QObject):
    """`start` once for each `due`; what fell due while nobody watched is due as soon as somebody does."""

    due = pyqtSignal()

    def __init__(self, seconds: float, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self.seconds = seconds
        self._is_watched = False
        self._until: Optional[float] = None  # of time.monotonic
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        self._until = time.monotonic() + self.seconds
        self._go_on()

    def stop(self) -> None:
        self._until = None
        self._go_on()

    def set_watched(self, is_watched: bool) -> None:
        self._is_watched = is_watched
        self._go_on()

    def _go_on(self) -> None:
        if self._until is None or not self._is_watched:
            self._timer.stop()
        else:
            self._timer.start(max(0, round((self._until - time.monotonic()) * 1000)))

    def _on_timeout(self) -> None:
        self._until = None
        self.due.emit()
