"""Facts of a raster that came in, its copy as cloud-optimised GeoTIFF, and the checks that refuse a file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import rasterio
from rasterio.errors import RasterioError
from rasterio.warp import transform as transform_points
from rio_cogeo.cogeo import cog_translate
from rio_cogeo.profiles import cog_profiles
from rio_tiler.io import Reader

from .errors import Refusal
from .store import Image

METRES_PER_DEGREE = 111_320.0
RESOLUTION_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Facts:
    """`corners` run from the south-east counter-clockwise, closed, (lon, lat); `gsd` in metres."""

    crs: str
    count: int
    width: int
    height: int
    dtypes: list[str]
    nodata: float | None
    pixel_size: list[float]
    corners: list[list[float]]
    gsd: float


def read_facts(path: Path, filename: str) -> Facts:
    """What the file says of itself; refuses what is not a georeferenced GeoTIFF somewhere on Earth."""
    try:
        with rasterio.open(path, driver="GTiff") as raster:
            if raster.crs is None or raster.transform.is_identity:
                raise Refusal("FileCheckFailed", filename=filename, bad_parameters=["crs", "transform"])
            return _facts_of(raster, filename)
    except RasterioError:
        raise Refusal("FileOpenError", filename=filename) from None


def _facts_of(raster: rasterio.DatasetReader, filename: str) -> Facts:
    epsg = raster.crs.to_epsg()
    corners = _corners(raster, filename)
    nodata = raster.nodata
    size = [
        math.hypot(raster.transform.a, raster.transform.d),
        math.hypot(raster.transform.b, raster.transform.e),
    ]
    return Facts(
        crs=f"EPSG:{epsg}" if epsg else raster.crs.to_wkt(),
        count=raster.count,
        width=raster.width,
        height=raster.height,
        dtypes=list(raster.dtypes),
        nodata=None if nodata is None or math.isnan(nodata) else nodata,
        pixel_size=size,
        corners=corners,
        gsd=_gsd(raster.crs, size, corners),
    )


def _corners(raster: rasterio.DatasetReader, filename: str) -> list[list[float]]:
    w, h = raster.width, raster.height
    points = [raster.transform @ pixel for pixel in ((w, h), (w, 0), (0, 0), (0, h))]
    lons, lats = transform_points(raster.crs, "EPSG:4326", [x for x, _ in points], [y for _, y in points])
    if not all(math.isfinite(lon) and abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in zip(lons, lats)):
        raise Refusal("ImageOutOfBounds", filename=filename)
    ring = [[lon, lat] for lon, lat in zip(lons, lats)]
    return [*ring, ring[0]]


def _gsd(crs: Any, size: list[float], corners: list[list[float]]) -> float:
    """The coarser side of a pixel in metres."""
    if not crs.is_geographic:
        return float(max(size) * crs.linear_units_factor[1])
    latitude = math.radians(sum(lat for _, lat in corners[:4]) / 4)
    return max(size[0] * math.cos(latitude), size[1]) * METRES_PER_DEGREE


def check_limits(facts: Facts, filename: str, max_gsd: float, max_pixels: int) -> None:
    """Refuse a raster with too many pixels a side, or too coarse ones."""
    bad = [name for name in ("width", "height") if getattr(facts, name) > max_pixels]
    if facts.gsd > max_gsd:
        bad.append("pixel_size")
    if bad:
        raise Refusal("FileCheckFailed", filename=filename, bad_parameters=bad)


def check_like(facts: Facts, first: Image, filename: str) -> None:
    """Refuse a raster that differs from the first of its mosaic in CRS, bands or resolution."""
    for name in ("crs", "count", "pixel_size"):
        got, expected = getattr(facts, name), getattr(first, name)
        if not _alike(got, expected):
            raise Refusal(
                "FileValidationFailed",
                filename=filename,
                mosaic_id=first.mosaic_id,
                param_name=name,
                got_param=got,
                expected_param=expected,
            )


def _alike(got: Any, expected: Any) -> bool:
    if isinstance(got, list):
        return all(math.isclose(a, b, rel_tol=RESOLUTION_TOLERANCE) for a, b in zip(got, expected))
    return bool(got == expected)


def make_cog(source: Path, target: Path) -> dict[str, Any]:
    """Write the lossless COG; returns what tiles need: bounds (WGS 84), zooms, a stretch per band."""
    target.parent.mkdir(parents=True, exist_ok=True)
    cog_translate(source, target, cog_profiles.get("deflate"), quiet=True, in_memory=False)
    with Reader(str(target)) as cog:
        bounds = list(cog.get_geographic_bounds("EPSG:4326"))
        preview = cog.preview(max_size=256)
        stretch = [_stretch(band, cog.dataset.dtypes[0]) for band in preview.array]
        return {"bounds": bounds, "min_zoom": cog.minzoom, "max_zoom": cog.maxzoom, "stretch": stretch}


def _stretch(band: Any, dtype: str) -> list[float]:
    """8-bit values are shown as they are; all else between its 2nd and 98th percentile."""
    values = band.compressed() if hasattr(band, "compressed") else band.ravel()
    values = values[numpy.isfinite(values)]
    if dtype == "uint8" or not values.size:
        return [0.0, 255.0]
    low, high = (float(value) for value in numpy.percentile(values, (2, 98)))
    return [low, high if high > low else low + 1.0]


def wkt_of(rings: list[list[list[float]]]) -> str | None:
    """POLYGON or MULTIPOLYGON of closed rings, longitude first; None without a ring."""
    bodies = ["((" + ", ".join(f"{lon!r} {lat!r}" for lon, lat in ring) + "))" for ring in rings]
    if not bodies:
        return None
    return f"POLYGON {bodies[0]}" if len(bodies) == 1 else f"MULTIPOLYGON ({', '.join(bodies)})"
