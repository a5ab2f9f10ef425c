"""One file of the queue and the carrying of it, in a sending thread of the queue's engine. No Qt."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable, Optional

from ...api.cancel import CancelToken
from ...api.client import MapflowClient
from ...api.connection import Connection
from ...api.errors import MapflowError, Unreachable
from ...api.models import Image
from ...transfer.claims import CLAIMS
from ...transfer.sending import Sending, Stage
from .jobs import Note, State

Say = Callable[[Optional[int], Mapping[str, Any]], None]

TRIES = 3  # of a file that cannot even be begun while the network is there


@dataclass(frozen=True)
class Times:
    """Seconds. `scale` stretches the client's own timeouts and waits; it is 1 but in tests."""

    confirm_for: float = 900.0
    poll: float = 2.0
    look_for_network: float = 30.0
    stalled_after: float = 20.0
    tick: float = 1.0
    scale: float = 1.0


class Item:
    """The engine's side of a job. Changed under the engine's lock."""

    def __init__(self, job_id: int, sending: Sending, connection: Connection) -> None:
        self.id = job_id
        self.sending = sending
        self.owner = connection.key
        self.token = CancelToken()
        self.image: Optional[Image] = None
        self.failure: Optional[MapflowError] = None  # on the way; whose fault it was is not known yet
        self.is_in_flight = False
        self.is_unwanted = False  # to be given up
        self.is_sent = False
        self.confirm_until = 0.0
        self.moved = 0.0
        self._tries = 0
        self._has_entered = False

    def enter(self) -> bool:
        """False while another file of this name is on its way into the same mosaic."""
        self._has_entered = self._has_entered or self.sending.enter()
        return self._has_entered

    def leave(self) -> None:
        if self._has_entered:
            self._has_entered = False
            self.sending.leave()

    def is_blocked(self) -> bool:
        return not self._has_entered and CLAIMS.is_taken(self.sending.key)

    def renew(self) -> None:
        """After a halt: ready for another go."""
        self.token = CancelToken()

    def spend_try(self, failure: MapflowError) -> bool:
        """True if it may go again: the client has its own tries for all but a line that cannot be had."""
        self._tries += 1
        return isinstance(failure, Unreachable) and self._tries < TRIES

    def is_stalled(self, after: float) -> bool:
        return self.moved > 0 and time.monotonic() - self.moved > after


def is_of(item: Item, connection: Optional[Connection]) -> bool:
    """One account never runs another's uploads."""
    return connection is not None and item.owner == connection.key


class Courier:
    """Carries one item with one connection."""

    def __init__(self, item: Item, connection: Connection, scale: float, poll: float, say: Say) -> None:
        self.item = item
        self.connection = connection
        self._scale = scale
        self._poll = poll
        self._say = say
        self._token = item.token  # of this go

    def carry(self) -> None:
        """Check and send; `item.image` where an earlier try had brought it. Raises `MapflowError`."""
        self.item.moved = 0.0
        with MapflowClient(self.connection, self._token, self._on_wait, time_scale=self._scale) as client:
            self.item.image = self.item.sending.upload(client, self._on_stage, self._token, self._poll)

    def _on_stage(self, stage: Stage, sent: int, total: int) -> None:
        changes: dict[str, Any] = {"sent": sent, "size": total, "note": Note.NONE, "wait_s": None}
        if stage is Stage.CHECKING:
            changes["state"] = State.CHECKING
            changes["started"] = time.monotonic()
        elif sent < total:
            changes["state"] = State.UPLOADING
        else:
            changes["state"] = State.WORKING
        self.item.moved = time.monotonic() if changes["state"] is State.UPLOADING else 0.0
        self._say(self.item.id, changes)

    def _on_wait(self, seconds: float, why: MapflowError) -> None:
        del why
        self.item.moved = 0.0
        self._say(self.item.id, {"note": Note.RETRY, "wait_s": seconds})
