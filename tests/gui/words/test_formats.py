"""Numbers as people read them."""

from __future__ import annotations

import pytest

from mapflow_data.gui.words import formats

GB = 1024**3


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1023, "1 KB"),
        (683 * 1024**2, "683 MB"),
        (999 * 1024**2 + 900_000, "1 GB"),
        (int(6.44 * GB), "6.4 GB"),
        (int(40.1 * GB), "40.1 GB"),
        (10 * GB, "10 GB"),
        (1 << 70, "1048576 PB"),
    ],
)
def test_sizes(count: int | None, text: str) -> None:
    assert formats.size(count).replace(",", "") == text


@pytest.mark.parametrize(
    ("count", "whole", "text"),
    [
        (int(6.4 * GB), 10 * GB, "6.4 of 10 GB"),
        (0, 10 * GB, "0 of 10 GB"),
        (700 * 1024**2, 10 * GB, "700 MB of 10 GB"),
        (0, 0, "0 of 0 B"),
    ],
)
def test_parts_of_a_whole(count: int, whole: int, text: str) -> None:
    assert formats.part_of(count, whole) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0.2, "1 s"),
        (59, "59 s"),
        (61, "1 min"),
        (3599, "1 h 0 min"),
        (15_600, "4 h 20 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert formats.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.3000000000021, "0.3"), (0.05, "0.05"), (30.0, "30"), (12400.0, "12,400")]
)
def test_numbers_without_idle_zeros(value: float, text: str) -> None:
    assert formats.number(value) in (text, text.replace(",", ""))


def test_sizes_that_differ_never_read_the_same() -> None:
    assert formats.sizes_apart(300 * 1024**2, 98_000) == ("300 MB", "96 KB")
    one, other = formats.sizes_apart(98_430, 98_000)
    assert (one.replace(",", ""), other.replace(",", "")) == ("98430 B", "98000 B")
    assert formats.sizes_apart(98_430, None) == ("96 KB", "")
