"""What was known last, on disk: mosaics, their images and the storage of each server and account.

It can all be had again, so that what is damaged or foreign counts as not there. No token, no tile's address.
Any thread; all of it reads or writes files, which is no business of the main thread.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Optional

from ...api.cancel import CancelToken
from ...api.models import Image, Mosaic, Storage
from . import records
from .records import IMAGES, MOSAICS, STORAGE
from .sheets import ENDING, UNFINISHED, read_moment, read_sheet, write_sheet

log = logging.getLogger(__name__)

MAX_BYTES = 50 * 1024**2  # of all accounts; image lists go first, those written longest ago before others
STALE_SECONDS = 3600.0  # nobody works on an unfinished file so long


@dataclass(frozen=True)
class Known:
    """That there is something on the shelf: as of when, and the storage where it is known."""

    moment: datetime
    storage: Optional[Storage] = None


class Shelf:
    """`key` is a connection's: it stands for server and account, the shelf has no other name of them."""

    def __init__(self, folder: str, max_bytes: int = MAX_BYTES) -> None:
        self._folder = Path(folder)
        self._max_bytes = max_bytes
        self._lock = threading.Lock()  # what is forgotten is not written again by who was at it

    def glance(self, key: str) -> Optional[Known]:
        moment = read_moment(self._path(key, MOSAICS), MOSAICS)
        if moment is None:
            return None
        sheet = read_sheet(self._path(key, STORAGE), STORAGE, "", records.READ[STORAGE])
        return Known(moment, sheet.values[0] if sheet and sheet.values else None)

    def mosaics(self, key: str, cancel: CancelToken) -> Optional[list[Mosaic]]:
        return self._values(key, MOSAICS, "", cancel)

    def images(self, key: str, mosaic_id: str, cancel: CancelToken) -> Optional[list[Image]]:
        return self._values(key, IMAGES, mosaic_id, cancel)

    def put(
        self, key: str, kind: str, of: str, moment: datetime, values: Iterable[Any], cancel: CancelToken
    ) -> None:
        """In the place of what was there; `of` is the mosaic whose images they are. Raises `OSError`."""
        values = tuple(values)
        rows = map(records.WRITE[kind], values)
        with self._lock:
            write_sheet(self._path(key, kind, of), kind, moment, rows, cancel, of)
            if kind == MOSAICS:
                self._remove_images(key, [mosaic.id for mosaic in values])

    def change(self, key: str, kind: str, of: str, changed: Mapping[str, Any], cancel: CancelToken) -> None:
        """Some of what is there, by id, None for what is gone; nothing where none is. Raises `OSError`."""
        path = self._path(key, kind, of)
        with self._lock:
            sheet = read_sheet(path, kind, of, records.READ[kind], cancel)
            if sheet is not None:
                values = (changed.get(value.id, value) for value in sheet.values if value is not None)
                rows = (records.WRITE[kind](value) for value in values if value is not None)
                write_sheet(path, kind, sheet.moment, rows, cancel, of)

    def forget(self, key: str) -> None:
        with self._lock:
            shutil.rmtree(self._folder / key, ignore_errors=True)
            if (self._folder / key).exists():
                log.warning("the shelf of an account could not be removed: %s", self._folder / key)

    def trim(self) -> None:
        """Back below the cap, and without what was left unfinished."""
        now, total = time.time(), 0
        sheets: list[tuple[bool, float, int, Path]] = []
        for path in self._folder.glob("*/*"):
            modified, size = _facts(path)
            if path.suffix == ENDING:
                sheets.append((not path.name.startswith(IMAGES), modified, size, path))
                total += size
            elif path.suffix == UNFINISHED and now - modified > STALE_SECONDS:
                _remove(path)
        for *_, size, path in sorted(sheets):
            if total <= self._max_bytes:
                return
            _remove(path)
            total -= size

    def _values(self, key: str, kind: str, of: str, cancel: CancelToken) -> Optional[list[Any]]:
        sheet = read_sheet(self._path(key, kind, of), kind, of, records.READ[kind], cancel)
        return None if sheet is None else [value for value in sheet.values if value is not None]

    def _remove_images(self, key: str, but: Iterable[str]) -> None:
        """Of mosaics that are no more."""
        kept = {self._path(key, IMAGES, mosaic_id) for mosaic_id in but}
        for path in (self._folder / key).glob(f"{IMAGES}-*{ENDING}"):
            if path not in kept:
                _remove(path)

    def _path(self, key: str, kind: str, of: str = "") -> Path:
        """Ids are a server's words: they do not get into a path as they are."""
        name = f"{kind}-{hashlib.sha256(of.encode()).hexdigest()[:32]}" if of else kind
        return self._folder / key / f"{name}{ENDING}"


def _facts(path: Path) -> tuple[float, int]:
    """When it was written, and its bytes; zeros for what has gone meanwhile."""
    try:
        facts = path.stat()
    except OSError:
        return 0.0, 0
    return facts.st_mtime, facts.st_size


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        log.info("not removed from the shelf: %s (%s)", path.name, type(error).__name__)
