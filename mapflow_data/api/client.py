"""The Mapflow Data API, whole: `MapflowClient(connection).mosaics.list()`. Blocking; one client per thread.

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection

with MapflowClient(make_connection("https://api.mapflow.ai/rest", token)) as client:
    mosaic = client.mosaics.create("Fields 2026")
    client.images.upload(mosaic.id, "ortho.tif", print)
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Optional

from . import make_transport
from .account import Account
from .cancel import CancelToken
from .catalog import Catalog
from .connection import Connection
from .images import Images
from .mosaics import Mosaics

if TYPE_CHECKING:
    from .transport import OnWait


class MapflowClient:
    """`on_wait(seconds_left, why)` once a second while a call waits to be tried again.

    `time_scale` stretches every timeout and wait; it is 1 but in tests. All calls raise `MapflowError`s.
    """

    def __init__(
        self,
        connection: Connection,
        cancel: Optional[CancelToken] = None,
        on_wait: Optional[OnWait] = None,
        *,
        time_scale: float = 1.0,
    ) -> None:
        self._transport = make_transport(connection, cancel, on_wait, time_scale)
        self.connection = connection
        self.account = Account(self._transport)
        self.mosaics = Mosaics(self._transport)
        self.images = Images(self._transport)
        self.catalog = Catalog(self._transport)

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> MapflowClient:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()
