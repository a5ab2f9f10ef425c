"""Whenever and however a replacement ends, the image is there, old or new."""

from __future__ import annotations

import base64
import itertools
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api import errors
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image
from mapflow_data.services.replacement import Prepared, Replacement, Stage
from mapflow_data.services.replacements import SIGNED_OUT
from mapflow_data.transfer.inspect import inspect
from mapflow_data.transfer.plan import Fate, PlanRow
from mapflow_data.transfer.swap import Step
from tests.rig.fault_proxy import FaultProxy
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer
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


class Scripted:
    """What a server says of one replacement; ids of its own, as one process never takes an image twice."""

    count = itertools.count()

    def __init__(self, path: Path) -> None:
        number = next(self.count)
        self.mosaic_id, self.new_id, self.old_id = f"m{number}", f"new{number}", f"old{number}"
        told = {"id": self.new_id, "filename": path.name, "file_size": path.stat().st_size}
        self.listed, self.read = answer([told]), answer(told)
        self.wrong = answer({**told, "file_size": 5})
        receipt = answer({"image_id": self.new_id})
        self.upload = [answer({}, 404), answer([]), receipt, answer({}, 404), self.listed]
        old = Image(self.old_id, self.mosaic_id, "old.tif")
        row = PlanRow(inspect(str(path)), Fate.SEND)
        self.prepared = Prepared(old, row, frozenset({self.old_id}))

    @property
    def deletion(self) -> str:
        return f"DELETE /rest/rasters/image/{self.old_id}"


REFUSED = [answer({}, 401), answer({}, 401)]  # and asked again whether that is so
TOKENS = [base64.b64encode(f"me@example.com:{n}".encode()).decode() for n in (1, 2)]


@pytest.mark.parametrize("step", [Step.FINDING, Step.VERIFYING, Step.DELETING])
def test_a_token_that_is_refused_holds_it_up_until_the_next_one(
    make_rig: MakeRig, new: Path, step: Step
) -> None:
    it = Scripted(new)
    before = {Step.FINDING: [], Step.VERIFYING: [it.listed], Step.DELETING: [it.listed, it.read]}[step]
    looks = [*REFUSED] if step is Step.DELETING else []  # whether the deletion worked all the same
    with FaultServer([*it.upload, *before, *REFUSED, *looks]) as server:
        rig = make_rig(make_connection(server.url, TOKENS[0]))
        assert rig.service.replace(it.prepared)
        one = rig.end()
        assert (one.step, type(one.error)) == (step, errors.SignInRequired)
        assert server.seen.count(it.deletion) == (step is Step.DELETING)
        server.add(it.listed, it.read, Script(status=204))
        rig.connect(make_connection(server.url, TOKENS[1]))
        assert rig.end(2).error is None
        assert server.seen[-1] == it.deletion
        assert sum(one.startswith("POST") for one in server.seen) == 1


def test_a_deletion_that_is_refused_is_tried_again_alone(make_rig: MakeRig, new: Path) -> None:
    it = Scripted(new)
    refused = [answer({"message": "in use"}, 409), answer({"id": it.old_id})]
    with FaultServer([*it.upload, it.listed, it.read, *refused]) as server:
        rig = make_rig(make_connection(server.url, TOKENS[0]))
        rig.service.replace(it.prepared)
        one = rig.end()
        assert (one.step, one.new.id, type(one.error)) == (Step.DELETING, it.new_id, errors.Conflict)
        server.add(it.listed, it.read, Script(status=204))
        assert rig.service.retry(one.id)
        assert rig.end(2).error is None
        assert rig.replaced[0][:2] == (it.mosaic_id, one.old)
        assert sum(one.startswith("POST") for one in server.seen) == 1


@pytest.mark.parametrize("fault", ["500", "another file"])
def test_what_cannot_be_verified_deletes_nothing(make_rig: MakeRig, new: Path, fault: str) -> None:
    it = Scripted(new)
    faults = [answer({}, 500)] * 4 if fault == "500" else [it.wrong]
    with FaultServer([*it.upload, it.listed, *faults]) as server:
        rig = make_rig(make_connection(server.url, TOKENS[0]))
        rig.service.replace(it.prepared)
        one = rig.end()
        kind = errors.ServerFailed if fault == "500" else errors.BadAnswer
        assert (one.step, one.new.id, type(one.error)) == (Step.VERIFYING, it.new_id, kind)
        assert not any(one.startswith("DELETE") for one in server.seen)
