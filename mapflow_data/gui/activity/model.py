"""The uploads as a list: name and state, progress, time left; changed job by job. Main thread."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Callable, Optional

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from ...services.upload.jobs import ACTIVE, Job, State
from ..widgets.icons import cell_icon
from ..words import formats
from ..words.plain import as_tooltip
from .words import explanation, second_line

JOB_ROLE = int(Qt.ItemDataRole.UserRole)
SECOND_LINE_ROLE = JOB_ROLE + 1
PERCENT_ROLE = JOB_ROLE + 2  # 0 to 100, -1 where it cannot be told, None for no bar
TIME_LEFT_ROLE = JOB_ROLE + 3

STEADY_SECONDS = 2.0  # before that a rate says nothing


ICONS = {
    State.WAITING: "waiting",
    State.PAUSED: "paused",
    State.DONE: "done",
    State.FAILED: "failed",
    State.UNCONFIRMED: "failed",
    State.CANCELLED: "stopped",
    State.INTERRUPTED: "paused",
}


class ActivityModel(QAbstractTableModel):
    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []

    @property
    def jobs(self) -> tuple[Job, ...]:
        return tuple(self._jobs)

    def add(self, jobs: Sequence[Job]) -> None:
        if jobs:
            first = len(self._jobs)
            self.beginInsertRows(QModelIndex(), first, first + len(jobs) - 1)
            self._jobs.extend(jobs)
            self.endInsertRows()

    def change(self, job: Job) -> None:
        row = self._row(job.id)
        if row >= 0:
            self._jobs[row] = job
            self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def remove(self, job_ids: Sequence[int]) -> None:
        for job_id in job_ids:
            row = self._row(job_id)
            if row >= 0:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._jobs[row]
                self.endRemoveRows()

    # QAbstractTableModel

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._jobs)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        job = self._jobs[index.row()]
        make = DATA.get(role)
        return make(job) if make else None

    def _row(self, job_id: int) -> int:
        return next((row for row, job in enumerate(self._jobs) if job.id == job_id), -1)


def percent_of(job: Job) -> Optional[int]:
    if job.state is State.UPLOADING:
        return min(100, job.sent * 100 // job.size) if job.size else 0
    if job.state in ACTIVE:
        return -1
    return None


def seconds_left(job: Job) -> Optional[float]:
    """From the mean rate since the file's start; None while that says nothing."""
    if job.state is not State.UPLOADING or not job.sent or job.started is None:
        return None
    elapsed = time.monotonic() - job.started
    if elapsed < STEADY_SECONDS:
        return None
    return (job.size - job.sent) * elapsed / job.sent


def _spoken(job: Job) -> str:
    percent = percent_of(job)
    share = f"{percent} %" if percent is not None and percent >= 0 else ""
    return ", ".join(filter(None, (f"{job.name}: {second_line(job)}", share, _time_left(job))))


def _time_left(job: Job) -> str:
    return formats.duration(seconds_left(job))


DATA: dict[int, Callable[[Job], Any]] = {
    int(Qt.ItemDataRole.DisplayRole): lambda job: job.name,
    int(Qt.ItemDataRole.DecorationRole): lambda job: cell_icon(ICONS.get(job.state, "upload")),
    int(Qt.ItemDataRole.ToolTipRole): lambda job: as_tooltip(explanation(job)),
    int(Qt.ItemDataRole.AccessibleTextRole): _spoken,
    JOB_ROLE: lambda job: job,
    SECOND_LINE_ROLE: second_line,
    PERCENT_ROLE: percent_of,
    TIME_LEFT_ROLE: _time_left,
}
