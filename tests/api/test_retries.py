"""What is tried again, how often and after what wait; every row of the one table."""

from __future__ import annotations

import socket
import time
from email.utils import formatdate
from typing import Any

import pytest

from mapflow_data.api import errors
from mapflow_data.api.errors import MapflowError
from tests.rig.fault_proxy import FaultProxy
from tests.rig.fault_server import FaultServer, Script
from tests.rig.patience import SOON
from tests.rig.script import answer

OK = answer([])
RESET = Script(reset_after=0)
EMPTY = Script(silent=True)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_read_is_tried_three_times_more(status: int, make_client: Any) -> None:
    with FaultServer(then=answer({"detail": "later"}, status)) as server:
        with pytest.raises(errors.Refused) as caught:
            make_client(server.url).mosaics.list()
        assert server.seen == ["GET /rest/rasters/mosaic"] * 4
        assert (caught.value.status, caught.value.server_text) == (status, "later")
        assert caught.value.request == "GET /rasters/mosaic"


@pytest.mark.parametrize("fault", [RESET, EMPTY, answer([], drop_after=1), Script(status=200)])
def test_a_read_survives_a_broken_answer(fault: Script, make_client: Any) -> None:
    with FaultServer([fault, OK]) as server:
        assert make_client(server.url).mosaics.list() == []
        assert len(server.requests) == 2


def test_a_cut_answer_is_asked_for_again_once_and_never_shown_in_part(make_client: Any) -> None:
    whole = b'[{"id": "a"}, {"id": "b"}]'
    cut = Script(body=whole[:14], told_length=len(whole), close=True)
    with FaultServer(then=cut) as server:
        with pytest.raises(errors.IncompleteAnswer):
            make_client(server.url).mosaics.list()
        assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422])
def test_a_no_is_a_no(status: int, make_client: Any) -> None:
    with FaultServer(then=answer({"detail": "no"}, status)) as server:
        with pytest.raises(errors.Refused) as caught:
            make_client(server.url).images.get("i")
        assert len(server.requests) == 1
        assert caught.value.status == status


@pytest.mark.parametrize("fault", [RESET, EMPTY, *(Script(status=s) for s in (429, 502, 503, 504))])
def test_a_change_is_tried_twice_more(fault: Script, make_client: Any) -> None:
    with FaultServer(then=fault) as server:
        with pytest.raises(MapflowError):
            make_client(server.url).mosaics.delete("m")
        assert server.seen == ["DELETE /rest/rasters/mosaic/m"] * 3


def test_a_change_is_not_tried_again_on_500(make_client: Any) -> None:
    with FaultServer(then=Script(status=500)) as server:
        with pytest.raises(errors.ServerFailed):
            make_client(server.url).images.delete("i")
        assert len(server.requests) == 1


def test_a_repeated_delete_finds_its_work_done(make_client: Any) -> None:
    with FaultServer([EMPTY, Script(status=404)]) as server:
        make_client(server.url).images.delete("i")
        assert len(server.requests) == 2


def test_a_first_delete_of_nothing_is_told(make_client: Any) -> None:
    with FaultServer([Script(status=404)]) as server, pytest.raises(errors.NotFound):
        make_client(server.url).images.delete("i")


def test_nothing_answers_at_the_port(make_client: Any) -> None:
    port = closed_port()
    with pytest.raises(errors.Unreachable) as caught:
        make_client(f"http://127.0.0.1:{port}").account.storage()
    assert caught.value.parameters == {"host": "127.0.0.1", "port": port}
    assert caught.value.request == "GET /rasters/memory"


def test_a_name_that_does_not_exist(make_client: Any) -> None:
    with pytest.raises(errors.HostNotFound) as caught:
        make_client("https://no-such-host.invalid").account.storage()
    assert caught.value.parameters["host"] == "no-such-host.invalid"


def test_the_network_comes_back(make_client: Any) -> None:
    with FaultServer([OK]) as server, FaultProxy(server.url) as proxy:
        proxy.go_offline()
        waits: list[str] = []

        def on_wait(_seconds: float, why: MapflowError) -> None:
            waits.append(type(why).__name__)
            proxy.go_online() if len(waits) == 2 else None

        assert make_client(proxy.url, on_wait=on_wait).mosaics.list() == []
        assert set(waits) == {"Unreachable"}
        assert len(server.requests) == 1


# --- waits


def test_retry_after_in_seconds_is_obeyed_and_counted_down(make_client: Any) -> None:
    limited = answer({}, 429, headers=(("Retry-After", "7"),))
    told: list[tuple[float, str]] = []
    with FaultServer([limited, OK]) as server:
        client = make_client(server.url, on_wait=lambda s, why: told.append((s, type(why).__name__)))
        client.mosaics.list()
        gap = server.requests[1].at - server.requests[0].at
    assert 7 * 0.05 <= gap < SOON
    assert told[0] == (7.0, "RateLimited")
    assert [s for s, _ in told] == sorted((s for s, _ in told), reverse=True)
    assert 3 <= len(told) <= 8


def test_retry_after_as_a_date(make_client: Any) -> None:
    limited = answer({}, 503, headers=(("Retry-After", formatdate(time.time() + 10, usegmt=True)),))
    with FaultServer([limited, OK]) as server:
        make_client(server.url).mosaics.list()
        gap = server.requests[1].at - server.requests[0].at
    assert 8 * 0.05 <= gap < SOON


def test_retry_after_has_a_cap(make_client: Any) -> None:
    told: list[float] = []
    with FaultServer([answer({}, 429, headers=(("Retry-After", "86400"),)), OK]) as server:
        make_client(server.url, on_wait=lambda s, _: told.append(s), scale=0.001).mosaics.list()
    assert told[0] == 300.0


