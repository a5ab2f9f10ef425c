"""What is under way, on disk, so that the next start knows of it: one file for each QGIS that runs, under a
lock that ends with it. No Qt. Any thread; `flush`, `adopt` and `close` read and write files.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from ..api.cancel import CancelToken
from .file_lock import FileLock
from .journal_rows import FORMAT, Row, from_line, to_line

log = logging.getLogger(__name__)

ENDING, LOCK_ENDING, UNFINISHED, DAMAGED = ".jsonl", ".lock", ".part", ".damaged"
MAX_BYTES = 50 * 1024**2  # what is larger is none of ours
TRIES, PAUSE = 25, 0.2  # s; for another QGIS that is just looking, too


@dataclass(frozen=True)
class Pages:
    """What a file holds; `is_damaged` where some of it could not be read."""

    rows: tuple[Row, ...] = ()
    is_damaged: bool = False


class Journal:
    """`put`, `change` and `remove` are in memory; `flush` makes the file the same, or leaves it as it was.

    Without rows there is no file. What is closed says and writes nothing any more; its rows stay.
    """

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._lock = threading.Lock()  # of the memory
        self._writing = threading.Lock()  # of the files; taken first
        self._rows: dict[str, Row] = {}
        self._lines: dict[str, tuple[Row, str]] = {}  # as they were written last; under `_writing`
        self._is_dirty = self._is_closed = False
        self._path: Optional[Path] = None
        self._held: Optional[FileLock] = None

    def rows(self, account: str) -> tuple[Row, ...]:
        with self._lock:
            return tuple(row for row in self._rows.values() if row.account == account)

    def row(self, row_id: str) -> Optional[Row]:
        with self._lock:
            return self._rows.get(row_id)

    def put(self, row: Row) -> None:
        with self._lock:
            self._rows[row.id] = row
            self._is_dirty = True

    def change(self, row_id: str, **changes: Any) -> None:
        """Nothing where it is gone."""
        with self._lock:
            if row_id in self._rows:
                self._rows[row_id] = replace(self._rows[row_id], **changes)
                self._is_dirty = True

    def remove(self, row_ids: Iterable[str]) -> None:
        with self._lock:
            for row_id in row_ids:
                self._is_dirty |= self._rows.pop(row_id, None) is not None

    def flush(self) -> None:
        """Raises `OSError`; the next one tries it again."""
        with self._writing:
            self._flush()

    def adopt(self, account: str, cancel: CancelToken) -> list[str]:
        """Takes over the rows of an account from those whose QGIS is no more.

        The paths of files that were put aside as they could not be read. Raises `OSError` and `Cancelled`.
        """
        if not self._folder.is_dir():
            return []
        turn = FileLock(self._folder / f"adopting{LOCK_ENDING}")
        for _ in range(TRIES):
            if turn.take():
                break
            cancel.wait(PAUSE)
        else:
            return []  # whoever is at it that long takes them
        try:
            aside = []
            for path in sorted(self._folder.glob(f"*{ENDING}")):
                cancel.check()
                aside += self._adopt(path, account)
            return aside
        finally:
            turn.release()

    def close(self) -> None:
        """Raises `OSError`. May be called twice."""
        with self._writing:
            try:
                self._flush()
            finally:
                self._is_closed = True
                self._let_go(is_over=not self._rows)

    # under `_writing`

    def _flush(self) -> None:
        with self._lock:
            if self._is_closed or not self._is_dirty:
                return
            rows = list(self._rows.values())
            self._is_dirty = False
        self._lines = {row.id: self._written(row) for row in rows}
        try:
            if rows:
                _write(self._own_path(), [line for _, line in self._lines.values()])
            elif self._path is not None:
                self._path.unlink()
                self._let_go(is_over=True)
        except OSError:
            self._is_dirty = True
            raise

    def _written(self, row: Row) -> tuple[Row, str]:
        known = self._lines.get(row.id)
        return known if known is not None and known[0] is row else (row, to_line(row))

    def _own_path(self) -> Path:
        """Under its lock before it is there: nobody takes it for an orphan."""
        if self._path is not None:
            return self._path
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = uuid.uuid4().hex
        lock = FileLock(self._folder / f"{name}{LOCK_ENDING}")
        if not lock.take():
            raise OSError("a lock of a new name is taken")
        self._held, self._path = lock, self._folder / f"{name}{ENDING}"
        return self._path

    def _let_go(self, *, is_over: bool) -> None:
        if self._held is not None:
            self._held.release(is_over=is_over)
        self._held = self._path = None

    def _adopt(self, path: Path, account: str) -> list[str]:
        with self._writing:
            if self._is_closed or path == self._path:
                return []
            lock = FileLock(path.with_suffix(LOCK_ENDING))
            if not lock.take():
                return []  # its QGIS runs
            is_over = False
            try:
                pages = _read(path)
                if pages is None:
                    return []
                aside = _put_aside(path) if pages.is_damaged else []
                others = [row for row in pages.rows if row.account != account]
                for row in pages.rows:
                    if row.account == account and self.row(row.id) is None:
                        self.put(row)
                self._flush()  # here first, then away there: rather twice than not at all
                is_over = _leave(path, others, is_changed=pages.is_damaged or len(others) < len(pages.rows))
                return aside
            finally:
                lock.release(is_over=is_over)


def _leave(path: Path, rows: Sequence[Row], *, is_changed: bool) -> bool:
    """What is another account's stays. True where nothing does."""
    if rows and is_changed:
        _write(path, [to_line(row) for row in rows])
    elif not rows:
        with suppress(FileNotFoundError):
            path.unlink()
    return not rows


def _write(path: Path, lines: Iterable[str]) -> None:
    """Whole or not at all; only its owner may read it."""
    handle, aside = tempfile.mkstemp(UNFINISHED, "", path.parent)
    try:
        with open(handle, "w", encoding="ascii") as file:
            file.write(json.dumps({"format": FORMAT}) + "\n")
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    finally:
        with suppress(FileNotFoundError):  # as it is where all went well
            Path(aside).unlink()


def _read(path: Path) -> Optional[Pages]:
    """None for what is gone or a later version's."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return Pages(is_damaged=True)
        head, *lines = path.read_text(encoding="ascii").splitlines() or [""]
        told = json.loads(head)["format"]
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, RecursionError):
        return Pages(is_damaged=True)
    if told != FORMAT:
        return None
    rows = [from_line(line) for line in lines]
    return Pages(tuple(row for row in rows if row is not None), is_damaged=None in rows)


def _put_aside(path: Path) -> list[str]:
    """For somebody to look at; what of it could be read is taken over all the same."""
    aside = path.with_suffix(DAMAGED)
    shutil.copyfile(path, aside)
    log.warning("a journal could not be read whole, it is kept as %s", aside)
    return [str(aside)]
