"""Sources of layers that fetch from the web, written so that the running QGIS reads them back. Any thread."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from qgis.core import QgsDataSourceUri

# QGIS 3.22 and 4.0 undo every escape of a source, those between them leave these characters' as they are
_AS_THEY_STAND = ":/?[]@!$'()*+,;{}"


def make_source(fields: Iterable[tuple[str, str]]) -> str:
    """What `&` or `=` a value has is escaped, so no value can bring in a field of its own."""
    return "&".join(f"{name}={_written(value)}" for name, value in fields)


def value_of(source: str, name: str) -> str:
    """A field of a source as QGIS reads it, "" where there is none."""
    uri = QgsDataSourceUri()
    uri.setEncodedUri(source)
    return str(uri.param(name))


def with_value(source: str, name: str, value: str) -> str:
    """The source with another value in a field that it has; all others stay to the letter."""
    fields = (pair.partition("=") for pair in source.split("&"))
    return "&".join(
        f"{name}={_written(value)}" if field == name else field + sign + kept for field, sign, kept in fields
    )


def _written(value: str) -> str:
    """A value with escapes of its own, as URLs have them, has them escaped once more where QGIS undoes that.

    Where it does not, an escaped `&`, `=` or `#` gets lost, whatever is written (qgis/QGIS issue 59143).
    """
    escaped = quote(value, safe=_AS_THEY_STAND)
    return escaped if "%" not in value or _read(escaped) == value else quote(value, safe=_AS_THEY_STAND + "%")


def _read(escaped: str) -> str:
    return value_of(f"value={escaped}", "value")
