"""Whenever and however a replacement ends, the image is there, old or new."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api import errors
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image
from mapflow_data.services.replacement import Replacement, Stage
from mapflow_data.services.replacements import SIGNED_OUT
from mapflow_data.transfer.swap import Step
from tests.rig.fault_proxy import FaultProxy
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.services.replacing import MakeRig, Rig, add, deletions, names


@pytest.mark.parametrize("fault", ["status", "lost"])
def test_a_failed_upload_leaves_the_old_one(
    make_rig: MakeRig, sandbox: Sandbox, line: FaultProxy, client: MapflowClient, mosaic_id: str, old: Image,
    tmp_path: Path, fault: str,
) -> None:  # fmt: skip
    rig = make_rig(make_connection(line.url, sandbox.token), brief=True)
    sandbox.clear_requests()
    if fault == "status":
        prepared = rig.prepare(old, make_raster(tmp_path / "crs.tif", crs="EPSG:32614"))
        rig.service.replace(prepared)  # the service compares with the old image
        one = rig.end()
        assert one.error.code == "FileValidationFailed"
    else:
        rig.start(old, make_raster(tmp_path / "new.tif", size=(3000, 2000), value=5))
        line.drop_after(up=100_000)
        one = rig.end()
        assert isinstance(one.error, errors.ConnectionLost)
    assert (one.stage, one.new) == (Stage.FAILED, None)
    assert deletions(sandbox) == 0
    assert names(client, mosaic_id) == ["old.tif"]
    if fault == "lost":  # goes on with the same job
        line.heal()
        assert rig.service.retry(one.id)
        assert rig.end(2).error is None
        assert len(rig.queue.jobs) == 1
        assert names(client, mosaic_id) == ["new.tif"]


def test_a_lost_answer_of_the_upload_is_found_again(
    make_rig: MakeRig, sandbox: Sandbox, line: FaultProxy, client: MapflowClient, mosaic_id: str, old: Image,
    tmp_path: Path,
) -> None:  # fmt: skip
    rig = make_rig(make_connection(line.url, sandbox.token))
    prepared = rig.prepare(old, make_raster(tmp_path / "new.tif", size=(2000, 1500), value=5))
    sandbox.clear_requests()
    line.throttle(3_000_000)
    assert rig.service.replace(prepared)
    rig.until(lambda: rig.last.sent > 0)
    line.swallow_answers()
    line.throttle(None)
    rig.until(lambda: len(client.images.list(mosaic_id)) == 2)
    line.heal()
    assert rig.end().error is None
    assert names(client, mosaic_id) == ["new.tif"]
    assert sum(r["method"] == "POST" for r in sandbox.requests()) == 1


@pytest.mark.parametrize("when", ["waiting", "uploading", "finding", "verifying", "deleting"])
@pytest.mark.parametrize("how", ["close", "sign out", "cancel"])
def test_the_end_at_any_stage_leaves_one_of_both(
    make_rig: MakeRig, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, qtbot: QtBot,
    when: str, how: str,
) -> None:  # fmt: skip
    with (
        Sandbox(tmp_path_factory.mktemp("end"), ready_delay=0.8 if when == "finding" else 0) as box,
        FaultProxy(box.url) as line,
        MapflowClient(make_connection(box.url, box.token)) as client,
    ):
        mosaic_id = client.mosaics.create("m").id
        client.images.upload(mosaic_id, str(make_raster(tmp_path / "old.tif")))
        rig = make_rig(make_connection(line.url, box.token), brief=True)
        rig.until(lambda: bool(client.images.list(mosaic_id)))
        (old,) = client.images.list(mosaic_id)
        size = (2000, 1500) if when == "uploading" else (70, 48)
        prepared = rig.prepare(old, make_raster(tmp_path / "new.tif", size=size, value=9))
        if when == "uploading":
            line.throttle(2_000_000)
        done: list[bool] = []

        def is_there(one: Replacement) -> bool:
            if when in ("waiting", "uploading"):
                return one.stage is Stage.UPLOADING and (when == "waiting" or one.sent > 0)
            return one.stage is Stage.SWAPPING and one.step is Step(when)

        def stop(one: Replacement) -> None:
            if is_there(one) and not done:
                done.append(True)
                {
                    "close": rig.service.close,
                    "sign out": lambda: rig.connect(None),
                    "cancel": lambda: rig.service.cancel_replacement(one.id),
                }[how]()

        rig.service.progressed.connect(stop)
        rig.service.replace(prepared)
        rig.until(lambda: bool(done))
        if how == "close":
            rig.queue.close()
        line.heal()
        manager = QgsApplication.taskManager()
        qtbot.waitUntil(lambda: manager.countActiveTasks() == 0, timeout=8000)
        left = names(client, mosaic_id)
        assert "old.tif" in left or ("new.tif" in left and when == "deleting")
        assert deletions(box) <= (when == "deleting")
        if how == "close":
            assert rig.ended == []
            return
        assert rig.replaced == []
        one = rig.end()
        assert type(one.error) is errors.Cancelled
        assert one.error.code == (SIGNED_OUT if how == "sign out" else "")
        assert not rig.service.open


def test_the_network_goes_while_the_old_one_is_deleted_and_comes_back(
    make_rig: MakeRig, sandbox: Sandbox, line: FaultProxy, client: MapflowClient, mosaic_id: str, old: Image,
    new: Path,
) -> None:  # fmt: skip
    rig = make_rig(make_connection(line.url, sandbox.token))
    prepared = rig.prepare(old, new)
    rig.service.progressed.connect(lambda one: one.step is Step.VERIFYING and line.go_offline())
    line.throttle(20_000)
    rig.service.replace(prepared)
    one = rig.end()
    assert isinstance(one.error, errors.ConnectionFailed)
    assert names(client, mosaic_id) == ["new.tif", "old.tif"]
    rig.service.progressed.disconnect()
    line.heal()
    uploads = len(rig.queue.jobs)
    assert rig.service.retry(one.id)
    rig.until(lambda: names(client, mosaic_id) == ["new.tif"])
    assert len(rig.queue.jobs) == uploads


def test_another_token_of_the_account_goes_on(
    make_rig: MakeRig, sandbox: Sandbox, line: FaultProxy, client: MapflowClient, mosaic_id: str, old: Image,
    tmp_path: Path,
) -> None:  # fmt: skip
    rig = make_rig(make_connection(line.url, sandbox.token))
    prepared = rig.prepare(old, make_raster(tmp_path / "new.tif", size=(1500, 1500), value=5))
    line.throttle(3_000_000)
    rig.service.replace(prepared)
    rig.until(lambda: rig.last.sent > 0)
    again = make_connection(line.url, sandbox.token, user_agent="again")
    rig.connect(again)
    line.heal()
    assert rig.end().error is None
    assert names(client, mosaic_id) == ["new.tif"]


def test_another_account_begins_nothing_of_the_one_before(
    rig: Rig, sandbox: Sandbox, client: MapflowClient, mosaic_id: str, old: Image, new: Path, tmp_path: Path
) -> None:
    other = add(client, mosaic_id, make_raster(tmp_path / "other.tif", value=50))
    first, second = rig.prepare(old, new), rig.prepare(other, make_raster(tmp_path / "2.tif", value=3))
    rig.service.replace(first)
    rig.service.replace(second)
    rig.connect(make_connection(sandbox.url, sandbox.other_token))
    assert [told.error.code for (told,) in rig.ended] == [SIGNED_OUT] * 2
    assert rig.service.open == ()
    assert len(rig.queue.jobs) == 1
    assert {"old.tif", "other.tif"} <= set(names(client, mosaic_id))
