"""Which job has which row of the journal, and until when. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Optional

from ...transfer.journal_rows import Row, make_row
from .jobs import Job, State, UploadRequest
from .journal_keeper import JournalKeeper, Note

KEPT = frozenset({State.UNCONFIRMED, State.INTERRUPTED})  # over, and yet there is something left to do


class Book:
    """Without a keeper nothing is noted. Rows that somebody else keeps are changed, not put or removed."""

    def __init__(self, keeper: Optional[JournalKeeper]) -> None:
        self._keeper = keeper
        self._rows: dict[int, str] = {}  # job to row
        self._closed: dict[int, Row] = {}  # of jobs that may be tried again
        self._foreign: set[int] = set()

    def open(self, job_id: int, request: UploadRequest, account: str) -> Optional[Note]:
        if self._keeper is None:
            return None
        if request.row_id:
            self._foreign.add(job_id)
            self._rows[job_id] = request.row_id
        else:
            row = make_row(account, request.facts, request.mosaic_id, request.mosaic_name)
            self._rows[job_id] = row.id
            self._keeper.put(row)
        return self._keeper.note_for(self._rows[job_id])

    def take(self, job_id: int, row: Row) -> Optional[Note]:
        """A row that is in the journal already."""
        if self._keeper is None:
            return None
        self._rows[job_id] = row.id
        if row.is_replacement:
            self._foreign.add(job_id)
        self._keeper.take([row.id])
        return self._keeper.note_for(row.id)

    def follow(self, job: Job) -> None:
        """Its row goes when it is over."""
        row_id = self._own(job.id)
        if self._keeper is None or not row_id or not job.is_over or job.state in KEPT:
            return
        row = self._keeper.row(row_id)
        if row is not None:
            self._closed[job.id] = row
            self._keeper.remove([row_id])

    def reopen(self, job_id: int, account: str) -> None:
        row = self._closed.pop(job_id, None)
        if self._keeper is not None and row is not None:
            self._keeper.put(replace(row, account=account))

    def forget(self, job_ids: Sequence[int]) -> None:
        """The jobs and their rows are wanted no more."""
        if self._keeper is not None:
            self._keeper.remove(row_id for row_id in map(self._own, job_ids) if row_id)
        self._strike(job_ids)

    def let_go(self, job_ids: Sequence[int]) -> None:
        """The jobs go, their rows stay."""
        if self._keeper is not None:
            self._keeper.let_go(self._rows[job_id] for job_id in job_ids if job_id in self._rows)
        self._strike(job_ids)

    def _own(self, job_id: int) -> str:
        return "" if job_id in self._foreign else self._rows.get(job_id, "")

    def _strike(self, job_ids: Sequence[int]) -> None:
        for job_id in job_ids:
            self._rows.pop(job_id, None)
            self._closed.pop(job_id, None)
            self._foreign.discard(job_id)
