"""The images of a mosaic as records and as features, their previews, their names. Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Optional

from qgis.core import QgsFeature
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.errors import MapflowError
from ..api.models import Image, Mosaic
from ..layers import footprints, previews
from ..layers.crs_cache import acquaint
from ..layers.geometry import outline
from ..settings import cache_folder
from .online import OnlineService


class ImageService(OnlineService):
    """`failed` tells "images", "preview" or "rename"."""

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

    def know(self, mosaics: Iterable[Mosaic]) -> None:
        """Saves a request for the mosaic's name with each list of its images."""
        self._known.update((mosaic.id, mosaic) for mosaic in mosaics)

    def load(self, mosaic_id: str) -> None:
        """The newest list counts: an older one under way is dropped."""
        known = self._known.get(mosaic_id)
        is_started = self.ask(
            ("images", mosaic_id),
            lambda client, token: _ask_images(client, token, mosaic_id, known),
            lambda found: self.images_loaded.emit(mosaic_id, *found),
            lambda error: self._on_images_failed(mosaic_id, error),
            latest=True,
        )
        if is_started:
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
            self.failing("rename"),
        )

    def is_changing(self, image_id: str) -> bool:
        return self.is_running(("change", image_id))

    def _on_images_failed(self, mosaic_id: str, error: MapflowError) -> None:
        self.images_failed.emit(mosaic_id, error)
        self.failed.emit("images", error)

    def _on_preview_failed(self, image: Image, error: MapflowError) -> None:
        self.preview_failed.emit(image, error)
        self.failed.emit("preview", error)


def _ask_images(
    client: MapflowClient, token: CancelToken, mosaic_id: str, known: Optional[Mosaic]
) -> tuple[list[Image], list[QgsFeature]]:
    """Worker thread: features are built here, so that the main thread only adds them."""
    images = client.images.list(mosaic_id)
    mosaic = known or client.mosaics.get(mosaic_id)
    return images, footprints.make_features(images, mosaic, token)
