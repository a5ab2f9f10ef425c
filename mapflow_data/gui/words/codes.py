"""Words for the codes that the data catalog answers, with their parameters where it sends them. Any thread.

Source of codes and parameters: Mapflow Data API docs. A parameter may be missing: the sentence survives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from qgis.PyQt.QtCore import QCoreApplication

from ...api import fields
from ...api.errors import MapflowError
from . import formats

translate = QCoreApplication.translate


def reason(error: MapflowError) -> str:
    """ "" for an error without a known code."""
    words = WORDS.get(error.code)
    return words(error.parameters) if words else ""


def _memory_limit(parameters: Mapping[str, Any]) -> str:
    needed = fields.integer(parameters.get("memory_requested"))
    free = fields.integer(parameters.get("available_memory"))
    if needed is None or free is None:
        return translate("Codes", "the storage is full; delete images or ask Mapflow for more storage")
    return translate(
        "Codes", "{0} are needed, {1} are free in the storage; delete images or ask Mapflow for more storage"
    ).format(formats.size(needed), formats.size(free) or "0 B")


def _file_too_big(parameters: Mapping[str, Any]) -> str:
    actual = fields.integer(parameters.get("actual_file_size"))
    limit = fields.integer(parameters.get("max_file_size"))
    if actual is None or limit is None:
        return translate("Codes", "the file is larger than the server takes; split or compress it")
    return translate("Codes", "the file has {0}, the server takes {1}; split or compress it").format(
        *formats.sizes_apart(actual, limit)
    )


def _file_validation(parameters: Mapping[str, Any]) -> str:
    name = fields.text(parameters.get("param_name"))
    got, expected = parameters.get("got_param"), parameters.get("expected_param")
    if not name or got is None or expected is None:
        return translate("Codes", "it does not fit the mosaic's other images; upload it into another mosaic")
    return translate("Codes", "its {0} is {1}, the mosaic's is {2}; upload it into another mosaic").format(
        _parameter_name(name), _plain(got), _plain(expected)
    )


def _plain(value: Any) -> str:
    """ "1 × 2" for [1.0, 2.0], "1" for [1.0, 1.0], and for text as it is."""
    many = value if isinstance(value, (list, tuple)) else [value]
    told = [f"{one:.10g}" if isinstance(one, float) else str(one) for one in many]
    return " × ".join(dict.fromkeys(told))


def _file_check(parameters: Mapping[str, Any]) -> str:
    bad = parameters.get("bad_parameters")
    names = [str(name) for name in bad] if isinstance(bad, (list, tuple)) else [fields.text(bad)]
    names = [_parameter_name(name) for name in names if name]
    if names == [_parameter_name("pixel_size")]:
        return translate("Codes", "the server did not accept the file's pixel size; it may be too coarse")
    if not names:
        return translate(
            "Codes", "the server did not accept the file; check that it is a georeferenced GeoTIFF"
        )
    return translate(
        "Codes", "the server did not accept the file's {0}; check that it is a georeferenced GeoTIFF"
    ).format(", ".join(names))


def _item_not_found(parameters: Mapping[str, Any]) -> str:
    kind = _kind(parameters)
    return translate("Codes", "the {0} no longer exists on the server; refresh the list").format(kind)


def _access_denied(parameters: Mapping[str, Any]) -> str:
    kind = _kind(parameters)
    return translate("Codes", "your account has no right to this {0}; ask its owner for access").format(kind)


def _out_of_bounds(parameters: Mapping[str, Any]) -> str:
    return translate("Codes", "the image lies outside of the world; check its CRS and georeference")


def _file_open(parameters: Mapping[str, Any]) -> str:
    return translate("Codes", "the server cannot open the file; check that it opens in QGIS and save it anew")


def _extent_too_big(parameters: Mapping[str, Any]) -> str:
    return translate("Codes", "the image covers too large an area for the server; split it")


def _preprocessing(parameters: Mapping[str, Any]) -> str:
    return translate(
        "Codes", "the server could not process the file; check that it opens in QGIS and save it anew"
    )


def _too_large_area(parameters: Mapping[str, Any]) -> str:
    area, limit = fields.number(parameters.get("area")), fields.number(parameters.get("aoiAreaLimit"))
    if not area or not limit:
        return translate("Codes", "the area is larger than your account may search; draw a smaller one")
    return translate(
        "Codes", "the area has {0} km², your account may search {1} km² at once; draw a smaller one"
    ).format(formats.number(area / 1e6), formats.number(limit / 1e6))


def _kind(parameters: Mapping[str, Any]) -> str:
    kind = fields.text(parameters.get("instance_type")).lower()
    if "mosaic" in kind:
        return translate("Codes", "mosaic")
    if "image" in kind:
        return translate("Codes", "image")
    return translate("Codes", "object")


def _parameter_name(name: str) -> str:
    known = {
        "crs": translate("Codes", "CRS"),
        "count": translate("Codes", "number of bands"),
        "bands": translate("Codes", "number of bands"),
        "pixel_size": translate("Codes", "pixel size"),
        "resolution": translate("Codes", "pixel size"),
        "dtypes": translate("Codes", "data type"),
    }
    return known.get(name.lower(), name)


WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "MemoryLimitExceeded": _memory_limit,
    "FileTooBig": _file_too_big,
    "FileValidationFailed": _file_validation,
    "FileCheckFailed": _file_check,
    "ItemNotFound": _item_not_found,
    "AccessDenied": _access_denied,
    "ImageOutOfBounds": _out_of_bounds,
    "FileOpenError": _file_open,
    "ImageExtentTooBig": _extent_too_big,
    "PreprocessingFailed": _preprocessing,
    "TOO_LARGE_PROCESSING": _too_large_area,
}
