"""From files to an upload: rows as they are checked, plans again and again, the mosaic, the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.errors import Unreachable
from mapflow_data.services.upload.uploads import Target, UploadService
from mapflow_data.transfer.plan import Fate, Problem
from tests.rig.geotiffs import make_raster
from tests.rig.queue_watch import MakeQueue, Watch
from tests.rig.sandbox import Sandbox

MakePaths = Callable[..., list[str]]


@pytest.fixture
def watch(make_queue: MakeQueue, connection: Connection) -> Watch:
    return make_queue(connection)


@pytest.fixture
def uploads(watch: Watch, connection: Connection) -> Iterator[UploadService]:
    service = UploadService(watch.queue)
    service.set_connection(connection)
    yield service
    service.close()


@pytest.fixture
def paths(tmp_path: Path) -> MakePaths:
    def make(*rasters: dict[str, Any]) -> list[str]:
        return [
            str(make_raster(tmp_path / f"{number}.tif", value=number, **raster))
            for number, raster in enumerate(rasters)
        ]

    return make


def prepared(qtbot: QtBot, uploads: UploadService, *arguments: Any, **more: Any) -> Any:
    with qtbot.waitSignal(uploads.plan_ready, timeout=5000) as blocker:
        uploads.prepare(*arguments, **more)
    return blocker.args[0]


def test_rows_are_told_as_they_are_checked_and_then_the_plan(
    qtbot: QtBot, uploads: UploadService, paths: MakePaths
) -> None:
    rows: list[Any] = []
    uploads.row_checked.connect(rows.append)
    batch = paths({}, {"crs": None}, {})
    plan = prepared(qtbot, uploads, batch)
    assert [row.path for row in rows] == batch
    assert [row.facts for row in plan.rows] == rows
    assert [row.fate for row in plan.rows] == [Fate.SEND, Fate.CANNOT, Fate.SEND]
    assert plan.free is not None
    assert not plan.limits_assumed


def test_another_target_is_planned_without_looking_at_the_files_again(
    qtbot: QtBot,
    uploads: UploadService,
    paths: MakePaths,
    client: MapflowClient,
    mosaic_id: str,
    sandbox: Sandbox,
) -> None:
    rows: list[Any] = []
    batch = paths({}, {"crs": "EPSG:32614"})
    client.images.upload(mosaic_id, batch[1])
    prepared(qtbot, uploads, batch)
    uploads.row_checked.connect(rows.append)
    sandbox.clear_requests()
    plan = prepared(qtbot, uploads, batch, mosaic_id)
    assert [row.fate for row in plan.rows] == [Fate.DIFFERS, Fate.ALREADY_THERE]
    assert [(r["method"], r["path"].rpartition("/")[2]) for r in sandbox.requests()] == [("GET", "image")]
    as_is = prepared(qtbot, uploads, batch, mosaic_id, [batch[0]])
    assert [row.fate for row in as_is.rows] == [Fate.SEND, Fate.ALREADY_THERE]
    assert len(sandbox.requests()) == 1
    assert rows == []
    prepared(qtbot, uploads, batch, mosaic_id, fresh=True)
    assert len(rows) == 2


def test_equal_size_under_another_name_is_recognised(
    qtbot: QtBot,
    uploads: UploadService,
    paths: MakePaths,
    client: MapflowClient,
    mosaic_id: str,
    tmp_path: Path,
) -> None:
    (path,) = paths({})
    renamed = tmp_path / "renamed.tif"
    renamed.write_bytes(Path(path).read_bytes())
    client.images.upload(mosaic_id, str(renamed))
    plan = prepared(qtbot, uploads, [path], mosaic_id)
    assert plan.rows[0].problems == (Problem.ALREADY_THERE,)


def test_file_that_was_mended_is_looked_at_again(
    qtbot: QtBot, uploads: UploadService, paths: MakePaths
) -> None:
    bad = paths({"crs": None})
    assert prepared(qtbot, uploads, bad).rows[0].fate is Fate.CANNOT
    assert paths({"size": (50, 50)}) == bad
    assert prepared(qtbot, uploads, bad).rows[0].fate is Fate.SEND


def test_only_the_latest_plan_is_told(qtbot: QtBot, uploads: UploadService, paths: MakePaths) -> None:
    plans: list[Any] = []
    uploads.plan_ready.connect(plans.append)
    batch = paths({}, {}, {})
    for count in (1, 2, 3):
        uploads.prepare(batch[:count])
    qtbot.waitUntil(lambda: not uploads.is_busy, timeout=5000)
    qtbot.wait(50)
    assert [len(plan.rows) for plan in plans] == [3]


def test_a_dead_server_is_told(qtbot: QtBot, watch: Watch, paths: MakePaths) -> None:
    service = UploadService(watch.queue, time_scale=0.05)
    service.set_connection(make_connection("http://127.0.0.1:9", "dTpw"))
    try:
        with qtbot.waitSignal(service.failed, timeout=20000) as blocker:
            service.prepare(paths({}))
    finally:
        service.close()
    what, error = blocker.args
    assert what == "prepare"
    assert isinstance(error, Unreachable)


def test_into_a_new_mosaic(
    qtbot: QtBot, uploads: UploadService, watch: Watch, paths: MakePaths, client: MapflowClient
) -> None:
    plan = prepared(qtbot, uploads, paths({}, {"crs": None}, {}))
    made: list[Any] = []
    uploads.mosaic_created.connect(made.append)
    with qtbot.waitSignal(uploads.started, timeout=5000) as blocker:
        uploads.start(plan, Target(name="Поле 1", tags=("a", "b,c")))
    mosaic_id, ids = blocker.args
    watch.until_over()
    mosaic = client.mosaics.get(mosaic_id)
    assert (mosaic.name, mosaic.tags) == ("Поле 1", ("a", "b,c"))
    assert [m.id for m in made] == [mosaic_id]
    assert sorted(i.filename for i in client.images.list(mosaic_id)) == ["0.tif", "2.tif"]
    assert {watch.job(i).mosaic_name for i in ids} == {"Поле 1"}


def test_into_an_existing_mosaic(
    qtbot: QtBot,
    uploads: UploadService,
    watch: Watch,
    paths: MakePaths,
    client: MapflowClient,
    mosaic_id: str,
) -> None:
    batch = paths({})
    plan = prepared(qtbot, uploads, batch, mosaic_id)
    with qtbot.waitSignal(uploads.started, timeout=5000) as blocker:
        uploads.start(plan, Target(mosaic_id, "test"))
    assert blocker.args[0] == mosaic_id
    watch.until_over()
    assert len(client.images.list(mosaic_id)) == 1
    again = prepared(qtbot, uploads, batch, mosaic_id)
    assert [row.fate for row in again.rows] == [Fate.ALREADY_THERE]


def test_double_click_makes_one_mosaic(
    qtbot: QtBot, uploads: UploadService, watch: Watch, paths: MakePaths, client: MapflowClient
) -> None:
    plan = prepared(qtbot, uploads, paths({}))
    with qtbot.waitSignal(uploads.started, timeout=5000):
        uploads.start(plan, Target(name="once only"))
        uploads.start(plan, Target(name="once only"))
    watch.until_over()
    assert [m.name for m in client.mosaics.list()].count("once only") == 1


def test_nothing_to_send_makes_no_mosaic(
    qtbot: QtBot, uploads: UploadService, paths: MakePaths, client: MapflowClient
) -> None:
    before = len(client.mosaics.list())
    plan = prepared(qtbot, uploads, paths({"crs": None}))
    uploads.start(plan, Target(name="none"))
    assert not uploads.is_busy
    assert len(client.mosaics.list()) == before


def test_mosaic_that_cannot_be_made_is_told_and_queues_nothing(
    qtbot: QtBot, uploads: UploadService, watch: Watch, paths: MakePaths, sandbox: Sandbox
) -> None:
    plan = prepared(qtbot, uploads, paths({}))
    uploads.set_connection(make_connection(sandbox.url, "bm86Ym9keQ=="))
    with qtbot.waitSignal(uploads.failed, timeout=5000) as blocker:
        uploads.start(plan, Target(name="x"))
    assert blocker.args[0] == "start"
    assert type(blocker.args[1]).__name__ == "SignInRequired"
    assert watch.queue.jobs == ()


def test_storage_too_small_for_all(
    qtbot: QtBot, make_queue: MakeQueue, tmp_path_factory: pytest.TempPathFactory, paths: MakePaths
) -> None:
    batch = paths({}, {}, {})
    size = Path(batch[0]).stat().st_size
    with Sandbox(tmp_path_factory.mktemp("small"), storage_limit=size * 2 + 10) as box:
        connection = make_connection(box.url, box.token)
        watch = make_queue(connection)
        service = UploadService(watch.queue)
        service.set_connection(connection)
        try:
            plan = prepared(qtbot, service, batch)
            assert [row.fate for row in plan.rows] == [Fate.SEND, Fate.SEND, Fate.CANNOT]
            service.start(plan, Target(name="fits"))
            qtbot.waitUntil(lambda: len(watch.queue.jobs) == 2, timeout=5000)
            watch.until_over()
            with MapflowClient(connection) as client:
                assert client.account.storage().free == 10
            full = prepared(qtbot, service, batch[2:])
            assert full.rows[0].problems == (Problem.STORAGE_FULL,)
            assert full.free == 10
        finally:
            service.close()
