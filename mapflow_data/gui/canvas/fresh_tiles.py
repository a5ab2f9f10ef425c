"""Tiles on the map ask for new pixels once images came into their mosaic or went from it. Main thread."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QObject

from ...api.models import Image
from ...services.bundle import Services
from ...services.deletions import Outcome
from .presenter import Presenter


class FreshTiles(QObject):
    """Waits for the next list of the mosaic's images, which tells how far its tiles reach now."""

    def __init__(self, services: Services, presenter: Presenter, parent: QObject) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._changed: set[str] = set()  # ids of mosaics
        services.queue.image_uploaded.connect(self._on_uploaded)
        services.deletions.outcome.connect(self._on_deleted)
        services.replacements.replaced.connect(self._on_replaced)
        services.images.images_loaded.connect(self._on_images_loaded)

    def _on_uploaded(self, mosaic_id: str, _image: object) -> None:
        self._changed.add(mosaic_id)

    def _on_deleted(self, outcome: Outcome) -> None:
        if isinstance(outcome.item, Image) and outcome.error is None:
            self._changed.add(outcome.item.mosaic_id)

    def _on_replaced(self, mosaic_id: str, _old: Image, _new: Image) -> None:
        self._changed.add(mosaic_id)

    def _on_images_loaded(self, mosaic_id: str, images: Sequence[Image], _features: object) -> None:
        if mosaic_id in self._changed:
            self._changed.discard(mosaic_id)
            self._presenter.refresh_tiles(mosaic_id, images)
