"""Coordinate reference systems as text: reading, comparing, measuring. Any thread."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Optional

from osgeo import osr

from .quiet import quiet_gdal

RADIUS_M = 6_378_137.0  # WGS 84
ECCENTRICITY_2 = 0.00669437999014
_CODE = re.compile(r"[A-Za-z]+:\d+$")
_WKT = re.compile(r"[A-Za-z_]{5,20}\s*\[")
_LENIENT = [
    "CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS",
    "IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES",
    "IGNORE_COORDINATE_EPOCH=YES",
]


def read_crs(text: str) -> Optional[osr.SpatialReference]:
    """From "EPSG:32613" or WKT, axes x before y; None for all else.

    The text may come from a server, so nothing that GDAL would take for a file or an address gets to it.
    """
    text = text.strip()
    if not (_CODE.match(text) or _WKT.match(text)):
        return None
    crs = osr.SpatialReference()
    with quiet_gdal():
        try:
            if crs.SetFromUserInput(text) != 0:
                return None
        except RuntimeError:  # where another plugin switched GDAL's exceptions on
            return None
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return crs


def wgs84() -> osr.SpatialReference:
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4326)
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return crs


@lru_cache(maxsize=512)
def is_same_crs(one: str, other: str) -> Optional[bool]:
    """None where either cannot be read."""
    if one == other:
        return True if one else None
    a, b = read_crs(one), read_crs(other)
    if a is None or b is None:
        return None
    with quiet_gdal():
        return bool(a.IsSame(b, _LENIENT)) or _code_of(a) == _code_of(b) != ""


@lru_cache(maxsize=512)
def unit_of(text: str) -> Optional[tuple[str, float]]:
    """("metre" or "degree", how many of them a unit of this CRS is)."""
    crs = read_crs(text)
    if crs is None:
        return None
    if crs.IsGeographic():
        return "degree", math.degrees(crs.GetAngularUnits())
    return "metre", crs.GetLinearUnits()


def name_of(crs: osr.SpatialReference) -> str:
    """ "EPSG:32613" where the CRS has or clearly equals a code, else its name."""
    code = _code_of(crs)
    if code:
        return code
    for match, confidence in crs.FindMatches() or ():
        if confidence == 100 and _code_of(match):
            return _code_of(match)
    return crs.GetName() or "?"


def _code_of(crs: osr.SpatialReference) -> str:
    authority, code = crs.GetAuthorityName(None), crs.GetAuthorityCode(None)
    return f"{authority}:{code}" if authority and code else ""


def ground_distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two close points, (lon, lat) in WGS 84 degrees."""
    latitude = math.radians((one[1] + other[1]) / 2)
    curve = 1 - ECCENTRICITY_2 * math.sin(latitude) ** 2
    across = RADIUS_M / math.sqrt(curve) * math.cos(latitude)
    along = RADIUS_M * (1 - ECCENTRICITY_2) / curve**1.5
    east = (other[0] - one[0] + 180) % 360 - 180
    return math.hypot(math.radians(east) * across, math.radians(other[1] - one[1]) * along)
