"""Tolerant readers of JSON values: a wrong type is an absent value, never an exception. Any thread."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Optional

MOST_32_BIT = 2**31 - 1
MOST_64_BIT = 2**63 - 1


def text(value: Any) -> str:
    """The text of a string or number, "" for anything else. Halves of characters, which JSON may hold and
    neither a URL nor a file name can, become "?".
    """
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return ""


def number(value: Any) -> Optional[float]:
    """A finite float from a number or a numeric string."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def integer(value: Any, most: int = MOST_64_BIT) -> Optional[int]:
    """A whole number with every digit; absent beyond ±`most`, which no column of a table would hold."""
    if isinstance(value, int) and not isinstance(value, bool):
        result: Optional[int] = value
    elif isinstance(value, str) and len(value) < 40 and value.strip().isdecimal():
        result = int(value)
    else:
        real = number(value)
        result = None if real is None else int(real)
    return result if result is not None and abs(result) <= most else None


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def texts(value: Any) -> tuple[str, ...]:
    """The strings of a list; a single string is a list of one."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(t for t in map(text, sequence(value)) if t)


def moment(value: Any) -> Optional[datetime]:
    """An aware UTC time from ISO 8601 with `Z`, an offset, or no zone (which is UTC)."""
    if not isinstance(value, str):
        return None
    iso = value.strip().replace("Z", "+00:00").replace("z", "+00:00")
    head, dot, tail = iso.partition(".")
    if dot:  # Python 3.9 reads three or six digits of a second's fraction, servers send any number
        digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
        iso = f"{head}.{digits[:6].ljust(6, '0')}{tail[len(digits) :]}"
    try:
        result = datetime.fromisoformat(iso)
    except ValueError:
        return None
    if result.tzinfo is None:
        return result.replace(tzinfo=timezone.utc)
    try:
        return result.astimezone(timezone.utc)
    except OverflowError:
        return None
