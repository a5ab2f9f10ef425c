"""A preview as a raster of its own, transparent outside. Worker thread; layers: main thread."""

from __future__ import annotations

import hashlib
import math
import os
import shutil
from pathlib import Path
from typing import Optional

from osgeo import gdal
from qgis.core import QgsBilinearRasterResampler, QgsCoordinateReferenceSystem, QgsRasterLayer

from ..api.errors import BadInput
from ..api.models import Image, Preview
from .corners import bounds
from .late_numpy import np
from .picture import emptiness, quiet_gdal, read_picture
from .placing import Placing, depth, place
from .properties import PREVIEW, mark

FINE_PIXELS = 4_000_000  # up to which a turned picture is drawn finer than it came
SPARE_BYTES = 64 * 1024**2  # stays free on the disk of the cache
_TIFF = ["TILED=YES", "COMPRESS=DEFLATE", "PHOTOMETRIC=RGB", "ALPHA=YES"]


def georeference(preview: Preview, image: Image, folder: str) -> str:
    """The path of a tiled RGBA GeoTIFF in the image's own CRS; made once for the same picture and place.

    Raises `BadInput`, code "picture", "footprint" or "disk".
    """
    path = Path(folder) / _name(preview, image)
    if not is_there(path):
        rgba = read_picture(preview.data)
        placing = place(image, rgba.shape[2], rgba.shape[1], emptiness(rgba))
        with quiet_gdal():
            save(raster_of(rgba, placing), path)
    return str(path)


def make_layer(path: str, name: str, image: Optional[Image] = None) -> QgsRasterLayer:
    """Main thread. With `image` the layer tells whose preview it is."""
    layer = open_layer(path, name)
    mark(layer, PREVIEW, image.mosaic_id if image else "", image.id if image else "")
    return layer


def open_layer(path: str, name: str) -> QgsRasterLayer:
    """Main thread. Smooth at any scale."""
    layer = QgsRasterLayer(path, name, "gdal")
    if layer.isValid():
        layer.resampleFilter().setZoomedInResampler(QgsBilinearRasterResampler())
        layer.resampleFilter().setZoomedOutResampler(QgsBilinearRasterResampler())
    return layer


def is_there(path: Path) -> bool:
    """Whether it was made before. It is used now, then, also where the disk does not note by itself that a
    file is read: those used longest ago go first."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    except OSError:  # not to be written to
        return path.exists()
    return True


def _name(preview: Preview, image: Image) -> str:
    """From digests only: a server's text is no part of a path."""
    place_facts = (image.id, image.footprint, image.crs, image.width, image.height, image.pixel_size)
    whose = hashlib.sha256(repr(place_facts).encode()).hexdigest()[:16]
    return f"{whose}-{hashlib.sha256(preview.data).hexdigest()[:16]}.tif"


def raster_of(rgba: np.ndarray, placing: Placing) -> gdal.Dataset:
    """North-up as it is; what is turned or skewed is warped, as QGIS would fill its corners with black.

    By splines, which meet all four corners: what lies between those of a quadrangle is not known anyhow.
    """
    left, top, right, bottom = _window(placing)
    if placing.scene:
        _clear_collar(rgba, placing)
    dataset = _in_memory(rgba[:, top:bottom, left:right])
    if placing.is_north_up:
        dataset.SetGeoTransform(_geotransform(placing, left, top))
        dataset.SetProjection(_wkt(placing.crs))
        return dataset
    points = [
        gdal.GCP(x, y, 0, column - left, row - top)
        for (column, row), (x, y) in zip(placing.pixels, placing.ground)
    ]
    dataset.SetGCPs(points, _wkt(placing.crs))
    step = _step(placing, right - left, bottom - top)
    warped = gdal.Warp(
        "",
        dataset,
        format="MEM",
        dstAlpha=True,
        tps=True,
        resampleAlg=gdal.GRA_Bilinear,
        xRes=step,
        yRes=step,
    )
    if warped is None:
        raise BadInput("the picture cannot be placed", code="footprint")
    return warped


def _step(placing: Placing, width: int, height: int) -> float:
    """Ground size of a pixel that keeps what a turned picture shows, and its edges where they are.

    Half of the picture's own, coarser as it gets large.
    """
    ground = placing.ground
    own = min(math.dist(ground[0], ground[1]) / width, math.dist(ground[1], ground[2]) / height)
    xmin, ymin, xmax, ymax = bounds(ground)
    area = (xmax - xmin) * (ymax - ymin)
    fine = min(max(own / 2, math.sqrt(area / FINE_PIXELS)), own)
    return max(fine, math.sqrt(area / max(FINE_PIXELS, 4 * width * height)))


def _window(placing: Placing) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the image in its picture: the padding is cut off."""
    (left, top), _, (right, bottom), _ = placing.pixels
    return math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)


def _geotransform(placing: Placing, left: int, top: int) -> tuple[float, ...]:
    (column, row), _, (last_column, last_row), _ = placing.pixels
    (xmin, ymax), _, (xmax, ymin), _ = placing.ground
    dx, dy = (xmax - xmin) / (last_column - column), (ymin - ymax) / (last_row - row)
    return xmin - (column - left) * dx, dx, 0.0, ymax - (row - top) * dy, 0.0, dy


def _clear_collar(rgba: np.ndarray, placing: Placing) -> None:
    height, width = rgba.shape[1:]
    rows = (np.arange(height)[:, np.newaxis] + 0.5) / height
    columns = (np.arange(width)[np.newaxis, :] + 0.5) / width
    rgba[3][depth(placing.scene, placing.ground, rows, columns) < 0] = 0


def _in_memory(rgba: np.ndarray) -> gdal.Dataset:
    _, height, width = rgba.shape
    dataset = gdal.GetDriverByName("MEM").Create("", width, height, 4, gdal.GDT_Byte)
    colours = (gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand, gdal.GCI_AlphaBand)
    for number, (pixels, colour) in enumerate(zip(rgba, colours), start=1):
        band = dataset.GetRasterBand(number)
        band.WriteArray(np.ascontiguousarray(pixels))
        band.SetColorInterpretation(colour)
    return dataset


def save(raster: gdal.Dataset, path: Path) -> None:
    """Written aside, and under its name only when whole."""
    part = path.with_suffix(f".{os.getpid()}.part")
    needed = raster.RasterXSize * raster.RasterYSize * 4 + SPARE_BYTES
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(path.parent).free < needed:
            raise _disk_error("no space left", path)
        problem = _write(raster, part)
        if problem:
            part.unlink(missing_ok=True)
            raise _disk_error(problem, path)
        part.replace(path)
    except OSError as error:
        raise _disk_error(str(error), path) from error
    finally:
        del raster  # an error that is kept would keep it open


def _write(raster: gdal.Dataset, path: Path) -> str:
    """Empty, or what went wrong."""
    gdal.ErrorReset()
    written = gdal.GetDriverByName("GTiff").CreateCopy(str(path), raster, options=_TIFF)
    is_open = written is not None
    written = None  # closes it, which may fail as well
    failed = not is_open or gdal.GetLastErrorType() >= gdal.CE_Failure
    return (gdal.GetLastErrorMsg() or "cannot be written") if failed else ""


def _disk_error(why: str, path: Path) -> BadInput:
    return BadInput(why, code="disk", parameters={"folder": str(path.parent)})


def _wkt(crs: QgsCoordinateReferenceSystem) -> str:
    return str(crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED_GDAL))
