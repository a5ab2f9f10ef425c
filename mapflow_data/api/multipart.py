"""A file as a streamed multipart/form-data body: exact length, small pieces, progress, cancel.
Blocking, in the uploading thread.
"""

from __future__ import annotations

import os
import secrets
import stat
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Callable, Optional

from .cancel import CancelToken
from .errors import FileUnreadable, SourceChanged

Progress = Callable[[int, int], None]
PIECE = 64 * 1024  # as fast as larger ones, and a slow line still gets through one within any timeout
PROGRESS_GAP = 0.1


class FileBody:
    """The body of one attempt: iterate once, then make a new one. `is_complete` once all was handed over."""

    def __init__(self, path: str, cancel: CancelToken, progress: Optional[Progress] = None) -> None:
        """Raises `FileUnreadable`."""
        self.path = path
        self.is_complete = False
        self._cancel, self._progress = cancel, progress
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = _head(boundary, upload_name(path))
        self._tail = f"\r\n--{boundary}--\r\n".encode("ascii")
        with _reading(path):
            found = Path(path).stat()
            if not stat.S_ISREG(found.st_mode):
                raise OSError("not a file")
            self._was = _identity(found)
        self._reported = 0.0

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._was[0]

    def __len__(self) -> int:
        return len(self._head) + self.size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        """Raises `Cancelled`, `FileUnreadable`, or `SourceChanged`: always before the closing boundary,
        so that the server takes no half file for a whole one.
        """
        with self._opened() as file:
            yield self._head
            yield from self._pieces(file)
        yield self._tail
        self.is_complete = True

    def _opened(self) -> FileIO:
        with _reading(self.path):
            return Path(self.path).open("rb", buffering=0)

    def _pieces(self, file: FileIO) -> Iterator[bytes]:
        sent = 0
        opened = self._state_of(file)
        self._report(0)
        while sent < self.size:
            self._cancel.check()
            with _reading(self.path):
                piece = file.read(min(PIECE, self.size - sent))
            if not piece:
                raise SourceChanged(parameters={"path": self.path})
            yield piece
            sent += len(piece)
            self._report(sent)
        self._cancel.check()
        if self._state_of(file) != opened:
            raise SourceChanged(parameters={"path": self.path})

    def _state_of(self, file: FileIO) -> tuple[int, ...]:
        """Of what was opened; what bears the name must still be what was planned."""
        with _reading(self.path):
            opened, named = _identity(os.fstat(file.fileno())), _identity(Path(self.path).stat())
        if named != self._was or opened[:2] != self._was[:2]:
            raise SourceChanged(parameters={"path": self.path})
        return opened

    def _report(self, sent: int) -> None:
        now = time.monotonic()
        if self._progress and (sent in (0, self.size) or now - self._reported >= PROGRESS_GAP):
            self._reported = now
            self._progress(sent, self.size)


def upload_name(path: str) -> str:
    """The file's own name in composed form (NFC), as macOS hands out decomposed ones."""
    return unicodedata.normalize("NFC", Path(path).name)


def _head(boundary: str, name: str) -> bytes:
    """`"` and line breaks as browsers send them (WHATWG), all else as UTF-8."""
    for character, escaped in (('"', "%22"), ("\r", "%0D"), ("\n", "%0A")):
        name = name.replace(character, escaped)
    return (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: image/tiff\r\n\r\n"
    ).encode("utf-8", "replace")


def _identity(found: os.stat_result) -> tuple[int, ...]:
    return found.st_size, found.st_mtime_ns, found.st_ino


@contextmanager
def _reading(path: str) -> Iterator[None]:
    """Turns the file's own errors into `FileUnreadable`, so that nobody takes them for the network's."""
    try:
        yield
    except (OSError, ValueError) as error:
        text = getattr(error, "strerror", None) or str(error)
        raise FileUnreadable(text, parameters={"path": path}) from None
