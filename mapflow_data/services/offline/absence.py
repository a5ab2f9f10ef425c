"""What it means that the server is away, and asking it with the shelf at hand, or once for certain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Union

from ...api.cancel import CancelToken
from ...api.client import MapflowClient
from ...api.connection import Connection
from ...api.errors import MapflowError
from ...api.models import Storage
from ..online import is_out_of_reach, with_client
from .shelf import Known, Shelf

# of the usual times: there is something to show meanwhile, and where nothing answers it stays below the five
# seconds after which QGIS before 3.26 tells of each task that has ended
IMPATIENCE = 0.4


@dataclass(frozen=True)
class Absence:
    """Since when the server is away, why, and what is known nevertheless."""

    error: MapflowError
    since: datetime
    known: Known


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
        return read_storage_once(connection, token, time_scale)
    except MapflowError as error:
        if not is_out_of_reach(error) or shelf.mosaics(connection.key, token) is None:
            raise
        return error, known


def read_storage(connection: Connection, token: CancelToken, time_scale: float) -> Storage:
    """The cheapest call that needs a valid token. Worker thread."""
    storage: Storage = with_client(connection, token, lambda client, _: client.account.storage(), time_scale)
    return storage


def read_storage_once(connection: Connection, token: CancelToken, time_scale: float) -> Storage:
    """Raises at once where the server is out of reach. Worker thread."""
    with MapflowClient(connection, token, _give_up, time_scale=time_scale * IMPATIENCE) as client:
        return client.account.storage()


def _give_up(_seconds: float, why: MapflowError) -> None:
    """Instead of a wait before the next try."""
    if is_out_of_reach(why):
        raise why
