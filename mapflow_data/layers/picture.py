"""A preview's bytes as pixels, trusting neither their kind nor their size. Worker thread."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

from osgeo import gdal

from ..api.errors import BadInput
from .late_numpy import np

MAX_BYTES = 50 * 1024**2
MAX_SIDE_PX = 10_000
MAX_PIXELS = 50_000_000

_DRIVERS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}


def read_picture(data: bytes, most_pixels: int = MAX_PIXELS) -> np.ndarray:
    """RGBA as uint8 of shape (4, height, width). Raises `BadInput`, code "picture", for anything else.

    The first bytes decide on the one driver that may open it: left to itself GDAL would take a VRT for a
    picture, and follow the addresses in it. Size is checked before a pixel is read.
    """
    driver = next((name for magic, name in _DRIVERS.items() if data.startswith(magic)), "")
    if not driver:
        raise _refused("is neither PNG nor JPEG")
    if len(data) > MAX_BYTES:
        raise _refused("has too many bytes")
    path = f"/vsimem/mapflow_data/{uuid.uuid4().hex}"
    with quiet_gdal():
        gdal.FileFromMemBuffer(path, data)
        try:
            pixels, problem = _read(gdal.OpenEx(path, gdal.OF_RASTER, allowed_drivers=[driver]), most_pixels)
        finally:
            gdal.Unlink(path)
    if problem:
        raise _refused(problem)
    return pixels


@contextmanager
def quiet_gdal() -> Iterator[None]:
    """GDAL tells its errors by its returns only, in this thread, while inside."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        yield
    finally:
        gdal.PopErrorHandler()


def emptiness(rgba: np.ndarray) -> np.ndarray:
    """True where a pixel is transparent or black: a collar, if there is one. Shape (height, width)."""
    return (rgba[3] == 0) | (rgba[:3].max(axis=0) <= 8)  # JPEG leaves noise in black


def whiteness(rgba: np.ndarray) -> np.ndarray:
    """True where a pixel is white: the other colour that collars have. Shape (height, width)."""
    return rgba[:3].min(axis=0) >= 247


def _read(dataset: Optional[gdal.Dataset], most_pixels: int) -> tuple[np.ndarray, str]:
    """Pixels, and what is wrong with them: an error raised here would keep the dataset open with it."""
    nothing = np.empty((4, 0, 0), np.uint8)
    if dataset is None:
        return nothing, "cannot be opened"
    width, height = dataset.RasterXSize, dataset.RasterYSize
    if max(width, height) > MAX_SIDE_PX or width * height > most_pixels:
        return nothing, f"claims {width} × {height} pixels"
    if dataset.RasterCount == 1 and dataset.GetRasterBand(1).GetColorTable() is not None:
        dataset = gdal.Translate("", dataset, format="MEM", rgbExpand="rgba")
    pixels = dataset.ReadAsArray() if dataset is not None else None
    if pixels is None:
        return nothing, "is damaged"
    bands = pixels if pixels.ndim == 3 else pixels[np.newaxis]
    if bands.dtype.itemsize > 2 or len(bands) > 4:
        return nothing, "has odd bands"
    return _as_rgba(bands), ""


def _as_rgba(bands: np.ndarray) -> np.ndarray:
    if bands.dtype.itemsize == 2:
        bands = bands >> 8
    bands = bands.astype(np.uint8)
    has_alpha = len(bands) in (2, 4)
    colours = bands[:-1] if has_alpha else bands
    alpha = bands[-1:] if has_alpha else np.full_like(bands[:1], 255)
    if len(colours) == 1:
        colours = np.repeat(colours, 3, axis=0)
    return np.concatenate([colours, alpha])


def _refused(why: str) -> BadInput:
    return BadInput(f"the picture {why}", code="picture")
