"""When imagery was taken: named spans, and the whole UTC days that they stand for. Any thread."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Optional

Days = tuple[Optional[date], Optional[date]]  # first and last, both included; None is open


class Span(Enum):
    """The values are kept in settings."""

    ANY = "any"
    MONTH = "30_days"
    QUARTER = "3_months"
    SUMMER = "last_summer"
    YEAR = "this_year"
    CUSTOM = "custom"


def today_utc() -> date:
    return datetime.now(timezone.utc).date()


def days_of(span: Span, today: date, is_southern: bool = False) -> Days:
    """`is_southern` tells which months are summer. A custom span has no days of its own."""
    if span is Span.MONTH:
        return today - timedelta(days=30), today
    if span is Span.QUARTER:
        return _months_before(today, 3), today
    if span is Span.SUMMER:
        return _last_summer(today, is_southern)
    if span is Span.YEAR:
        return today.replace(month=1, day=1), today
    return None, None


def _months_before(day: date, count: int) -> date:
    """The same day of that month, or its last."""
    months = day.year * 12 + day.month - 1 - count
    first_of_next = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    last = first_of_next - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def _last_summer(today: date, is_southern: bool) -> Days:
    """The latest that is over."""
    if not is_southern:
        year = today.year if today > date(today.year, 8, 31) else today.year - 1
        return date(year, 6, 1), date(year, 8, 31)
    first_of_march = date(today.year, 3, 1)
    end = first_of_march if today >= first_of_march else date(today.year - 1, 3, 1)
    return date(end.year - 1, 12, 1), end - timedelta(days=1)
