"""What it means that the server is away: which errors say so, and asking it with the shelf at hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Union

from ...api.cancel import CancelToken
from ...api.client import MapflowClient
from ...api.connection import Connection
from ...api.errors import ConnectionFailed, MapflowError, ServerFailed
from ...api.models import Storage
from ..online import with_client
from .shelf import Known, Shelf

GATEWAY_STATUSES = (502, 503, 504)  # somebody in front of the server says that it is away
IMPATIENCE = 0.5  # of the usual times: there is something to show meanwhile


@dataclass(frozen=True)
class Absence:
    """Since when the server is away, why, and what is known nevertheless."""

    error: MapflowError
    since: datetime
    known: Known


def is_out_of_reach(error: MapflowError) -> bool:
    """Nothing was said about the token: no answer came, or another one than the server's."""
    return isinstance(error, ConnectionFailed) or (
        isinstance(error, ServerFailed) and error.status in GATEWAY_STATUSES
    )


def ask_or_know(
    connection: Connection, shelf: Shelf, token: CancelToken, time_scale: float
) -> Union[Storage, tuple[MapflowError, Known]]:
    """The storage, which tells that the token is good; where the server is away what the shelf knows, after
    one try. Raises as the call does where the shelf knows nothing. Worker thread.
    """
    known = shelf.glance(connection.key)
    if known is None:
        return read_storage(connection, token, time_scale)
    try:
        with MapflowClient(connection, token, _give_up, time_scale=time_scale * IMPATIENCE) as client:
            return client.account.storage()
    except MapflowError as error:
        if not is_out_of_reach(error) or shelf.mosaics(connection.key, token) is None:
            raise
        return error, known


def read_storage(connection: Connection, token: CancelToken, time_scale: float) -> Storage:
    """The cheapest call that needs a valid token. Worker thread."""
    storage: Storage = with_client(connection, token, lambda client, _: client.account.storage(), time_scale)
    return storage


def _give_up(_seconds: float, why: MapflowError) -> None:
    """Instead of a wait before the next try."""
    if is_out_of_reach(why):
        raise why
