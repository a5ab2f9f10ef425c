"""JSON from bytes without holding the interpreter: above about a megabyte item by item. Any thread.

One call of the C scanner keeps every other thread waiting, the one that draws QGIS among them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Optional

BIG = 1_000_000
Each = Callable[[Any], Any]
_scan = json.JSONDecoder().raw_decode
_BLANK = " \t\r\n"


def decode(data: bytes, each: Optional[Each] = None) -> Any:
    """The JSON value. Raises `ValueError` where it is none or is cut short.

    `each` is put in place of every item of the outer list, or of the lists in an outer object: made into
    something small at once, they give Python's garbage collection little to stop the world for.
    """
    text = data.decode("utf-8-sig")
    reader = _Reader(text, each or _same)
    if len(text) < BIG:
        return reader.whole()
    value = reader.value(depth=1 if reader.peek() == "[" else 2)  # a bare list, or one in an envelope
    if reader.peek():
        raise ValueError("text after the JSON value")
    return value


def _same(item: Any) -> Any:
    return item


class _Reader:
    """Walks the outer arrays and objects in Python and leaves what is in them to the C scanner."""

    def __init__(self, text: str, each: Each) -> None:
        self._text, self._each = text, each
        self._at = 0

    def whole(self) -> Any:
        """At once: for what is small."""
        value = json.loads(self._text)
        if isinstance(value, dict):
            return {k: [self._each(i) for i in v] if isinstance(v, list) else v for k, v in value.items()}
        return [self._each(item) for item in value] if isinstance(value, list) else value

    def peek(self) -> str:
        """The next character that is not blank, "" at the end."""
        while self._text[self._at : self._at + 1] in _BLANK and self._at < len(self._text):
            self._at += 1
        return self._text[self._at : self._at + 1]

    def value(self, depth: int) -> Any:
        opening = self.peek()
        if depth and opening == "[":
            return self._array(depth)
        if depth and opening == "{":
            return self._object(depth)
        value, self._at = _scan(self._text, self._at)
        return value

    def _array(self, depth: int) -> list[Any]:
        items: list[Any] = []
        self._at += 1
        if self._took("]"):
            return items
        while True:
            items.append(self._each(self.value(depth - 1)))
            if self._took("]"):
                return items
            self._need(",")

    def _object(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        self._at += 1
        if self._took("}"):
            return members
        while True:
            key = self.value(0)
            if not isinstance(key, str):
                raise ValueError("a key that is no string")  # noqa: TRY004  as the scanner's own errors
            self._need(":")
            members[key] = self.value(depth - 1)
            if self._took("}"):
                return members
            self._need(",")

    def _took(self, character: str) -> bool:
        if self.peek() != character:
            return False
        self._at += 1
        return True

    def _need(self, character: str) -> None:
        if not self._took(character):
            raise ValueError(f"{character!r} expected at {self._at}")
