"""Satellite scenes cut from the real raster as rotated strips: a quicklook each, and the corners it fills."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import rasterio
from rasterio.transform import Affine, from_origin
from rasterio.warp import Resampling, reproject
from rasterio.warp import transform as transform_points

from .imagery import CRS, PIXEL, Grid, load_grid
from .rasters import make_cog

COUNT = 24
QUICKLOOK_PIXEL = PIXEL / 2
MARGIN = 1_500.0  # metres between a strip and the edge of the data


@dataclass(frozen=True)
class Strip:
    """A rectangle in UTM: centre and sides in metres, `angle` in degrees, counter-clockwise from east."""

    x: float
    y: float
    width: float
    length: float
    angle: float

    @property
    def transform(self) -> Affine:
        """From quicklook pixels to UTM."""
        a = math.radians(self.angle)
        right, down = (math.cos(a), math.sin(a)), (math.sin(a), -math.cos(a))
        x = self.x - right[0] * self.width / 2 - down[0] * self.length / 2
        y = self.y - right[1] * self.width / 2 - down[1] * self.length / 2
        p = QUICKLOOK_PIXEL
        return Affine(right[0] * p, down[0] * p, x, right[1] * p, down[1] * p, y)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the quicklook."""
        return round(self.length / QUICKLOOK_PIXEL), round(self.width / QUICKLOOK_PIXEL)

    def corners(self) -> list[list[float]]:
        """(lon, lat) of the quicklook's corners: top left, top right, bottom right, bottom left."""
        rows, columns = self.shape
        points = [self.transform @ pixel for pixel in ((0, 0), (columns, 0), (columns, rows), (0, rows))]
        lons, lats = transform_points(CRS, "EPSG:4326", [x for x, _ in points], [y for _, y in points])
        return [[lon, lat] for lon, lat in zip(lons, lats)]


def make_scenes(source: Path, folder: Path) -> list[Strip]:
    """Write `scene_00.png`, `.jpg` … and `whole.tif` (a COG of all) into `folder`; returns the strips."""
    folder.mkdir(parents=True, exist_ok=True)
    grid = load_grid(source)
    strips = plan_strips(grid)
    for index, strip in enumerate(strips):
        bands = _cut(grid, strip)
        for driver, ending in (("PNG", "png"), ("JPEG", "jpg")):
            _write_picture(folder / f"scene_{index:02}.{ending}", bands, driver)
    _write_whole(grid, folder)
    return strips


def plan_strips(grid: Grid) -> list[Strip]:
    """The same strips every time, all inside the data, tilted by 10 to 35 degrees to either side."""
    dice = random.Random(32613)
    height, width = grid.bands.shape[1:]
    middle = grid.left + width * PIXEL / 2, grid.top - height * PIXEL / 2
    half = min(height, width) * PIXEL / 2 - MARGIN
    strips = []
    for index in range(COUNT):
        angle = dice.uniform(10, 35) * (-1) ** index
        across, along = dice.uniform(12_000, 18_000), dice.uniform(24_000, 38_000)
        s, c = math.sin(math.radians(abs(angle))), math.cos(math.radians(angle))
        room_x = half - (across * c + along * s) / 2
        room_y = half - (across * s + along * c) / 2
        x, y = middle[0] + dice.uniform(-room_x, room_x), middle[1] + dice.uniform(-room_y, room_y)
        strips.append(Strip(x, y, across, along, angle))
    return strips


def data_corners(source: Path) -> list[list[float]]:
    """Longitude and latitude of the raster's own corners: NW, NE, SE, SW."""
    with rasterio.open(source) as raster:
        west, south, east, north = raster.bounds
    return [[west, north], [east, north], [east, south], [west, south]]


def _cut(grid: Grid, strip: Strip) -> Any:
    bands: Any = numpy.zeros((len(grid.bands), *strip.shape), "uint8")
    place = {"src_crs": CRS, "dst_crs": CRS, "dst_transform": strip.transform}
    origin = from_origin(grid.left, grid.top, PIXEL, PIXEL)
    reproject(grid.bands, bands, src_transform=origin, resampling=Resampling.nearest, **place)
    return bands


def _write_picture(path: Path, bands: Any, driver: str) -> None:
    count, height, width = bands.shape
    profile = {"driver": driver, "count": count, "height": height, "width": width, "dtype": "uint8"}
    extra = {"zlevel": 1} if driver == "PNG" else {}  # time matters here, bytes do not
    with rasterio.open(path, "w", **profile, **extra) as picture:
        picture.write(bands)
    path.with_name(path.name + ".aux.xml").unlink(missing_ok=True)


def _write_whole(grid: Grid, folder: Path) -> None:
    _, height, width = grid.bands.shape
    part = folder / "whole.part.tif"
    grid.write(part, 0, 0, height, width, nodata=255)
    make_cog(part, folder / "whole.tif")
    part.unlink()
