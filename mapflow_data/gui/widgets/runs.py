"""Numbers of rows as ranges of neighbours: Qt compares each range with all others. Any thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of those that follow each other without a gap."""
    start = 0
    for place, row in enumerate(rows):
        if place + 1 == len(rows) or rows[place + 1] != row + 1:
            yield rows[start], row
            start = place + 1
