"""Small rasters made with GDAL, as tests need them: any size, CRS, layout and fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from osgeo import gdal, osr

UTM13 = (500_000.0, 10.0, 0.0, 4_500_000.0, 0.0, -10.0)  # EPSG:32613, 10 m


def make_raster(
    path: Path,
    *,
    size: tuple[int, int] = (64, 48),
    bands: int = 3,
    dtype: int = gdal.GDT_Byte,
    crs: str | None = "EPSG:32613",
    transform: tuple[float, ...] | None = UTM13,
    driver: str = "GTiff",
    options: tuple[str, ...] = (),
    value: int = 7,
    gcps: list[Any] | None = None,
) -> Path:
    """Write a raster whose pixels are a gradient from `value` on; the path."""
    memory = gdal.GetDriverByName("MEM").Create("", size[0], size[1], bands, dtype)
    if crs:
        reference = osr.SpatialReference()
        assert reference.SetFromUserInput(crs) == 0
        if gcps is None:
            memory.SetSpatialRef(reference)
        else:
            memory.SetGCPs(gcps, reference)
    if transform and gcps is None:
        memory.SetGeoTransform(transform)
    for index in range(bands):
        band = memory.GetRasterBand(index + 1)
        row = bytes((value + index + column) % 256 for column in range(size[0]))
        band.WriteRaster(0, 0, size[0], size[1], row * size[1], buf_type=gdal.GDT_Byte)
    out = gdal.GetDriverByName(driver).CreateCopy(str(path), memory, options=list(options))
    assert out is not None, gdal.GetLastErrorMsg()
    out = None
    memory = None
    return path


def make_big_raster(path: Path, megabytes: int, *, value: int = 7, **more: Any) -> Path:
    """An uncompressed raster of about so many MB."""
    return make_raster(path, size=(1000, 350 * megabytes), bands=3, value=value, **more)
