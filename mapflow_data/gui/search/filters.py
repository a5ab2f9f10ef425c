"""What is set in the search form, as a value: to a query, and to the settings and back. Any thread."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Optional

from ...api import fields
from ...api.geojson import Polygons
from ...api.query import PRODUCTS, CatalogQuery
from .dates import Days, Span, days_of

STEEPEST = 60  # degrees; the end of the off-nadir slider, where the filter is not set


@dataclass(frozen=True)
class Filters:
    """None, "" and () are not set. Days in UTC, metres, percent, degrees."""

    span: Span = Span.ANY
    first_day: Optional[date] = None  # of a custom span
    last_day: Optional[date] = None
    max_cloud: Optional[int] = None
    min_coverage: Optional[int] = None
    min_resolution: Optional[float] = None
    max_resolution: Optional[float] = None
    min_off_nadir: Optional[int] = None
    max_off_nadir: Optional[int] = None
    product: str = ""  # one of PRODUCTS
    providers: tuple[str, ...] = ()
    only_available: bool = False

    def days(self, today: date, is_southern: bool = False) -> Days:
        if self.span is Span.CUSTOM:
            return self.first_day, self.last_day
        return days_of(self.span, today, is_southern)

    @property
    def problems(self) -> tuple[str, ...]:
        """The fields that contradict each other: "days", "resolution"."""
        first, last = (self.first_day, self.last_day) if self.span is Span.CUSTOM else (None, None)
        found = []
        if first and last and first > last:
            found.append("days")
        if self.min_resolution and self.max_resolution and self.min_resolution > self.max_resolution:
            found.append("resolution")
        return tuple(found)

    @property
    def are_set(self) -> bool:
        return self != Filters()

    def to_query(
        self,
        area: Polygons,
        today: date,
        is_southern: bool = False,
        sort_by: str = "",
        descending: bool = True,
    ) -> CatalogQuery:
        """Raises `BadInput` where the fields contradict each other."""
        first, last = self.days(today, is_southern)
        return CatalogQuery(
            area=area,
            first_day=first,
            last_day=last,
            min_resolution=self.min_resolution,
            max_resolution=self.max_resolution,
            max_cloud=self.max_cloud,
            min_off_nadir=self.min_off_nadir,
            max_off_nadir=self.max_off_nadir,
            min_coverage=self.min_coverage,
            providers=self.providers,
            products=(self.product,) if self.product else (),
            hide_unavailable=self.only_available,
            sort_by=sort_by,
            descending=descending,
        )

    def to_text(self) -> str:
        """For the settings."""
        values = {**asdict(self), "span": self.span.value, "providers": list(self.providers)}
        for name in ("first_day", "last_day"):
            day = getattr(self, name)
            values[name] = day.isoformat() if day else None
        return json.dumps({name: value for name, value in values.items() if _is_set(value)})

    @classmethod
    def from_text(cls, text: str) -> Filters:
        """What cannot be read is not set."""
        try:
            data = fields.mapping(json.loads(text or "{}"))
        except ValueError:
            data = {}
        spans = {span.value: span for span in Span}
        product = fields.text(data.get("product"))
        return cls(
            span=spans.get(fields.text(data.get("span")), Span.ANY),
            first_day=_day(data.get("first_day")),
            last_day=_day(data.get("last_day")),
            max_cloud=_within(data.get("max_cloud"), 100),
            min_coverage=_within(data.get("min_coverage"), 100),
            min_resolution=fields.number(data.get("min_resolution")),
            max_resolution=fields.number(data.get("max_resolution")),
            min_off_nadir=_within(data.get("min_off_nadir"), STEEPEST),
            max_off_nadir=_within(data.get("max_off_nadir"), STEEPEST),
            product=product if product in PRODUCTS else "",
            providers=fields.texts(data.get("providers")),
            only_available=data.get("only_available") is True,
        )


def _day(value: Any) -> Optional[date]:
    try:
        return date.fromisoformat(fields.text(value))
    except ValueError:
        return None


def _within(value: Any, most: int) -> Optional[int]:
    number = fields.integer(value)
    return number if number is not None and 0 <= number <= most else None


def _is_set(value: Any) -> bool:
    """Nought is: of clouds, for one."""
    return value is not None and value is not False and value not in ("", [])
