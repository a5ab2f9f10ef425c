"""One image from Mapflow to a file on disk: under its name only when whole. Worker thread."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Callable, Optional

from ..api.bodies import Write
from ..api.client import MapflowClient
from ..api.errors import BadAnswer, BadInput
from ..api.models import Image

log = logging.getLogger(__name__)

SPARE_BYTES = 100_000_000  # room that is left for others on the disk
PART = ".part"
REPORT_EVERY = 1_000_000  # bytes
SYNC_EVERY = 32_000_000  # so that there is never much that the end, and QGIS' exit with it, waits for

Report = Callable[[int, Optional[int]], None]  # bytes received, bytes in all where they are known


@dataclass(frozen=True)
class Received:
    """`is_same` tells by SHA-1 that it is the file that was uploaded; None where there is none to compare.

    False proves nothing: a service may tell the checksum of a copy that it made.
    """

    path: str
    size: int
    is_same: Optional[bool] = None


def receive(client: MapflowClient, image: Image, target: Path, report: Report) -> Received:
    """Downloads to `target`, which is written over. What is cut short leaves nothing behind.

    Raises `Forbidden` (not to be downloaded), `NotFound`, `Conflict` (not ready), `BadInput` (code "room" or
    "disk"), `BadAnswer` (code "length") where it is not as long as the service says, or any other.
    """
    _check_room(target, image.size_bytes)
    link = client.images.download_link(image.id)
    part = target.with_name(target.name + PART)
    sink = None
    try:
        with part.open("wb") as stream:
            sink = _Sink(stream, target, image.size_bytes, report)
            client.images.download(link, sink.begin, image.size_bytes)
            sink.end()
        part.replace(target)
    except OSError as error:
        raise disk_error(error.strerror or str(error), target) from error
    finally:
        _remove(part)
    return Received(str(target), sink.size, _is_same(image.checksum, sink.digest))


class _Sink:
    """What a download is written to; an attempt that begins anew begins the file anew."""

    def __init__(self, stream: BinaryIO, target: Path, expected: Optional[int], report: Report) -> None:
        self._stream, self._target, self._report = stream, target, report
        self._expected = expected
        self._total = expected
        self._reported = self._synced = 0
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self.size = 0

    @property
    def digest(self) -> str:
        return self._sha1.hexdigest()

    def begin(self, told: Optional[int]) -> Write:
        if self._expected is None:
            self._total = told
            _check_room(self._target, told)
        elif told is not None and told != self._expected:
            raise wrong_length(told, self._expected)
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self.size = self._reported = self._synced = 0
        try:
            self._stream.seek(0)
            self._stream.truncate()
        except OSError as error:
            raise disk_error(error.strerror or str(error), self._target) from error
        self._report(0, self._total)
        return self._write

    def end(self) -> None:
        """Raises `BadAnswer` for a file that is not whole, and `OSError`."""
        if self.size != (self._expected if self._expected is not None else max(self.size, 1)):
            raise wrong_length(self.size, self._expected)
        self._sync()
        self._report(self.size, self._total)

    def _sync(self) -> None:
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._synced = self.size

    def _write(self, piece: bytes) -> None:
        self.size += len(piece)
        try:
            self._stream.write(piece)
            if self.size - self._synced >= SYNC_EVERY:
                self._sync()
        except OSError as error:  # as it is, it would be taken for a fault of the network
            raise disk_error(error.strerror or str(error), self._target) from error
        self._sha1.update(piece)
        if self.size - self._reported >= REPORT_EVERY:
            self._reported = self.size
            self._report(self.size, self._total)


def wrong_length(size: int, expected: Optional[int]) -> BadAnswer:
    parameters = {"received_bytes": size, "expected_bytes": expected}
    return BadAnswer(f"{size} bytes", code="length", parameters=parameters)


def disk_error(why: str, target: Path) -> BadInput:
    return BadInput(why, code="disk", parameters={"folder": str(target.parent)})


def _check_room(target: Path, size: Optional[int]) -> None:
    try:
        free = shutil.disk_usage(target.parent).free
    except OSError as error:
        raise disk_error(error.strerror or str(error), target) from error
    if size is not None and size + SPARE_BYTES > free:
        room = {"folder": str(target.parent), "free": free, "needed": size + SPARE_BYTES}
        raise BadInput("no space left", code="room", parameters=room)


def _is_same(checksum: str, digest: str) -> Optional[bool]:
    return digest == checksum if len(checksum) == len(digest) else None


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)  # where all went well it has its name by now
    except OSError as error:
        log.warning("%s is left behind: %s", part.name, error.strerror)
