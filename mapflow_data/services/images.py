"""The images of a mosaic as records and as features, their previews, their names. Main thread."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal, Optional

from qgis.core import QgsFeature
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import MapflowError
from ..api.models import Image, ImageState, Mosaic, MosaicStatus
from ..layers import footprints, previews
from ..layers.crs_cache import acquaint
from ..layers.geometry import outline
from ..settings import cache_folder
from .online import OnlineService

log = logging.getLogger(__name__)

Listed = tuple[list[Image], list[QgsFeature]]  # features of those that are ready
READY = "COMPLETED"


class ImageService(OnlineService):
    """`failed` tells "images", "preview" or "rename".

    The list of a mosaic holds what is ready only. What becomes of the others is asked for after it, so that
    nobody waits for that, and not again once a server does not know the call.
    """

    SHELVED: ClassVar[frozenset[str]] = frozenset({"images"})
    GOES_ON = True
    # each takes turns with the main thread at the interpreter while it reads its answer
    AT_ONCE: ClassVar[Mapping[str, int]] = {"images": 3, "states": 2, "preview": 4}

    images_loading = pyqtSignal(str)  # mosaic id
    images_loaded = pyqtSignal(str, list, list)  # mosaic id, images, features
    images_failed = pyqtSignal(str, object)  # mosaic id, error; `failed` tells it as well
    preview_loaded = pyqtSignal(object, str)  # Image, path of a raster
    preview_failed = pyqtSignal(object, object)  # Image, error; `failed` tells it as well
    image_renamed = pyqtSignal(object)

    def __init__(self, parent: Optional[QObject] = None, *, folder: str = "") -> None:
        super().__init__(parent)
        self._folder = folder or cache_folder()
        self._known: dict[str, Mosaic] = {}
        self._has_states = True
        self._unready: dict[str, list[Image]] = {}  # by mosaic, as they were told last
        self._awaited: set[str] = set()  # ids of images said to be ready that a list lacked, once

    def know(self, mosaics: Iterable[Mosaic]) -> None:
        """Saves a request for the mosaic's name with each list of its images."""
        self._known.update((mosaic.id, mosaic) for mosaic in mosaics)

    def set_connection(self, connection: Optional[Connection]) -> None:
        if connection != self._connection and not self.is_of_account(connection):
            self._has_states = True
            self._unready.clear()
            self._awaited.clear()
            if self._connection is not None:
                self._known.clear()
        super().set_connection(connection)

    def load(self, mosaic_id: str) -> None:
        """The newest list counts: an older one under way is dropped. Told twice where images are not ready
        that were not known to be."""
        known = self._known.get(mosaic_id)
        is_started = self.ask(
            ("images", mosaic_id),
            lambda client, token: _ask_images(client, token, mosaic_id, known),
            lambda listed: self._on_listed(mosaic_id, listed),
            lambda error: self._on_images_failed(mosaic_id, error),
            latest=True,
        )
        if is_started:
            self.cancel(("states", mosaic_id))
            self.images_loading.emit(mosaic_id)

    def load_preview(self, image: Image, size: Literal["s", "l"] = "l") -> None:
        folder = self._folder
        acquaint(outline(image.footprint), crs=image.crs)
        self.ask(
            ("preview", image.id, size),
            lambda client, _: previews.georeference(client.images.preview(image.id, size), image, folder),
            lambda path: self.preview_loaded.emit(image, path),
            lambda error: self._on_preview_failed(image, error),
        )

    def rename(self, image: Image, name: str) -> None:
        self.ask(
            ("change", image.id),
            lambda client, _: client.images.rename(image.id, name),
            self.image_renamed.emit,
            self.failing("rename", image.filename or image.id),
        )

    def is_changing(self, image_id: str) -> bool:
        return self.is_running(("change", image_id))

    def _on_listed(self, mosaic_id: str, listed: Listed) -> None:
        is_held = self._has_states and mosaic_id in self._unready  # else their rows would go and come again
        if not is_held:
            self.images_loaded.emit(mosaic_id, *listed)
        if self._has_states:
            self.ask(
                ("states", mosaic_id),
                lambda client, _: client.mosaics.status(mosaic_id),
                lambda status: self._on_states(mosaic_id, listed, status),
                lambda error: self._on_states_failed(mosaic_id, listed, error),
                latest=True,
            )

    def _on_states(self, mosaic_id: str, listed: Listed, status: Optional[MosaicStatus]) -> None:
        self._has_states = status is not None
        there = {image.id for image in listed[0]}
        others = [one for one in status.images if one.image_id not in there] if status else []
        ready = {one.image_id for one in others if one.is_ready or one.state == READY}
        if ready - self._awaited:  # meanwhile
            self._awaited |= ready
            self.load(mosaic_id)
            return
        self._tell(
            mosaic_id, listed, [_unready(one, mosaic_id) for one in others if one.image_id not in ready]
        )

    def _on_states_failed(self, mosaic_id: str, listed: Listed, error: MapflowError) -> None:
        """Old facts are better than none."""
        log.info("what becomes of the other images of mosaic %s is not known: %s", mosaic_id, error)
        there = {image.id for image in listed[0]}
        unready = self._unready.get(mosaic_id, [])
        self._tell(mosaic_id, listed, [image for image in unready if image.id not in there])

    def _tell(self, mosaic_id: str, listed: Listed, unready: list[Image]) -> None:
        """Unless that was done with the list."""
        images, features = listed
        is_told = mosaic_id not in self._unready and not unready
        self._unready.pop(mosaic_id, None)
        if unready:
            self._unready[mosaic_id] = unready
        if not is_told:
            self.images_loaded.emit(mosaic_id, [*images, *unready], features)

    def _on_images_failed(self, mosaic_id: str, error: MapflowError) -> None:
        self.images_failed.emit(mosaic_id, error)
        self.failed.emit("images", error)

    def _on_preview_failed(self, image: Image, error: MapflowError) -> None:
        self.preview_failed.emit(image, error)
        self.failed.emit("preview", error)


def _ask_images(client: MapflowClient, token: CancelToken, mosaic_id: str, known: Optional[Mosaic]) -> Listed:
    """Worker thread: features are built here, so that the main thread only adds them."""
    images = client.images.list(mosaic_id)
    mosaic = known or client.mosaics.get(mosaic_id)
    return images, footprints.make_features(images, mosaic, token)


def _unready(state: ImageState, mosaic_id: str) -> Image:
    word = state.state or "NONE"
    return Image(state.image_id, mosaic_id, state.filename, state=word, error=state.error)
