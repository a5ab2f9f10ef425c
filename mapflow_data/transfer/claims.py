"""Which file on its way owns which new image, so that no two take the same one. Any thread."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Optional

from ..api.models import Image

Key = tuple[str, str]  # mosaic id, file name


class Claims:
    """Of one process. Files of one name go into a mosaic one by one: they could not be told apart."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sizes: dict[Key, int] = {}  # on their way
        self._lost: set[tuple[str, int]] = set()  # mosaic and size of what may yet turn up for nobody
        self._owners: dict[str, Key] = {}  # image id to who found it

    def enter(self, key: Key, size: int) -> bool:
        """False while another file of this name is on its way into this mosaic."""
        with self._lock:
            if key in self._sizes:
                return False
            self._sizes[key] = size
            return True

    def is_taken(self, key: Key) -> bool:
        with self._lock:
            return key in self._sizes

    def leave(self, key: Key, *, is_settled: bool) -> None:
        """`is_settled` if it is known what became of it."""
        with self._lock:
            size = self._sizes.pop(key, None)
            if size is not None and not is_settled:
                self._lost.add((key[0], size))

    def free(self, images: Iterable[Image]) -> list[Image]:
        with self._lock:
            return [image for image in images if image.id not in self._owners]

    def take(self, key: Key, image_id: str) -> bool:
        """False if it belongs to another one by now."""
        with self._lock:
            return self._owners.setdefault(image_id, key) == key

    def is_alone(self, key: Key) -> bool:
        """No other file of this size is, or was and got lost, on its way into this mosaic."""
        with self._lock:
            size = self._sizes.get(key)
            others = [k for k, s in self._sizes.items() if k != key and k[0] == key[0] and s == size]
            return not others and (key[0], size or 0) not in self._lost


CLAIMS = Claims()


def pick(images: Iterable[Image], checksum: str) -> Optional[Image]:
    return next((image for image in images if checksum and image.checksum == checksum), None)
