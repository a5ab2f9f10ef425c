"""What became of files that were under way when QGIS ended, as far as the server tells. Worker thread."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Optional

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.errors import Cancelled, FileUnreadable, MapflowError, NotFound, Refused
from ..api.models import Image
from ..transfer.inspect import is_current
from ..transfer.journal_rows import Row, Stage
from ..transfer.listing import Listing
from ..transfer.sending import Sending
from ..transfer.swap import is_proven
from ..transfer.twins import sha1_of_file
from .online import STOPPERS

log = logging.getLogger(__name__)


class Fate(Enum):
    OPEN = "open"  # not there, or not known: to be gone on with
    ARRIVED = "arrived"
    # of a replacement
    BOTH = "both"  # the new image is there and proven, the old one, too
    UNPROVEN = "unproven"  # both are there, and nothing proves that the new one is the file
    REPLACED = "replaced"
    GONE = "gone"  # neither is there


@dataclass(frozen=True)
class Finding:
    """`number` is the job's or the replacement's that goes on with it. `is_sure` where the server was asked,
    or nothing had been sent.
    """

    row: Row
    fate: Fate
    old: Image
    new: Optional[Image] = None
    is_sure: bool = True
    number: int = 0

    @property
    def is_open(self) -> bool:
        return self.fate in (Fate.OPEN, Fate.BOTH)


def look(client: MapflowClient, rows: Iterable[Row], token: CancelToken) -> list[Finding]:
    """One listing of a mosaic serves all its rows. Raises `Cancelled` only."""
    lists = _Lists(client)
    return [_found(row, lists, token) for row in rows]


class _Lists:
    """None for what cannot be had; an empty one where the mosaic is gone."""

    def __init__(self, client: MapflowClient) -> None:
        self._client = client
        self._known: dict[str, Optional[Listing]] = {}
        self._is_stopped = False  # the next one would fail the same way

    def of(self, mosaic_id: str) -> Optional[Listing]:
        if mosaic_id not in self._known and not self._is_stopped:
            self._known[mosaic_id] = self._read(mosaic_id)
        return self._known.get(mosaic_id)

    def _read(self, mosaic_id: str) -> Optional[Listing]:
        try:
            return Listing.read(self._client, mosaic_id)
        except Cancelled:
            raise
        except NotFound:
            return Listing(())
        except MapflowError as error:
            log.info("looking into mosaic %s: %s", mosaic_id, type(error).__name__)
            self._is_stopped = isinstance(error, STOPPERS)
            return None


def _found(row: Row, lists: _Lists, token: CancelToken) -> Finding:
    old = Image(row.old_id, row.mosaic_id, row.old_name)
    if row.stage is Stage.WAITING and not row.is_replacement:
        return Finding(row, Fate.OPEN, old)
    listing = lists.of(row.mosaic_id)
    if listing is None:
        return Finding(row, Fate.OPEN, old, is_sure=row.stage is Stage.WAITING)
    new = None if row.stage is Stage.WAITING else _new(row, listing, token)
    if not row.is_replacement:
        return Finding(row, Fate.OPEN if new is None else Fate.ARRIVED, old, new)
    listed = next((image for image in listing.images if image.id == row.old_id), None)
    if listed is None:
        return Finding(row, Fate.GONE if new is None else Fate.REPLACED, old, new)
    if new is None:
        return Finding(row, Fate.OPEN, listed)
    return Finding(row, Fate.BOTH if _is_proven(row, new, token) else Fate.UNPROVEN, listed, new)


def _new(row: Row, listing: Listing, token: CancelToken) -> Optional[Image]:
    try:
        return Sending.resumed(row).find(listing, token, takes=False)
    except Refused as error:  # the server could make no image of it; told when it is gone on with
        log.info("%s did not become an image: %s", row.name, error.code)
        return None


def _is_proven(row: Row, image: Image, token: CancelToken) -> bool:
    """As it is proven again before the old image is deleted."""
    sha1 = ""
    if is_current(row.facts):
        try:
            sha1 = sha1_of_file(row.path, token)
        except FileUnreadable as error:
            log.info("%s cannot be read any more: %s", row.name, error)
    return is_proven(image, row.facts, sha1, row.wish)
