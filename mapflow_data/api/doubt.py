"""What a failure leaves open, and the same failure told as another class. Any thread."""

from __future__ import annotations

from typing import TypeVar

from .errors import (
    BadAnswer,
    ConnectionLost,
    Forbidden,
    MapflowError,
    NotMapflow,
    ServerFailed,
    SignInRequired,
    TimedOut,
    Unconfirmed,
)
from .retry import IN_DOUBT

E = TypeVar("E", bound=MapflowError)


def is_doubtful(error: MapflowError) -> bool:
    if isinstance(error, ServerFailed):
        return error.status in IN_DOUBT
    if isinstance(error, NotMapflow):
        return error.code != "redirect" and 200 <= (error.status or 0) < 300
    return isinstance(error, (ConnectionLost, TimedOut, BadAnswer))


def unconfirmed(error: MapflowError) -> Unconfirmed:
    """Keeps why: `status` and `code` are set where the server did say something."""
    return _retold(Unconfirmed, error)


def as_forbidden(error: SignInRequired) -> Forbidden:
    """A 401 though the token is good: it is about the one thing that was asked for."""
    return _retold(Forbidden, error)


def as_server_failed(error: Unconfirmed) -> ServerFailed:
    """Once it is known that a 5xx did mean failure."""
    return _retold(ServerFailed, error)


def _retold(kind: type[E], error: MapflowError) -> E:
    return kind(
        str(error),
        request=error.request,
        status=error.status,
        code=error.code,
        parameters=error.parameters,
        server_text=error.server_text,
    )
