"""Tiles on the map show what their mosaic has now, also after a change of its images. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject

from ..api.models import Image
from ..services.bundle import Services
from ..services.deletions import Outcome
from .presenter import Presenter


class FreshTiles(QObject):
    """Waits for the mosaic's next list, which tells how far the tiles reach."""

    def __init__(self, services: Services, presenter: Presenter, parent: QObject) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._changed: set[str] = set()  # mosaics that are another picture now
        services.queue.image_uploaded.connect(lambda mosaic_id, _: self._changed.add(mosaic_id))
        services.replacements.replaced.connect(lambda mosaic_id, *_: self._changed.add(mosaic_id))
        services.deletions.outcome.connect(self._on_outcome)
        services.images.images_loaded.connect(self._on_images_loaded)

    def _on_outcome(self, outcome: Outcome) -> None:
        if outcome.error is None and isinstance(outcome.item, Image):
            self._changed.add(outcome.item.mosaic_id)

    def _on_images_loaded(self, mosaic_id: str, images: list[Image]) -> None:
        if mosaic_id in self._changed:
            self._changed.discard(mosaic_id)
            self._presenter.refresh_tiles(mosaic_id, images)
