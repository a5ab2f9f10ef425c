"""The client of the Mapflow Data API. No Qt; any thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .transport import Transport


def make_transport(*arguments: Any) -> Transport:
    """Imports `requests` at the first call only, in a worker's thread: it takes a tenth of a second."""
    from .transport import Transport

    return Transport(*arguments)
