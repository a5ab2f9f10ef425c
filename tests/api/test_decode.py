"""Large JSON is read item by item: the same values, and no long hold of the interpreter."""

from __future__ import annotations

import gc
import json
import sys
import threading
from typing import Any

import pytest

from mapflow_data.api.answers import Answer, read_items
from mapflow_data.api.decode import BIG, decode
from mapflow_data.api.models import Image
from tests.rig.smooth import Neighbour, smooth

ITEM = {
    "id": "JL1GF03A_PMS_20220607132729",
    "footprint": {"type": "Polygon", "coordinates": [[[76.5 + i / 7, 43.3] for i in range(20)]]},
    "cloudCover": 0.09,
    "text": 'quo"te \\ ü { [ ] } ,',
    "none": None,
}


def big(item: Any) -> list[Any]:
    return [item] * (BIG // len(json.dumps(item)) + 10)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "value",
    [
        big(ITEM),
        {"images": big(ITEM), "total": 7, "limit": 100, "nested": {"a": [1, [2]], "b": {}}, "empty": []},
        {"detail": "x" * BIG},
        big(3.25),
        big("t\n"),
    ],
)
def test_the_same_values_as_at_once(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    assert len(text) > BIG
    assert decode(text.encode()) == value


def test_blanks_and_a_mark_in_front() -> None:
    text = b"\xef\xbb\xbf \r\n" + json.dumps(big(ITEM)).encode() + b"\n\t "
    assert decode(text) == big(ITEM)


@pytest.mark.parametrize("spoil", [-1, -2, BIG // 2])
def test_cut_short(spoil: int) -> None:
    for value in (big(ITEM), {"images": big(ITEM)}):
        with pytest.raises(ValueError):
            decode(json.dumps(value).encode()[:spoil])


@pytest.mark.parametrize("tail", [b"]", b" x", b"{}"])
def test_more_than_one_value(tail: bytes) -> None:
    with pytest.raises(ValueError, match="after"):
        decode(json.dumps(big(ITEM)).encode() + tail)


@pytest.mark.parametrize("text", ['[1 2,"%s"]', '{"a" 1, "b": "%s"}', '{1: 2, "b": "%s"}', '{"b": "%s",}'])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(ValueError):
        decode((text % ("x" * BIG)).encode())


def test_items_are_replaced_in_lists_of_any_size() -> None:
    for count in (2, 30_000):
        items = [{"id": n, "text": "x" * 30} for n in range(count)]
        assert decode(json.dumps(items).encode(), lambda item: item["id"]) == list(range(count))
        page = {"images": items, "total": 5, "more": {"a": [1]}, "others": [1]}
        assert decode(json.dumps(page).encode(), lambda item: item["id"]) == {
            "images": list(range(count)),
            "total": 5,
            "more": {"a": [1]},
            "others": [1],
        }


def test_seven_megabytes_leave_the_interpreter_to_others() -> None:
    item = {"id": "a", "footprint": "1.99 48.76, " * 30, "meta_data": {"pixel_size": [0.3, 0.3]}}
    count = 7_000_000 // len(json.dumps(item))
    answer = Answer(200, {}, json.dumps([item] * count).encode())
    assert len(read_items(answer, Image.from_json)) == count
    for neighbour in smooth(Neighbour):
        with neighbour:
            read_items(answer, Image.from_json)
    assert sys.getswitchinterval() == pytest.approx(0.005)


def test_the_collector_is_on_again_after_all_of_several() -> None:
    data = json.dumps(big(ITEM)).encode()
    threads = [threading.Thread(target=lambda: decode(data, lambda item: item["id"])) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gc.isenabled()
    with pytest.raises(ValueError):
        decode(data[:-1])
    assert gc.isenabled()
    gc.disable()
    decode(data)
    assert not gc.isenabled()
    gc.enable()
