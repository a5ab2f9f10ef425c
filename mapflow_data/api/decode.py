"""JSON from bytes without holding the interpreter: from a tenth of a megabyte on item by item. Any thread.

One call of the C scanner keeps every other thread waiting, the one that draws QGIS among them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Optional

from .collector import collect_after, uncollected

BIG = 100_000  # bytes; a page of a search is larger
Each = Callable[[Any], Any]
_scan = json.JSONDecoder().raw_decode
_BLANK = " \t\r\n"


def decode(data: bytes, each: Optional[Each] = None, member: str = "images") -> Any:
    """The JSON value. Raises `ValueError` where it is none or is cut short.

    What `each` makes of it is put in place of every item of the outer list, or of the list that is the outer
    object's `member`, so that the raw items never all exist at once.
    """
    text = data.decode("utf-8-sig")
    reader = _Reader(text, each or _same, member)
    if len(text) < BIG:
        return reader.whole()
    with uncollected():
        value = reader.outer()
    if reader.peek():
        raise ValueError("text after the JSON value")
    return value


def _same(item: Any) -> Any:
    return item


class _Reader:
    """Walks the outer arrays and objects in Python and leaves what is in them to the C scanner."""

    def __init__(self, text: str, each: Each, member: str) -> None:
        self._text, self._each, self._member = text, each, member
        self._at = 0

    def whole(self) -> Any:
        """At once: for what is small."""
        value = json.loads(self._text)
        if isinstance(value, list):
            return [self._each(item) for item in value]
        if isinstance(value, dict) and isinstance(value.get(self._member), list):
            return {**value, self._member: [self._each(item) for item in value[self._member]]}
        return value

    def outer(self) -> Any:
        opening = self.peek()
        if opening == "[":
            return self._array(self._each)
        return self._object() if opening == "{" else self._inner()

    def peek(self) -> str:
        """The next character that is not blank, "" at the end."""
        while self._text[self._at : self._at + 1] in _BLANK and self._at < len(self._text):
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _inner(self) -> Any:
        """One value, by the C scanner."""
        self.peek()
        value, self._at = _scan(self._text, self._at)
        return value

    def _array(self, each: Each) -> list[Any]:
        items: list[Any] = []
        self._at += 1
        if self._took("]"):
            return items
        while True:
            items.append(each(self._inner()))
            collect_after(len(items))
            if self._took("]"):
                return items
            self._need(",")

    def _object(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        self._at += 1
        if self._took("}"):
            return members
        while True:
            key = self._inner()
            if not isinstance(key, str):
                raise ValueError("a key that is no string")  # noqa: TRY004  as the scanner's own errors
            self._need(":")
            is_list = self.peek() == "["
            each = self._each if key == self._member else _same
            members[key] = self._array(each) if is_list else self._inner()
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
