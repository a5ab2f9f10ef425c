"""Synthetic scenes: a raster with coloured squares at known places, its preview, and its image record."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem

from mapflow_data.api.models import Image, Preview
from mapflow_data.layers.geometry import project, wgs84

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255)]
PLACES = [(0.15, 0.2), (0.8, 0.15), (0.85, 0.8), (0.2, 0.75), (0.55, 0.45)]  # share of width and height
SPOT = 0.05  # side of a square, share of the shorter side
BACKGROUND = 90


@dataclass(frozen=True)
class Scene:
    """`width` × `height` pixels of `pixel` units, top left at `origin` in `crs`, turned by `degrees`."""

    crs: str = "EPSG:32637"
    origin: tuple[float, float] = (300_000.0, 6_650_000.0)
    width: int = 4000
    height: int = 2500
    pixel: float = 5.0
    degrees: float = 0.0

    def ground(self, column: float, row: float) -> tuple[float, float]:
        x, y = column * self.pixel, -row * self.pixel
        c, s = math.cos(math.radians(self.degrees)), math.sin(math.radians(self.degrees))
        return self.origin[0] + x * c - y * s, self.origin[1] + x * s + y * c

    @property
    def outline(self) -> list[tuple[float, float]]:
        """In degrees, clockwise from the raster's top left corner."""
        w, h = self.width, self.height
        places = [self.ground(*p) for p in ((0, 0), (w, 0), (w, h), (0, h))]
        return project(places, QgsCoordinateReferenceSystem(self.crs), wgs84())

    def image(self, ring: list[tuple[float, float]] | None = None, **facts: object) -> Image:
        known = {
            "crs": self.crs, "width": self.width, "height": self.height,
            "pixel_size": (self.pixel, self.pixel),
        }  # fmt: skip
        return Image(**{"id": "scene", "footprint": wkt(ring or self.outline), **known, **facts})

    def picture(self, side: int = 400, padded: bool = False) -> np.ndarray:
        """RGB of shape (3, h, w) in a box of `side` pixels, with the squares in their places."""
        scale = side / max(self.width, self.height)
        w, h = round(self.width * scale), round(self.height * scale)
        rgb = np.full((3, h, w), BACKGROUND, np.uint8)
        half = SPOT * min(w, h) / 2
        rows, columns = np.mgrid[0:h, 0:w] + 0.5
        for (px, py), colour in zip(PLACES, COLOURS):
            inside = (abs(columns - px * w) < half) & (abs(rows - py * h) < half)
            rgb[:, inside] = np.array(colour, np.uint8)[:, np.newaxis]
        if padded:
            box = np.zeros((3, side, side), np.uint8)
            top, left = (side - h) // 2, (side - w) // 2
            box[:, top : top + h, left : left + w] = rgb
            return box
        return rgb

    def drawn_north_up(self, side: int = 400) -> np.ndarray:
        """The scene as a service draws it that turns it north-up, black around."""
        source = gdal.GetDriverByName("MEM").Create("", *reversed(self.picture(2 * side).shape[1:]), 3)
        source.WriteArray(self.picture(2 * side))
        step = self.width * self.pixel / source.RasterXSize
        c, s = math.cos(math.radians(self.degrees)), math.sin(math.radians(self.degrees))
        source.SetGeoTransform((self.origin[0], step * c, step * s, self.origin[1], step * s, -step * c))
        source.SetProjection(QgsCoordinateReferenceSystem(self.crs).toWkt())
        warped = gdal.Warp("", source, format="MEM", width=side, height=0)
        return warped.ReadAsArray()


def wkt(ring: list[tuple[float, float]]) -> str:
    return "POLYGON ((" + ", ".join(f"{x!r} {y!r}" for x, y in [*ring, ring[0]]) + "))"


def encode(pixels: np.ndarray, driver: str = "PNG") -> Preview:
    bands, height, width = pixels.shape
    memory = gdal.GetDriverByName("MEM").Create("", width, height, bands, gdal.GDT_Byte)
    memory.WriteArray(pixels)
    path = f"/vsimem/encode.{driver.lower()}"
    gdal.GetDriverByName(driver).CreateCopy(path, memory, options=["QUALITY=95"] if driver == "JPEG" else [])
    size = gdal.VSIStatL(path).size
    file = gdal.VSIFOpenL(path, "rb")
    data = bytes(gdal.VSIFReadL(1, size, file))
    gdal.VSIFCloseL(file)
    gdal.Unlink(path)
    return Preview(data, f"image/{driver.lower()}")


def worst_miss(path: str, scene: Scene) -> float:
    """How far the squares' middles lie off their places, at worst, in pixels of the preview at `path`."""
    dataset = gdal.Open(path)
    rgba = dataset.ReadAsArray().astype(int)
    target = QgsCoordinateReferenceSystem(dataset.GetProjection())
    gt = dataset.GetGeoTransform()
    misses = []
    for (px, py), colour in zip(PLACES, COLOURS):
        near = (abs(rgba[:3] - np.array(colour)[:, None, None]).max(axis=0) < 60) & (rgba[3] > 200)
        rows, columns = np.nonzero(near)
        if not len(rows):
            return math.inf
        x = gt[0] + (columns.mean() + 0.5) * gt[1]
        y = gt[3] + (rows.mean() + 0.5) * gt[5]
        place = scene.ground(px * scene.width, py * scene.height)
        ((wx, wy),) = project([place], QgsCoordinateReferenceSystem(scene.crs), target)
        misses.append(math.dist((x, y), (wx, wy)) / abs(gt[1]))
    return max(misses)
