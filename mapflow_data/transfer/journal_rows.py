"""The rows of a journal: one file on its way into a mosaic, or into the place of an image. Any thread.

No token, no address: an account is told by its key, files and ids by their names.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, fields, replace
from enum import Enum
from typing import Any, Optional

from .inspect import RasterFacts

FORMAT = 1


class Stage(Enum):
    WAITING = "waiting"  # the server has nothing of it
    SENDING = "sending"  # the server cannot have the whole of it
    SENT = "sent"  # the server may have it
    VERIFIED = "verified"  # of a replacement: the new image is good, the old one may be gone


@dataclass(frozen=True)
class Row:
    """`known_ids` are images that were there before and could be taken for the new one, `sent_at` is
    `time.time()`. Of a replacement `old_id` and `old_name` tell the old image, `wish` the name that the new
    one is to get; what follows tells the file once it is gone.
    """

    id: str
    account: str
    path: str
    name: str
    size: int
    mtime: float
    mosaic_id: str
    mosaic_name: str = ""
    stage: Stage = Stage.WAITING
    known_ids: tuple[str, ...] = ()
    image_id: str = ""
    is_accepted: bool = False
    sent_at: float = 0.0
    old_id: str = ""
    old_name: str = ""
    wish: str = ""
    width: int = 0
    height: int = 0
    bands: int = 0
    crs_wkt: str = ""

    @property
    def is_replacement(self) -> bool:
        return bool(self.old_id)

    @property
    def facts(self) -> RasterFacts:
        """As far as they are noted: without a driver."""
        return RasterFacts(
            path=self.path,
            name=self.name,
            size=self.size,
            mtime=self.mtime,
            width=self.width,
            height=self.height,
            bands=self.bands,
            crs_wkt=self.crs_wkt,
        )


def make_row(account: str, facts: RasterFacts, mosaic_id: str, mosaic_name: str, **more: Any) -> Row:
    return Row(
        id=uuid.uuid4().hex,
        account=account,
        path=facts.path,
        name=facts.name,
        size=facts.size,
        mtime=facts.mtime,
        mosaic_id=mosaic_id,
        mosaic_name=mosaic_name,
        **more,
    )


def with_shape(row: Row, facts: RasterFacts) -> Row:
    return replace(row, width=facts.width, height=facts.height, bands=facts.bands, crs_wkt=facts.crs_wkt)


def to_line(row: Row) -> str:
    return json.dumps({**asdict(row), "stage": row.stage.value}, separators=(",", ":")) + "\n"


def from_line(line: str) -> Optional[Row]:
    """None for what is no row; what a later version has added is left out."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    try:
        values = {
            one.name: _value(one.name, one.type, data[one.name]) for one in fields(Row) if one.name in data
        }
        return Row(**values)
    except (TypeError, ValueError):
        return None


def _value(name: str, kind: Any, told: Any) -> Any:
    """Raises `TypeError` or `ValueError` for what is no such thing."""
    if name == "stage":
        return Stage(told)
    if name == "known_ids":
        if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
            raise TypeError(name)
        return tuple(told)
    kinds = {"str": (str,), "int": (int,), "bool": (bool,), "float": (int, float)}[str(kind)]
    if type(told) not in kinds:
        raise TypeError(name)
    return told
