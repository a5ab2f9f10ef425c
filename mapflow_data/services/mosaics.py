"""The mosaics of the account: list, make, change, delete, and what their tiles need. Main thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Callable, Optional

from qgis.PyQt.QtCore import pyqtSignal

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.errors import BadAnswer, ConnectionFailed, MapflowError, Refused, SignInRequired
from ..api.models import Image, Mosaic, TileJson
from ..layers import tiles
from .online import OnlineService, delete_each


class MosaicService(OnlineService):
    """`failed` tells "mosaics" (the list), "create", "update", "delete" or "tiles"."""

    mosaics_loaded = pyqtSignal(list)
    mosaic_created = pyqtSignal(object)
    mosaic_changed = pyqtSignal(object)
    mosaic_deleted = pyqtSignal(str)
    tiles_failed = pyqtSignal(object, object)  # Mosaic, error; `failed` tells it as well
    tiles_loaded = pyqtSignal(object, object, list)  # Mosaic, TileJson or None, images where they are needed

    def load(self) -> None:
        self.ask(
            "mosaics",
            lambda client, _: client.mosaics.list(),
            self.mosaics_loaded.emit,
            self.failing("mosaics"),
            latest=True,
        )

    def create(self, name: str, tags: Sequence[str] = ()) -> None:
        self.ask(
            ("create", name),
            lambda client, _: client.mosaics.create(name, tuple(tags)),
            self.mosaic_created.emit,
            self.failing("create"),
        )

    def update(self, mosaic_id: str, name: str, tags: Sequence[str]) -> None:
        """The tags replace the old ones."""
        self.ask(
            ("change", mosaic_id),
            lambda client, _: client.mosaics.update(mosaic_id, name, tuple(tags)),
            self.mosaic_changed.emit,
            self.failing("update"),
        )

    def delete(self, mosaic_ids: Iterable[str]) -> None:
        """With all their images, for good. Each is told by itself."""
        ids = tuple(mosaic_ids)
        self.ask(
            ("delete", ids),
            lambda client, _: delete_each(ids, client.mosaics.delete),
            self._on_deleted,
            self.failing("delete"),
        )

    def load_tiles(self, mosaic: Mosaic) -> None:
        """What a layer of tiles needs; without TileJSON the images tell extent and zoom."""
        self.ask(
            ("tiles", mosaic.id),
            lambda client, token: _ask_tiles(client, token, mosaic),
            lambda found: self.tiles_loaded.emit(*found),
            lambda error: self._on_tiles_failed(mosaic, error),
        )

    def _on_tiles_failed(self, mosaic: Mosaic, error: MapflowError) -> None:
        self.tiles_failed.emit(mosaic, error)
        self.failed.emit("tiles", error)

    def _on_deleted(self, results: list[tuple[str, Optional[MapflowError]]]) -> None:
        for mosaic_id, error in results:
            if error is None:
                self.mosaic_deleted.emit(mosaic_id)
            else:
                self.failed.emit("delete", error)


def _ask_tiles(
    client: MapflowClient, token: CancelToken, mosaic: Mosaic
) -> tuple[Mosaic, Optional[TileJson], list[Image]]:
    """Worker thread. Raises `BadInput`, code "tiles", for a mosaic without tiles."""
    if not mosaic.tile_url:
        mosaic = client.mosaics.get(mosaic.id)  # a list may answer the short form
    tiles.make_uri(mosaic.tile_url, 0, 0)
    tilejson = _or_none(lambda: client.mosaics.tilejson(mosaic))
    token.check()
    is_whole = tilejson is not None and tilejson.bounds is not None and tilejson.max_zoom is not None
    images = [] if is_whole else _or_none(lambda: client.images.list(mosaic.id)) or []
    return mosaic, tilejson, images


def _or_none(ask: Callable[[], Any]) -> Any:
    """What can be done without; a lost sign-in cannot."""
    try:
        return ask()
    except SignInRequired:
        raise
    except (ConnectionFailed, BadAnswer, Refused):
        return None
