"""GDAL without words on stderr, and its words as a value. Any thread: GDAL's handlers are per thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from osgeo import gdal


@contextmanager
def quiet_gdal() -> Iterator[None]:
    """Inside, GDAL's errors are only remembered; `gdal_words` tells the last one."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    gdal.ErrorReset()
    try:
        yield
    finally:
        gdal.PopErrorHandler()


def gdal_words(otherwise: str) -> str:
    """GDAL's last error in this thread."""
    return gdal.GetLastErrorMsg() or otherwise
