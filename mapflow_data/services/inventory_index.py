"""What is known of the images of many mosaics: columns instead of records, so that a hundred thousand of them
cost a few tens of megabytes. Any thread; a listing never changes.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import NamedTuple, Optional

from ..api.cancel import CancelToken
from ..api.collector import in_portions, uncollected
from ..api.models import Image

STEP = 500  # images that are compared at once: a millisecond
UNKNOWN = -1
SHA1 = re.compile(r"[0-9a-f]{40}", re.ASCII)
NO_DIGEST = bytes(20)


class Copy(NamedTuple):
    mosaic_id: str
    image_id: str
    name: str
    uploaded_at: Optional[datetime]


class DuplicateGroup(NamedTuple):
    """The same file more than once; `copies` the oldest first, `size` of one of them in bytes."""

    checksum: str
    size: int
    copies: tuple[Copy, ...]

    @property
    def reclaimable(self) -> int:
        """Bytes that would be free without all but one."""
        return self.size * (len(self.copies) - 1)


class Listing:
    """The images of one mosaic."""

    __slots__ = ("_haystack", "digests", "ids", "moments", "names", "sizes")

    def __init__(self, images: Sequence[Image]) -> None:
        unique = list({image.id: image for image in images}.values())
        self.ids = tuple(image.id for image in unique)
        self.names = tuple(image.filename for image in unique)
        self.sizes = array("q", [UNKNOWN if i.size_bytes is None else i.size_bytes for i in unique])
        self.moments = array("d", [i.uploaded_at.timestamp() if i.uploaded_at else math.nan for i in unique])
        self.digests = b"".join(_digest(image.checksum) for image in unique)
        self._haystack = "\n".join((*self.names, *self.ids)).casefold()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def total_size(self) -> Optional[int]:
        """None where the size of none is known."""
        known = [size for size in self.sizes if size != UNKNOWN]
        return sum(known) if known or not self.ids else None

    def digest(self, place: int) -> bytes:
        return self.digests[20 * place : 20 * place + 20]

    def copy(self, mosaic_id: str, place: int) -> Copy:
        moment = self.moments[place]
        uploaded_at = None if math.isnan(moment) else datetime.fromtimestamp(moment, timezone.utc)
        return Copy(mosaic_id, self.ids[place], self.names[place], uploaded_at)

    def matches(self, text: str) -> Iterator[list[str]]:
        """Ids of the images with the casefolded `text` in name or id, one list for every `STEP` images."""
        if text not in self._haystack:
            return
        for start in range(0, len(self.ids), STEP):
            rows = zip(self.ids[start : start + STEP], self.names[start : start + STEP])
            yield [one for one, name in rows if text in name.casefold() or text in one.casefold()]


def duplicates(listings: Mapping[str, Listing], token: Optional[CancelToken] = None) -> list[DuplicateGroup]:
    """What is there more than once by its SHA-1, what would free most first."""
    found: dict[bytes, list[tuple[str, int]]] = {digest: [] for digest in _repeated(listings)}
    for mosaic_id, listing in listings.items():
        if token is not None:
            token.check()
        for place in range(len(listing)):
            places = found.get(listing.digest(place))
            if places is not None:
                places.append((mosaic_id, place))
    with uncollected():
        groups = [_group(listings, digest, places) for digest, places in in_portions(found.items())]
    return sorted(groups, key=lambda group: (-group.reclaimable, -len(group.copies), group.checksum))


def _repeated(listings: Mapping[str, Listing]) -> set[bytes]:
    seen: set[bytes] = {NO_DIGEST}
    twice: set[bytes] = set()
    for listing in listings.values():
        for place in range(len(listing)):
            digest = listing.digest(place)
            (twice if digest in seen else seen).add(digest)
    return twice - {NO_DIGEST}


def _group(
    listings: Mapping[str, Listing], digest: bytes, places: Sequence[tuple[str, int]]
) -> DuplicateGroup:
    def age(copy: Copy) -> tuple[float, str, str]:
        """Of what has no date nobody knows that it is the oldest."""
        moment = copy.uploaded_at.timestamp() if copy.uploaded_at else math.inf
        return moment, copy.mosaic_id, copy.image_id

    copies = sorted((listings[mosaic_id].copy(mosaic_id, place) for mosaic_id, place in places), key=age)
    size = max(listings[mosaic_id].sizes[place] for mosaic_id, place in places)
    return DuplicateGroup(digest.hex(), max(0, size), tuple(copies))


def _digest(checksum: str) -> bytes:
    """What is no SHA-1 in hex tells nothing."""
    text = checksum.lower()
    return bytes.fromhex(text) if SHA1.fullmatch(text) else NO_DIGEST
