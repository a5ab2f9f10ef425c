"""Send one file into a mosaic and make sure that it arrived. Blocking, worker thread."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Literal, Optional

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.errors import ConnectionFailed
from ..api.models import Image
from .inspect import RasterFacts
from .listing import Listing
from .sending import Report, Sending, Stage

__all__ = ["SendResult", "Stage", "next_poll", "send"]

log = logging.getLogger(__name__)

MAX_POLL = 15.0
TURN_POLL = 0.2


@dataclass(frozen=True)
class SendResult:
    """`image` when done; "working": the server has it, but does not list it yet."""

    image: Optional[Image]
    outcome: Literal["done", "working", "unconfirmed"]


def send(
    client: MapflowClient,
    mosaic_id: str,
    facts: RasterFacts,
    report: Report,
    confirm_for: float = 900.0,
    poll: float = 2.0,
    cancel: Optional[CancelToken] = None,
) -> SendResult:
    """Upload and verify; `report(stage, sent, total)` in bytes, in this thread.

    After the body the mosaic is looked at every `poll` seconds, later less often, for at most `confirm_for`.
    `cancel` should be the client's own. Raises `MapflowError`; `SourceChanged` leaves no copy on the server.
    """
    cancel = cancel or CancelToken()
    sending = Sending(mosaic_id, facts)
    while not sending.enter():
        cancel.wait(TURN_POLL)
    try:
        image = sending.upload(client, report, cancel, poll)
        if image is not None:
            return SendResult(image, "done")
        return _confirmed(client, sending, confirm_for, poll, cancel)
    finally:
        sending.leave()


def next_poll(poll: float) -> float:
    return min(poll * 1.5, max(poll, MAX_POLL))


def _confirmed(
    client: MapflowClient, sending: Sending, confirm_for: float, poll: float, cancel: CancelToken
) -> SendResult:
    until = time.monotonic() + confirm_for
    is_known = sending.is_accepted
    while True:
        try:
            listing = Listing.read(client, sending.mosaic_id)
        except ConnectionFailed as error:  # the next look may get through
            log.info("looking for %s: %s", sending.facts.name, type(error).__name__)
        else:
            image = sending.find(listing, cancel)
            if image is not None:
                return SendResult(image, "done")
            is_known = sending.is_accepted or sending.is_known(listing)
        left = until - time.monotonic()
        if left <= 0:
            return SendResult(None, "working" if is_known else "unconfirmed")
        cancel.wait(min(poll, left))
        poll = next_poll(poll)
