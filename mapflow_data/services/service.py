"""Base of the services: blocking work in tasks, by key, answered on the main thread. Main thread."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Callable, Optional

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..api.cancel import CancelToken
from ..api.errors import MapflowError
from .task import Task

OnDone = Callable[[Any], None]
OnFailed = Callable[[MapflowError], None]


class Service(QObject):
    """Holds its tasks until they end and drops the answers that nobody waits for any more."""

    busy_changed = pyqtSignal(bool)

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._sequence = 0
        self._current: dict[Hashable, int] = {}  # key to the number of the run whose answer counts
        self._tasks: dict[int, Task] = {}
        self._is_closed = False

    @property
    def is_busy(self) -> bool:
        return bool(self._current)

    def is_running(self, key: Hashable) -> bool:
        return key in self._current

    def run(
        self,
        key: Hashable,
        work: Callable[[CancelToken], Any],
        on_done: Optional[OnDone] = None,
        on_failed: Optional[OnFailed] = None,
        *,
        latest: bool = False,
        description: str = "Mapflow Data",
    ) -> bool:
        """Run `work` in a task. False if it was not started.

        With one of the same key under way: a second is refused, or with `latest` the first is cancelled and
        its answer dropped. A cancelled run calls neither `on_done` nor `on_failed`.
        """
        if self._is_closed or (key in self._current and not latest):
            return False
        was_busy = self.is_busy
        self._drop(key)
        self._sequence += 1
        number = self._sequence
        task = Task(description, work)
        task.done.connect(lambda result: self._end(key, number, on_done, result))
        task.failed.connect(lambda error: self._end(key, number, on_failed, error))
        task.cancelled.connect(lambda: self._end(key, number, None, None))
        self._current[key] = number
        self._tasks[number] = task
        # not at once: a task that is added while another one completes may stay queued for ever
        QTimer.singleShot(0, lambda: self._submit(number))
        if not was_busy:
            self.busy_changed.emit(True)
        return True

    def cancel(self, key: Hashable) -> None:
        """Drop the answer of the run under `key` and cancel it."""
        was_busy = self.is_busy
        self._drop(key)
        if was_busy and not self.is_busy:
            self.busy_changed.emit(False)

    def cancel_all(self) -> None:
        for key in tuple(self._current):
            self.cancel(key)

    def close(self) -> None:
        """The end: nothing runs, answers or starts any more. May be called twice."""
        self._is_closed = True
        self.cancel_all()

    def _submit(self, number: int) -> None:
        task = self._tasks.get(number)
        if task is None:
            return
        if task.token.is_cancelled:
            del self._tasks[number]
        else:
            QgsApplication.taskManager().addTask(task)

    def _drop(self, key: Hashable) -> None:
        number = self._current.pop(key, None)
        if number is not None:
            self._tasks[number].cancel()

    def _end(self, key: Hashable, number: int, answer: Optional[OnDone], value: Any) -> None:
        self._tasks.pop(number, None)
        if self._current.get(key) != number:
            return  # overtaken or cancelled
        del self._current[key]
        try:
            if answer is not None:
                answer(value)
        finally:
            if not self.is_busy and not self._is_closed:
                self.busy_changed.emit(False)
