"""What became of the uploads that ended since it was told last. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject

from ...services.replacements import ReplacementService
from ...services.upload.jobs import Job, State, Summary, sum_up
from ...services.upload.queue import QueueService


class Batch(QObject):
    """Rows that failed earlier stay in the list: they are no news at the end of later ones. Replacements and
    what an earlier QGIS left are told elsewhere.
    """

    def __init__(self, queue: QueueService, replacements: ReplacementService, parent: QObject) -> None:
        super().__init__(parent)
        self._queue = queue
        self._replacements = replacements
        self._told: set[int] = set()
        queue.job_changed.connect(self._on_job_changed)

    def take(self) -> Summary:
        ended = [job for job in self._queue.jobs if self._is_news(job)]
        self._told = {job.id for job in self._queue.jobs if job.is_over}
        return sum_up(ended, 0.0, None)

    def _is_news(self, job: Job) -> bool:
        is_of_now = job.is_over and job.state is not State.INTERRUPTED and job.id not in self._told
        return is_of_now and not self._replacements.has_job(job.id)

    def _on_job_changed(self, job: Job) -> None:
        if not job.is_over:
            self._told.discard(job.id)  # tried again
