"""When a call is tried again, how often and after what wait: one table, as data. Any thread."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Optional

from .errors import (
    ConnectionLost,
    IncompleteAnswer,
    MapflowError,
    RateLimited,
    Refused,
    TimedOut,
    Unreachable,
)

RETRY_AFTER_CAP = 300.0
RATE_LIMITED_START = 5.0
SERVER_FAULT_GAP = 1.0  # after a 5xx at most one request a second
_RANDOM = secrets.SystemRandom()  # spreads clients that failed together
IN_DOUBT = frozenset({500, 502, 504})  # what a gateway says when nobody knows whether it worked


@dataclass(frozen=True)
class CallClass:
    """How one kind of call meets failure. Times are seconds; `whole` bounds one attempt."""

    retries: int
    statuses: frozenset[int]
    faults: tuple[type[MapflowError], ...]
    leaves_doubt: bool = False  # once sent, a lost answer does not tell whether it worked
    connect: float = 10.0
    send_idle: float = 60.0
    answer_idle: float = 60.0
    whole: Optional[float] = 120.0

    def tries_again(self, error: MapflowError, attempt: int) -> bool:
        """Whether attempt number `attempt` (from 0), ended by `error`, is followed by another."""
        if isinstance(error, IncompleteAnswer):
            return IncompleteAnswer in self.faults and attempt < 1
        if attempt >= self.retries:
            return False
        if isinstance(error, Refused):
            return error.status in self.statuses
        return isinstance(error, self.faults)


READ = CallClass(
    retries=3,
    statuses=frozenset({429, 500, 502, 503, 504}),
    faults=(Unreachable, ConnectionLost, IncompleteAnswer),
)
DOWNLOAD = replace(READ, whole=None)  # a file takes as long as it takes, while something comes
CHANGE = CallClass(
    retries=2,
    statuses=frozenset({429, 502, 503, 504}),
    faults=(Unreachable, ConnectionLost),
)
CREATE = CallClass(
    retries=1,
    statuses=frozenset({429}),
    faults=(Unreachable,),
    leaves_doubt=True,
    answer_idle=120.0,
    whole=180.0,
)
UPLOAD = CallClass(
    retries=2,
    statuses=frozenset({429, 503}),
    faults=(ConnectionLost, TimedOut),
    leaves_doubt=True,
    answer_idle=600.0,
    whole=None,
)
UPLOAD_NEW = CallClass(  # makes a mosaic each time, so it is not begun twice
    retries=1,
    statuses=frozenset({429}),
    faults=(),
    leaves_doubt=True,
    answer_idle=600.0,
    whole=None,
)


def delay(error: MapflowError, attempt: int) -> float:
    """Seconds to wait after attempt `attempt` (from 0): as the server told, else growing, jittered."""
    told = error.retry_after if isinstance(error, Refused) else None
    if told is not None:
        return min(told, RETRY_AFTER_CAP)
    start = RATE_LIMITED_START if isinstance(error, RateLimited) else 1.0
    return start * 2.0**attempt * _RANDOM.uniform(1.0, 1.5)
