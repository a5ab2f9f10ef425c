"""What the Upload dialog asks the services: to look at its files, to plan, to start. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...api.errors import MapflowError
from ...services.upload.uploads import Target, UploadService
from ...transfer.inspect import RasterFacts
from ...transfer.plan import Plan
from .batch import Batch
from .status import Phase

SOON_MS = 200


class Planning(QObject):
    """One thing at a time: what is asked for now takes the place of what was asked before."""

    changed = pyqtSignal()  # the batch, or how far it is
    started = pyqtSignal(str)  # id of the mosaic
    not_checked = pyqtSignal(object)  # MapflowError
    not_started = pyqtSignal(object)

    def __init__(self, uploads: UploadService, batch: Batch, parent: QObject) -> None:
        super().__init__(parent)
        self._uploads = uploads
        self._batch = batch
        self._phase = Phase.IDLE
        self._planned_for: Optional[str] = None  # id of the mosaic
        self._soon = QTimer(self)  # gathers what comes file by file
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.changed)
        uploads.row_checked.connect(self._on_row_checked)
        uploads.plan_ready.connect(self._on_plan_ready)
        uploads.started.connect(self._on_started)
        uploads.failed.connect(self._on_failed)

    @property
    def is_starting(self) -> bool:
        return self._phase is Phase.STARTING

    def phase(self, mosaic_id: Optional[str]) -> Phase:
        """A plan for another mosaic than this one counts as none."""
        is_stale = bool(self._batch.paths) and self._planned_for != mosaic_id
        return Phase.CHECKING if is_stale and self._phase is Phase.IDLE else self._phase

    @property
    def files_left(self) -> tuple[int, int]:
        """Of how many files how many were looked at; of 0 where there is nothing to count."""
        done, total = self._batch.checked
        return done, total if self._phase is Phase.CHECKING and done < total else 0

    def plan(self, mosaic_id: Optional[str], is_online: bool) -> None:
        """For what is in the list now; files that were inspected are not read again."""
        if self.is_starting:
            return
        self._planned_for = mosaic_id
        self._uploads.cancel("prepare")
        self._phase = Phase.IDLE
        if self._batch.paths and is_online:
            self._phase = Phase.CHECKING
            self._uploads.prepare(self._batch.paths, mosaic_id, self._batch.overrides)
        self.changed.emit()

    def plan_for_other(self, mosaic_id: Optional[str], is_online: bool) -> None:
        """Only where the plan is for another mosaic."""
        if mosaic_id != self._planned_for:
            self.plan(mosaic_id, is_online)

    def start(self, plan: Plan, target: Target) -> None:
        self._phase = Phase.STARTING
        self.changed.emit()
        self._uploads.start(plan, target)

    def interrupt(self) -> None:
        """Whatever was asked is not answered any more."""
        self._phase = Phase.IDLE

    def close(self) -> None:
        self._uploads.abandon()
        self._uploads.forget()

    # What the services tell

    def _on_row_checked(self, facts: RasterFacts) -> None:
        self._batch.set_facts(facts)
        if not self._soon.isActive():
            self._soon.start()

    def _on_plan_ready(self, plan: Plan) -> None:
        if self._phase is Phase.CHECKING:
            self._phase = Phase.IDLE
            self._soon.stop()
            self._batch.set_plan(plan)
            self.changed.emit()

    def _on_started(self, mosaic_id: str, _job_ids: list[int]) -> None:
        if self.is_starting:
            self._phase = Phase.IDLE
            self._uploads.forget()
            self.started.emit(mosaic_id)

    def _on_failed(self, what: str, error: MapflowError) -> None:
        phase = {"start": Phase.STARTING, "prepare": Phase.CHECKING}.get(what)
        if self._phase is phase:
            self._phase = Phase.IDLE
            (self.not_started if what == "start" else self.not_checked).emit(error)
            self.changed.emit()
