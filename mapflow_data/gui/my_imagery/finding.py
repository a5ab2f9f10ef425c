"""Finds images by name or id in all mosaics, also in those that were never opened. Main thread."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...api.errors import Cancelled, MapflowError
from ...services.inventory import InventoryService
from ..imagery.model import ImageryModel

PORTION_S = 0.008  # of the main thread at a time


class Finding(QObject):
    """The newest text counts. Of mosaics that could not be read, `InventoryService.skipped` tells."""

    started = pyqtSignal(str)
    progressed = pyqtSignal(int, int)  # mosaics read, mosaics to read
    found = pyqtSignal(str, dict)  # text, mosaic id to a set of image ids; only of what was read
    ended = pyqtSignal(object)  # None, or the MapflowError for which not all was looked through

    def __init__(
        self, inventory: InventoryService, model: ImageryModel, parent: Optional[QObject] = None
    ) -> None:
        super().__init__(parent)
        self._inventory, self._model = inventory, model
        self._text = ""
        self._error: Optional[MapflowError] = None
        self._steps: Optional[Iterator[tuple[str, list[str]]]] = None  # None while lists are read
        self._images: dict[str, set[str]] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_turn)
        inventory.progressed.connect(self._on_progressed)
        inventory.ended.connect(self._on_read)
        inventory.forgotten.connect(self.cancel)

    @property
    def is_busy(self) -> bool:
        return bool(self._text)

    @property
    def is_ready(self) -> bool:
        """All lists are known: looking through them costs no request."""
        return not self._inventory.missing(self._model.mosaics())

    def start(self, text: str) -> None:
        wanted = text.strip()
        if not wanted:
            self.cancel()
            return
        self._timer.stop()
        self._text, self._error, self._steps = wanted, None, None
        self.started.emit(wanted)
        if not self._inventory.load(self._model.mosaics(), self):
            self._look()

    def cancel(self) -> None:
        if not self.is_busy:
            return
        self._finish(Cancelled())
        self._inventory.stop(self)

    def _on_progressed(self, done: int, total: int) -> None:
        if self.is_busy:
            self.progressed.emit(done, total)

    def _on_read(self, error: Optional[MapflowError]) -> None:
        """What was read before a failure is looked through all the same."""
        if not self.is_busy or self._steps is not None:
            return
        if isinstance(error, Cancelled):
            self._finish(error)
            return
        self._error = error
        self._look()

    def _look(self) -> None:
        self._images = {}
        self._steps = self._inventory.matches(self._text)
        self._timer.start()

    def _on_turn(self) -> None:
        until = time.perf_counter() + PORTION_S
        for mosaic_id, image_ids in self._steps or ():
            if image_ids:
                self._images.setdefault(mosaic_id, set()).update(image_ids)
            if time.perf_counter() >= until:
                return
        text, images, error = self._text, self._images, self._error
        self._finish(None, is_told=False)
        self.found.emit(text, images)
        self.ended.emit(error)

    def _finish(self, error: Optional[MapflowError], *, is_told: bool = True) -> None:
        self._timer.stop()
        self._text, self._steps, self._images = "", None, {}
        if is_told:
            self.ended.emit(error)
