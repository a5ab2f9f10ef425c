"""How the models read lists and required fields: one bad item never loses the others. Any thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional, TypeVar

from .. import fields
from ..errors import IncompleteAnswer

T = TypeVar("T")


def read_list(data: Any, read: Callable[[Any], T]) -> tuple[T, ...]:
    """Every item that `read` takes; one bad item never loses the others."""
    items = (attempted(item, read) for item in fields.sequence(data))
    return tuple(item for item in items if item is not None)


def attempted(item: Any, read: Callable[[Any], T]) -> Optional[T]:
    """The item as `read` has it, None where it cannot be read."""
    try:
        return read(item)
    except IncompleteAnswer:
        return None


def required(value: str, what: str) -> str:
    if not value:
        raise IncompleteAnswer(f"{what} without an id")
    return value


def first(data: Mapping[str, Any], read: Callable[[Any], Optional[T]], *names: str) -> Optional[T]:
    return next((v for v in (read(data.get(name)) for name in names) if v is not None), None)
