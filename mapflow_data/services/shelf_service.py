"""Base of the two between the shelf and the services: one fills it, one answers from it. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QObject

from .images import ImageService
from .mosaics import MosaicService
from .offline.shelf import Shelf
from .service import Service
from .session import SessionService


class ShelfService(Service):
    def __init__(
        self,
        shelf: Shelf,
        session: SessionService,
        mosaics: MosaicService,
        images: ImageService,
        parent: Optional[QObject] = None,
    ) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._session = session
        self._mosaics = mosaics
        self._images = images
        self._set_up()

    def _set_up(self) -> None:
        """What it holds, and whom it listens to."""
        raise NotImplementedError
