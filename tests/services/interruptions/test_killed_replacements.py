"""QGIS is killed while an image is replaced: one of both is there, and the next start says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.models import Image
from mapflow_data.services.interrupted import Fate
from mapflow_data.services.replacement import Stage
from mapflow_data.services.upload.jobs import State
from tests.rig.fault_proxy import FaultProxy
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.services.interruptions.conftest import MakeNext
from tests.services.interruptions.interrupting import killed, losing_the_answer
from tests.services.interruptions.test_killed_uploads import posts
from tests.services.replacing import add, deletions, names

OPEN, BOTH, REPLACED = Fate.OPEN, Fate.BOTH, Fate.REPLACED


@pytest.fixture
def old(client: MapflowClient, mosaic_id: str, tmp_path: Path) -> Image:
    return add(client, mosaic_id, make_raster(tmp_path / "old.tif"))


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return make_raster(tmp_path / "new.tif", size=(1500, 1000), value=99)


@pytest.mark.parametrize("wish", ["", "keep"])
@pytest.mark.parametrize(
    ("when", "fates"),
    [
        ("waiting", {OPEN}),
        ("uploading", {OPEN}),
        ("sent", {BOTH}),
        ("finding", {BOTH}),
        # what the main thread is told of has begun by then
        ("verifying", {BOTH, REPLACED}),
        ("verified", {BOTH, REPLACED}),
        ("deleting", {BOTH, REPLACED}),
        ("deleted", {REPLACED}),
    ],
)
def test_at_any_stage_one_of_both_is_there_and_continue_ends_it(
    start: MakeNext, folder: Path, way: Connection, line: FaultProxy, client: MapflowClient, mosaic_id: str,
    old: Image, new: Path, sandbox: Sandbox, when: str, fates: set[Fate], wish: str,
) -> None:  # fmt: skip
    sandbox.clear_requests()
    loss = losing_the_answer(line, folder) if when == "sent" else None
    if when in ("waiting", "uploading"):
        line.throttle(300_000)
    killed(way, folder, mosaic_id, when, new, old=old.id, wish=wish)
    if loss is not None:
        loss.join()
    line.heal()
    one = start()
    one.until(lambda: when in ("waiting", "uploading") or posts(sandbox) == 1)
    ids = {image.id for image in client.images.list(mosaic_id)}
    assert ids
    (found,) = one.findings(way)
    assert found.fate in fates
    assert (old.id in ids) is (found.fate is not REPLACED)
    assert {image.id for image in client.images.list(mosaic_id)} == ids  # nothing starts by itself
    if found.fate is not REPLACED:
        assert one.service.resume([found]) == []
        (ended,) = one.ended.wait(1, 60)
        assert ended.error is None
    assert names(client, mosaic_id) == (["old.tif"] if wish else ["new.tif"])
    assert old.id not in {image.id for image in client.images.list(mosaic_id)}
    assert (posts(sandbox), deletions(sandbox)) == (1, 1)
    one.until(lambda: not list(folder.glob("*.jsonl")))


def test_the_list_of_uploads_can_go_on_with_it_too(
    start: MakeNext, folder: Path, way: Connection, line: FaultProxy, client: MapflowClient, mosaic_id: str,
    old: Image, new: Path,
) -> None:  # fmt: skip
    line.throttle(300_000)
    killed(way, folder, mosaic_id, "uploading", new, old=old.id)
    line.heal()
    one = start()
    one.findings(way)
    (job,) = one.queue.jobs
    assert (job.state, job.old_name) == (State.INTERRUPTED, "old.tif")
    one.queue.retry([job.id])
    (ended,) = one.ended.wait(1, 60)
    assert ended.stage is Stage.DONE
    assert names(client, mosaic_id) == ["new.tif"]


@pytest.mark.parametrize("by", ["discard", "list"])
def test_discarded_the_old_one_stays_and_nothing_is_left_to_tell(
    start: MakeNext, folder: Path, way: Connection, line: FaultProxy, client: MapflowClient, mosaic_id: str,
    old: Image, new: Path, by: str,
) -> None:  # fmt: skip
    line.throttle(300_000)
    killed(way, folder, mosaic_id, "uploading", new, old=old.id)
    line.heal()
    one = start()
    found = one.findings(way)
    if by == "discard":
        one.service.discard(found)
    else:
        one.queue.remove([one.queue.jobs[0].id])
    assert one.queue.jobs == ()
    assert not one.service.waiting(found)
    one.until(lambda: not list(folder.glob("*.jsonl")))
    assert names(client, mosaic_id) == ["old.tif"]


def test_what_is_not_proven_is_kept_and_told(
    start: MakeNext, folder: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """The server keeps its own copy under its own name, and the file is not what it was."""
    options = {"rename_files": True, "other_checksum": True}
    with Sandbox(tmp_path_factory.mktemp("odd"), **options) as box:
        connection = make_connection(box.url, box.token)
        with MapflowClient(connection) as client:
            mosaic_id = client.mosaics.create("m").id
            old = add(client, mosaic_id, make_raster(tmp_path / "old.tif"))
            new = make_raster(tmp_path / "new.tif", size=(90, 60), value=7)
            killed(connection, folder, mosaic_id, "finding", new, old=old.id)
            one = start()
            (found,) = one.findings(connection)
            assert found.fate is Fate.UNPROVEN
            assert not one.service.waiting([found])
            assert len(client.images.list(mosaic_id)) == 2
            one.until(lambda: not list(folder.glob("*.jsonl")))


def test_a_mosaic_that_is_gone_is_told(
    start: MakeNext, folder: Path, way: Connection, line: FaultProxy, client: MapflowClient, mosaic_id: str,
    old: Image, new: Path,
) -> None:  # fmt: skip
    line.throttle(300_000)
    killed(way, folder, mosaic_id, "uploading", new, old=old.id)
    line.heal()
    client.mosaics.delete(mosaic_id)
    one = start()
    (found,) = one.findings(way)
    assert found.fate is Fate.GONE
    one.until(lambda: not list(folder.glob("*.jsonl")))


def test_another_account_finds_no_replacement_and_the_own_one_finds_it_again(
    start: MakeNext, folder: Path, way: Connection, line: FaultProxy, sandbox: Sandbox, mosaic_id: str,
    old: Image, new: Path,
) -> None:  # fmt: skip
    loss = losing_the_answer(line, folder)
    killed(way, folder, mosaic_id, "sent", new, old=old.id)
    loss.join()
    line.heal()
    one = start()
    other = make_connection(line.url, sandbox.other_token)
    one.nothing(other)
    for _ in range(2):
        (found,) = one.findings(way)
        assert (found.fate, len(one.service.waiting([found]))) == (BOTH, 1)
        one.connect(other)
        assert not one.service.waiting([found])
