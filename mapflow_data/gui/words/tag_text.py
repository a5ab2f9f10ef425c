"""Tags as one line of text and back: commas between, quotes around a tag that holds one. Any thread."""

from __future__ import annotations

import re
from collections.abc import Sequence

SEPARATORS = ",;\n\r\t\u2028"
QUOTE = '"'
QUOTED = re.compile('"((?:[^"]|"")*)"')


def tags_text(tags: Sequence[str]) -> str:
    """What `parse` reads back as these very tags."""
    return ", ".join(f'"{_doubled(tag)}"' if _needs_quotes(tag) else tag for tag in tags)


def parse(text: str) -> tuple[str, ...]:
    """Without repetitions, in the order typed."""
    tags = (_tag(part) for part in _parts(text))
    return tuple(dict.fromkeys(tag for tag in tags if tag.strip()))


def finished(text: str) -> tuple[tuple[str, ...], str]:
    """The tags that a separator follows, and what is typed after the last one."""
    *done, rest = _parts(text)
    return parse(",".join(done)), rest.lstrip() if done else rest


def _parts(text: str) -> list[str]:
    """Cut at separators, but for those in a tag that begins with a quote."""
    parts, is_quoted = [""], False
    for letter in text:
        if letter in SEPARATORS and not is_quoted:
            parts.append("")
            continue
        if letter == QUOTE and (is_quoted or not parts[-1].strip() or parts[-1].lstrip()[0] == QUOTE):
            is_quoted = not is_quoted
        parts[-1] += letter
    return parts


def _tag(part: str) -> str:
    part = part.strip()
    quoted = QUOTED.fullmatch(part)
    if quoted:
        return quoted.group(1).replace(QUOTE * 2, QUOTE)
    is_open = part.startswith(QUOTE) and part.count(QUOTE) % 2
    return part[1:].replace(QUOTE * 2, QUOTE) if is_open else part


def _needs_quotes(tag: str) -> bool:
    return tag != tag.strip() or tag.startswith(QUOTE) or any(letter in SEPARATORS for letter in tag)


def _doubled(tag: str) -> str:
    return tag.replace(QUOTE, QUOTE * 2)
