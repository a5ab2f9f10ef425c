"""In which order the imagery tree shows its rows, and which of them: names as people count, DJI_2 before
DJI_10; a filter over names, tags and ids. Main thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, Union

from ...api.models import Image, Mosaic
from .cells import Column

_NUMBER = re.compile("[0-9]+")


def natural_key(text: str) -> str:
    """Numbers inside a name count as numbers, case does not count; QCollator does neither in the C locale.

    One string and no tuple: sixty thousand are kept and compared.
    """
    return _NUMBER.sub(_by_length, text.casefold())


def _by_length(number: re.Match[str]) -> str:
    """Before all text, and short numbers before long ones."""
    digits = number[0].lstrip("0")
    return f"\x01{chr(len(digits) + 1)}{digits}"


def words_of(item: Union[Mosaic, Image]) -> str:
    """What the filter looks at."""
    parts = (item.name, item.id, *item.tags) if isinstance(item, Mosaic) else (item.filename, item.id)
    return "\n".join(parts).casefold()


class Sortable(Protocol):
    name_key: str

    def key(self, column: Column) -> Any:
        """None where there is nothing to sort by."""


S = TypeVar("S", bound=Sortable)


@dataclass(frozen=True)
class Order:
    """`text` is stripped and without case."""

    text: str = ""
    column: Column = Column.NAME
    is_down: bool = False

    def sorted(self, items: Iterable[S]) -> list[S]:
        """What has no value comes last, whichever way; what is equal goes by name."""
        by_name = sorted(
            items, key=lambda item: item.name_key, reverse=self.is_down and self.column is Column.NAME
        )
        if self.column is Column.NAME:
            return by_name
        keyed = [(item.key(self.column), item) for item in by_name]
        known = [pair for pair in keyed if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.is_down)
        return [item for _, item in known] + [item for key, item in keyed if key is None]
