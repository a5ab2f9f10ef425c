"""A drone flight of sixty overlapping images, one of which is bad, cut out of the Landsat imagery: what the
walk `manage.py` is about. Plain Python and GDAL.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal

MOSAIC, TAGS = "North district June", ("drone", "2026")
TEST_MOSAIC = "Test flight"
COLUMNS, ROWS = 6, 10
WIDTH, HEIGHT = 92, 57  # pixels
STEP_X, STEP_Y = 64, 39  # less than a piece: neighbours overlap by a third
FIRST_NUMBER = 412
BAD, TWICE = "DJI_0440.tif", "DJI_0455.tif"
DARKNESS = 40  # the shutter hardly opened
THREADS = 4

Window = tuple[int, int, int, int]  # left, top, width, height in pixels of the whole scene


def make(imagery: Path, folder: Path) -> None:
    """Writes the flight, the better file for the bad image, and two shots of a test flight."""
    gdal.UseExceptions()
    for name in ("flight", "again", "test"):
        (folder / name).mkdir(parents=True)
    scene = gdal.BuildVRT("/vsimem/scene.vrt", [str(path) for path in sorted(imagery.glob("*.tif"))])
    for name, window in windows().items():
        _cut(scene, folder / "flight" / name, window, 1 if name != BAD else DARKNESS)
    _cut(scene, folder / "again" / BAD.replace(".tif", "_again.tif"), windows()[BAD])
    for number in (0, 1):
        _cut(scene, folder / "test" / f"DJI_040{number}.tif", (20 + 50 * number, 30, WIDTH, HEIGHT))
    (folder / "test" / TWICE).write_bytes((folder / "flight" / TWICE).read_bytes())


def windows() -> dict[str, Window]:
    """In the order of the flight: along one strip and back along the next."""
    found: dict[str, Window] = {}
    for row in range(ROWS):
        for place in range(COLUMNS):
            column = place if row % 2 == 0 else COLUMNS - 1 - place
            name = f"DJI_{FIRST_NUMBER + len(found):04}.tif"
            found[name] = (column * STEP_X, row * STEP_Y, WIDTH, HEIGHT)
    return found


def upload(make_client: Callable[[], Any], folder: Path) -> None:
    """Puts both mosaics into the service, with a client for each thread."""
    with make_client() as client:
        flight, test = client.mosaics.create(MOSAIC, TAGS), client.mosaics.create(TEST_MOSAIC)
    paths = [(flight.id, path) for path in sorted((folder / "flight").iterdir())]
    paths += [(test.id, path) for path in sorted((folder / "test").iterdir())]

    def send(share: list[tuple[str, Path]]) -> None:
        with make_client() as client:
            for mosaic_id, path in share:
                client.images.upload(mosaic_id, str(path))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(send, [paths[number::THREADS] for number in range(THREADS)]))


def _cut(scene: Any, path: Path, window: Window, darkness: int = 1) -> None:
    left, top, width, height = window
    west, size_x, _, north, _, size_y = scene.GetGeoTransform()
    pixels = scene.ReadAsArray(left, top, width, height) // darkness
    file = gdal.GetDriverByName("GTiff").Create(
        str(path), width, height, scene.RasterCount, gdal.GDT_Byte, ["COMPRESS=DEFLATE"]
    )
    file.SetProjection(scene.GetProjection())
    file.SetGeoTransform((west + left * size_x, size_x, 0, north + top * size_y, 0, size_y))
    file.WriteArray(np.ascontiguousarray(pixels))
