"""Lets what comes in quick succession pass by, as under a key that is held. Main thread."""

from __future__ import annotations

from typing import Callable, Optional

from qgis.PyQt.QtCore import QObject, QTimer

REST_MS = 150

Act = Callable[[], object]


class Rest(QObject):
    """Does the first at once, and the last when nothing came for a while."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: Optional[Act] = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._on_time)

    def ask(self, act: Act) -> None:
        is_first = not self._timer.isActive()
        self._waiting = None if is_first else act
        self._timer.start()
        if is_first:
            act()

    def stop(self) -> None:
        self._waiting = None
        self._timer.stop()

    def _on_time(self) -> None:
        act, self._waiting = self._waiting, None
        if act is not None:
            act()
