"""Replacements that go well, and files that are refused before they begin, against the real service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mapflow_data.api import errors
from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image
from mapflow_data.services.replacement import Stage, prepare
from mapflow_data.services.upload.jobs import State
from mapflow_data.transfer.plan import Problem
from mapflow_data.transfer.swap import Step
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import UTM13, make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import answer
from tests.services.replacing import MakeRig, Rig, add, deletions, names

EAST = (UTM13[0] + 50_000, *UTM13[1:])


# All is well


def test_the_new_one_takes_the_place_of_the_old_one(
    rig: Rig, client: MapflowClient, sandbox: Sandbox, mosaic_id: str, old: Image, new: Path
) -> None:
    sandbox.clear_requests()
    rig.start(old, new)
    assert rig.service.is_replacing(old.id)
    one = rig.end()
    assert (one.stage, one.error, one.note) == (Stage.DONE, None, None)
    asked = [f"{r['method']} {r['path'].rpartition('/')[2]}" for r in sandbox.requests()]
    (image,) = client.images.list(mosaic_id)
    assert rig.replaced == [(mosaic_id, old, image)]
    assert image.filename == "new.tif"
    steps = [told.step for (told,) in rig.progress if told.stage is Stage.SWAPPING]
    assert list(dict.fromkeys(steps)) == [Step.FINDING, Step.VERIFYING, Step.DELETING]
    assert asked[-3:] == ["GET image", f"GET {image.id}", f"DELETE {old.id}"]
    assert not rig.service.is_replacing(old.id)
    assert rig.queue.jobs[0].state is State.DONE


def test_it_may_keep_the_name(rig: Rig, client: MapflowClient, mosaic_id: str, old: Image, new: Path) -> None:
    rig.start(old, new, keeps_name=True)
    assert rig.end().new.filename == "old.tif"
    assert names(client, mosaic_id) == ["old.tif"]


def test_several_one_after_the_other_each_image_once(
    rig: Rig, client: MapflowClient, mosaic_id: str, old: Image, new: Path, tmp_path: Path
) -> None:
    other = add(client, mosaic_id, make_raster(tmp_path / "other.tif", value=50))
    second = make_raster(tmp_path / "second.tif", size=(80, 48), value=120)
    one, two = rig.prepare(old, new), rig.prepare(other, second)
    assert rig.service.replace(one)
    assert not rig.service.replace(one)
    assert rig.service.replace(two)
    assert [r.stage for r in rig.service.open] == [Stage.UPLOADING, Stage.WAITING]
    assert len(rig.queue.jobs) == 1
    rig.end(2)
    assert [told.old.id for (told,) in rig.ended] == [old.id, other.id]
    assert names(client, mosaic_id) == ["new.tif", "second.tif"]


@pytest.mark.parametrize(
    "options",
    [
        {"ready_delay": 1.0, "dialect": "documents"},
        {"other_checksum": True, "dialect": "data-api"},
        {"rename_files": True},
    ],
    ids=lambda options: ",".join(options),
)
def test_habits_of_servers(
    make_rig: MakeRig,
    tmp_path_factory: pytest.TempPathFactory,
    new: Path,
    tmp_path: Path,
    options: dict[str, Any],
) -> None:
    with Sandbox(tmp_path_factory.mktemp("habit"), **options) as box:
        connection = make_connection(box.url, box.token)
        with MapflowClient(connection) as client:
            mosaic_id = client.mosaics.create("m").id
            client.images.upload(mosaic_id, str(make_raster(tmp_path / "old.tif")))
            rig = make_rig(connection)
            rig.until(lambda: bool(client.images.list(mosaic_id)))
            (old,) = client.images.list(mosaic_id)
            rig.start(old, new)
            assert rig.end().error is None
            (image,) = client.images.list(mosaic_id)
            assert image.id != old.id


def test_what_cannot_be_proven_deletes_nothing(
    make_rig: MakeRig, tmp_path_factory: pytest.TempPathFactory, new: Path, tmp_path: Path
) -> None:
    """Neither name nor checksum tell that the new image is the file."""
    with Sandbox(tmp_path_factory.mktemp("odd"), rename_files=True, other_checksum=True) as box:
        connection = make_connection(box.url, box.token)
        with MapflowClient(connection) as client:
            mosaic_id = client.mosaics.create("m").id
            old = add(client, mosaic_id, make_raster(tmp_path / "old.tif"))
            rig = make_rig(connection, wait_for=0.3)
            rig.start(old, new)
            one = rig.end()
            assert one.stage is Stage.FAILED
            assert one.error.code in ("not_verified", "not_listed")
            assert deletions(box) == 0
            assert len(client.images.list(mosaic_id)) == 2


# Before it begins


def test_an_identical_file_is_refused(rig: Rig, old: Image, tmp_path: Path) -> None:
    prepared = rig.prepare(old, make_raster(tmp_path / "renamed.tif"))
    assert prepared.is_identical
    assert not rig.service.replace(prepared)


def test_the_old_one_counts_neither_as_twin_nor_as_reference(
    rig: Rig, client: MapflowClient, mosaic_id: str, old: Image, tmp_path: Path
) -> None:
    other_crs = make_raster(tmp_path / "old.tif", crs="EPSG:32614", size=(10, 10))
    prepared = rig.prepare(old, other_crs)
    assert prepared.can_be_sent
    assert prepared.row.problems == ()
    assert not prepared.needs_consent
    assert Problem.CRS_DIFFERS in prepared.risks.problems  # the service sees it until the end
    add(client, mosaic_id, make_raster(tmp_path / "third.tif", value=77))
    prepared = rig.prepare(old, other_crs)
    assert prepared.needs_consent
    assert prepared.row.problems == (Problem.CRS_DIFFERS,)
    assert prepared.can_be_sent
    assert prepared.risks is None
    bands = rig.prepare(old, make_raster(tmp_path / "bands.tif", bands=1))
    assert Problem.BANDS_DIFFER in bands.row.problems
    assert not bands.can_be_sent
    assert not rig.service.replace(bands)


def test_a_file_that_is_in_the_mosaic_already_is_refused(
    rig: Rig, client: MapflowClient, mosaic_id: str, old: Image, new: Path
) -> None:
    add(client, mosaic_id, new)
    prepared = rig.prepare(old, new)
    assert prepared.row.problems[0] is Problem.ALREADY_THERE
    assert not prepared.can_be_sent


def test_both_must_fit_into_the_storage(
    make_rig: MakeRig, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    path = make_raster(tmp_path / "old.tif", size=(300, 300))
    limit = int(path.stat().st_size * 1.5)
    with Sandbox(tmp_path_factory.mktemp("full"), storage_limit=limit) as box:
        connection = make_connection(box.url, box.token)
        with MapflowClient(connection) as client:
            old = add(client, client.mosaics.create("m").id, path)
        new = make_raster(tmp_path / "new.tif", size=(300, 300), value=99)
        prepared = make_rig(connection).prepare(old, new)
    assert Problem.STORAGE_FULL in prepared.row.problems
    assert not prepared.can_be_sent


def test_elsewhere_is_told(rig: Rig, old: Image, new: Path, tmp_path: Path) -> None:
    assert rig.prepare(old, new).overlaps is True
    assert rig.prepare(old, make_raster(tmp_path / "east.tif", transform=EAST)).overlaps is False
    assert rig.prepare(old, make_raster(tmp_path / "nowhere.tif", crs=None)).overlaps is None


def test_an_image_that_is_gone_cannot_be_replaced(
    rig: Rig, client: MapflowClient, old: Image, new: Path
) -> None:
    client.images.delete(old.id)
    rig.service.prepare(old, str(new))
    what, error = rig.failed.wait()
    assert (what, type(error)) == ("replace_check", errors.NotFound)


def test_an_image_that_is_not_listed_need_not_tell_its_mosaic(new: Path) -> None:
    storage = answer({"memoryLimit": None, "memoryUsed": 0})
    with (
        FaultServer([answer([]), answer({"id": "old"}), storage]) as server,
        MapflowClient(make_connection(server.url, "dTpw")) as client,
    ):
        prepared = prepare(client, CancelToken(), Image("old", "m", "old.tif"), str(new))
    assert (prepared.old.mosaic_id, prepared.can_be_sent) == ("m", True)
    assert server.seen[1] == "GET /rest/rasters/image/old"
