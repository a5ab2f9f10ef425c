"""Finds mosaics that were made for uploads of which nothing came. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...api.models import Mosaic
from ...services.upload.jobs import Job, State
from ...services.upload.queue import QueueService
from ...services.upload.uploads import UploadService


class EmptyMosaics(QObject):
    """All uploads into it were cancelled before one of them can have arrived."""

    left = pyqtSignal(str)  # name of the mosaic

    def __init__(self, uploads: UploadService, queue: QueueService, parent: QObject) -> None:
        super().__init__(parent)
        self._queue = queue
        self._made: dict[str, str] = {}  # id to name, as long as nothing has arrived
        uploads.mosaic_created.connect(self._on_created)
        queue.job_changed.connect(self._on_job_changed)

    def _on_created(self, mosaic: Mosaic) -> None:
        self._made[mosaic.id] = mosaic.name or mosaic.id

    def _on_job_changed(self, job: Job) -> None:
        if job.mosaic_id not in self._made or not job.is_over:
            return
        jobs = [one for one in self._queue.jobs if one.mosaic_id == job.mosaic_id]
        if any(map(_may_have_arrived, jobs)):
            del self._made[job.mosaic_id]
        elif all(one.state is State.CANCELLED for one in jobs):
            self.left.emit(self._made.pop(job.mosaic_id))


def _may_have_arrived(job: Job) -> bool:
    is_whole = job.state is State.CANCELLED and job.sent >= job.size
    return is_whole or job.state in (State.DONE, State.UNCONFIRMED)
