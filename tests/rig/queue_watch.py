"""What an upload queue told, in order, and short times to run it with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

from mapflow_data.services.upload.jobs import Job, State, Summary, UploadRequest
from mapflow_data.services.upload.queue import QueueService, Times

QUICK = Times(confirm_for=60.0, poll=0.1, look_for_network=0.3, stalled_after=0.5, tick=0.1, scale=0.05)
BRIEF = Times(confirm_for=0.6, poll=0.1, look_for_network=0.3, stalled_after=0.4, tick=0.1, scale=0.05)


class Watch:
    """Everything that a queue told, in order."""

    def __init__(self, queue: QueueService, qtbot: QtBot) -> None:
        self.queue = queue
        self._qtbot = qtbot
        self.changes: list[Job] = []
        self.sums: list[Summary] = []
        self.uploaded: list[tuple[str, Any]] = []
        self.sign_ins = self.idles = 0
        queue.job_changed.connect(self.changes.append)
        queue.summary_changed.connect(self.sums.append)
        queue.image_uploaded.connect(lambda mosaic, image: self.uploaded.append((mosaic, image)))
        queue.sign_in_needed.connect(self._on_sign_in)
        queue.idle.connect(self._on_idle)

    def _on_sign_in(self) -> None:
        self.sign_ins += 1

    def _on_idle(self) -> None:
        self.idles += 1

    def job(self, job_id: int) -> Job:
        return next(job for job in self.queue.jobs if job.id == job_id)

    def states(self, job_id: int) -> list[State]:
        """Each state that a job was in, once for each time that it got into it."""
        found: list[State] = []
        for job in self.changes:
            if job.id == job_id and found[-1:] != [job.state]:
                found.append(job.state)
        return found

    def until(self, condition: Callable[[], bool], seconds: float = 15.0) -> None:
        self._qtbot.waitUntil(condition, timeout=int(seconds * 1000))

    def until_state(self, job_id: int, *states: State, seconds: float = 15.0) -> Job:
        self.until(lambda: self.job(job_id).state in states, seconds)
        return self.job(job_id)

    def until_over(self, seconds: float = 60.0) -> None:
        self.until(lambda: bool(self.queue.jobs) and self.queue.is_idle, seconds)


MakeQueue = Callable[..., Watch]
MakeRequest = Callable[..., UploadRequest]
