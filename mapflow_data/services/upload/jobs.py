"""The values of the upload queue: what is asked for, how it stands, the sum of all. Any thread."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Optional

from ...api.errors import MapflowError
from ...transfer.inspect import RasterFacts
from ...transfer.journal_rows import Row

RATE_WINDOW_S = 10.0


class State(Enum):
    WAITING = "waiting"
    CHECKING = "checking"
    CONVERTING = "converting"
    UPLOADING = "uploading"
    WORKING = "working"  # sent; the server makes an image of it, or it is being looked for
    UNCONFIRMED = "unconfirmed"  # sent, no answer, not found: a retry looks again before it sends
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"  # by the end of an earlier QGIS: goes on when somebody says so


ACTIVE = frozenset({State.CHECKING, State.CONVERTING, State.UPLOADING, State.WORKING})
OVER = frozenset({State.UNCONFIRMED, State.DONE, State.FAILED, State.CANCELLED, State.INTERRUPTED})


class Note(Enum):
    """Why a job stands as it does, where the state alone does not tell."""

    NONE = ""
    SIGN_IN = "sign_in"  # goes on after signing in
    OTHER_ACCOUNT = "other_account"  # belongs to an account that is not signed in
    NETWORK = "network"  # waits for the network
    RETRY = "retry"  # the server asked to wait, or is tried again: `Job.wait_s` seconds are left
    STALLED = "stalled"  # no progress for a while
    NOT_LISTED = "not_listed"  # done, but the server does not list the image yet


@dataclass(frozen=True)
class UploadRequest:
    """`row_id` is that of a journal's row that the asker keeps, else the queue makes one."""

    facts: RasterFacts
    mosaic_id: str
    mosaic_name: str = ""
    row_id: str = ""


@dataclass(frozen=True)
class Job:
    """One file on its way, maybe into the place of an image. Sizes in bytes; `started` is
    `time.monotonic()` of its present try.
    """

    id: int
    path: str
    name: str
    mosaic_id: str
    mosaic_name: str
    size: int
    sent: int = 0
    state: State = State.WAITING
    error: Optional[MapflowError] = None
    image_id: str = ""
    started: Optional[float] = None
    note: Note = Note.NONE
    wait_s: Optional[float] = None
    old_name: str = ""  # of the image in whose place it is put

    @property
    def is_over(self) -> bool:
        return self.state in OVER


def job_of(job_id: int, request: UploadRequest) -> Job:
    facts = request.facts
    return Job(job_id, facts.path, facts.name, request.mosaic_id, request.mosaic_name, facts.size)


def job_of_row(job_id: int, row: Row) -> Job:
    """Of an earlier QGIS."""
    job = Job(job_id, row.path, row.name, row.mosaic_id, row.mosaic_name, row.size)
    return replace(job, state=State.INTERRUPTED, old_name=row.old_name)


@dataclass(frozen=True)
class Summary:
    """All jobs in one line. `rate` is measured, in bytes a second; `waiting_since` is `time.time()`."""

    total: int = 0
    done: int = 0
    failed: int = 0
    active: int = 0
    waiting: int = 0
    unconfirmed: int = 0
    cancelled: int = 0
    interrupted: int = 0
    bytes_sent: int = 0
    bytes_total: int = 0
    rate: float = 0.0
    seconds_left: Optional[float] = None
    waiting_since: Optional[float] = None


@dataclass
class RateMeter:
    """Bytes a second over the last ten seconds of sending."""

    window_s: float = RATE_WINDOW_S
    _steps: deque[tuple[float, int]] = field(default_factory=deque)

    def add(self, sent: int, now: Optional[float] = None) -> None:
        now = time.monotonic() if now is None else now
        self._steps.append((now, max(0, sent)))
        self._forget(now)

    def rate(self, now: Optional[float] = None) -> float:
        now = time.monotonic() if now is None else now
        self._forget(now)
        if not self._steps:
            return 0.0
        return sum(sent for _, sent in self._steps) / max(now - self._steps[0][0], 0.5)

    def _forget(self, now: float) -> None:
        while self._steps and now - self._steps[0][0] > self.window_s:
            self._steps.popleft()


def sum_up(jobs: Iterable[Job], rate: float, waiting_since: Optional[float]) -> Summary:
    """Bytes of failed, unconfirmed, cancelled and interrupted jobs do not count."""
    jobs = tuple(jobs)
    counted = [job for job in jobs if job.state not in OVER or job.state is State.DONE]
    bytes_total = sum(job.size for job in counted)
    bytes_sent = sum(_sent(job) for job in counted)
    left = bytes_total - bytes_sent
    return Summary(
        total=len(jobs),
        done=_count(jobs, State.DONE),
        failed=_count(jobs, State.FAILED),
        active=_count(jobs, *ACTIVE),
        waiting=_count(jobs, State.WAITING, State.PAUSED),
        unconfirmed=_count(jobs, State.UNCONFIRMED),
        cancelled=_count(jobs, State.CANCELLED),
        interrupted=_count(jobs, State.INTERRUPTED),
        bytes_sent=bytes_sent,
        bytes_total=bytes_total,
        rate=rate,
        seconds_left=left / rate if rate > 0 and left and waiting_since is None else None,
        waiting_since=waiting_since,
    )


def _sent(job: Job) -> int:
    return job.size if job.state in (State.DONE, State.WORKING) else min(job.sent, job.size)


def _count(jobs: Iterable[Job], *states: State) -> int:
    return sum(job.state in states for job in jobs)
