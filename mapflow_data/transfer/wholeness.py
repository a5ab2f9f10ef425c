"""Is a TIFF all there? Its directory says where each block lies, no need to read pixels. Worker thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..api.cancel import CancelToken
from .quiet import gdal_words

MAX_LOOKS = 20_000  # per band or overview: then blocks are skipped, the last ones never
MAX_READ_BYTES = 64 * 1024 * 1024


def missing_part(dataset: Any, size: int, cancel: CancelToken) -> str:
    """What is wrong with a TIFF of `size` bytes, "" if nothing is."""
    for band in _bands(dataset):
        cancel.check()
        problem = _beyond_the_end(band, size, cancel)
        if problem:
            return problem
    cancel.check()
    return _unreadable_block(dataset.GetRasterBand(1))


def _bands(dataset: Any) -> Iterator[Any]:
    """Those whose blocks differ: one for all where pixels are interleaved, and the overviews."""
    together = dataset.GetMetadataItem("INTERLEAVE", "IMAGE_STRUCTURE") == "PIXEL"
    for number in range(1, 2 if together else dataset.RasterCount + 1):
        band = dataset.GetRasterBand(number)
        yield band
        for level in range(band.GetOverviewCount()):
            yield band.GetOverview(level)


def _beyond_the_end(band: Any, size: int, cancel: CancelToken) -> str:
    columns, rows = _blocks(band)
    total = columns * rows
    step = max(1, total // MAX_LOOKS)
    for count, index in enumerate([*range(0, total, step), *range(max(0, total - columns), total)]):
        if count % 1000 == 0:
            cancel.check()
        row, column = divmod(index, columns)
        offset = band.GetMetadataItem(f"BLOCK_OFFSET_{column}_{row}", "TIFF")
        length = band.GetMetadataItem(f"BLOCK_SIZE_{column}_{row}", "TIFF")
        if offset is not None and length is not None and int(offset) + int(length) > size:
            return f"It is cut short: pixels should lie at byte {offset}, but it ends at {size}"
    return ""


def _unreadable_block(band: Any) -> str:
    """Reads the last block, where a block is not the whole image."""
    columns, rows = _blocks(band)
    width, height = band.GetBlockSize()
    if width * height * 16 > MAX_READ_BYTES:
        return ""
    x, y = (columns - 1) * width, (rows - 1) * height
    pixels = band.ReadRaster(x, y, min(width, band.XSize - x), min(height, band.YSize - y))
    return "" if pixels is not None else gdal_words("Its pixels cannot be read")


def _blocks(band: Any) -> tuple[int, int]:
    width, height = band.GetBlockSize()
    return -(-band.XSize // width), -(-band.YSize // height)
