"""What a found scene or mosaic shows in each column and on its card, and what it is sorted by. Any thread."""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property
from typing import Any, Optional

from qgis.PyQt.QtCore import QCoreApplication, QLocale

from ...api.models import CatalogItem
from ...layers.results import NOT_IN_PLAN, ON_REQUEST
from ..words import formats

translate = QCoreApplication.translate

NOTHING = "–"  # a value that is not known
BETWEEN = "\u2009·\u2009"  # thin spaces: a card in a narrow dock has no room to spare


class Column(IntEnum):
    DATE = 0
    SENSOR = 1
    CLOUD = 2
    RESOLUTION = 3
    OFF_NADIR = 4
    COVERS = 5
    AVAILABILITY = 6
    PRODUCT = 7
    PROVIDER = 8
    BANDS = 9
    ID = 10


SERVER_SORTS: dict[int, str] = {  # what the server can sort all results by. Source: Mapflow API docs
    Column.DATE: "ACQUISITION_DATE",
    Column.CLOUD: "CLOUD_COVER",
    Column.OFF_NADIR: "OFF_NADIR_ANGLE",
    Column.RESOLUTION: "PIXEL_RESOLUTION",
    Column.PROVIDER: "PROVIDER_NAME",
}
NUMBERS = (Column.CLOUD, Column.RESOLUTION, Column.OFF_NADIR, Column.COVERS)
DOWN_FIRST = (Column.DATE, Column.COVERS)  # the newest, and what covers most


class Row:
    """One item as it is shown; its texts are made at the first look, and once."""

    def __init__(self, item: CatalogItem, covers: Optional[float], availability: str, place: int) -> None:
        self.item = item
        self.covers = covers
        self.availability = availability  # one of layers.results, "" where it cannot be told
        self.place = place  # in the order that the server has
        self.id = item.id or f"#{place}"  # own one for an item that came without
        self.key: Any = None  # what the list is sorted by now

    @property
    def can_be_shown(self) -> bool:
        return bool(self.item.preview_kind) and self.has_place

    @property
    def has_place(self) -> bool:
        return bool(self.item.footprint)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(text(self, column) for column in Column)

    @cached_property
    def title(self) -> str:
        """ "14 Jul 2025 JL1GF03A"."""
        day, name = self.texts[Column.DATE], self.texts[Column.SENSOR]
        return f"{day} {name}" if self.item.acquired_at else name

    @cached_property
    def facts(self) -> str:
        """ "0 % cloud · 0.50 m · 3.9° · covers 84 %": what is known of it."""
        item, texts = self.item, self.texts
        parts = [texts[column] for column in (Column.RESOLUTION,) if item.resolution is not None]
        if not item.is_mosaic and item.cloud is not None:
            parts.insert(0, translate("Results", "{0} cloud").format(texts[Column.CLOUD]))
        if not item.is_mosaic and item.off_nadir is not None:
            parts.append(texts[Column.OFF_NADIR])
        if not self.has_place:
            parts.append(translate("Results", "no footprint"))
        elif self.covers is not None:
            parts.append(translate("Results", "covers {0}").format(texts[Column.COVERS]))
        if item.preview_kind in ("xyz", "tms", "wms"):
            parts.append(translate("Results", "tiles"))
        return BETWEEN.join(parts) or translate("Results", "no details")

    @property
    def badge(self) -> str:
        return availability(self.availability) if self.availability in (ON_REQUEST, NOT_IN_PLAN) else ""

    @cached_property
    def words(self) -> str:
        """What a filter looks into."""
        item = self.item
        return "\n".join((item.id, item.sensor, item.satellite, item.provider, item.product_type)).casefold()

    @cached_property
    def tip(self) -> str:
        """All that is known, a line each. Plain text."""
        lines = [
            f"{title(column)}: {self.texts[column]}" for column in Column if self.texts[column] != NOTHING
        ]
        if self.item.acquired_at:
            lines[0] = translate("Results", "Date: {0}").format(formats.moment(self.item.acquired_at))
        if self.availability == ON_REQUEST:
            lines.append(translate("Results", "A scene is ordered; Mapflow delivers it on request."))
        elif self.availability == NOT_IN_PLAN:
            lines.append(
                translate("Results", "Its provider is not linked to your account; ask Mapflow for it.")
            )
        if not self.has_place:
            lines.append(translate("Results", "Its footprint cannot be used: it has no place on the map."))
        return "\n".join(lines)


def title(column: int) -> str:
    return (
        translate("Results", "Date (UTC)"),
        translate("Results", "Sensor"),
        translate("Results", "Cloud of scene"),
        translate("Results", "Resolution"),
        translate("Results", "Off-nadir"),
        translate("Results", "Covers area"),
        translate("Results", "Availability"),
        translate("Results", "Product"),
        translate("Results", "Provider"),
        translate("Results", "Bands"),
        translate("Results", "Id"),
    )[column]


def text(row: Row, column: int) -> str:
    """An en dash for what is not known."""
    item = row.item
    if column == Column.DATE:
        return formats.day(item.acquired_at) or NOTHING
    if column == Column.SENSOR:
        return item.sensor or item.satellite or item.provider or item.id or NOTHING
    if column == Column.PRODUCT:
        return product(item)
    if column == Column.AVAILABILITY:
        return availability(row.availability) or NOTHING
    if column in NUMBERS:
        return _number(row, column)
    return {Column.PROVIDER: item.provider, Column.BANDS: item.band_order, Column.ID: item.id}[
        Column(column)
    ] or NOTHING


def sort_key(row: Row, column: int) -> Any:
    """None for what is not known: that comes last, whichever way."""
    item = row.item
    if column == Column.DATE:
        return item.acquired_at
    if column in NUMBERS:
        return _value(row, column)
    shown = row.texts[column] if column in (Column.SENSOR, Column.AVAILABILITY, Column.PRODUCT) else ""
    plain = shown or {Column.PROVIDER: item.provider, Column.BANDS: item.band_order}.get(
        Column(column), item.id
    )
    return plain.casefold() if plain and plain != NOTHING else None


def product(item: CatalogItem) -> str:
    if item.is_mosaic:
        return translate("Results", "Mosaic")
    if item.product_type.lower() in ("", "scene", "image"):
        return translate("Results", "Scene")
    return item.product_type  # a kind that is new: as the server says it


def availability(value: str) -> str:
    return {
        ON_REQUEST: translate("Results", "on request"),
        NOT_IN_PLAN: translate("Results", "not in your plan"),
        "instant": translate("Results", "at once"),
    }.get(value, "")


def _value(row: Row, column: int) -> Optional[float]:
    item = row.item
    return {
        Column.CLOUD: item.cloud,
        Column.RESOLUTION: item.resolution,
        Column.OFF_NADIR: item.off_nadir,
        Column.COVERS: row.covers,
    }[Column(column)]


def _number(row: Row, column: int) -> str:
    value = _value(row, column)
    if value is None:
        return NOTHING
    if column == Column.RESOLUTION:
        return translate("Results", "{0} m").format(_fixed(value, 2 if value < 10 else 0))
    if column == Column.OFF_NADIR:
        return f"{_fixed(value, 1 if value < 10 else 0)}°"
    return f"{_fixed(value, 1 if 0.05 <= value < 0.95 else 0)} %"


def _fixed(value: float, digits: int) -> str:
    return str(QLocale().toString(value, "f", digits))
