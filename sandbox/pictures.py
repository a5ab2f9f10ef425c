"""Tiles and previews drawn from the COGs with rio-tiler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
from rasterio.crs import CRS
from rio_tiler.errors import EmptyMosaicError, TileOutsideBounds
from rio_tiler.io import Reader
from rio_tiler.models import ImageData
from rio_tiler.mosaic import mosaic_reader

MERCATOR = CRS.from_epsg(3857)
TILE = 256


def draw_tile(cogs: list[tuple[Path, list[list[float]]]], x: int, y: int, z: int) -> bytes:
    """One 256 px PNG of overlapping COGs (path, stretch): the first with data wins, else transparent."""
    stretches = {str(path): stretch for path, stretch in cogs}

    def read(asset: str, *where: int) -> ImageData:
        with Reader(asset) as cog:
            return _visible(cog.tile(*where, tilesize=TILE), stretches[asset])

    try:
        tile, _ = mosaic_reader(list(stretches), read, x, y, z, threads=0)
    except (EmptyMosaicError, TileOutsideBounds):
        tile = _empty_tile()
    return bytes(tile.render(img_format="PNG"))


def draw_box(cog: Path, bounds: tuple[float, float, float, float], width: int, height: int) -> bytes:
    """The part of an 8-bit COG within `bounds` (EPSG:3857) as PNG, transparent where it has no data."""
    with Reader(str(cog)) as reader:
        part = reader.part(bounds, dst_crs=MERCATOR, bounds_crs=MERCATOR, width=width, height=height)
    return bytes(part.render(img_format="PNG"))


def draw_preview(cog: Path, stretch: list[list[float]], box: int, img_format: str, pad: bool) -> bytes:
    """The whole raster in its own CRS, at most `box` px a side; `pad` fills the square box around it."""
    with Reader(str(cog)) as reader:
        picture = _visible(reader.preview(max_size=box), stretch)
    if pad:
        picture = _padded(picture, box)
    return bytes(picture.render(img_format=img_format.upper(), add_mask=img_format == "png"))


def _visible(data: ImageData, stretch: list[list[float]]) -> ImageData:
    """Grey or RGB in 8 bits: one or two bands give grey, more give the first three."""
    bands = 1 if data.count < 3 else 3
    shown = ImageData(data.array[:bands], crs=data.crs, bounds=data.bounds)
    if shown.array.dtype != numpy.uint8:
        shown.rescale(in_range=[(low, high) for low, high in stretch[:bands]], out_range=[(0, 255)])
    return shown


def _empty_tile() -> ImageData:
    return ImageData(_masked((3, TILE, TILE)))


def _padded(picture: ImageData, box: int) -> ImageData:
    array = _masked((picture.count, box, box))
    top, left = (box - picture.height) // 2, (box - picture.width) // 2
    array[:, top : top + picture.height, left : left + picture.width] = picture.array
    return ImageData(array)


def _masked(shape: tuple[int, ...]) -> Any:
    return numpy.ma.array(numpy.zeros(shape, "uint8"), mask=True)
