"""The upload queue as the rest of the plugin sees it: jobs, their changes, the sum. Main thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Callable, Optional

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QObject, Qt, QTimer, pyqtSignal

from ...api.connection import Connection
from ...transfer.journal_rows import Row
from ...transfer.sending import Sending
from ..task import Task
from .book import Book
from .courier import Item, Times
from .engine import Engine
from .jobs import OVER, Job, Note, RateMeter, State, Summary, UploadRequest, job_of, job_of_row, sum_up
from .journal_keeper import JournalKeeper

__all__ = ["Job", "Note", "QueueService", "State", "Summary", "Times", "UploadRequest"]

SUMMARY_GAP_S = 0.1
ANEW = {"state": State.WAITING, "error": None, "sent": 0, "note": Note.NONE, "started": None}


class QueueService(QObject):
    """One task moves all jobs while there is something to move. `set_connection` follows the sign-in."""

    jobs_added = pyqtSignal(list)
    job_changed = pyqtSignal(object)
    jobs_removed = pyqtSignal(list)  # ids
    summary_changed = pyqtSignal(object)
    image_uploaded = pyqtSignal(str, object)  # mosaic id, Image, or None where it is not listed yet
    sign_in_needed = pyqtSignal()
    failed = pyqtSignal(object)  # the queue itself, not a job
    idle = pyqtSignal()

    _said = pyqtSignal(object, object)

    def __init__(
        self,
        parent: Optional[QObject] = None,
        *,
        at_once: int = 2,
        times: Optional[Times] = None,
        keeper: Optional[JournalKeeper] = None,
    ) -> None:
        super().__init__(parent)
        self._book = Book(keeper)
        self._confirm_for = (times or Times()).confirm_for
        self._jobs: dict[int, Job] = {}
        self._sendings: dict[int, Sending] = {}
        self._next_id = 1
        self._connection: Optional[Connection] = None
        self._engine = Engine(self._tell, at_once, times)
        self._task: Optional[Task] = None
        self._rate = RateMeter()
        self._waiting_since: Optional[float] = None
        self._summed_at = 0.0
        self._is_closed = False
        self._telling = threading.Lock()
        self._said.connect(self._on_said, Qt.ConnectionType.QueuedConnection)

    @property
    def jobs(self) -> tuple[Job, ...]:
        return tuple(self._jobs.values())

    @property
    def summary(self) -> Summary:
        return sum_up(self._jobs.values(), self._rate.rate(), self._waiting_since)

    @property
    def is_idle(self) -> bool:
        return all(job.is_over for job in self._jobs.values())

    def set_connection(self, connection: Optional[Connection]) -> None:
        """With whom to talk from now on; jobs of another account wait until it signs in again."""
        self._connection = connection
        self._engine.set_connection(connection)
        self._start()

    def add(self, requests: Iterable[UploadRequest]) -> list[int]:
        """New jobs at the end of the queue; their ids. Needs a connection: they belong to its account."""
        connection = self._connection
        if connection is None or self._is_closed:
            return []
        added = [self._make_job(request, connection) for request in requests]
        if added:
            self.jobs_added.emit(added)
            self._enqueue(added, connection)
        return [job.id for job in added]

    def restore(self, rows: Iterable[Row]) -> list[int]:
        """Jobs of an earlier QGIS, which wait for a `retry`; their ids."""
        restored = [self._restored(row) for row in rows]
        if restored:
            self.jobs_added.emit(restored)
            self._sum_up()
        return [job.id for job in restored]

    def put_away(self) -> None:
        """Interrupted jobs go from here, until their account signs in again."""
        gone = [job.id for job in self._jobs.values() if job.state is State.INTERRUPTED]
        self._drop(gone, self._book.let_go)

    def cancel(self, ids: Iterable[int]) -> None:
        """Give jobs up. What the server has taken by then stays there."""
        for job_id in tuple(ids):
            job = self._jobs.get(job_id)
            if job is not None and job.state is State.UNCONFIRMED:
                self._change(job, {"state": State.CANCELLED})
            elif job is not None and not job.is_over:
                self._engine.cancel(job_id)

    def cancel_all(self) -> None:
        self.cancel(tuple(self._jobs))

    def retry(self, ids: Iterable[int]) -> None:
        """Try failed, cancelled, unconfirmed and interrupted jobs again, with the present connection.

        What may have arrived is looked for before it is sent again.
        """
        if self._connection is None or self._is_closed:
            return
        known = [self._jobs[i] for i in ids if i in self._jobs]
        again = [job for job in known if job.is_over and job.state is not State.DONE]
        for job in again:
            self._book.reopen(job.id, self._connection.key)
            self._change(job, ANEW)
        self._enqueue([self._jobs[job.id] for job in again], self._connection)

    def remove(self, ids: Iterable[int]) -> None:
        """Forget jobs that are over."""
        self._drop([i for i in tuple(ids) if i in self._jobs and self._jobs[i].is_over], self._book.forget)

    def close(self) -> None:
        """Stop at once, sockets and all; nothing is told any more. May be called twice."""
        with self._telling:
            self._is_closed = True
        self._engine.halt()
        if self._task is not None:
            self._task.cancel()

    def _make_job(self, request: UploadRequest, connection: Connection) -> Job:
        note = self._book.open(self._next_id, request, connection.key)
        return self._take(job_of(self._next_id, request), Sending(request.mosaic_id, request.facts, note))

    def _restored(self, row: Row) -> Job:
        note = self._book.take(self._next_id, row)
        return self._take(job_of_row(self._next_id, row), Sending.resumed(row, note, self._confirm_for))

    def _take(self, job: Job, sending: Sending) -> Job:
        self._next_id += 1
        self._jobs[job.id], self._sendings[job.id] = job, sending
        return job

    def _drop(self, gone: list[int], from_book: Callable[[list[int]], None]) -> None:
        for job_id in gone:
            del self._jobs[job_id]
            self._sendings.pop(job_id, None)
        if gone:
            from_book(gone)
            self.jobs_removed.emit(gone)
            self._sum_up()

    def _enqueue(self, jobs: Iterable[Job], connection: Connection) -> None:
        for job in jobs:
            self._engine.add(Item(job.id, self._sendings[job.id], connection))
        self._sum_up()
        self._start()

    def _start(self) -> None:
        """Have a task that moves the queue, if there is something to move."""
        if self._task is not None or self._is_closed or not self._engine.has_work():
            return
        task = Task("Mapflow Data: upload", self._engine.run)
        task.done.connect(self._on_ended)
        task.cancelled.connect(self._on_cancelled)
        task.failed.connect(self._on_failed)
        self._task = task
        QTimer.singleShot(0, lambda: self._submit(task))

    def _submit(self, task: Task) -> None:
        if task is self._task and not self._is_closed:
            QgsApplication.taskManager().addTask(task)

    def _on_ended(self) -> None:
        self._task = None
        self._start()  # something may have come while it ended

    def _on_cancelled(self) -> None:
        """By QGIS' own task list: the user wants none of it."""
        self._task = None
        if not self._is_closed:
            self.cancel_all()

    def _on_failed(self, error: object) -> None:
        self._task = None
        if not self._is_closed:
            self.failed.emit(error)

    def _tell(self, job_id: Optional[int], changes: Mapping[str, Any]) -> None:
        """For the engine's threads, which may outlive this object: a signal of what is deleted ends QGIS."""
        with self._telling:
            if not self._is_closed:
                self._said.emit(job_id, changes)

    def _on_said(self, job_id: Optional[int], changes: Mapping[str, Any]) -> None:
        """From the engine's threads, in the order in which things happened."""
        if self._is_closed:
            return
        if job_id is None:
            self._change_whole(changes)
        elif job_id in self._jobs:
            self._change(self._jobs[job_id], changes)

    def _change_whole(self, changes: Mapping[str, Any]) -> None:
        if "waiting_since" in changes:
            self._waiting_since = changes["waiting_since"]
            self._sum_up()
        if changes.get("sign_in_needed"):
            self.sign_in_needed.emit()

    def _change(self, job: Job, changes: Mapping[str, Any]) -> None:
        known = {name: value for name, value in changes.items() if name != "image"}
        if known.get("sent", job.sent) < job.sent:
            known["started"] = time.monotonic()  # sent anew: the time that was lost tells nothing of the rest
        changed = replace(job, **known)
        if changed == job:
            return
        self._jobs[job.id] = changed
        self._book.follow(changed)
        if changed.state is State.UPLOADING:
            self._rate.add(changed.sent - job.sent if job.state is State.UPLOADING else 0)
        self.job_changed.emit(changed)
        if changed.state is State.DONE and job.state is not State.DONE:
            self.image_uploaded.emit(changed.mosaic_id, changes.get("image"))
        if changed.state is not job.state or time.monotonic() - self._summed_at >= SUMMARY_GAP_S:
            self._sum_up()
        if changed.state in OVER and job.state not in OVER and self.is_idle:
            self.idle.emit()

    def _sum_up(self) -> None:
        self._summed_at = time.monotonic()
        self.summary_changed.emit(self.summary)
