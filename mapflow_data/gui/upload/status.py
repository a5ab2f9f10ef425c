"""The Upload dialog's last line and its button: what will be sent, or why nothing can be. Main thread."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional

from ...services.upload.queue import Summary
from ...transfer.plan import Plan
from . import words as upload_words
from .batch import Batch


class Phase(Enum):
    IDLE = "idle"
    CHECKING = "checking"
    STARTING = "starting"  # the mosaic is being made


@dataclass(frozen=True)
class Status:
    """`why_not` is empty where the upload can start."""

    text: str
    count: int = 0
    why_not: str = ""


def make_status(phase: Phase, batch: Batch, mosaic_name: str, why_nobody: str, queue: Summary) -> Status:
    """`why_nobody` says why there is no server to send to, "" where there is one."""
    plan = batch.plan_to_send()
    why = _busy(phase, batch, mosaic_name) or _lacking(batch, plan, why_nobody)
    if why or plan is None:
        return Status(why, why_not=why)
    text = upload_words.summary(
        plan, len(batch) - len(plan.rows), _seconds(plan, queue), *batch.missing_storage()
    )
    if mosaic_name:
        return Status(text, len(plan.rows))
    why = upload_words.needs_name()
    return Status(why, len(plan.rows), why)


def _busy(phase: Phase, batch: Batch, mosaic_name: str) -> str:
    if phase is Phase.STARTING:
        return upload_words.starting(mosaic_name)
    return upload_words.progress(*batch.checked) if phase is Phase.CHECKING else ""


def _lacking(batch: Batch, plan: Optional[Plan], why_nobody: str) -> str:
    if not len(batch):
        return upload_words.needs_files()
    if why_nobody:
        return why_nobody
    if batch.is_unplanned:
        return upload_words.not_checked()
    if plan is None or not plan.rows:
        return upload_words.nothing_to_send(batch.groups, *batch.missing_storage())
    return ""


def _seconds(plan: Plan, queue: Summary) -> Optional[float]:
    """With what is under way already; None while no rate is measured."""
    left = queue.bytes_total - queue.bytes_sent + plan.bytes_to_send
    return left / queue.rate if queue.rate > 0 else None
