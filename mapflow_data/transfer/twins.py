"""Is a file in a mosaic already? By name and size, or size and SHA-1. Worker thread."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Callable, Optional

from ..api.cancel import CancelToken
from ..api.errors import FileUnreadable
from ..api.models import Image
from .inspect import RasterFacts

PIECE = 1024 * 1024


def find_twin(
    facts: RasterFacts, images: Sequence[Image], sha1_of: Optional[Callable[[str], str]] = None
) -> Optional[Image]:
    """An image that is this file for all that can be known. An unequal SHA-1 proves nothing."""
    equal = [image for image in images if image.size_bytes == facts.size]
    for image in equal:
        if has_same_name(image.filename, facts.name):
            return image
    hashed = [image for image in equal if image.checksum]
    if not hashed or sha1_of is None:
        return None
    checksum = sha1_of(facts.path)
    return next((image for image in hashed if image.checksum == checksum), None)


def has_same_name(one: str, other: str) -> bool:
    return bool(one) and unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


def sha1_of_file(path: str, cancel: Optional[CancelToken] = None) -> str:
    """Hex digits; another thread goes on meanwhile. Raises `FileUnreadable` and `Cancelled`."""
    digest = hashlib.sha1(usedforsecurity=False)
    try:
        with Path(path).open("rb") as stream:
            for piece in iter(lambda: stream.read(PIECE), b""):
                if cancel is not None:
                    cancel.check()
                digest.update(piece)
    except OSError as error:
        raise FileUnreadable(error.strerror or str(error), parameters={"path": path}) from error
    return digest.hexdigest()