def test_a_create_waits_for_its_turn_too(make_client: Any) -> None:
    limited = answer({}, 429, headers=(("Retry-After", "1"),))
    with FaultServer([answer([]), limited, answer({"id": "x"})]) as server:
        assert make_client(server.url).mosaics.create("n").id == "x"
        assert server.seen[1:] == ["POST /rest/rasters/mosaic"] * 2


def test_429_without_a_time_starts_at_five_seconds(make_client: Any) -> None:
    with FaultServer([Script(status=429), OK]) as server:
        make_client(server.url).mosaics.list()
        assert server.requests[1].at - server.requests[0].at >= 5 * 0.02


def test_at_most_one_request_a_second_while_the_server_fails(make_client: Any) -> None:
    with FaultServer(then=Script(status=500)) as server:
        client = make_client(server.url, scale=0.1)
        for image in "abc":
            with pytest.raises(errors.ServerFailed):
                client.images.delete(image)
        gaps = [b.at - a.at for a, b in zip(server.requests, server.requests[1:])]
        assert len(gaps) == 2
        assert min(gaps) >= 0.099


def test_waits_grow(make_client: Any) -> None:
    with FaultServer(then=Script(status=503)) as server:
        with pytest.raises(errors.ServerFailed):
            make_client(server.url, scale=0.05).mosaics.list()
        times = [r.at for r in server.requests]
    gaps = [b - a for a, b in zip(times, times[1:])]
    assert len(gaps) == 3
    for n, gap in zip((1, 2, 4), gaps):
        assert 0.05 * n <= gap < 0.05 * n * 1.5 + 0.1


# --- a lost answer to a create


def test_a_mosaic_that_was_made_though_the_answer_was_lost(make_client: Any) -> None:
    before, after = [{"id": "old", "name": "n"}], [{"id": "old", "name": "n"}, {"id": "new", "name": "n"}]
    for lost in (EMPTY, Script(status=502), Script(status=500), answer({}, drop_after=1)):
        with FaultServer([answer(before), lost, answer(after)]) as server:
            assert make_client(server.url).mosaics.create("n").id == "new"
            assert [s.split()[0] for s in server.seen] == ["GET", "POST", "GET"]


def test_a_mosaic_that_was_not_made(make_client: Any) -> None:
    with FaultServer([answer([]), EMPTY, answer([])]) as server:
        with pytest.raises(errors.Unconfirmed):
            make_client(server.url).mosaics.create("n")
        assert len(server.requests) == 3
    with FaultServer([answer([]), answer({"detail": "boom"}, 500), answer([])]) as server:
        with pytest.raises(errors.ServerFailed) as caught:
            make_client(server.url).mosaics.create("n")
        assert (caught.value.status, caught.value.server_text) == (500, "boom")


def test_a_mosaic_whose_answer_names_none_is_looked_for(make_client: Any) -> None:
    with FaultServer(
        [answer([]), answer({"message": "ok"}, 201), answer([{"id": "x", "name": "n"}])]
    ) as server:
        assert make_client(server.url).mosaics.create("n").id == "x"


def test_a_mosaic_that_cannot_be_looked_for_stays_unconfirmed(make_client: Any) -> None:
    with FaultServer([answer([]), EMPTY], then=RESET) as server:
        with pytest.raises(errors.Unconfirmed) as caught:
            make_client(server.url, scale=0.005).mosaics.create("n")
        assert caught.value.request == "POST /rasters/mosaic"
        assert [s.split()[0] for s in server.seen] == ["GET", "POST", *["GET"] * 4]


def test_a_create_that_was_never_sent_is_tried_once_more(make_client: Any) -> None:
    with FaultServer([answer([])]) as server, FaultProxy(server.url) as proxy:
        waits: list[float] = []

        def on_wait(seconds: float, _why: MapflowError) -> None:
            waits.append(seconds)

        client = make_client(proxy.url, on_wait=on_wait)
        proxy.go_offline()
        with pytest.raises(errors.Unreachable):
            client.images.link("m", "s3://x/y")
        assert waits[0] == 2.0  # a jittered second, rounded up
        assert len(waits) <= 2
        assert server.requests == []


# --- 401


def test_401_is_believed_once_storage_says_so_too(make_client: Any) -> None:
    with FaultServer(then=answer({"detail": "no"}, 401)) as server:
        with pytest.raises(errors.SignInRequired):
            make_client(server.url).mosaics.list()
        assert server.seen == ["GET /rest/rasters/mosaic", "GET /rest/rasters/memory"]


def test_401_of_one_thing_alone_is_no_sign_out(make_client: Any) -> None:
    with FaultServer([answer({"detail": "not yours"}, 401), answer({"memoryUsed": 1})]) as server:
        with pytest.raises(errors.Forbidden) as caught:
            make_client(server.url).images.get("i")
        assert caught.value.request == "GET /rasters/image/i"
        assert caught.value.server_text == "not yours"


def test_401_that_cannot_be_confirmed_for_want_of_a_network(make_client: Any) -> None:
    with FaultServer([Script(status=401)], then=RESET) as server:
        with pytest.raises(errors.ConnectionLost) as caught:
            make_client(server.url).images.get("i")
        assert caught.value.request == "GET /rasters/memory"
        assert len(server.requests) == 5


def test_401_of_the_probe_itself_is_asked_once(make_client: Any) -> None:
    with FaultServer(then=Script(status=401)) as server:
        with pytest.raises(errors.SignInRequired):
            make_client(server.url).account.storage()
        assert len(server.requests) == 1
