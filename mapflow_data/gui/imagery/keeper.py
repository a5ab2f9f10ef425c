"""Lets go of images of mosaics that were looked at long ago, so that memory does not grow while somebody
goes through a thousand mosaics. Main thread.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from qgis.PyQt.QtCore import QObject, QTimer

from .model import ImageryModel, Loading

KEPT = 100  # mosaics, of those that nobody needs now
SLACK = 20  # more are let be, so that not each new one means that an old one goes


class ImageryKeeper(QObject):
    """`needed` tells which of these mosaics, by id, are open, selected or current now."""

    def __init__(
        self, model: ImageryModel, needed: Callable[[Collection[str]], set[str]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._needed = needed
        self._seen: dict[str, None] = {}  # ids of mosaics, those looked at last come last
        self._later = QTimer(self)  # what has come is shown first
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._let_go)
        model.images_told.connect(self._on_images_told)

    def look_at(self, mosaic_id: str) -> None:
        self._seen.pop(mosaic_id, None)
        self._seen[mosaic_id] = None

    def _on_images_told(self, mosaic_id: str) -> None:
        self._seen.setdefault(mosaic_id)
        if len(self._seen) > KEPT + SLACK:
            self._later.start()

    def _let_go(self) -> None:
        """Not while the filter looks at them."""
        if self._model.is_filtered:
            return
        loaded = [one for one in self._seen if self._is_loaded(one)]
        needed = self._needed(loaded)
        gone = set([one for one in loaded if one not in needed][:-KEPT])
        self._seen = dict.fromkeys(one for one in loaded if one not in gone)
        if gone:
            self._model.forget_images(gone)

    def _is_loaded(self, mosaic_id: str) -> bool:
        branch = self._model.branch(mosaic_id)
        return branch is not None and branch.state is Loading.LOADED
