"""Base of the services: blocking work in tasks, by key, answered on the main thread. Main thread."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping
from typing import Any, Callable, ClassVar, Optional

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..api.cancel import CancelToken
from ..api.errors import MapflowError
from .task import Task

OnDone = Callable[[Any], None]
OnFailed = Callable[[MapflowError], None]


class Service(QObject):
    """Holds its tasks until they end and drops the answers that nobody waits for any more.

    `AT_ONCE` tells how many of a kind, the first part of their keys, may be under way; of those that wait the
    newest is next: somebody has just asked for it.
    """

    AT_ONCE: ClassVar[Mapping[str, int]] = {}

    busy_changed = pyqtSignal(bool)

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._sequence = 0
        self._current: dict[Hashable, int] = {}  # key to the number of the run whose answer counts
        self._tasks: dict[int, Task] = {}
        self._waiting: dict[str, list[int]] = {}  # kind to the numbers of tasks that are not submitted yet
        self._submitted: dict[int, str] = {}  # number of a task that was to its kind
        self._is_closed = False
        self._telling = threading.Lock()

    @property
    def is_busy(self) -> bool:
        return bool(self._current)

    @property
    def running(self) -> tuple[Hashable, ...]:
        """The keys of what is under way."""
        return tuple(self._current)

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
        kind = kind_of(key)
        self._waiting.setdefault(kind, []).append(number)
        QTimer.singleShot(0, lambda: self._submit(kind))
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
        with self._telling:
            self._is_closed = True
        self.cancel_all()

    def tell(self, signal: str, *values: Any) -> None:
        """Emits for threads, which may outlive this object: a signal of what is deleted ends QGIS."""
        with self._telling:
            if not self._is_closed:
                getattr(self, signal).emit(*values)

    def _submit(self, kind: str) -> None:
        waiting = self._waiting.get(kind, [])
        most = self.AT_ONCE.get(kind)
        while waiting and (most is None or list(self._submitted.values()).count(kind) < most):
            number = waiting.pop(0 if most is None else -1)
            task = self._tasks[number]
            if task.token.is_cancelled:
                del self._tasks[number]
            else:
                self._submitted[number] = kind
                QgsApplication.taskManager().addTask(task)

    def _drop(self, key: Hashable) -> None:
        number = self._current.pop(key, None)
        if number is not None:
            self._tasks[number].cancel()

    def _end(self, key: Hashable, number: int, answer: Optional[OnDone], value: Any) -> None:
        self._tasks.pop(number, None)
        kind = self._submitted.pop(number, "")
        if self._waiting.get(kind):
            QTimer.singleShot(0, lambda: self._submit(kind))
        if self._current.get(key) != number:
            return  # overtaken or cancelled
        del self._current[key]
        try:
            if answer is not None:
                answer(value)
        finally:
            if not self.is_busy and not self._is_closed:
                self.busy_changed.emit(False)


def kind_of(key: Hashable) -> str:
    """The first part of a key of several."""
    return str(key[0]) if isinstance(key, tuple) else str(key)
