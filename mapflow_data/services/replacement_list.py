"""The replacements that there are: under way, over, or of an earlier QGIS. Main thread."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.models import Image
from ..transfer.journal_rows import Row
from .replacement import Replacement, Stage, interrupted
from .replacement_check import ReplacementCheck
from .replacement_rows import ReplacementRows
from .upload.jobs import Job
from .upload.journal_keeper import JournalKeeper
from .upload.queue import QueueService


class ReplacementList(ReplacementCheck):
    """What happens to them is the business of the service that derives from it."""

    progressed = pyqtSignal(object)  # Replacement, at every change

    def __init__(
        self,
        queue: QueueService,
        keeper: Optional[JournalKeeper],
        parent: Optional[QObject] = None,
        *,
        scale: float = 1.0,
    ) -> None:
        super().__init__(parent, scale=scale)
        self._queue = queue
        self._rows = ReplacementRows(keeper)
        self._all: dict[int, Replacement] = {}  # those that are over, too, for another try
        self._next_id = 1
        queue.jobs_removed.connect(self._on_jobs_removed)

    @property
    def open(self) -> tuple[Replacement, ...]:
        """Under way or waiting, in their order."""
        return tuple(one for one in self._all.values() if not one.is_over)

    def is_replacing(self, image_id: str) -> bool:
        return any(one.old.id == image_id for one in self.open)

    def restore(self, row: Row, old: Image, new: Optional[Image] = None) -> int:
        """One of an earlier QGIS, which waits for `retry` or `discard`; its number. Its file is a job of the
        queue where the new image is not there yet.
        """
        one = interrupted(self._next_id, row, old, new)
        self._next_id += 1
        self._rows.take(one)
        if new is None:
            one = replace(one, job_id=self._queue.restore([row])[0])
        self._all[one.id] = one
        return one.id

    def is_interrupted(self, number: int) -> bool:
        one = self._all.get(number)
        return one is not None and one.stage is Stage.INTERRUPTED

    def discard(self, number: int) -> None:
        """Nothing more is done of it; what is there stays."""
        if self.is_interrupted(number):
            one = self._all.pop(number)
            self._rows.closed(one)
            self._queue.remove([one.job_id])

    def _on_jobs_removed(self, job_ids: list[int]) -> None:
        for one in tuple(self._all.values()):
            if one.job_id in job_ids:
                self.discard(one.id)

    def _change(self, one: Replacement, **changes: Any) -> Optional[Replacement]:
        """None where it is over, also by what somebody did who heard of the change: then nothing goes on."""
        known = self._all.get(one.id)
        if known is None or known.is_over:
            return None
        changed = replace(one, **changes)
        self._all[one.id] = changed
        self.progressed.emit(changed)
        return changed if self._all.get(one.id) is changed else None

    def _job(self, job_id: int) -> Optional[Job]:
        return next((job for job in self._queue.jobs if job.id == job_id), None)
