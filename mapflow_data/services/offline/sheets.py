"""One file of the shelf: a line that says what it is, then one JSON record a line. Any thread.

A record a line, since the parser of one long JSON would hold up every thread of QGIS.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Callable, Optional

from ...api import fields
from ...api.cancel import CancelToken
from ...api.collector import in_portions, uncollected

log = logging.getLogger(__name__)

FORMAT = 1
MAX_BYTES = 50 * 1024**2  # what is larger is none of ours
ENDING = ".jsonl"
UNFINISHED = ".part"

Record = Mapping[str, Any]
Read = Callable[[Record], Any]


@dataclass(frozen=True)
class Sheet:
    """`moment` is when the server told the values, UTC."""

    moment: datetime
    values: list[Any]


class _Unusable(Exception):
    pass


def write_sheet(
    path: Path, kind: str, moment: datetime, records: Iterable[Record], cancel: CancelToken, of: str = ""
) -> None:
    """Puts the sheet in the place of what was there, or leaves that as it was. Raises `OSError`.

    Only its owner may read it. `of` is whose records they are.
    """
    lines = [_line(record, cancel) for record in records]
    head = {"format": FORMAT, "kind": kind, "of": of, "moment": moment.isoformat(), "count": len(lines)}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(UNFINISHED, "", path.parent)  # with mode 0600
    try:
        with open(handle, "w", encoding="ascii") as file:
            file.write(_line(head, cancel))
            file.writelines(lines)
        cancel.check()
        Path(aside).replace(path)
    finally:
        with suppress(FileNotFoundError):  # as it is where all went well
            Path(aside).unlink()


def read_sheet(
    path: Path, kind: str, of: str, read: Read, cancel: Optional[CancelToken] = None
) -> Optional[Sheet]:
    """None for what is not there, damaged, of another version or of somebody else.

    `read` makes a value of each record at once: thousands of records would keep the garbage collector busy.
    """
    return _attempted(path, kind, of, read, cancel)


def read_moment(path: Path, kind: str) -> Optional[datetime]:
    """When the server told what the sheet holds: its first line only is read."""
    sheet = _attempted(path, kind, "", None, None)
    return sheet.moment if sheet else None


def _attempted(
    path: Path, kind: str, of: str, read: Optional[Read], cancel: Optional[CancelToken]
) -> Optional[Sheet]:
    try:
        return _read(path, kind, of, read, cancel)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError, _Unusable) as error:
        log.info("not taken from the shelf: %s (%s)", path.name, type(error).__name__)
        return None


def _read(path: Path, kind: str, of: str, read: Optional[Read], cancel: Optional[CancelToken]) -> Sheet:
    if path.stat().st_size > MAX_BYTES:
        raise _Unusable
    with path.open(encoding="ascii") as file:
        head = _record(file.readline())
        moment = fields.moment(head.get("moment"))
        if [head.get(name) for name in ("format", "kind", "of")] != [FORMAT, kind, of] or moment is None:
            raise _Unusable
        values = [] if read is None else _values(_records(file, cancel), read)
    if read and len(values) != head.get("count"):
        raise _Unusable
    return Sheet(moment, values)


def _values(records: Iterable[Record], read: Read) -> list[Any]:
    with uncollected():
        return [read(record) for record in in_portions(records)]


def _records(file: Iterable[str], cancel: Optional[CancelToken]) -> Iterator[Record]:
    for line in file:
        if cancel is not None:
            cancel.check()
        yield _record(line)


def _record(line: str) -> Record:
    data = json.loads(line)
    if not isinstance(data, dict):
        raise _Unusable
    return data


def _line(record: Record, cancel: CancelToken) -> str:
    cancel.check()
    return json.dumps(record, separators=(",", ":")) + "\n"
