"""Cancel works at once, wherever the call is."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.errors import Cancelled
from tests.rig.certificates import Authority
from tests.rig.fault_proxy import FaultProxy
from tests.rig.fault_server import FaultServer, Script
from tests.rig.patience import SOON
from tests.rig.script import answer


def cancelled_within(cancel: CancelToken, call: Callable[[], Any], after: float = 0.2) -> float:
    """Cancels from another thread `after` seconds; how long the call then took to end."""
    at: list[float] = []

    def strike() -> None:
        at.append(time.monotonic())
        cancel.cancel()

    timer = threading.Timer(after, strike)
    timer.start()
    with pytest.raises(Cancelled):
        call()
    ended = time.monotonic()
    timer.join()
    return ended - at[0]


def test_before_anything_is_sent(make_client: Any) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with FaultServer() as server:
        with pytest.raises(Cancelled):
            make_client(server.url, cancel).mosaics.list()
        assert server.connections == 0


def test_in_a_wait(make_client: Any) -> None:
    cancel = CancelToken()
    with FaultServer(then=answer({}, 429, headers=(("Retry-After", "300"),))) as server:
        client = make_client(server.url, cancel, scale=1.0)
        assert cancelled_within(cancel, client.mosaics.list) < SOON
        assert len(server.requests) == 1


@pytest.mark.parametrize("script", [Script(stall=True), answer([], delay=20), answer(["x" * 100], drip=0.02)])
def test_while_an_answer_is_awaited_or_drips(script: Script, make_client: Any) -> None:
    cancel = CancelToken()
    with FaultServer(then=script) as server:
        client = make_client(server.url, cancel, scale=1.0)
        assert cancelled_within(cancel, client.mosaics.list) < SOON


@pytest.mark.parametrize("is_tls", [False, True])
def test_on_a_line_of_20_kilobytes_a_second(
    is_tls: bool, make_client: Any, make_file: Any, authority: Authority
) -> None:
    cancel = CancelToken()
    context = authority.context() if is_tls else None
    with FaultServer(tls=context) as server, FaultProxy(server.url) as proxy:
        proxy.throttle(20_000)
        client = make_client(proxy.url, cancel, scale=1.0, ca_pem=authority.pem)
        path = make_file(20_000_000)
        assert cancelled_within(cancel, lambda: client.images.upload("m", path), after=0.6) < SOON
        assert all(not request.is_whole for request in server.requests)


def test_on_a_line_that_is_dead(make_client: Any, make_file: Any) -> None:
    cancel = CancelToken()
    with FaultServer() as server, FaultProxy(server.url) as proxy:
        proxy.freeze()
        client = make_client(proxy.url, cancel, scale=1.0)
        path = make_file(20_000_000)
        assert cancelled_within(cancel, lambda: client.images.upload("m", path)) < SOON


def test_after_the_last_byte(make_client: Any, make_file: Any) -> None:
    cancel = CancelToken()
    with FaultServer(then=answer({}, delay=30)) as server:
        client = make_client(server.url, cancel, scale=1.0)
        path = make_file()
        assert cancelled_within(cancel, lambda: client.images.upload("m", path)) < SOON
        assert server.requests[0].is_whole


def test_in_the_handshake(make_client: Any) -> None:
    cancel = CancelToken()
    with FaultServer(then=Script(stall=True)) as server:  # it speaks no TLS at all
        client = make_client(server.url.replace("http:", "https:"), cancel, scale=1.0)
        assert cancelled_within(cancel, client.account.storage) < SOON


def test_while_nothing_answers_the_connection(make_client: Any) -> None:
    cancel = CancelToken()
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        full = [socket.socket() for _ in range(4)]
        for one in full:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        client = make_client(f"http://127.0.0.1:{port}", cancel, scale=1.0)
        assert cancelled_within(cancel, client.account.storage) < SOON
        for one in full:
            one.close()


def test_from_the_progress_callback(make_client: Any, make_file: Any) -> None:
    cancel = CancelToken()
    with FaultServer() as server:
        client = make_client(server.url, cancel)
        with pytest.raises(Cancelled):
            client.images.upload("m", make_file(16_000_000), lambda sent, _: cancel.cancel())


def test_callbacks_of_a_token() -> None:
    cancel, calls = CancelToken(), []
    with cancel.calling(lambda: calls.append("gone")):
        pass
    with cancel.calling(lambda: calls.append("in time")):
        cancel.cancel()
        cancel.cancel()
    with cancel.calling(lambda: calls.append("late")):
        pass
    assert calls == ["in time", "late"]
    with pytest.raises(Cancelled):
        cancel.check()
    with pytest.raises(Cancelled):
        cancel.wait(10)
