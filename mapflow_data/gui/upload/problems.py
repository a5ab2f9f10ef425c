"""Each problem of a file as one sentence: what it is, and what to do. Any thread."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Callable

from qgis.core import QgsCoordinateReferenceSystem, QgsUnitTypes
from qgis.PyQt.QtCore import QCoreApplication

from ...transfer.plan import PlanRow, Problem
from ..words import formats

translate = QCoreApplication.translate


def sentence(problem: Problem, row: PlanRow) -> str:
    return WORDS[problem](row)


@lru_cache(maxsize=64)
def crs_name(text: str) -> str:
    """ "EPSG:32613" or a readable name from an authority's code or WKT."""
    crs = _crs(text)
    return crs.authid() or crs.description() or text[:40]


@lru_cache(maxsize=64)
def _unit(crs: str) -> str:
    """The abbreviated map unit of a CRS, "" where it is not known."""
    known = _crs(crs)
    return str(QgsUnitTypes.toAbbreviatedString(known.mapUnits())) if known.isValid() else ""


def _crs(text: str) -> QgsCoordinateReferenceSystem:
    crs = QgsCoordinateReferenceSystem(text)
    return crs if crs.isValid() else QgsCoordinateReferenceSystem.fromWkt(text)


def _unreadable(row: PlanRow) -> str:
    why = " ".join(row.facts.error.split())[:200] or translate("Upload", "unknown format")
    return translate("Upload", "Cannot be read; copy it again ({0})").format(why)


def _not_geotiff(row: PlanRow) -> str:
    return translate("Upload", "Is {0}; use Export › Save As… to make a GeoTIFF").format(row.facts.driver)


def _no_crs(row: PlanRow) -> str:
    return translate("Upload", "No CRS; use Raster › Projections › Assign Projection…")


def _not_georeferenced(row: PlanRow) -> str:
    if row.limits.get("has_sidecar"):
        return translate("Upload", "Its position lies beside it; use Export › Save As…")
    if row.limits.get("gcps"):
        return translate("Upload", "Control points only; use Raster › Projections › Warp…")
    if row.facts.geotransform is not None:
        return translate("Upload", "Lies outside of its CRS's area; check CRS and position")
    return translate("Upload", "Has no position on Earth; use the Georeferencer")


def _empty(row: PlanRow) -> str:
    return translate("Upload", "Is empty; copy it again")


def _too_big(row: PlanRow) -> str:
    return translate("Upload", "Has {0}, at most {1} are taken; split or compress it").format(
        *formats.sizes_apart(row.facts.size, row.limits.get("max_bytes"))
    )


def _too_wide(row: PlanRow) -> str:
    return translate("Upload", "{0} × {1} px; split it (at most {2} a side)").format(
        formats.number(row.facts.width), formats.number(row.facts.height), _number(row.limits, "max_side")
    )


def _too_coarse(row: PlanRow) -> str:
    gsd = float(f"{row.facts.gsd_m or 0.0:.2g}")
    return translate("Upload", "{0} m a pixel; the known limit is {1} m").format(
        formats.number(gsd), _number(row.limits, "max_gsd")
    )


def _bands_differ(row: PlanRow) -> str:
    expected = row.limits.get("expected_bands", "?")
    if row.facts.bands == 1:
        return translate("Upload", "Has 1 band, the mosaic {0}; choose another mosaic").format(expected)
    return translate("Upload", "Has {0} bands, the mosaic {1}; choose another mosaic").format(
        row.facts.bands, expected
    )


def _crs_differs(row: PlanRow) -> str:
    return translate("Upload", "{0} instead of {2} as in {1}").format(
        row.facts.crs, _reference(row), crs_name(str(row.limits.get("expected_crs", "")))
    )


def _resolution_differs(row: PlanRow) -> str:
    other = str(row.limits.get("expected_crs") or row.facts.crs)
    own, expected = row.facts.pixel_size, row.limits.get("expected_pixel_size")
    return translate("Upload", "pixels of {0} instead of {2} as in {1}").format(
        _pixel(own, row.facts.crs_wkt), _reference(row), _pixel(expected, other)
    )


def _storage_full(row: PlanRow) -> str:
    if not row.limits.get("free"):
        return translate("Upload", "No storage is free; delete images first")
    return translate("Upload", "Does not fit into the free {0}; delete images first").format(
        formats.size(row.limits["free"])
    )


def _already_there(row: PlanRow) -> str:
    name = row.limits.get("existing") or ""
    if name and name != row.facts.name:
        return translate("Upload", "is in the mosaic already, as {0}").format(name)
    return translate("Upload", "is in the mosaic already")


def _same_name(row: PlanRow) -> str:
    return translate("Upload", "another image has this name")


def _same_file_twice(row: PlanRow) -> str:
    return translate("Upload", "is in this list twice")


def _reference(row: PlanRow) -> str:
    return str(row.limits.get("reference") or translate("Upload", "the mosaic"))


def _pixel(size: Any, crs: str) -> str:
    """ "0.3 m", "0.3 × 0.5 m", or "?" """
    if not size:
        return "?"
    x, y = (formats.number(float(side)) for side in size)
    return f"{x if x == y else f'{x} × {y}'} {_unit(crs)}".strip()


def _number(limits: Mapping[str, Any], key: str) -> str:
    value = limits.get(key)
    return "?" if value is None else formats.number(float(value))


WORDS: Mapping[Problem, Callable[[PlanRow], str]] = {
    Problem.UNREADABLE: _unreadable,
    Problem.NOT_GEOTIFF: _not_geotiff,
    Problem.NO_CRS: _no_crs,
    Problem.NOT_GEOREFERENCED: _not_georeferenced,
    Problem.EMPTY: _empty,
    Problem.TOO_BIG: _too_big,
    Problem.TOO_WIDE: _too_wide,
    Problem.TOO_COARSE: _too_coarse,
    Problem.BANDS_DIFFER: _bands_differ,
    Problem.CRS_DIFFERS: _crs_differs,
    Problem.RESOLUTION_DIFFERS: _resolution_differs,
    Problem.STORAGE_FULL: _storage_full,
    Problem.ALREADY_THERE: _already_there,
    Problem.SAME_NAME: _same_name,
    Problem.SAME_FILE_TWICE: _same_file_twice,
}
