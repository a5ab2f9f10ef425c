"""A lock between processes that the system lets go of when its holder dies, however it dies. Any thread."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Optional

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:  # EACCES: another one has it
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # of this handle: also against this process
        except BlockingIOError:
            return False
        return True


class FileLock:
    """A process id would not do: after a crash another process may have it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: Optional[int] = None

    def take(self) -> bool:
        """False while another one has it. Raises `OSError` where no lock can be had at all."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        handle = os.open(self._path, flags, 0o600)
        is_taken = False
        try:
            is_taken = _try_lock(handle)
        finally:
            if not is_taken:
                os.close(handle)
        if is_taken:
            self._handle = handle
        return is_taken

    def release(self, *, is_over: bool = False) -> None:
        """`is_over` takes the file away, too: while it is held where the system allows that."""
        if self._handle is None:
            return
        if is_over and sys.platform != "win32":
            self._remove()
        os.close(self._handle)
        self._handle = None
        if is_over and sys.platform == "win32":
            self._remove()

    def _remove(self) -> None:
        with suppress(OSError):  # an empty file that says nothing
            self._path.unlink()
