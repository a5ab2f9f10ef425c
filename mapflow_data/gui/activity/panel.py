"""Activity: what is being uploaded, what came of it, and what can be done about it. Main thread."""

from __future__ import annotations

from typing import Any, Optional

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QStackedWidget, QToolButton, QTreeView, QWidget

from ...services.upload.jobs import Job, State, Summary
from ...services.upload.queue import QueueService
from ..widgets.forms import load_ui
from ..widgets.icons import icon
from ..widgets.state_page import StatePage
from .delegate import JobDelegate
from .model import JOB_ROLE, ActivityModel
from .words import failure, summary

CLEARABLE = (State.DONE, State.CANCELLED)
FAILED = (State.FAILED, State.UNCONFIRMED, State.INTERRUPTED)
RETRYABLE = (*FAILED, State.CANCELLED)  # the last only where it is selected: it was wished


class ActivityPanel(QWidget):
    count_changed = pyqtSignal(int)  # of the jobs that have not ended
    upload_requested = pyqtSignal(str)  # id of the mosaic to upload into, "": none is chosen here

    cancelJobButton: QToolButton
    retryButton: QToolButton
    clearButton: QToolButton
    views: QStackedWidget
    statePage: StatePage
    activityView: QTreeView
    summaryLabel: QLabel

    def __init__(self, queue: QueueService, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "activity/panel")
        self._queue = queue
        self._count = -1
        self._summary = queue.summary
        self.model = ActivityModel(self)
        self.model.add(queue.jobs)
        self._set_up_view()
        self.cancelJobButton.setIcon(icon("cancel"))
        self.retryButton.setIcon(icon("retry"))
        self.clearButton.setIcon(icon("clear_finished"))
        self.statePage.show_state(
            self.tr("Nothing under way"),
            self.tr("Uploads are listed here with their progress and result."),
            icon_name="upload",
            button=self.tr("Upload…"),
        )
        self._connect()
        self._update()

    @property
    def active_count(self) -> int:
        return sum(not job.is_over for job in self.model.jobs)

    def _set_up_view(self) -> None:
        self.activityView.setModel(self.model)
        self.activityView.setItemDelegate(JobDelegate(self.activityView))

    def _connect(self) -> None:
        self._queue.jobs_added.connect(self.model.add)
        self._queue.job_changed.connect(self.model.change)
        self._queue.jobs_removed.connect(self.model.remove)
        self._queue.summary_changed.connect(self._on_summary_changed)
        for changed in (self.model.rowsInserted, self.model.dataChanged, self.model.rowsRemoved):
            changed.connect(self._update)
        self.activityView.selectionModel().selectionChanged.connect(self._update)
        self.statePage.button_clicked.connect(lambda: self.upload_requested.emit(""))
        self.cancelJobButton.clicked.connect(self._on_cancel)
        self.retryButton.clicked.connect(self._on_retry)
        self.clearButton.clicked.connect(self._on_clear)

    def _selected(self) -> list[Job]:
        return [index.data(JOB_ROLE) for index in self.activityView.selectionModel().selectedRows()]

    def _to_cancel(self) -> list[Job]:
        return [job for job in self._selected() or self.model.jobs if not job.is_over]

    def _to_retry(self) -> list[Job]:
        """Those selected, or all that failed or were interrupted when none of them is."""
        chosen = [job for job in self._selected() if job.state in RETRYABLE]
        return chosen or [job for job in self.model.jobs if job.state in FAILED]

    def _to_clear(self) -> list[Job]:
        """What came out as wanted, and what ended otherwise only where it is selected."""
        selected = {job.id for job in self._selected()}
        return [
            job for job in self.model.jobs if job.state in CLEARABLE or (job.is_over and job.id in selected)
        ]

    def _update(self, *_: Any) -> None:
        jobs, selected = self.model.jobs, self._selected()
        self.views.setCurrentWidget(self.activityView if jobs else self.statePage)
        tip = self.tr("Cancel the selected uploads") if selected else self.tr("Cancel all uploads")
        self.cancelJobButton.setToolTip(tip)
        self.cancelJobButton.setEnabled(bool(self._to_cancel()))
        self.retryButton.setEnabled(bool(self._to_retry()))
        self.clearButton.setEnabled(bool(self._to_clear()))
        told = failure(selected[0]) if len(selected) == 1 else ""
        self.summaryLabel.setText(told or summary(self._summary))
        self.summaryLabel.setVisible(bool(jobs))
        if self._count != self.active_count:
            self._count = self.active_count
            self.count_changed.emit(self._count)

    def _on_summary_changed(self, total: Summary) -> None:
        self._summary = total
        self._update()

    def _on_cancel(self) -> None:
        self._queue.cancel([job.id for job in self._to_cancel()])

    def _on_retry(self) -> None:
        self._queue.retry([job.id for job in self._to_retry()])

    def _on_clear(self) -> None:
        self._queue.remove([job.id for job in self._to_clear()])
