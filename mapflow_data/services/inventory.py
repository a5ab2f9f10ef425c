"""Which images there are in all mosaics of the account: read on demand, kept small. Main thread."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import Cancelled, MapflowError, Unreachable
from ..api.models import Image, Mosaic
from .inventory_index import Listing, duplicates
from .online import OnlineService
from .reading import Answer, Reading

KEY = "inventory"
TURN_MS = 25  # between looks at what the threads have read
PORTION_S = 0.008  # what one look may cost the main thread

MANY = 1000  # images whose listing takes the main thread some milliseconds

Stamp = tuple[Optional[int], Optional[int]]  # of a mosaic, from the list of all: another one, and it changed


class InventoryService(OnlineService):
    """One reading at a time, for everybody who asked for it. Nothing of it outlives its account."""

    progressed = pyqtSignal(int, int)  # mosaics read, mosaics to read
    mosaic_read = pyqtSignal(str, list)  # mosaic id, images
    ended = pyqtSignal(object)  # None, or the MapflowError that ended it before its time
    changed = pyqtSignal()  # what is known is no longer what it was
    duplicates_found = pyqtSignal(list)
    forgotten = pyqtSignal()  # all of it: another account, or none

    def __init__(self, parent: Optional[QObject] = None, *, time_scale: float = 1.0) -> None:
        super().__init__(parent)
        self._time_scale = time_scale
        self._listings: dict[str, Listing] = {}
        self._stamps: dict[str, Stamp] = {}  # of what was read here
        self._account = ""
        self._askers: list[object] = []
        self._inbox: deque[Answer] = deque()  # filled by the threads of the reading under way
        self._done = self._total = 0
        self._outcome: Optional[tuple[Optional[MapflowError]]] = None  # told once the inbox is empty
        self.skipped: dict[str, MapflowError] = {}  # mosaics that the last reading had to leave out
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self._on_turn)

    def set_connection(self, connection: Optional[Connection]) -> None:
        """Another token of the same account ends a reading and forgets nothing."""
        was_reading, account = self.is_reading, connection.key if connection else ""
        is_new, is_other = connection != self._connection, account != self._account
        super().set_connection(connection)
        self._account = account
        if is_other:
            self._listings.clear()
            self._stamps.clear()
            self.skipped = {}
        if is_new and was_reading:
            self._finish(Cancelled())
        if is_other:
            self.forgotten.emit()

    def close(self) -> None:
        self._timer.stop()
        super().close()

    # Reading

    @property
    def is_reading(self) -> bool:
        return bool(self._timer.isActive())

    def missing(self, mosaics: Iterable[Mosaic]) -> list[Mosaic]:
        """Those not known yet, or changed since."""
        return [mosaic for mosaic in mosaics if not self._is_known(mosaic)]

    def load(self, mosaics: Sequence[Mosaic], asker: object = None, *, afresh: bool = False) -> bool:
        """Read what is missing of `mosaics`, which are all there are; `afresh` all of it.

        True where `ended` will tell the end, False where there is nothing to read.
        """
        self.keep_only(mosaic.id for mosaic in mosaics)
        if not self.is_reading:
            wanted = list(mosaics) if afresh else self.missing(mosaics)
            if not wanted:
                return False
            self._start(wanted)
        if asker not in self._askers:
            self._askers.append(asker)
        return True

    def stop(self, asker: object = None) -> None:
        """The reading ends with the last of those who asked for it; what was read stays."""
        if asker in self._askers:
            self._askers.remove(asker)
        if self.is_reading and not self._askers:
            self.cancel(KEY)
            self._finish(Cancelled())

    # What others have read

    def know(self, mosaic_id: str, images: Sequence[Image]) -> None:
        """The newest list of a mosaic, whoever asked for it. Costs no request."""
        if len(images) < MANY:
            self._put(mosaic_id, Listing(images))
            return
        self.run(
            ("know", mosaic_id),
            lambda _: Listing(images),
            lambda listing: self._put(mosaic_id, listing),
            self.failing("inventory"),
            latest=True,
        )

    def forget_mosaic(self, mosaic_id: str) -> None:
        self.cancel(("know", mosaic_id))
        if self._listings.pop(mosaic_id, None) is not None:
            self._stamps.pop(mosaic_id, None)
            self.changed.emit()

    def keep_only(self, mosaic_ids: Iterable[str]) -> None:
        """Mosaics that are gone take their images with them."""
        wanted = set(mosaic_ids)
        for mosaic_id in [one for one in self._listings if one not in wanted]:
            self.forget_mosaic(mosaic_id)

    # What is known

    def listing(self, mosaic_id: str) -> Optional[Listing]:
        return self._listings.get(mosaic_id)

    def matches(self, text: str) -> Iterator[tuple[str, list[str]]]:
        """Mosaic and ids of its images that have `text` in name or id, in steps of a millisecond at most.

        A mosaic with many images comes several times, each time with others of them.
        """
        folded = text.strip().casefold()
        for mosaic_id, listing in tuple(self._listings.items()):
            if not folded:
                return
            yield mosaic_id, []
            for image_ids in listing.matches(folded):
                yield mosaic_id, image_ids

    def look_for_duplicates(self) -> None:
        """In a task; `duplicates_found` tells them. The newest question counts."""
        listings = dict(self._listings)
        self.run(
            "duplicates",
            lambda token: duplicates(listings, token),
            self.duplicates_found.emit,
            self.failing("duplicates"),
            latest=True,
        )

    # Inside

    def _put(self, mosaic_id: str, listing: Listing) -> None:
        self._listings[mosaic_id] = listing
        self._stamps.pop(mosaic_id, None)
        self.changed.emit()

    def _is_known(self, mosaic: Mosaic) -> bool:
        listing = self._listings.get(mosaic.id)
        if listing is None:
            return False
        if mosaic.id in self._stamps:
            return self._stamps[mosaic.id] == _stamp(mosaic)
        return mosaic.image_count in (None, len(listing))

    def _start(self, wanted: Sequence[Mosaic]) -> None:
        self._inbox, self._outcome, self._askers, self.skipped = deque(), None, [], {}
        self._done, self._total = 0, len(wanted)
        self._timer.start()
        if self._connection is None:
            self.unanswered.emit(KEY)
            self._on_over(Unreachable())
            return
        reading = Reading(self._connection, wanted, _read, self._inbox.append, self._time_scale)
        if self.run(KEY, reading.run, lambda _: self._on_over(None), self._on_over):
            self.progressed.emit(0, self._total)
        else:
            self._on_over(Cancelled())  # closed

    def _on_over(self, error: Optional[MapflowError]) -> None:
        self._outcome = (error,)

    def _on_turn(self) -> None:
        """Takes in what was read, for a few milliseconds at most."""
        until = time.perf_counter() + PORTION_S
        before = self._done
        while self._inbox:
            self._take(self._inbox.popleft())
            if time.perf_counter() >= until:
                break
        if self._done != before:
            self.progressed.emit(self._done, self._total)
            self.changed.emit()
        if self._outcome is not None and not self._inbox and self.is_reading:
            self._finish(self._outcome[0])

    def _take(self, answer: Answer) -> None:
        self._done += 1
        mosaic = answer.mosaic
        if answer.error is not None:
            self.skipped[mosaic.id] = answer.error
            return
        images, self._listings[mosaic.id] = answer.found
        self._stamps[mosaic.id] = _stamp(mosaic)
        self.mosaic_read.emit(mosaic.id, images)

    def _finish(self, error: Optional[MapflowError]) -> None:
        self._timer.stop()
        self._inbox.clear()
        self._askers = []
        self.ended.emit(error)


def _stamp(mosaic: Mosaic) -> Stamp:
    return mosaic.image_count, mosaic.size_bytes


def _read(client: MapflowClient, mosaic: Mosaic) -> tuple[list[Image], Listing]:
    """Worker thread."""
    images = client.images.list(mosaic.id)
    return images, Listing(images)
