"""What is known of an image: four short lines for the drawer, all of it for the dialog. Main thread."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple, Optional

from qgis.core import QgsRectangle, QgsUnitTypes
from qgis.PyQt.QtCore import QCoreApplication, QLocale

from ...api.models import Image
from ...layers.aoi import area_km2
from ...layers.corners import bounds
from ...layers.geometry import outline, read_crs, read_footprint
from ..imagery.cells import status
from ..words import areas as area_words
from ..words import counts, formats

translate = QCoreApplication.translate

BETWEEN = " · "
NO_BREAK = "\u00a0"
MOST_LINES = 4
KNOWN_CRS, KNOWN_PLACES = 64, 64
SMALL = 1e-4  # smaller numbers would be written with an exponent
DEGREE = "°"


class CrsWords(NamedTuple):
    """`id` is "EPSG:32637" where the CRS has one; `unit` is "m", "°", "ft" or ""."""

    id: str = ""
    name: str = ""
    unit: str = ""


@lru_cache(maxsize=KNOWN_CRS)
def crs_words(text: str) -> CrsWords:
    """Of "EPSG:32637" or WKT; all empty for what is no CRS."""
    crs = read_crs(text) if text else None
    if crs is None:
        return CrsWords()
    unit = DEGREE if crs.isGeographic() else str(QgsUnitTypes.toAbbreviatedString(crs.mapUnits()))
    return CrsWords(str(crs.authid()), str(crs.description()), unit)


class Place(NamedTuple):
    """`extent` as QGIS writes it, in degrees with decimal points everywhere."""

    extent: str
    area_km2: float


@lru_cache(maxsize=KNOWN_PLACES)
def place_of(wkt: str) -> Optional[Place]:
    """Of a footprint; None where it cannot be one. Footprints may have thousands of corners."""
    geometry = read_footprint(wkt)
    if geometry.isNull():
        return None
    box = geometry.boundingBox()
    if box.width() > 180:  # in two halves at ±180°
        box = QgsRectangle(*bounds(outline(wkt)))
    west, east = (_wrapped(x) for x in (box.xMinimum(), box.xMaximum()))
    south, north = box.yMinimum(), box.yMaximum()
    extent = f"{west:.5f},{NO_BREAK}{south:.5f} : {east:.5f},{NO_BREAK}{north:.5f}"
    return Place(extent, area_km2(geometry))


def fact_lines(image: Image) -> list[str]:
    """At most four; what is not known is left out. Plain text."""
    uploaded = formats.day(image.uploaded_at)
    lines = [
        "" if image.is_ready else status(image),
        translate("ImageFacts", "Uploaded {0}").format(uploaded) if uploaded else "",
        BETWEEN.join(filter(None, (formats.size(image.size_bytes), short_crs(image.crs)))),
        BETWEEN.join(filter(None, (resolution(image), bands_and_type(image)))),
        shape(image),
    ]
    return [line for line in lines if line][:MOST_LINES]


def facts(image: Image, mosaic_name: str = "") -> list[tuple[str, str]]:
    """All that is known as label and value, in the order to be read. Plain text."""
    return [(label, value) for label, value in _all_facts(image, mosaic_name) if value]


def labels() -> list[str]:
    """Of all facts that there may be."""
    return [label for label, _ in _all_facts(Image(""), "")]


def _all_facts(image: Image, mosaic_name: str) -> list[tuple[str, str]]:
    crs = crs_words(image.crs)
    return [
        (translate("ImageFacts", "Name"), image.filename),
        (translate("ImageFacts", "Mosaic"), mosaic_name),
        (translate("ImageFacts", "Status"), status(image)),
        (translate("ImageFacts", "Uploaded"), formats.moment(image.uploaded_at, has_seconds=True)),
        (translate("ImageFacts", "Size"), _exact_size(image.size_bytes)),
        (translate("ImageFacts", "Width × height"), shape(image)),
        (translate("ImageFacts", "Resolution"), resolution(image)),
        (translate("ImageFacts", "Bands"), "" if image.bands is None else _whole(image.bands)),
        (translate("ImageFacts", "Data type"), _types(image.dtypes)),
        (translate("ImageFacts", "No data value"), "" if image.nodata is None else f"{image.nodata:.10g}"),
        (translate("ImageFacts", "CRS"), BETWEEN.join(filter(None, crs[:2])) or image.crs),
        *_footprint_facts(image.footprint),
        (translate("ImageFacts", "Download"), _download(image)),
        (translate("ImageFacts", "SHA-1"), image.checksum),
        (translate("ImageFacts", "Image id"), image.id),
        (translate("ImageFacts", "Mosaic id"), image.mosaic_id),
    ]


def short_crs(text: str) -> str:
    """ "EPSG:32637", else the CRS' name."""
    if not text:
        return ""
    words = crs_words(text)
    return words.id or words.name or translate("ImageFacts", "own CRS")


def resolution(image: Image) -> str:
    """ "0.05 m", "0.0000045°", or "0.3 × 0.4 m" of pixels that are not square; without a unit for no CRS."""
    if image.pixel_size is None:
        return ""
    numbers = dict.fromkeys(_number(size) for size in image.pixel_size)
    unit = crs_words(image.crs).unit
    text = " × ".join(numbers)
    return f"{text}{unit}" if unit in ("", DEGREE) else f"{text} {unit}"


def bands_and_type(image: Image) -> str:
    """ "3 bands, uint8"."""
    if image.bands is None:
        return _types(image.dtypes)
    return ", ".join(filter(None, (counts.bands(image.bands), _types(image.dtypes))))


def shape(image: Image) -> str:
    """ "12,400 × 11,800 px"."""
    if not image.width or not image.height:
        return ""
    return translate("ImageFacts", "{0} × {1} px").format(_whole(image.width), _whole(image.height))


def _types(dtypes: tuple[str, ...]) -> str:
    """One for all bands where it is the same."""
    return ", ".join(dict.fromkeys(dtypes) if len(set(dtypes)) == 1 else dtypes)


def _exact_size(count: Optional[int]) -> str:
    if count is None or count < 1024:
        return formats.size(count)
    return translate("ImageFacts", "{0} ({1} bytes)").format(formats.size(count), _whole(count))


def _download(image: Image) -> str:
    """Only where it is not as one expects."""
    is_as_usual = image.is_downloadable or not image.is_ready
    return "" if is_as_usual else translate("ImageFacts", "Not offered by the server")


def _footprint_facts(wkt: str) -> list[tuple[str, str]]:
    place = place_of(wkt)
    return [
        (translate("ImageFacts", "Extent, WGS 84"), place.extent if place else ""),
        (translate("ImageFacts", "Footprint area"), area_words.size(place.area_km2) if place else ""),
    ]


def _wrapped(longitude: float) -> float:
    return longitude - 360 if longitude > 180 else longitude + 360 if longitude < -180 else longitude


def _number(value: float) -> str:
    if abs(value) >= SMALL or not value:
        return formats.number(value)
    places = 3 - math.floor(math.log10(abs(value)))  # four digits that count
    text = str(QLocale().toString(float(value), "f", places))
    return text.rstrip("0")


def _whole(value: int) -> str:
    return str(QLocale().toString(float(value), "f", 0)).replace(" ", NO_BREAK)
