"""QGIS is killed while files are uploaded: the next start says so, and Continue sends what is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.services.interrupted import Fate
from mapflow_data.services.upload.jobs import State
from tests.rig.fault_proxy import FaultProxy
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.services.interruptions.conftest import MakeNext
from tests.services.interruptions.interrupting import killed, losing_the_answer
from tests.services.replacing import names

NAMES = ["a.tif", "b.tif", "c.tif"]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [make_raster(tmp_path / name, size=(1500, 1000), value=n) for n, name in enumerate(NAMES, 1)]


def posts(sandbox: Sandbox) -> int:
    """Of whole files."""
    return sum(one["method"] == "POST" and one["status"] < 300 for one in sandbox.requests())


def test_on_the_way_nothing_has_arrived_and_continue_sends_all_of_it_once(
    start: MakeNext, folder: Path, way: Connection, line: FaultProxy, client: MapflowClient, mosaic_id: str,
    files: list[Path], sandbox: Sandbox,
) -> None:  # fmt: skip
    line.throttle(300_000)
    killed(way, folder, mosaic_id, "uploading", *files)
    line.heal()
    one = start()
    found = one.findings(way)
    assert [(f.row.name, f.row.mosaic_name, f.fate) for f in found] == [
        (n, "Fields", Fate.OPEN) for n in NAMES
    ]
    assert [job.state for job in one.queue.jobs] == [State.INTERRUPTED] * 3
    assert names(client, mosaic_id) == []  # nothing starts by itself
    sandbox.clear_requests()
    assert one.service.resume(found) == []
    one.until(lambda: all(job.state is State.DONE for job in one.queue.jobs))
    assert names(client, mosaic_id) == NAMES
    assert posts(sandbox) == 3
    one.until(lambda: not list(folder.glob("*.jsonl")))  # nothing is left to tell
    one.close()
    start().nothing(way)


def test_what_had_arrived_is_told_and_never_sent_again(
    start: MakeNext, folder: Path, tmp_path_factory: pytest.TempPathFactory, files: list[Path],
) -> None:  # fmt: skip
    with Sandbox(tmp_path_factory.mktemp("late"), ready_delay=10) as box:
        connection = make_connection(box.url, box.token)
        with MapflowClient(connection) as client:
            mosaic_id = client.mosaics.create("m").id
            killed(connection, folder, mosaic_id, "answered", *files[:2])
            one = start()
            one.until(lambda: names(client, mosaic_id) == NAMES[:2])
            found = one.findings(connection)
            assert [f.fate for f in found] == [Fate.ARRIVED] * 2
            assert one.queue.jobs == ()
            one.until(lambda: not list(folder.glob("*.jsonl")))
            assert posts(box) == 3  # with the mosaic


@pytest.mark.parametrize("dialect", ["data-catalog", "documents", "data-api"])
def test_what_the_server_still_works_on_is_waited_for(
    start: MakeNext, folder: Path, tmp_path_factory: pytest.TempPathFactory, files: list[Path], dialect: str,
) -> None:  # fmt: skip
    """Its answer was lost; also where no status is told."""
    data = tmp_path_factory.mktemp("slow")
    with Sandbox(data, ready_delay=15, dialect=dialect) as box, FaultProxy(box.url) as line:
        connection = make_connection(line.url, box.token)
        with MapflowClient(make_connection(box.url, box.token)) as client:
            mosaic_id = client.mosaics.create("m").id
            loss = losing_the_answer(line, folder)
            killed(connection, folder, mosaic_id, "sent", files[0])
            loss.join()
            line.heal()
            one = start()
            one.until(lambda: posts(box) == 2)  # with the mosaic
            found = one.findings(connection)
            assert [f.fate for f in found] == [Fate.OPEN]
            one.service.resume(found)
            one.until(lambda: one.queue.jobs[0].state is State.WORKING)
            one.until(lambda: one.queue.jobs[0].is_over)
            assert one.queue.jobs[0].state is State.DONE
            assert posts(box) == 2
            assert names(client, mosaic_id) == NAMES[:1]


def test_a_file_that_is_gone_or_another_one_is_told_and_not_sent(
    start: MakeNext, folder: Path, way: Connection, line: FaultProxy, client: MapflowClient, mosaic_id: str,
    files: list[Path],
) -> None:  # fmt: skip
    line.throttle(300_000)
    killed(way, folder, mosaic_id, "uploading", *files)
    line.heal()
    files[0].unlink()
    make_raster(files[1], size=(1500, 1001), value=9)
    one = start()
    one.service.resume(one.findings(way))
    one.until(lambda: one.queue.is_idle)
    gone, changed, good = one.queue.jobs
    assert (gone.state, type(gone.error).__name__) == (State.FAILED, "FileUnreadable")
    assert (changed.state, changed.error.code) == (State.FAILED, "changed_since")
    assert good.state is State.DONE
    assert names(client, mosaic_id) == ["c.tif"]


def test_discard_forgets_them_for_good(
    start: MakeNext, folder: Path, way: Connection, line: FaultProxy, client: MapflowClient, mosaic_id: str,
    files: list[Path],
) -> None:  # fmt: skip
    line.throttle(300_000)
    killed(way, folder, mosaic_id, "waiting", *files)
    line.heal()
    one = start()
    one.service.discard(one.findings(way))
    assert one.queue.jobs == ()
    one.until(lambda: not list(folder.glob("*.jsonl")))
    assert names(client, mosaic_id) == []


def test_unanswered_they_are_told_again_at_the_next_start(
    start: MakeNext, folder: Path, way: Connection, line: FaultProxy, mosaic_id: str, files: list[Path]
) -> None:
    line.throttle(300_000)
    killed(way, folder, mosaic_id, "uploading", *files)
    line.heal()
    for _ in range(2):
        one = start()
        assert len(one.findings(way)) == 3
        one.close()
        assert one.rows_on_disk() == 3


def test_another_account_is_told_nothing_and_takes_nothing(
    start: MakeNext, folder: Path, way: Connection, line: FaultProxy, sandbox: Sandbox, mosaic_id: str,
    files: list[Path],
) -> None:  # fmt: skip
    line.throttle(300_000)
    killed(way, folder, mosaic_id, "uploading", *files)
    line.heal()
    one = start()
    one.nothing(make_connection(line.url, sandbox.other_token))
    assert one.rows_on_disk() == 3
    assert len(one.findings(way)) == 3
    one.connect(make_connection(line.url, sandbox.other_token))
    assert one.queue.jobs == ()  # also of what was found before
    one.connect(None)
    assert len(one.findings(way)) == 3


def test_while_the_server_cannot_be_reached_all_is_open_and_looked_for_before_it_is_sent(
    start: MakeNext, folder: Path, way: Connection, line: FaultProxy, client: MapflowClient, mosaic_id: str,
    files: list[Path], sandbox: Sandbox,
) -> None:  # fmt: skip
    sandbox.clear_requests()
    loss = losing_the_answer(line, folder)
    killed(way, folder, mosaic_id, "sent", files[0])
    loss.join()
    one = start()
    one.until(lambda: posts(sandbox) == 1)
    line.go_offline()
    (found,) = one.findings(way)
    assert (found.fate, found.is_sure) == (Fate.OPEN, False)
    line.heal()
    one.service.resume([found])
    one.until(lambda: one.queue.is_idle)
    assert one.queue.jobs[0].state is State.DONE
    assert posts(sandbox) == 1
    assert names(client, mosaic_id) == NAMES[:1]
