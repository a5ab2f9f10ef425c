"""Answers that are slow, huge, packed, foreign or mislabelled."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from mapflow_data.api import errors
from tests.rig.fault_server import FaultServer, Script
from tests.rig.patience import SOON
from tests.rig.script import answer, bomb, html, redirect

ITEMS = [{"id": "a", "name": "n"}]


@contextmanager
def peak_memory() -> Iterator[list[int]]:
    """The most bytes that were held inside, when it is over."""
    peak: list[int] = []
    tracemalloc.start()
    try:
        yield peak
        peak.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def test_a_dripping_answer_ends_in_time(make_client: Any) -> None:
    for script in (answer(["x" * 5000], drip=0.005), Script(drip=0.02, body=b"[]" + b" " * 1500)):
        with FaultServer(then=script) as server:
            before = time.monotonic()
            with pytest.raises(errors.TimedOut):
                make_client(server.url, scale=0.005).mosaics.list()  # 0.6 s in all, idle 0.3 s
            assert 0.55 < time.monotonic() - before < SOON  # the answers themselves take 25 and 30 s
            assert len(server.requests) == 1


def test_a_silent_server_is_left(make_client: Any) -> None:
    with FaultServer(then=answer([], delay=30)) as server:
        with pytest.raises(errors.TimedOut) as caught:
            make_client(server.url).mosaics.list()
        assert caught.value.request == "GET /rasters/mosaic"
        assert len(server.requests) == 1


@pytest.mark.parametrize("told", [None, 70_000_000])
def test_a_huge_answer_is_not_taken(told: int | None, make_client: Any) -> None:
    huge = Script(body=b"[" + b" " * (65_000_000 if told is None else 10), told_length=told)
    with FaultServer(then=huge) as server:
        with pytest.raises(errors.AnswerTooLarge) as caught:
            make_client(server.url, scale=0.2).mosaics.list()
        assert caught.value.parameters["max_bytes"] == 64_000_000
        assert len(server.requests) == 1


def test_a_huge_preview_is_not_taken(make_client: Any) -> None:
    huge = Script(body=b"\xff\xd8\xff" + bytes(50_000_000))
    with FaultServer(then=huge) as server, pytest.raises(errors.AnswerTooLarge):
        make_client(server.url, scale=0.2).images.preview("i", "l")


def test_a_packed_bomb_stays_packed(make_client: Any) -> None:
    with (
        FaultServer(then=bomb(400_000_000)) as server,
        peak_memory() as peak,
        pytest.raises(errors.AnswerTooLarge),
    ):
        make_client(server.url, scale=0.2).mosaics.list()
    assert 64_000_000 < peak[0] < 150_000_000


def test_a_bomb_behind_a_redirect_is_not_even_read(make_client: Any) -> None:
    packed = bomb(200_000_000)
    scripts = replace(packed, status=302, headers=(*packed.headers, ("Location", "/rest/b"))), answer([])
    with FaultServer(scripts) as server, peak_memory() as peak:
        assert make_client(server.url, scale=0.2).mosaics.list() == []
    assert peak[0] < 20_000_000


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate"])
def test_packed_answers_are_read(encoding: str, make_client: Any) -> None:
    data = json.dumps(ITEMS * 1000).encode()
    packed = zlib.compress(data) if encoding == "deflate" else gzip.compress(data)
    with FaultServer([Script(body=packed, headers=(("Content-Encoding", encoding),))]) as server:
        assert len(make_client(server.url).mosaics.list()) == 1000
        assert server.requests[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    "broken", [gzip.compress(b"[" + b" " * 999 + b"]")[:-12], b"no gzip"], ids=["cut", "no gzip"]
)
def test_a_broken_packed_answer_is_incomplete(broken: bytes, make_client: Any) -> None:
    with FaultServer(then=Script(body=broken, headers=(("Content-Encoding", "gzip"),))) as server:
        with pytest.raises(errors.IncompleteAnswer):
            make_client(server.url).mosaics.list()
        assert len(server.requests) == 2


def test_chunked_answers_are_read(make_client: Any) -> None:
    with FaultServer([answer(ITEMS, chunked=True)]) as server:
        assert len(make_client(server.url).mosaics.list()) == 1


@pytest.mark.parametrize("mime", ["text/html", "application/octet-stream", ""])
def test_json_under_a_wrong_name_is_taken(mime: str, make_client: Any) -> None:
    with FaultServer([Script(body=json.dumps(ITEMS).encode(), headers=(("Content-Type", mime),))]) as server:
        assert len(make_client(server.url).mosaics.list()) == 1


@pytest.mark.parametrize("page", [html(200), html(403), html(511), html(200, "\n <!doctype html>")])
def test_a_portal_is_not_mapflow(page: Script, make_client: Any) -> None:
    with FaultServer(then=page) as server:
        with pytest.raises(errors.NotMapflow) as caught:
            make_client(server.url).mosaics.list()
        assert caught.value.status == page.status
        assert caught.value.request == "GET /rasters/mosaic"
        assert len(server.requests) == 1


# --- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_leaves_the_origin(status: int, make_client: Any, make_file: Any) -> None:
    with FaultServer() as other, FaultServer() as server:
        client = make_client(server.url)
        calls = [
            client.mosaics.list,
            lambda: client.images.preview("i", "s"),
            lambda: client.mosaics.delete("m"),
            lambda: client.images.link("m", "s3://b/k"),
            lambda: client.images.upload("m", make_file()),
        ]
        for call in calls:
            server.add(redirect(f"{other.origin}/stolen", status))
            with pytest.raises(errors.NotMapflow) as caught:
                call()
            assert (caught.value.code, caught.value.status) == ("redirect", status)
        assert other.connections == 0
        assert len(server.requests) == len(calls)


def test_a_redirect_within_the_origin_is_followed_signed(make_client: Any) -> None:
    with FaultServer([redirect("/rest/elsewhere?x=1"), answer([])]) as server:
        assert make_client(server.url).mosaics.list() == []
        assert server.seen[1] == "GET /rest/elsewhere?x=1"
        assert server.requests[1].has_credential


@pytest.mark.parametrize("target", ["http://[", "//[::1/", "http://127.0.0.1:99999/", "/rest/\x01\xff x"])
def test_a_redirect_to_nowhere_is_an_error_of_the_tree(target: str, make_client: Any) -> None:
    with FaultServer(then=redirect(target)) as server, pytest.raises(errors.NotMapflow) as caught:
        make_client(server.url).mosaics.list()
    assert caught.value.request == "GET /rasters/mosaic"


@pytest.mark.parametrize("length", ["\xb2", "9" * 5000, "2, 2", "two"])
def test_a_length_that_is_none_is_let_be(length: str, make_client: Any) -> None:
    odd = answer([], headers=(("Content-Length", length),), chunked=True)
    with FaultServer([odd]) as server:
        assert make_client(server.url).mosaics.list() == []


def test_redirects_end(make_client: Any) -> None:
    with FaultServer(then=redirect("/rest/round")) as server:
        with pytest.raises(errors.NotMapflow):
            make_client(server.url).mosaics.list()
        assert len(server.requests) == 4


def test_a_change_is_not_redirected_within_the_origin_either(make_client: Any) -> None:
    with FaultServer([redirect("/rest/elsewhere", 307)]) as server:
        with pytest.raises(errors.NotMapflow):
            make_client(server.url).images.delete("i")
        assert len(server.requests) == 1
