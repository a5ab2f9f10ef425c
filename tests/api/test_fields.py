"""Values of odd types become absent, never an exception."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from mapflow_data.api import fields

ODD: list[Any] = [None, True, [], {}, "x", "", float("nan"), 10**400, b"1"]


@pytest.mark.parametrize("value", ODD)
def test_odd_values_are_absent(value: Any) -> None:
    assert fields.number(value) is None
    assert fields.moment(value) is None
    assert fields.mapping(value) == {}
    assert isinstance(fields.text(value), str)
    assert isinstance(fields.texts(value), tuple)


@pytest.mark.parametrize(("value", "number"), [(3, 3.0), ("0.5", 0.5), (" 7 ", 7.0), (-3.91, -3.91)])
def test_numbers(value: Any, number: float) -> None:
    assert fields.number(value) == number


def test_integers_keep_every_digit() -> None:
    assert fields.integer(2**60 + 1) == 2**60 + 1
    assert fields.integer(str(2**60 + 1)) == 2**60 + 1
    assert fields.integer("12.0") == 12
    assert fields.integer(True) is None


@pytest.mark.parametrize("value", [2**63, -(2**63), str(2**63), 1e300, 10**400])
def test_integers_that_no_table_holds_are_absent(value: Any) -> None:
    assert fields.integer(value) is None
    assert fields.integer(2**31, fields.MOST_32_BIT) is None
    assert fields.integer(2**31 - 1, fields.MOST_32_BIT) == 2**31 - 1


def test_half_characters_are_replaced() -> None:
    assert fields.text("a\ud800ü\udfff") == "a?ü?"
    assert fields.text("Поле 🛰") == "Поле 🛰"


@pytest.mark.parametrize(
    "text",
    [
        "2023-01-26T13:58:32.122099",
        "2023-01-26T13:58:32.122099Z",
        "2023-01-26T15:58:32.122099+02:00",
        "2023-01-26T13:58:32.122099000Z",
        " 2023-01-26 13:58:32.122099 ",
    ],
)
def test_times_are_utc(text: str) -> None:
    assert fields.moment(text) == datetime(2023, 1, 26, 13, 58, 32, 122099, tzinfo=timezone.utc)


def test_times_of_short_and_impossible_forms() -> None:
    half = datetime(2022, 6, 7, 13, 27, 33, 500000, tzinfo=timezone.utc)
    assert fields.moment("2022-06-07T13:27:33.5Z") == half
    assert fields.moment("0001-01-01T00:00:00+14:00") is None
    assert fields.moment("2022-13-45T00:00:00Z") is None


def test_texts_take_a_list_or_one() -> None:
    assert fields.texts(["a", None, 3, "", {}]) == ("a", "3")
    assert fields.texts("a,b") == ("a,b",)
