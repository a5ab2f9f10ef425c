"""What an area is called, how large it is, and what is wrong with one. Any thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QCoreApplication, QLocale

translate = QCoreApplication.translate


def polygon() -> str:
    return translate("Area", "Polygon")


def rectangle() -> str:
    return translate("Area", "Rectangle")


def extent() -> str:
    return translate("Area", "Map extent")


def of_layer(layer_name: str, selected: int) -> str:
    """`selected` is 0 where the whole layer is meant."""
    if not selected:
        return layer_name
    if selected == 1:
        return translate("Area", "{0}: 1 selected").format(layer_name)
    return translate("Area", "{0}: {1} selected").format(layer_name, selected)


def bounds(name: str) -> str:
    return translate("Area", "Box around {0}").format(name)


def simplified(name: str) -> str:
    return translate("Area", "{0}, simplified").format(name)


def size(km2: float, limit_km2: Optional[float] = None) -> str:
    """ "612 km²", or "612 of 700 km²" where the account has a limit."""
    if limit_km2 is None:
        return translate("Area", "{0} km²").format(number(km2))
    return translate("Area", "{0} of {1} km²").format(number(km2), number(limit_km2))


def number(km2: float) -> str:
    """Three digits at least, and never nought for an area that is one."""
    digits = 0 if km2 >= 100 else 1 if km2 >= 10 else 2 if km2 >= 0.01 else 4
    return str(QLocale().toString(float(km2), "f", digits))


def none_yet() -> str:
    return translate("Area", "No area yet")


def drawing() -> str:
    return translate("Area", "Drawing")


def how_to_draw(is_rectangle: bool) -> str:
    if is_rectangle:
        return translate("Area", "Click two opposite corners on the map, or drag. Esc cancels.")
    return translate(
        "Area",
        "Click the corners on the map; right-click or Enter ends. Backspace takes one back, Esc cancels.",
    )


def too_large(km2: float, limit_km2: float) -> str:
    return translate(
        "Area",
        "The area has {0} km², your account may search {1} km² at once. Choose a smaller one.",
    ).format(number(km2), number(limit_km2))


def too_many_vertices(count: int, limit: int) -> str:
    return translate(
        "Area", "The area has {0} vertices, more than the {1} that are sent. Search a simpler one instead:"
    ).format(QLocale().toString(count), QLocale().toString(limit))


def crosses_itself(km2: float) -> str:
    return translate(
        "Area",
        "The outline crosses itself. Taken apart where it crosses, it has {0} km²; see the map.",
    ).format(number(km2))


def problem(code: str) -> str:
    """By the code of a refused drawing or of an area that cannot be used."""
    return {
        "too_few": translate("Area", "An area needs three corners at least: click another one."),
        "no_area": translate("Area", "These corners lie on one line: add one beside it."),
        "crs": translate(
            "Area", "The map has no CRS: set one at the lower right of QGIS, then choose the area."
        ),
        "layer_crs": translate(
            "Area", "The layer has no CRS: set one in its properties, then choose it again."
        ),
        "aoi_empty": translate("Area", "There is no area in it: choose or draw another one."),
        "aoi_outside": translate("Area", "This lies outside of the world: zoom to where imagery can be."),
        "aoi_not_polygons": translate("Area", "The layer has no polygons: choose a polygon layer."),
    }.get(code, translate("Area", "This area cannot be used ({0}): choose another one.").format(code))
