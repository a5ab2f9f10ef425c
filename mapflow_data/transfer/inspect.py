"""Facts of a raster file, quickly and without a word on stderr. Worker thread.

Only what is inside the file counts, as only the file is sent: a world file or .aux.xml beside it does not.
"""

from __future__ import annotations

import math
import os
import stat
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from osgeo import gdal, osr

from ..api.cancel import CancelToken
from .crs import ground_distance, name_of, wgs84
from .quiet import gdal_words, quiet_gdal
from .wholeness import missing_part

# Others are recognised at most: what refers to further files or to the network is never opened.
OPENED = ("GTiff", "PNG", "JPEG", "JP2OpenJPEG", "HFA", "BMP", "GIF", "WEBP")
RECOGNISED = (*OPENED, "VRT", "JP2ECW", "JP2MrSID", "ECW", "MrSID")
_DTYPES = {"Byte": "uint8"}

GeoTransform = tuple[float, float, float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class RasterFacts:
    """What planning and sending need to know; `error` has GDAL's words where it cannot be read."""

    path: str
    name: str  # base name, NFC
    size: int = 0
    mtime: float = 0.0
    driver: str = ""  # "" unreadable
    width: int = 0
    height: int = 0
    bands: int = 0  # alpha and mask bands included
    dtypes: tuple[str, ...] = ()
    crs_wkt: str = ""
    crs: str = ""  # "EPSG:32613" or a readable name, "" none
    geotransform: Optional[GeoTransform] = None
    pixel_size: Optional[tuple[float, float]] = None  # in units of the CRS
    gsd_m: Optional[float] = None  # coarser side of the pixel at the centre, on the ground
    footprint_wkt: str = ""  # WGS 84, longitude first; "" where the corners lie outside the CRS's domain
    error: str = ""
    gcps: int = 0  # ground control points, counted where there is no geotransform
    has_sidecar: bool = False  # georeferenced by a file beside it only
    is_empty: bool = False  # a file of no bytes, as a download that failed leaves it


def inspect(path: str, cancel: Optional[CancelToken] = None) -> RasterFacts:
    """Never raises for a bad file, only `Cancelled`. Reads headers, block offsets and one block."""
    cancel = cancel or CancelToken()
    cancel.check()
    path = str(Path(path).absolute())
    facts = RasterFacts(path=path, name=unicodedata.normalize("NFC", Path(path).name))
    try:
        facts = _with_stat(facts)
        if facts.size == 0:
            return replace(facts, is_empty=True, error="The file is empty")
        path.encode("utf-8")
    except UnicodeEncodeError:
        return replace(facts, error="The file's name is not valid text")
    except (OSError, ValueError) as error:
        return replace(facts, error=getattr(error, "strerror", None) or str(error))
    with quiet_gdal():
        try:
            return _read(facts, cancel)
        except RuntimeError as error:  # where another plugin switched GDAL's exceptions on
            return replace(facts, driver="", error=str(error))


def is_current(facts: RasterFacts) -> bool:
    """The file was not written to since, as far as its size and time tell."""
    try:
        found = Path(facts.path).stat()
    except (OSError, ValueError):
        return False
    return (found.st_size, found.st_mtime) == (facts.size, facts.mtime)


def _with_stat(facts: RasterFacts) -> RasterFacts:
    """Raises `OSError` for what is no file that can be opened."""
    found = os.stat(facts.path)  # noqa: PTH116  Path would read a surrogate differently
    if not stat.S_ISREG(found.st_mode):
        raise OSError("It is not a file" if not stat.S_ISDIR(found.st_mode) else "It is a folder")
    with Path(facts.path).open("rb") as stream:
        stream.read(1)
    return replace(facts, size=found.st_size, mtime=found.st_mtime)


def _read(facts: RasterFacts, cancel: CancelToken) -> RasterFacts:
    driver = gdal.IdentifyDriverEx(facts.path, gdal.OF_RASTER, list(RECOGNISED), [Path(facts.path).name])
    if driver is None:
        return replace(facts, error="It is not a raster that can be read")
    facts = replace(facts, driver=driver.ShortName)
    if facts.driver not in OPENED:
        return facts
    dataset = _open(facts)
    if dataset is None:
        return replace(facts, driver="", error=gdal_words("It cannot be opened"))
    try:
        facts = _with_shape(facts, dataset)
        facts = _with_position(facts, dataset)
        problem = missing_part(dataset, facts.size, cancel) if facts.driver == "GTiff" else ""
    finally:
        dataset = None
    if problem:
        return replace(facts, driver="", error=problem)
    if facts.driver == "GTiff" and facts.geotransform is None:
        facts = replace(facts, has_sidecar=_is_placed_from_beside(facts.path))
    return facts


def _open(facts: RasterFacts) -> Any:
    is_tiff = facts.driver == "GTiff"
    return gdal.OpenEx(
        facts.path,
        gdal.OF_RASTER | gdal.OF_READONLY,
        allowed_drivers=[facts.driver],
        open_options=["GEOREF_SOURCES=INTERNAL"] if is_tiff else [],
        sibling_files=[Path(facts.path).name] if is_tiff else [],  # spares a listing of the folder, too
    )


def _is_placed_from_beside(path: str) -> bool:
    dataset = gdal.OpenEx(path, gdal.OF_RASTER | gdal.OF_READONLY, allowed_drivers=["GTiff"])
    try:
        return dataset is not None and _geotransform(dataset) is not None
    finally:
        dataset = None


def _with_shape(facts: RasterFacts, dataset: Any) -> RasterFacts:
    bands = [dataset.GetRasterBand(i + 1) for i in range(dataset.RasterCount)]
    names = [gdal.GetDataTypeName(band.DataType) for band in bands]
    return replace(
        facts,
        width=dataset.RasterXSize,
        height=dataset.RasterYSize,
        bands=len(bands),
        dtypes=tuple(_DTYPES.get(name, name.lower()) for name in names),
    )


def _with_position(facts: RasterFacts, dataset: Any) -> RasterFacts:
    transform = _geotransform(dataset)
    crs = dataset.GetSpatialRef() or (None if transform else dataset.GetGCPSpatialRef())
    if crs is None or crs.IsLocal():  # a local CRS ties the image to no place on Earth
        crs = None
    facts = replace(
        facts,
        crs_wkt=crs.ExportToWkt() if crs else "",
        crs=name_of(crs) if crs else "",
        geotransform=transform,
        gcps=0 if transform else dataset.GetGCPCount(),
    )
    if transform is None:
        return facts
    size = math.hypot(transform[1], transform[4]), math.hypot(transform[2], transform[5])
    facts = replace(facts, pixel_size=size)
    return _with_ground(facts, crs, transform) if crs else facts


def _with_ground(facts: RasterFacts, crs: Any, transform: GeoTransform) -> RasterFacts:
    w, h = facts.width, facts.height
    pixels = [(0, 0), (0, h), (w, h), (w, 0), (0, 0)]
    centre = [(w / 2 + x, h / 2 + y) for x, y in ((-0.5, 0), (0.5, 0), (0, -0.5), (0, 0.5))]
    points = _on_earth([_at(transform, *pixel) for pixel in pixels + centre], crs)
    if points is None:
        return facts
    ring, (west, east, north, south) = points[:5], points[5:]
    return replace(
        facts,
        gsd_m=max(ground_distance(west, east), ground_distance(north, south)),
        footprint_wkt="POLYGON ((" + ", ".join(f"{x:.9f} {y:.9f}" for x, y in ring) + "))",
    )


def _geotransform(dataset: Any) -> Optional[GeoTransform]:
    """None where there is none, or none that spans a plane."""
    t = dataset.GetGeoTransform(can_return_null=True)
    if t is None or tuple(t) == (0, 1, 0, 0, 0, 1) or not all(map(math.isfinite, t)):
        return None
    return tuple(t) if t[1] * t[5] - t[2] * t[4] else None


def _at(t: GeoTransform, column: float, row: float) -> Point:
    return t[0] + column * t[1] + row * t[2], t[3] + column * t[4] + row * t[5]


def _on_earth(points: list[Point], crs: Any) -> Optional[list[Point]]:
    """The points in WGS 84 degrees; None if one of them has no place on Earth."""
    crs = crs.Clone()
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    way = osr.CoordinateTransformation(crs, wgs84())
    found = []
    for x, y in points:
        try:
            lon, lat, _ = way.TransformPoint(x, y)
        except RuntimeError:  # where another plugin switched GDAL's exceptions on
            return None
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 360 and abs(lat) <= 90 + 1e-9):
            return None
        found.append((lon, lat))
    return found
