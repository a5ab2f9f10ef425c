"""Numbers as people read them: sizes, durations, dates, counts. Any thread."""

from __future__ import annotations

from datetime import datetime
from typing import Optional

from qgis.PyQt.QtCore import QCoreApplication, QDateTime, QLocale, Qt

translate = QCoreApplication.translate

# 1024 a step with the usual names, as QGIS and file managers show sizes.
UNITS = ("B", "KB", "MB", "GB", "TB", "PB")
DAY = "d MMM yyyy"


def size(count: Optional[int]) -> str:
    """Bytes in three digits at most: "683 MB", "40.1 GB"; "" for an unknown size."""
    if count is None:
        return ""
    unit = _unit(count)
    return f"{_scaled(count, unit)} {UNITS[unit]}"


def sizes_apart(one: int, other: Optional[int]) -> tuple[str, str]:
    """Two sizes, to the byte where they would read the same."""
    if other is None or one == other or size(one) != size(other):
        return size(one), size(other)
    exact = [QLocale().toString(float(count), "f", 0) for count in (one, other)]
    return f"{exact[0]} {UNITS[0]}", f"{exact[1]} {UNITS[0]}"


def part_of(count: int, whole: int) -> str:
    """ "6.4 of 10 GB", with both units where they differ."""
    unit, whole_unit = _unit(count), _unit(whole)
    if unit != whole_unit and count:
        return translate("Formats", "{0} of {1}").format(size(count), size(whole))
    scaled = f"{_scaled(count, whole_unit)}"
    return translate("Formats", "{0} of {1}").format(scaled, size(whole))


def duration(seconds: Optional[float]) -> str:
    """ "4 h 20 min", "2 min", "12 s"; "" for an unknown one."""
    if seconds is None:
        return ""
    whole = max(1, round(seconds))
    if whole < 60:
        return translate("Formats", "{0} s").format(whole)
    minutes = round(whole / 60)
    if minutes < 60:
        return translate("Formats", "{0} min").format(minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return translate("Formats", "{0} h {1} min").format(hours, minutes)
    days, hours = divmod(hours, 24)
    return translate("Formats", "{0} d {1} h").format(days, hours)


def moment(value: Optional[datetime], *, has_seconds: bool = False) -> str:
    """ "14 Jun 2026 10:22 UTC": the same wherever a moment of the server is told; "" for an unknown one."""
    if value is None:
        return ""
    pattern = f"{DAY} HH:mm:ss" if has_seconds else f"{DAY} HH:mm"
    return translate("Formats", "{0} UTC").format(QLocale().toString(_utc(value), pattern))


def day(value: Optional[datetime]) -> str:
    """ "14 Jun 2026" in UTC, "" for an unknown one."""
    return "" if value is None else str(QLocale().toString(_utc(value).date(), DAY))


def clock(value: datetime) -> str:
    """The time of day in the user's zone: "03:12", and "13 Jun 03:12" of another day than today."""
    local = _utc(value).toLocalTime()
    is_today = local.date() == QDateTime.currentDateTime().date()
    return str(QLocale().toString(local, "HH:mm" if is_today else "d MMM HH:mm"))


def whole(value: int) -> str:
    """ "12,345"."""
    return str(QLocale().toString(value))


def number(value: float) -> str:
    """A number in the user's locale, four digits, without idle zeros: "0.3", "12,400"."""
    return str(QLocale().toString(float(f"{value:.4g}"), "g", 6))


def _utc(value: datetime) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(int(value.timestamp() * 1000), Qt.TimeSpec.UTC)


def _unit(count: int) -> int:
    unit = 0
    while count >= 999.5 * 1024**unit and unit < len(UNITS) - 1:
        unit += 1
    return unit


def _scaled(count: int, unit: int) -> str:
    value = count / 1024**unit
    tenths_below = 100 if unit >= UNITS.index("GB") else 10 if unit else 0
    digits = 1 if round(value, 1) < tenths_below else 0
    if digits and round(value, 1) == int(round(value, 1)):
        digits = 0
    return str(QLocale().toString(value, "f", digits))
