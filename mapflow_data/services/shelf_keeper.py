"""Puts onto the shelf what the services tell, as it comes. Main thread; files are written in a task."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Optional

from qgis.PyQt.QtCore import QTimer

from ..api.cancel import CancelToken
from ..api.connection import Connection
from ..api.models import Image
from .deletions import Outcome
from .offline.records import IMAGES, MOSAICS, STORAGE
from .offline.shelf import Shelf
from .shelf_service import ShelfService

log = logging.getLogger(__name__)

GAP_MS = 500  # what comes within it is written at once
Subject = tuple[str, str]  # kind and, of images, the id of their mosaic


@dataclass
class Due:
    """What is to be written of one subject: all of it, as of a moment, or what changed of what is there."""

    values: Optional[tuple[Any, ...]] = None
    moment: Optional[datetime] = None
    changes: dict[str, Any] = field(default_factory=dict)  # by id; None is gone


class ShelfKeeper(ShelfService):
    """Of the account that is signed in, if it is remembered; at sign-out all of it is removed."""

    def _set_up(self) -> None:
        session, mosaics, images = self._session, self._mosaics, self._images
        self._key = ""  # whose; "" while nothing is to be kept
        self._due: dict[Subject, Due] = {}
        self._doomed: set[str] = set()  # keys that are not removed yet
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(GAP_MS)
        self._timer.timeout.connect(self._write)
        session.signed_in.connect(self._on_signed_in)
        session.token_not_stored.connect(self._on_not_stored)
        session.signed_out.connect(lambda: self._set_key(""))
        session.forgotten.connect(lambda connection: self._forget(connection.key))
        session.storage_loaded.connect(lambda storage: self._note((STORAGE, ""), [storage]))
        mosaics.mosaics_loaded.connect(lambda found: self._note((MOSAICS, ""), found))
        mosaics.mosaic_changed.connect(lambda mosaic: self._change((MOSAICS, ""), mosaic.id, mosaic))
        images.images_loaded.connect(lambda mosaic_id, found, _: self.keep_images(mosaic_id, found))
        images.image_renamed.connect(lambda image: self._change((IMAGES, image.mosaic_id), image.id, image))

    def keep_images(self, mosaic_id: str, images: Sequence[Image]) -> None:
        """For whoever else reads whole lists."""
        self._note((IMAGES, mosaic_id), images)

    def drop_deleted(self, outcome: Outcome) -> None:
        """Or it would be seen again where the server goes away before it tells its lists anew."""
        item = outcome.item
        if outcome.error is None:
            of_kind = (IMAGES, item.mosaic_id) if isinstance(item, Image) else (MOSAICS, "")
            self._change(of_kind, item.id, None)

    def close(self) -> None:
        """What was to be forgotten is gone by then."""
        self._timer.stop()
        super().close()
        for key in self._doomed:
            self._shelf.forget(key)
        self._doomed.clear()

    def _on_signed_in(self, connection: Connection) -> None:
        self._set_key(connection.key if self._session.is_kept else "")
        if not self._session.is_kept:
            self._forget(connection.key)

    def _on_not_stored(self) -> None:
        if self._session.connection is not None:
            self._on_signed_in(self._session.connection)

    def _set_key(self, key: str) -> None:
        if key == self._key:
            return
        self._key = key
        self._timer.stop()
        self.cancel("write")
        self._due.clear()

    def _note(self, subject: Subject, values: Iterable[Any]) -> None:
        self._put_off(subject, Due(tuple(values), datetime.now(timezone.utc)))

    def _change(self, subject: Subject, number: str, value: Any) -> None:
        due = self._due.get(subject) or Due()
        due.changes[number] = value
        self._put_off(subject, due)

    def _put_off(self, subject: Subject, due: Due) -> None:
        if self._key and self._session.is_online:  # what the shelf itself has told is no news
            self._due[subject] = due
            if not self._timer.isActive():
                self._timer.start()

    def _write(self) -> None:
        if self._key in self._doomed or self.is_running("write"):
            self._timer.start()
            return
        # the mosaics first: with them the images of those that are gone go
        due = sorted(self._due.items(), key=lambda one: one[0][0] != MOSAICS)
        self._due.clear()
        shelf, key = self._shelf, self._key
        self.run("write", lambda token: _write_all(shelf, key, due, token))

    def _forget(self, key: str) -> None:
        self._doomed.add(key)
        self.run(("forget", key), lambda _: self._shelf.forget(key), lambda _: self._doomed.discard(key))


def _write_all(shelf: Shelf, key: str, due: Sequence[tuple[Subject, Due]], cancel: CancelToken) -> None:
    """Worker thread."""
    for (kind, of), one in due:
        try:
            if one.values is not None and one.moment is not None:
                shelf.put(key, kind, of, one.moment, one.values, cancel)
            if one.changes:
                shelf.change(key, kind, of, one.changes, cancel)
        except OSError as error:  # a full disk, say: what was there stays
            log.info("not put onto the shelf: %s (%s)", kind, error.strerror or type(error).__name__)
    shelf.trim()
