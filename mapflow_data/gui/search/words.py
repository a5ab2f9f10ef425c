"""Words of the search: spans of days, what is set, what could be loosened, counts. Any thread."""

from __future__ import annotations

from datetime import date
from typing import Optional

from qgis.PyQt.QtCore import QCoreApplication, QDate, QLocale

from ..words import formats
from .dates import Days, Span
from .filters import STEEPEST, Filters

translate = QCoreApplication.translate

NO_BREAK = "\u00a0"


def span_name(span: Span) -> str:
    return {
        Span.ANY: translate("Search", "Any time"),
        Span.MONTH: translate("Search", "Last 30 days"),
        Span.QUARTER: translate("Search", "Last 3 months"),
        Span.SUMMER: translate("Search", "Last summer"),
        Span.YEAR: translate("Search", "This year"),
        Span.CUSTOM: translate("Search", "Custom…"),
    }[span]


def span_with_days(span: Span, days: Days) -> str:
    """ "Last summer: Jun – Aug 2025", "This year: 1 Jan – 22 Nov": short enough for a narrow combo."""
    first, last = days
    if not first or not last:
        return span_name(span)
    if span is Span.SUMMER:
        shown = f"{_shown(first, 'MMM')} – {_shown(last, 'MMM yyyy')}"  # whole months
    else:
        shown = f"{day(first, has_year=False)} – {day(last, has_year=False)}"  # the last is today
    return translate("Search", "{0}: {1}").format(span_name(span), shown)


def period(days: Days) -> str:
    """ "1 Jun – 31 Aug 2026", "from 1 Jun 2026", "until 31 Aug 2026"; "" for any day."""
    first, last = days
    if first and last:
        start = day(first, has_year=first.year != last.year)
        return f"{start} – {day(last)}" if first != last else day(first)
    if first:
        return translate("Search", "from {0}").format(day(first))
    return translate("Search", "until {0}").format(day(last)) if last else ""


def day(value: date, *, has_year: bool = True) -> str:
    return _shown(value, formats.DAY if has_year else "d MMM")


def _shown(value: date, form: str) -> str:
    return str(QLocale().toString(QDate(value.year, value.month, value.day), form))


def more_filters(filters: Filters, providers: tuple[str, ...]) -> str:
    """The title of the part that is folded away: what is set in it."""
    parts = _more_parts(filters, providers)
    if not parts:
        return translate("Search", "More filters")
    return translate("Search", "More filters: {0}").format(", ".join(parts))


def summary(filters: Filters, days: Days, providers: tuple[str, ...]) -> str:
    """All that is set but the area, in short."""
    parts = []
    if filters.span is Span.CUSTOM:
        parts.append(period(days))
    elif filters.span is not Span.ANY:
        parts.append(span_name(filters.span).lower())
    if filters.max_cloud is not None:
        parts.append(translate("Search", "≤ {0} % cloud").format(filters.max_cloud))
    return ", ".join(filter(None, [*parts, *_more_parts(filters, providers)]))


def _more_parts(filters: Filters, providers: tuple[str, ...]) -> list[str]:
    parts = []
    if filters.min_coverage is not None:
        parts.append(translate("Search", "covers ≥ {0} %").format(filters.min_coverage))
    parts += filter(None, (resolution(filters.min_resolution, filters.max_resolution), off_nadir(filters)))
    if filters.product:
        parts.append(product(filters.product).lower())
    parts += providers
    if filters.only_available:
        parts.append(translate("Search", "in my plan"))
    return parts


def resolution(finest: Optional[float], coarsest: Optional[float]) -> str:
    return _between(finest, coarsest, translate("Search", "{0} m").replace(" ", NO_BREAK))


def off_nadir(filters: Filters) -> str:
    return _between(filters.min_off_nadir, filters.max_off_nadir, "{0}°")


def off_nadir_range(low: int, high: int) -> str:
    """Beside the slider. At its ends nothing is set."""
    if (low, high) == (0, STEEPEST):
        return any_value()
    return translate("Search", "{0}–{1}°").format(low, high if high < STEEPEST else "90")


def _between(low: Optional[float], high: Optional[float], unit: str) -> str:
    if low is not None and high is not None:
        return unit.format(f"{formats.number(low)}–{formats.number(high)}")
    if high is not None:
        return "≤ " + unit.format(formats.number(high))
    return "≥ " + unit.format(formats.number(low)) if low is not None else ""


def product(kind: str) -> str:
    return {
        "": translate("Search", "Scenes and mosaics"),
        "IMAGE": translate("Search", "Scenes"),
        "MOSAIC": translate("Search", "Mosaics"),
    }[kind]


def any_value() -> str:
    return translate("Search", "Any")


def problem(name: str) -> str:
    """Of `Filters.problems`."""
    return {
        "days": translate("Search", "The first day is after the last one: change one of them."),
        "resolution": translate("Search", "The smaller number comes first."),
    }[name]


def nothing_found(filters: Filters, days: Days, providers: tuple[str, ...]) -> str:
    """What to do about it: the filters that are set, the strictest kinds first."""
    found = []
    if filters.max_cloud is not None:
        found.append(translate("Search", "cloud at most {0} %").format(filters.max_cloud))
    if filters.span is not Span.ANY and period(days):
        found.append(period(days))
    found += _more_parts(filters, providers)
    if not found:
        return translate("Search", "No filter is set: there is no imagery of this area. Search another one.")
    if len(found) == 1:
        return translate("Search", "Loosen the filter that is set: {0}.").format(found[0])
    listed = ",\n".join(found)
    return "\n".join((translate("Search", "Loosen one of the filters:"), listed))


def count(shown: int, total: Optional[int], goes_on: bool) -> str:
    """ "120 of 340"; where no total is told, "120 and more"."""
    number = QLocale().toString(shown)
    if total is not None:
        return translate("Search", "{0} of {1}").format(number, QLocale().toString(max(total, shown)))
    if goes_on:
        return translate("Search", "{0} and more").format(number)
    return translate("Search", "{0} found").format(number)


def without_place(count_: int) -> str:
    if count_ == 1:
        return translate("Search", "1 has no place on the map, as its footprint cannot be used.")
    return translate("Search", "{0} have no place on the map, as their footprints cannot be used.").format(
        count_
    )


def filtered(count_: int) -> str:
    return translate("Search", "{0} match").format(QLocale().toString(count_))
