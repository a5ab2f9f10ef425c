"""Pictures of images on disk, so that they are there at once next time, and without a network.

What is here can be had again: whatever goes wrong with the disk costs a request, never a message. Any thread.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import stat
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Optional

from ...api.models import Image

log = logging.getLogger(__name__)

CAP = 200 * 1024**2  # bytes of pictures
LEFT_OF_CAP = 0.8  # after a trim, so that the next one is not due at once
SPARE_BYTES = 64 * 1024**2  # stays free on the disk
UNFINISHED_S = 3600.0  # nobody writes one file so long
SUFFIX = ".picture"
PART = ".part"


class PictureCache:
    """The bytes of pictures as the server sent them, by keys of `key_of`; those used longest ago go first."""

    def __init__(self, folder: str, cap: int = CAP) -> None:
        self._folder = Path(folder)
        self._cap = cap
        self._lock = threading.Lock()
        self._held: Optional[int] = None  # bytes, once it was measured
        self._barred: set[str] = set()  # prefixes of accounts of which nothing is kept
        self._has_told = False

    def load(self, key: str) -> Optional[bytes]:
        """None where there is none."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._tell(error)
            return None
        with suppress(OSError):  # a disk that cannot be written to does not keep when it was used
            os.utime(path)
        return data

    def store(self, key: str, data: bytes) -> None:
        """Written aside, and under its name only when whole."""
        path = self._path(key)
        part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}{PART}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self._folder).free < len(data) + SPARE_BYTES:
                return
            part.write_bytes(data)
            with self._lock:
                is_kept = not key.startswith(tuple(self._barred))
                if is_kept:
                    part.replace(path)
        except OSError as error:
            self._tell(error)
            is_kept = False
        if is_kept:
            self._count(len(data))
        else:
            _remove(part)

    def discard(self, key: str) -> None:
        """What turned out to be damaged."""
        _remove(self._path(key))

    def bar(self, owner: str) -> None:
        """Nothing more is kept of an account, whoever is at it just now, until it is admitted."""
        with self._lock:
            self._barred.add(_prefix(owner))

    def admit(self, owner: str) -> None:
        with self._lock:
            self._barred.discard(_prefix(owner))

    def forget(self, owner: str) -> None:
        """All pictures of an account; `bar` it before."""
        with self._lock:
            for path in _listed(self._folder):
                if path.name.startswith(_prefix(owner)):
                    _remove(path)

    def measure(self) -> None:
        """Once: what is there by now, cut down to the cap. From then on `store` keeps below it."""
        with self._lock:
            if self._held is None:
                self._held = trim(self._folder, self._cap, ending=SUFFIX)

    def _count(self, more: int) -> None:
        with self._lock:
            if self._held is None:
                return
            self._held += more
            if self._held > self._cap:
                self._held = trim(self._folder, self._cap, ending=SUFFIX)

    def _path(self, key: str) -> Path:
        return self._folder / (key + SUFFIX)

    def _tell(self, error: OSError) -> None:
        """Once: the pictures come all the same."""
        if not self._has_told:
            self._has_told = True
            log.info("pictures are not kept on the disk: %s", error.strerror or type(error).__name__)


def key_of(owner: str, image: Image, size: str) -> str:
    """By digests only, as a server's text is no part of a path. `owner` is a connection's key: no account
    sees what another one has loaded. A file that replaced another one has a key of its own."""
    facts = (image.id, image.checksum, image.uploaded_at, size)
    return _prefix(owner) + hashlib.sha256(repr(facts).encode()).hexdigest()[:24]


def _prefix(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:16] + "-"


def trim(
    folder: Path, cap: int, keep: Iterable[Path] = (), *, ending: str = ".tif", spare_s: float = 0.0
) -> int:
    """Where the files of `folder` with this ending hold more than `cap` bytes, those used longest ago go
    until four fifths are left. What then is left, in bytes.

    Never those of `keep`, nor any that was used in the last `spare_s` seconds. Folders inside stay as they
    are. What cannot be read or removed, for another program has it open, is left.
    """
    files = _files(folder, ending)
    held = sum(size for _, size, _ in files)
    if held <= cap:
        return held
    kept = {_real(path) for path in keep}
    newest = time.time() - spare_s
    for used, size, path in sorted(files):
        if held <= cap * LEFT_OF_CAP:
            break
        if used <= newest and _real(path) not in kept and _remove(path):
            _remove(path.with_name(path.name + ".aux.xml"))  # GDAL's statistics
            held -= size
    return held


def _files(folder: Path, ending: str) -> list[tuple[float, int, Path]]:
    """Time of the last use, size and path. What was never finished goes on the way."""
    found: list[tuple[float, int, Path]] = []
    for path in _listed(folder):
        if path.suffix not in (ending, PART):
            continue
        try:
            facts = path.lstat()
        except OSError:  # another QGIS was faster
            continue
        if path.suffix == PART:
            if facts.st_mtime < time.time() - UNFINISHED_S:
                _remove(path)
        elif stat.S_ISREG(facts.st_mode):
            found.append((max(facts.st_mtime, facts.st_atime), facts.st_size, path))
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        log.info("not measured: %s", error.strerror)
        return []


def _real(path: Path) -> str:
    """One spelling of a path, also where capitals do not count."""
    return os.path.normcase(os.path.realpath(path))


def _remove(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.debug("left on the disk: %s", error.strerror)
        return False
    return True
