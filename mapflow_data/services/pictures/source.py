"""Where a picture comes from: the disk, or the server and then onto the disk. Worker threads."""

from __future__ import annotations

import sys
from typing import Optional

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QImage

from ...api.client import MapflowClient
from ...api.errors import BadInput, ConnectionFailed, MapflowError, RateLimited, SignInRequired
from ...api.models import Image
from ...layers.late_numpy import np
from ...layers.picture import read_picture
from .cache import PictureCache, key_of

SMALL, LARGE = "s", "l"
SIDES = {SMALL: 256, LARGE: 1024}  # px
MOST_PIXELS = 4_000_000  # four at once take 150 MB, and an unpacking that QGIS' exit waits for no time
_IN_MEMORY = (2, 1, 0, 3) if sys.byteorder == "little" else (3, 0, 1, 2)  # of an ARGB32 pixel
UNAVAILABLE = (502, 503, 504)  # tells of the server, not of the picture


def from_disk(cache: Optional[PictureCache], key: str, size: str) -> Optional[QImage]:
    """None also where it is damaged: it is then to be asked for again."""
    data = cache.load(key) if cache else None
    if cache is None or data is None:
        return None
    try:
        return make_picture(data, SIDES[size])
    except BadInput:
        cache.discard(key)
        return None


def fetch(
    client: MapflowClient, image: Image, size: str, cache: Optional[PictureCache], owner: str
) -> QImage:
    """From the server, kept on the disk if there is a cache. Raises `MapflowError`."""
    data = client.images.preview(image.id, "s" if size == SMALL else "l").data
    picture = make_picture(data, SIDES[size])
    if cache is not None:
        cache.store(key_of(owner, image, size), data)
    return picture


def make_picture(data: bytes, side: int) -> QImage:
    """Of PNG or JPEG, at most `side` pixels wide and high. Raises `BadInput`, code "picture"."""
    rgba = read_picture(data, MOST_PIXELS)
    picture = _as_painted(rgba)
    height, width = rgba.shape[1:]
    if max(width, height) <= side:
        return picture
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return picture.scaled(side, side, keep, smooth)


def _as_painted(rgba: np.ndarray) -> QImage:
    """In the format that paints fastest. NumPy turns the bands into pixels, as it lets the main thread have
    the interpreter meanwhile, which Qt does not.
    """
    height, width = rgba.shape[1:]
    pixels = np.empty((height, width, 4), np.uint8)
    for place, band in enumerate(_IN_MEMORY):
        pixels[..., place] = rgba[band]
    kind = QImage.Format
    is_opaque = bool(rgba[3].min() == 255)
    given = kind.Format_ARGB32_Premultiplied if is_opaque else kind.Format_ARGB32
    picture = QImage(pixels.data, width, height, 4 * width, given)
    return picture.copy() if is_opaque else picture.convertToFormat(kind.Format_ARGB32_Premultiplied)


def is_about_all(error: MapflowError) -> bool:
    """Whether it would be the same with every other picture."""
    return isinstance(error, (ConnectionFailed, SignInRequired, RateLimited)) or error.status in UNAVAILABLE
