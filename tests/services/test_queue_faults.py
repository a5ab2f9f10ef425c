"""The queue and a bad line: offline, lost answers, slow servers; judged by what the service holds."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.errors import Unconfirmed
from mapflow_data.services.upload.jobs import Note, State
from mapflow_data.services.upload.queue import Times
from tests.rig.fault_proxy import FaultProxy
from tests.rig.fault_server import FaultServer, Script
from tests.rig.queue_watch import BRIEF, QUICK, MakeQueue, MakeRequest
from tests.rig.sandbox import Sandbox
from tests.rig.script import answer


@pytest.fixture
def proxy(sandbox: Sandbox) -> Iterator[FaultProxy]:
    with FaultProxy(sandbox.url) as proxy:
        yield proxy


@pytest.fixture
def by_proxy(proxy: FaultProxy, sandbox: Sandbox) -> Connection:
    return make_connection(proxy.url, sandbox.token)


def uploads_of(sandbox: Sandbox) -> int:
    return sum(r["method"] == "POST" and r["path"].endswith("/image") for r in sandbox.requests())


def test_dead_network_is_waited_for(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    proxy: FaultProxy,
    by_proxy: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    proxy.go_offline()
    watch = make_queue(by_proxy)
    ids = watch.queue.add([request_for(mosaic_id) for _ in range(3)])
    watch.until(lambda: watch.queue.summary.waiting_since is not None)
    watch.until(lambda: all(watch.job(i).note is Note.NETWORK for i in ids))
    assert {watch.job(i).state for i in ids} == {State.WAITING}
    assert watch.queue.summary.seconds_left is None
    proxy.go_online()
    watch.until_over()
    assert {watch.job(i).state for i in ids} == {State.DONE}
    assert watch.queue.summary.waiting_since is None
    assert len(client.images.list(mosaic_id)) == 3


def test_network_lost_on_the_way_costs_no_try(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    proxy: FaultProxy,
    by_proxy: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    watch = make_queue(by_proxy)
    proxy.throttle(200_000)
    (job_id,) = watch.queue.add([request_for(mosaic_id, size=(2000, 2000))])
    starts = []
    for _ in range(3):
        watch.until(lambda: watch.job(job_id).state is State.UPLOADING and watch.job(job_id).sent > 0)
        starts.append(watch.job(job_id).started)
        proxy.go_offline()
        watch.until(lambda: watch.queue.summary.waiting_since is not None)
        proxy.go_online()
        watch.until(lambda: watch.queue.summary.waiting_since is None)
    proxy.heal()
    watch.until_state(job_id, State.DONE)
    assert len(client.images.list(mosaic_id)) == 1
    assert starts == sorted(set(starts))  # the time left is told by the present try


def test_it_says_why_it_waits_while_the_network_is_being_asked_for(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    proxy: FaultProxy,
    by_proxy: Connection,
    mosaic_id: str,
) -> None:
    watch = make_queue(by_proxy, replace(QUICK, scale=0.2))  # asked four times, 1.4 s in all
    proxy.throttle(200_000)
    (job_id,) = watch.queue.add([request_for(mosaic_id, size=(2000, 2000))])
    watch.until(lambda: watch.job(job_id).state is State.UPLOADING and watch.job(job_id).sent > 0)
    proxy.go_offline()
    assert watch.until_state(job_id, State.WAITING).note is Note.NETWORK
    assert watch.queue.summary.waiting_since is None


def test_what_was_sent_is_looked_for_again_once_the_network_is_back(
    make_queue: MakeQueue, request_for: MakeRequest, tmp_path: Path
) -> None:
    with Sandbox(tmp_path / "box", ready_delay=60) as box, FaultProxy(box.url) as line:
        watch = make_queue(make_connection(line.url, box.token))
        (job_id,) = watch.queue.add([request_for(_new_mosaic(box))])
        watch.until_state(job_id, State.WORKING)
        line.go_offline()
        watch.until(lambda: watch.job(job_id).note is Note.NETWORK)
        line.go_online()
        watch.until(lambda: watch.job(job_id).note is Note.NONE, seconds=5)
        assert watch.job(job_id).state is State.WORKING


def test_portal_is_no_network(make_queue: MakeQueue, request_for: MakeRequest) -> None:
    portal = Script(body=b"<html>Welcome to the hotel</html>", headers=(("Content-Type", "text/html"),))
    with FaultServer(then=portal) as server:
        watch = make_queue(make_connection(server.url, "dTpw"))
        ids = watch.queue.add([request_for("m") for _ in range(3)])
        watch.until(lambda: watch.queue.summary.waiting_since is not None)
        watch.until(lambda: all(watch.job(i).note is Note.NETWORK for i in ids))
        assert {watch.job(i).state for i in ids} == {State.WAITING}
        assert not any(line.startswith("POST") for line in server.seen)


def test_service_comes_back_with_another_token(
    make_queue: MakeQueue, request_for: MakeRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("again")
    first, second = (base64.b64encode(f"me@example.com:{n}".encode()).decode() for n in (1, 2))
    with Sandbox(folder, token=first) as box:
        mosaic, port = _new_mosaic(box), box.port
        watch = make_queue(make_connection(box.url, first))
        ids = watch.queue.add([request_for(mosaic, size=(1500, 1500)) for _ in range(5)])
        watch.until_state(ids[0], State.DONE)
    watch.until(lambda: watch.queue.summary.waiting_since is not None)
    with Sandbox(folder, token=second, port=port) as box:
        watch.until(lambda: watch.sign_ins == 1)
        watch.queue.set_connection(make_connection(box.url, second))
        watch.until_over()
        assert {watch.job(i).state for i in ids} == {State.DONE}
        assert watch.sign_ins == 1
        with MapflowClient(make_connection(box.url, second)) as client:
            assert len(client.images.list(mosaic)) == 5


def test_a_late_401_of_the_old_token_does_not_end_the_new_sign_in(
    make_queue: MakeQueue, request_for: MakeRequest
) -> None:
    old, new = (base64.b64encode(f"me@example.com:{n}".encode()).decode() for n in (1, 2))
    sent = [answer({}, 404), answer([]), answer({"mosaic_id": "m"})]
    looked = [answer({}, 404), answer({}, 401, delay=0.5), answer({}, 401)]
    with FaultServer([*sent, *looked], then=answer([])) as server:
        watch = make_queue(make_connection(server.url, old), BRIEF)
        (job_id,) = watch.queue.add([request_for("m")])
        watch.until(lambda: len(server.requests) == 5)
        watch.queue.set_connection(make_connection(server.url, new))
        watch.until_state(job_id, State.DONE, seconds=5)
    assert server.requests[5].target == "/rest/rasters/memory"
    assert watch.sign_ins == 0


def test_a_refusal_lost_with_the_line_spends_no_try(make_queue: MakeQueue, request_for: MakeRequest) -> None:
    token = base64.b64encode(b"me@example.com:revoked").decode()
    broken = [Script(reset_after=100_000) for _ in range(3)]
    with FaultServer([answer({}, 404), answer([]), *broken], then=answer({}, 401)) as server:
        watch = make_queue(make_connection(server.url, token), BRIEF)
        (job_id,) = watch.queue.add([request_for("m", size=(3000, 3000))])
        watch.until(lambda: watch.sign_ins == 1)
        watch.until(lambda: watch.job(job_id).note is Note.SIGN_IN)
        assert watch.job(job_id).state is State.WAITING
        assert len([one for one in server.requests if one.method == "POST"]) == 3


def test_waiting_for_the_network_can_be_cancelled(
    make_queue: MakeQueue, request_for: MakeRequest, proxy: FaultProxy, by_proxy: Connection, mosaic_id: str
) -> None:
    proxy.go_offline()
    watch = make_queue(by_proxy)
    ids = watch.queue.add([request_for(mosaic_id) for _ in range(2)])
    watch.until(lambda: watch.queue.summary.waiting_since is not None)
    watch.queue.cancel_all()
    watch.until_over(1)
    assert {watch.job(i).state for i in ids} == {State.CANCELLED}


def test_lost_answer_makes_no_second_copy(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    sandbox: Sandbox,
    proxy: FaultProxy,
    by_proxy: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    sandbox.clear_requests()
    watch = make_queue(by_proxy)
    proxy.throttle(3_000_000)
    (job_id,) = watch.queue.add([request_for(mosaic_id, size=(2000, 1500))])
    watch.until(lambda: watch.job(job_id).state is State.UPLOADING)
    proxy.swallow_answers()
    proxy.throttle(None)
    watch.until(lambda: len(client.images.list(mosaic_id)) == 1)
    proxy.heal()
    job = watch.until_state(job_id, State.DONE)
    assert uploads_of(sandbox) == 1
    assert [image.id for image in client.images.list(mosaic_id)] == [job.image_id]


def test_not_found_is_unconfirmed_and_a_retry_looks_first(
    qtbot: QtBot,
    make_queue: MakeQueue,
    request_for: MakeRequest,
    sandbox: Sandbox,
    proxy: FaultProxy,
    by_proxy: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    sandbox.clear_requests()
    watch = make_queue(by_proxy, BRIEF)
    proxy.throttle(10_000)
    (job_id,) = watch.queue.add([request_for(mosaic_id, size=(100, 100))])
    watch.until(lambda: watch.job(job_id).state is State.WORKING)
    qtbot.wait(100)
    proxy.reset_all()  # all has left this computer, and less than all got through
    proxy.heal()
    job = watch.until_state(job_id, State.UNCONFIRMED)
    assert isinstance(job.error, Unconfirmed)
    assert watch.queue.summary.unconfirmed == 1
    before = uploads_of(sandbox)
    assert client.images.list(mosaic_id) == []
    watch.queue.retry([job_id])
    watch.until_state(job_id, State.DONE)
    assert uploads_of(sandbox) == before + 1
    assert len(client.images.list(mosaic_id)) == 1


def test_unconfirmed_that_turned_up_is_not_sent_again(
    make_queue: MakeQueue, request_for: MakeRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        Sandbox(tmp_path_factory.mktemp("late"), dialect="data-api", ready_delay=1.8) as late,
        FaultProxy(late.url) as line,
    ):
        mosaic = _new_mosaic(late)
        watch = make_queue(make_connection(line.url, late.token), BRIEF)
        line.throttle(3_000_000)
        (job_id,) = watch.queue.add([request_for(mosaic, size=(2000, 1500))])
        watch.until(lambda: watch.job(job_id).state is State.UPLOADING)
        line.swallow_answers()
        line.throttle(None)
        watch.until(lambda: _has_answered_upload(late))
        line.heal()
        watch.until_state(job_id, State.UNCONFIRMED)
        with MapflowClient(make_connection(late.url, late.token)) as client:
            watch.until(lambda: len(client.images.list(mosaic)) == 1)
        watch.queue.retry([job_id])
        watch.until_state(job_id, State.DONE)
        assert uploads_of(late) == 1


def _new_mosaic(box: Sandbox) -> str:
    with MapflowClient(make_connection(box.url, box.token)) as client:
        return client.mosaics.create("late").id


def _has_answered_upload(box: Sandbox) -> bool:
    return any(r["method"] == "POST" and r["path"].endswith("/image") and r["status"] for r in box.requests())


def test_reset_halfway_is_begun_again(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    sandbox: Sandbox,
    proxy: FaultProxy,
    by_proxy: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    sandbox.clear_requests()
    watch = make_queue(by_proxy)
    proxy.throttle(1_000_000)
    (job_id,) = watch.queue.add([request_for(mosaic_id, size=(2000, 2000))])
    watch.until(lambda: watch.job(job_id).state is State.UPLOADING and watch.job(job_id).sent > 0)
    proxy.reset_all()
    watch.until(lambda: any(job.note is Note.RETRY for job in watch.changes))
    proxy.heal()
    watch.until_state(job_id, State.DONE)
    assert len(client.images.list(mosaic_id)) == 1


def test_line_that_always_breaks_fails_the_file_though_there_is_a_network(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    proxy: FaultProxy,
    by_proxy: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    watch = make_queue(by_proxy)
    proxy.drop_after(up=100_000)
    big, small = request_for(mosaic_id, size=(2000, 2000)), request_for(mosaic_id, size=(20, 20))
    ids = watch.queue.add([big, small])
    watch.until_over()
    assert [watch.job(i).state for i in ids] == [State.FAILED, State.DONE]
    assert watch.job(ids[0]).error is not None
    assert watch.queue.summary.waiting_since is None
    assert len(client.images.list(mosaic_id)) == 1


def test_stall_is_told(
    make_queue: MakeQueue, request_for: MakeRequest, proxy: FaultProxy, by_proxy: Connection, mosaic_id: str
) -> None:
    watch = make_queue(by_proxy, Times(stalled_after=0.4, tick=0.1, poll=0.1, scale=1.0))
    proxy.throttle(500_000)
    (job_id,) = watch.queue.add([request_for(mosaic_id, size=(3000, 2000))])
    watch.until(lambda: watch.job(job_id).state is State.UPLOADING and watch.job(job_id).sent > 0)
    proxy.freeze()
    watch.until(lambda: watch.job(job_id).note is Note.STALLED)
    proxy.heal()
    watch.until_state(job_id, State.DONE)
    assert watch.job(job_id).note is Note.NONE


def test_file_that_changes_while_it_is_sent_fails_and_leaves_no_copy(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    proxy: FaultProxy,
    by_proxy: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    watch = make_queue(by_proxy)
    proxy.throttle(1_000_000)
    request = request_for(mosaic_id, size=(3000, 2000))
    (job_id,) = watch.queue.add([request])
    watch.until(lambda: watch.job(job_id).state is State.UPLOADING and watch.job(job_id).sent > 0)
    with Path(request.facts.path).open("r+b") as file:
        file.seek(5000)
        file.write(b"other pixels")
    proxy.heal()
    job = watch.until_state(job_id, State.FAILED)
    assert type(job.error).__name__ == "SourceChanged"
    assert client.images.list(mosaic_id) == []


@pytest.mark.parametrize(
    "options",
    [
        {"ready_delay": 1.0},
        {"ready_delay": 1.0, "dialect": "documents"},
        {"rename_files": True},
        {"other_checksum": True},
        {"rename_files": True, "other_checksum": True, "dialect": "data-catalog"},
        {"rename_files": True, "ready_delay": 0.5, "dialect": "data-api"},
    ],
    ids=lambda options: ",".join(options),
)
def test_every_habit_of_a_server(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    tmp_path_factory: pytest.TempPathFactory,
    options: dict[str, Any],
) -> None:
    with Sandbox(tmp_path_factory.mktemp("habit"), **options) as box:
        mosaic = _new_mosaic(box)
        is_nameless = bool(options.get("rename_files") and options.get("other_checksum"))
        watch = make_queue(make_connection(box.url, box.token), BRIEF if is_nameless else QUICK)
        requests = [request_for(mosaic) for _ in range(4)]
        assert len({r.facts.size for r in requests}) == 1
        ids = watch.queue.add(requests)
        watch.until_over()
        assert uploads_of(box) == 4
        assert {watch.job(i).state for i in ids} == {State.DONE}
        found = [watch.job(i).image_id for i in ids if watch.job(i).image_id]
        assert len(set(found)) == len(found)
        assert is_nameless or len(found) == 4
