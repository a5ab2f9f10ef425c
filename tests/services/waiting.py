"""What services tell, collected, and a way to wait for it."""

from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot


class Told(list[tuple[Any, ...]]):
    """The arguments of every emission of a signal, oldest first."""

    def __init__(self, qtbot: QtBot, signal: Any) -> None:
        super().__init__()
        self._qtbot = qtbot
        signal.connect(lambda *values: self.append(values))

    def wait(self, count: int = 1, seconds: float = 5.0) -> tuple[Any, ...]:
        """The last one, when `count` have come."""
        self._qtbot.waitUntil(lambda: len(self) >= count, timeout=int(seconds * 1000))
        return self[-1]
