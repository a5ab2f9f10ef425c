"""The pictures that were shown last, up to a number. Main thread."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Optional

from qgis.PyQt.QtGui import QImage

from ...api.models import Image

IN_MEMORY = 400  # pictures of at most 256 KB


class PictureMemory:
    def __init__(self, most: int = IN_MEMORY) -> None:
        self._most = most
        self._held: OrderedDict[str, tuple[Any, QImage]] = OrderedDict()  # by id, those used last at the end

    def get(self, image: Image) -> Optional[QImage]:
        """None for an image that was replaced, too."""
        facts, picture = self._held.get(image.id, (None, None))
        if picture is None or facts != file_facts(image):
            return None
        self._held.move_to_end(image.id)
        return picture

    def put(self, image: Image, picture: QImage) -> None:
        self._held[image.id] = (file_facts(image), picture)
        self._held.move_to_end(image.id)
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def clear(self) -> None:
        self._held.clear()


def file_facts(image: Image) -> tuple[Any, ...]:
    """What tells a file from another one under the same id; a new name is none."""
    return (image.checksum, image.uploaded_at)
