"""While the server is away, answers from the shelf in the place of the services that would ask it. Main
thread; files are read in tasks.

It emits the services' own signals: who listens to them, as all panels do, need not know of it.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Optional

from qgis.core import QgsFeature

from ..api.cancel import CancelToken
from ..api.errors import MapflowError
from ..api.models import Image, Mosaic
from ..layers import footprints
from .offline.shelf import Shelf
from .shelf_service import ShelfService


class ShelfReader(ShelfService):
    """What is not on the shelf fails with the reason why the server is away."""

    def _set_up(self) -> None:
        session, mosaics, images = self._session, self._mosaics, self._images
        self._known: dict[str, Mosaic] = {}
        for changed in (session.went_offline, session.signed_in, session.signed_out):
            changed.connect(self._on_changed)
        mosaics.mosaics_loaded.connect(self._know)
        mosaics.unanswered.connect(self._on_mosaics_wanted)
        images.unanswered.connect(self._on_images_wanted)

    def _on_changed(self) -> None:
        """The server's own word counts from now on, or another account's shelf."""
        self.cancel_all()
        self._known.clear()

    def _know(self, mosaics: list[Mosaic]) -> None:
        """Also those that the server told while it was there."""
        self._known = {mosaic.id: mosaic for mosaic in mosaics}

    def _on_mosaics_wanted(self, key: Hashable) -> None:
        account = self._account
        if account and key == "mosaics":
            self.run(
                key,
                lambda token: self._shelf.mosaics(account, token),
                self._on_mosaics_read,
                self._on_no_mosaics,
                latest=True,
            )

    def _on_mosaics_read(self, mosaics: Optional[list[Mosaic]]) -> None:
        absence = self._session.absence
        if mosaics is not None:
            self._mosaics.mosaics_loaded.emit(mosaics)
        elif absence is not None:
            self._on_no_mosaics(absence.error)

    def _on_no_mosaics(self, error: MapflowError) -> None:
        self._mosaics.failed.emit("mosaics", error)

    def _on_images_wanted(self, key: Hashable) -> None:
        account = self._account
        if not account or not isinstance(key, tuple) or key[0] != "images":
            return
        mosaic_id = key[1]
        mosaic = self._known.get(mosaic_id) or Mosaic(mosaic_id, "")
        self._images.images_loading.emit(mosaic_id)
        self.run(
            key,
            lambda token: _read_images(self._shelf, account, mosaic, token),
            lambda found: self._on_images_read(mosaic_id, found),
            lambda error: self._on_no_images(mosaic_id, error),
            latest=True,
        )

    def _on_images_read(self, mosaic_id: str, found: Optional[tuple[list[Image], list[QgsFeature]]]) -> None:
        absence = self._session.absence
        if found is not None:
            self._images.images_loaded.emit(mosaic_id, *found)
        elif absence is not None:
            self._on_no_images(mosaic_id, absence.error)

    def _on_no_images(self, mosaic_id: str, error: MapflowError) -> None:
        self._images.images_failed.emit(mosaic_id, error)
        self._images.failed.emit("images", error)

    @property
    def _account(self) -> str:
        connection = self._session.connection
        return connection.key if connection is not None and self._session.absence else ""


def _read_images(
    shelf: Shelf, account: str, mosaic: Mosaic, cancel: CancelToken
) -> Optional[tuple[list[Image], list[QgsFeature]]]:
    """Worker thread: features are built here, as for those that come from the server."""
    images = shelf.images(account, mosaic.id, cancel)
    return None if images is None else (images, footprints.make_features(images, mosaic, cancel))
