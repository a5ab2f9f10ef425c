"""The uploads as an item model: name and state, progress, time left; changed job by job. Main thread."""

from __future__ import annotations

import time
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Optional

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from ...services.upload.jobs import ACTIVE, Job, State
from ..widgets.icons import cell_icon
from ..words import formats
from ..words.plain import as_tooltip
from .words import explanation, second_line

JOB_ROLE = int(Qt.ItemDataRole.UserRole)
SECOND_LINE_ROLE = JOB_ROLE + 1
PERCENT_ROLE = JOB_ROLE + 2  # 0 to 100, -1 where it cannot be told, None for no bar

STEADY_SECONDS = 2.0  # before that a rate says nothing


class Column(IntEnum):
    NAME = 0
    PROGRESS = 1
    TIME_LEFT = 2


ICONS = {
    State.WAITING: "waiting",
    State.PAUSED: "paused",
    State.DONE: "done",
    State.FAILED: "failed",
    State.UNCONFIRMED: "failed",
    State.CANCELLED: "stopped",
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
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))

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
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("File"), self.tr("Progress"), self.tr("Time left"))[section]

    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        job = self._jobs[index.row()]
        if role == JOB_ROLE:
            return job
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_tooltip(explanation(job))
        cell = (self._name_cell, self._progress_cell, self._time_cell)[index.column()]
        return cell(job, role)

    @staticmethod
    def _name_cell(job: Job, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return job.name
        if role == SECOND_LINE_ROLE:
            return second_line(job)
        if role == Qt.ItemDataRole.DecorationRole:
            return cell_icon(ICONS.get(job.state, "upload"))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{job.name}: {second_line(job)}"
        return None

    @staticmethod
    def _progress_cell(job: Job, role: int) -> Any:
        percent = percent_of(job)
        if role == PERCENT_ROLE:
            return percent
        if role == Qt.ItemDataRole.AccessibleTextRole and percent is not None and percent >= 0:
            return f"{percent} %"
        return None

    @staticmethod
    def _time_cell(job: Job, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return formats.duration(seconds_left(job))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

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
