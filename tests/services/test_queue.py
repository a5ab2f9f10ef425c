"""The upload queue against the real service: what arrives, what fails, what the user is told."""

from __future__ import annotations

import base64
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication
from qgis.PyQt import sip

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.errors import Refused, Unexpected
from mapflow_data.services.upload.jobs import Note, State
from mapflow_data.services.upload.queue import QueueService
from tests.rig.fault_proxy import FaultProxy
from tests.rig.patience import SOON, SOON_MS
from tests.rig.queue_watch import QUICK, MakeQueue, MakeRequest, Watch
from tests.rig.sandbox import Sandbox


def test_all_files_arrive(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    connection: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    watch = make_queue(connection)
    requests = [request_for(mosaic_id) for _ in range(5)]
    ids = watch.queue.add(requests)
    watch.until_over()
    images = {image.filename: image for image in client.images.list(mosaic_id)}
    assert sorted(images) == sorted(r.facts.name for r in requests)
    for job_id, request in zip(ids, requests):
        job = watch.job(job_id)
        assert (job.state, job.error) == (State.DONE, None)
        assert job.image_id == images[request.facts.name].id
        assert job.sent == job.size == request.facts.size
        assert watch.states(job_id) == [State.CHECKING, State.UPLOADING, State.WORKING, State.DONE]
    assert sorted(image.id for _, image in watch.uploaded) == sorted(i.id for i in images.values())
    assert watch.idles == 1
    last = watch.sums[-1]
    assert (last.total, last.done, last.failed, last.active) == (5, 5, 0, 0)
    assert last.bytes_sent == last.bytes_total == sum(r.facts.size for r in requests)


def test_two_at_once_and_never_more(
    make_queue: MakeQueue, request_for: MakeRequest, connection: Connection, mosaic_id: str
) -> None:
    watch = make_queue(connection)
    watch.queue.add([request_for(mosaic_id) for _ in range(6)])
    watch.until_over()
    assert max(s.active for s in watch.sums) >= 2
    sending: dict[int, bool] = {}
    most = 0
    for job in watch.changes:
        sending[job.id] = job.state in (State.CHECKING, State.UPLOADING)
        most = max(most, sum(sending.values()))
    assert most == 2


def test_one_bad_file_stops_nobody(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    connection: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    watch = make_queue(connection)
    requests = [request_for(mosaic_id, crs="EPSG:32614" if n == 2 else "EPSG:32613") for n in range(5)]
    first = watch.queue.add(requests[:1])
    watch.until_over()
    ids = first + watch.queue.add(requests[1:])
    watch.until_over()
    states = [watch.job(job_id).state for job_id in ids]
    assert states == [State.DONE, State.DONE, State.FAILED, State.DONE, State.DONE]
    error = watch.job(ids[2]).error
    assert isinstance(error, Refused)
    assert (error.code, error.parameters["param_name"]) == ("FileValidationFailed", "crs")
    assert len(client.images.list(mosaic_id)) == 4


def test_file_that_vanished_fails_alone(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    connection: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    watch = make_queue(connection)
    requests = [request_for(mosaic_id) for _ in range(3)]
    Path(requests[1].facts.path).unlink()
    ids = watch.queue.add(requests)
    watch.until_over()
    assert [watch.job(i).state for i in ids] == [State.DONE, State.FAILED, State.DONE]
    assert type(watch.job(ids[1]).error).__name__ == "FileUnreadable"


def test_failed_one_can_be_tried_again(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    connection: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    watch = make_queue(connection)
    request = request_for(mosaic_id)
    path = Path(request.facts.path)
    kept = path.rename(path.with_name("away.tif"))
    (job_id,) = watch.queue.add([request])
    assert watch.until_state(job_id, State.FAILED).error is not None
    kept.rename(path)
    watch.queue.retry([job_id])
    job = watch.until_state(job_id, State.DONE)
    assert job.error is None
    assert len(client.images.list(mosaic_id)) == 1


def test_cancel_of_one_ends_it_at_once_and_leaves_the_other(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    sandbox: Sandbox,
    connection: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    with FaultProxy(sandbox.url) as proxy:
        watch = make_queue(make_connection(proxy.url, sandbox.token))
        proxy.throttle(300_000)
        ids = watch.queue.add([request_for(mosaic_id, size=(2000, 2000)) for _ in range(2)])
        watch.until(lambda: all(watch.job(i).state is State.UPLOADING and watch.job(i).sent for i in ids))
        watch.queue.cancel(ids[:1])
        watch.until_state(ids[0], State.CANCELLED, seconds=SOON)
        assert watch.job(ids[1]).state is State.UPLOADING
        proxy.heal()
        watch.until_state(ids[1], State.DONE)
    assert watch.job(ids[0]).state is State.CANCELLED
    assert [i.id for i in client.images.list(mosaic_id)] == [watch.job(ids[1]).image_id]


def test_cancel_all_reaches_what_waits_too(
    make_queue: MakeQueue, request_for: MakeRequest, sandbox: Sandbox, client: MapflowClient, mosaic_id: str
) -> None:
    with FaultProxy(sandbox.url) as proxy:
        watch = make_queue(make_connection(proxy.url, sandbox.token))
        proxy.throttle(300_000)
        ids = watch.queue.add([request_for(mosaic_id, size=(2000, 2000)) for _ in range(4)])
        watch.until(lambda: watch.job(ids[0]).state is State.UPLOADING)
        watch.queue.cancel_all()
        watch.until_over(SOON)
    assert {job.state for job in watch.queue.jobs} == {State.CANCELLED}
    assert client.images.list(mosaic_id) == []
    watch.queue.remove(ids)
    assert watch.queue.jobs == ()


def test_cancelled_one_can_be_tried_again(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    connection: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    watch = make_queue(connection)
    (job_id,) = watch.queue.add([request_for(mosaic_id)])
    watch.queue.cancel([job_id])
    watch.until_over()
    if watch.job(job_id).state is State.CANCELLED:
        watch.queue.retry([job_id])
    watch.until_state(job_id, State.DONE)
    assert len(client.images.list(mosaic_id)) == 1


def test_closing_shuts_sockets_at_once(
    make_queue: MakeQueue, request_for: MakeRequest, sandbox: Sandbox, mosaic_id: str, qtbot: QtBot
) -> None:
    with FaultProxy(sandbox.url) as proxy:
        watch = make_queue(make_connection(proxy.url, sandbox.token))
        proxy.throttle(300_000)
        (job_id,) = watch.queue.add([request_for(mosaic_id, size=(2000, 2000))])
        watch.until(lambda: watch.job(job_id).sent > 0)
        told = len(watch.changes)
        watch.queue.close()
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=SOON_MS)
        qtbot.wait(50)
        assert len(watch.changes) == told


def test_nothing_is_told_to_a_queue_that_is_gone(
    request_for: MakeRequest, sandbox: Sandbox, mosaic_id: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the plugin is unloaded on the way: its threads end after the object does."""
    raised: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    with FaultProxy(sandbox.url) as proxy:
        watch = Watch(QueueService(times=QUICK), qtbot)
        watch.queue.set_connection(make_connection(proxy.url, sandbox.token))
        proxy.throttle(300_000)
        ids = watch.queue.add([request_for(mosaic_id, size=(2000, 2000)) for _ in range(2)])
        watch.until(lambda: all(watch.job(i).sent > 0 for i in ids))
        watch.queue.close()
        sip.delete(watch.queue)
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=2000)
    assert [str(one.exc_value) for one in raised] == []


def test_cancel_in_qgis_own_task_list_cancels_the_jobs(
    make_queue: MakeQueue, request_for: MakeRequest, sandbox: Sandbox, client: MapflowClient, mosaic_id: str
) -> None:
    with FaultProxy(sandbox.url) as proxy:
        watch = make_queue(make_connection(proxy.url, sandbox.token))
        proxy.throttle(300_000)
        ids = watch.queue.add([request_for(mosaic_id, size=(2000, 2000)) for _ in range(3)])
        watch.until(lambda: watch.job(ids[0]).sent > 0)
        QgsApplication.taskManager().cancelAll()
        watch.until_over(2)
    assert {job.state for job in watch.queue.jobs} == {State.CANCELLED}
    assert client.images.list(mosaic_id) == []


def test_fault_of_ours_fails_one_job_only(
    make_queue: MakeQueue, request_for: MakeRequest, connection: Connection, mosaic_id: str
) -> None:
    watch = make_queue(connection)
    good, bad = request_for(mosaic_id), request_for(mosaic_id)
    nonsense = replace(bad, facts=replace(bad.facts, path=7))  # type: ignore[arg-type]
    ids = watch.queue.add([nonsense, good])
    watch.until_over()
    assert [watch.job(i).state for i in ids] == [State.FAILED, State.DONE]
    assert isinstance(watch.job(ids[0]).error, Unexpected)


def test_server_that_refuses_the_sign_in_pauses_the_queue_until_it_is_done(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    sandbox: Sandbox,
    connection: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    watch = make_queue(make_connection(sandbox.url, "bm9ib2R5OndpdGhvdXQ="))
    ids = watch.queue.add([request_for(mosaic_id) for _ in range(4)])
    watch.until(lambda: watch.sign_ins == 1)
    watch.until(lambda: all(watch.job(i).note is Note.SIGN_IN for i in ids))
    assert {watch.job(i).state for i in ids} == {State.WAITING}
    assert watch.idles == 0
    watch.queue.cancel(ids)  # they are another account's
    watch.until_over()
    assert watch.sign_ins == 1


def test_sign_in_lost_on_the_way_is_asked_for_once_and_all_goes_on(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    sandbox: Sandbox,
    connection: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    stale = base64.b64encode(f"{connection.account}:outdated".encode()).decode()
    watch = make_queue(make_connection(sandbox.url, stale))
    ids = watch.queue.add([request_for(mosaic_id) for _ in range(4)])
    watch.until(lambda: watch.sign_ins == 1)
    watch.queue.set_connection(connection)
    watch.until_over()
    assert {watch.job(i).state for i in ids} == {State.DONE}
    assert watch.sign_ins == 1
    assert len(client.images.list(mosaic_id)) == 4


def test_signing_out_puts_back_and_signing_in_goes_on(
    make_queue: MakeQueue, request_for: MakeRequest, sandbox: Sandbox, client: MapflowClient, mosaic_id: str
) -> None:
    with FaultProxy(sandbox.url) as proxy:
        connection = make_connection(proxy.url, sandbox.token)
        watch = make_queue(connection)
        proxy.throttle(300_000)
        ids = watch.queue.add([request_for(mosaic_id, size=(1500, 1500)) for _ in range(3)])
        watch.until(lambda: watch.job(ids[0]).sent > 0)
        watch.queue.set_connection(None)
        watch.until(lambda: all(watch.job(i).state is State.WAITING for i in ids), 1)
        watch.until(lambda: all(watch.job(i).note is Note.SIGN_IN for i in ids), 1)
        proxy.heal()
        watch.queue.set_connection(connection)
        watch.until_over()
    assert {watch.job(i).state for i in ids} == {State.DONE}
    assert len(client.images.list(mosaic_id)) == 3


def test_no_account_runs_anothers_uploads(
    make_queue: MakeQueue, request_for: MakeRequest, sandbox: Sandbox, connection: Connection, mosaic_id: str
) -> None:
    other = make_connection(sandbox.url, sandbox.other_token)
    watch = make_queue(connection)
    watch.queue.set_connection(None)
    assert watch.queue.add([request_for(mosaic_id)]) == []
    watch.queue.set_connection(connection)
    (job_id,) = watch.queue.add([request_for(mosaic_id)])
    watch.queue.set_connection(other)
    watch.until(lambda: watch.job(job_id).note is Note.OTHER_ACCOUNT)
    assert watch.job(job_id).state is State.WAITING
    watch.queue.set_connection(connection)
    watch.until_state(job_id, State.DONE)


def test_files_of_one_name_do_not_take_each_others_image(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    connection: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    watch = make_queue(connection)
    requests = [request_for(mosaic_id, "same.tif") for _ in range(3)]
    assert len({r.facts.size for r in requests}) == 1
    ids = watch.queue.add(requests)
    watch.until_over()
    assert {watch.job(i).state for i in ids} == {State.DONE}
    assert len({watch.job(i).image_id for i in ids}) == 3
    assert len(client.images.list(mosaic_id)) == 3


def test_mosaic_that_is_gone(
    make_queue: MakeQueue,
    request_for: MakeRequest,
    connection: Connection,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    client.mosaics.delete(mosaic_id)
    watch = make_queue(connection)
    (job_id,) = watch.queue.add([request_for(mosaic_id)])
    job = watch.until_state(job_id, State.FAILED)
    assert type(job.error).__name__ == "NotFound"
