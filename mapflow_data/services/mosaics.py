"""The mosaics of the account: list, make, change, and what their tiles need. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, ClassVar, Optional

from qgis.core import QgsFeature
from qgis.PyQt.QtCore import pyqtSignal

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.errors import BadAnswer, ConnectionFailed, MapflowError, Refused, SignInRequired
from ..api.models import Image, Mosaic, TileJson
from ..layers import mosaic_outlines, tiles
from .online import OnlineService
from .outlines import complete


class MosaicService(OnlineService):
    """`failed` tells "mosaics" (the list), "create", "update", "tiles" or "outlines"."""

    SHELVED: ClassVar[frozenset[str]] = frozenset({"mosaics"})
    GOES_ON = True

    mosaics_loaded = pyqtSignal(list)
    mosaic_created = pyqtSignal(object)
    mosaic_changed = pyqtSignal(object)
    mosaic_moved_on = pyqtSignal(object, str, tuple)  # as it is now, name and tags that were not written
    tiles_failed = pyqtSignal(object, object)  # Mosaic, error; `failed` tells it as well
    tiles_loaded = pyqtSignal(object, object, list)  # Mosaic, TileJson or None, images where they are needed
    outlines_loaded = pyqtSignal(list)  # features of `layers.mosaic_outlines`

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
            self.failing("create", name),
        )

    def update(self, known: Mosaic, name: str, tags: Sequence[str]) -> None:
        """The tags replace the old ones. What others changed since it was `known` is not written over:
        `mosaic_moved_on` tells it instead.
        """
        self.ask(
            ("change", known.id),
            lambda client, _: _update(client, known, name, tuple(tags)),
            lambda found: self._on_updated(found, name, tuple(tags)),
            self.failing("update", known.name or known.id),
        )

    def is_changing(self, mosaic_id: str) -> bool:
        return self.is_running(("change", mosaic_id))

    def load_tiles(self, mosaic: Mosaic) -> None:
        """What a layer of tiles needs; without TileJSON the images tell extent and zoom."""
        self.ask(
            ("tiles", mosaic.id),
            lambda client, token: _ask_tiles(client, token, mosaic),
            lambda found: self.tiles_loaded.emit(*found),
            lambda error: self._on_tiles_failed(mosaic, error),
        )

    def load_outlines(self, mosaics: Sequence[Mosaic]) -> None:
        """The newest counts. What a list in its short form leaves out is read mosaic by mosaic; without a
        connection it stays out.
        """
        connection, asked = self._connection, tuple(mosaics)

        def work(token: CancelToken) -> list[QgsFeature]:
            found = complete(connection, asked, token) if connection else asked
            return mosaic_outlines.make_features(found, token)

        self.run("outlines", work, self.outlines_loaded.emit, self.failing("outlines"), latest=True)

    def _on_updated(self, found: tuple[Mosaic, bool], name: str, tags: tuple[str, ...]) -> None:
        mosaic, is_written = found
        if is_written:
            self.mosaic_changed.emit(mosaic)
        else:
            self.mosaic_moved_on.emit(mosaic, name, tags)

    def _on_tiles_failed(self, mosaic: Mosaic, error: MapflowError) -> None:
        self.tiles_failed.emit(mosaic, error)
        self.failed.emit("tiles", error)


def _update(client: MapflowClient, known: Mosaic, name: str, tags: tuple[str, ...]) -> tuple[Mosaic, bool]:
    """The mosaic as it is in the end, and whether that was written now. Worker thread."""
    present = client.mosaics.get(known.id)
    if (present.name, present.tags) not in ((known.name, known.tags), (name, tags)):
        return present, False
    return client.mosaics.update(known.id, name, tags), True


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
