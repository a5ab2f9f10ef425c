"""Send and make sure: against the real service, in its habits, over lines that lose answers."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.errors import Cancelled, FileUnreadable, NotFound, Refused, SourceChanged
from mapflow_data.transfer.inspect import RasterFacts, inspect
from mapflow_data.transfer.send import Stage, send
from mapflow_data.transfer.twins import sha1_of_file
from tests.rig.fault_proxy import FaultProxy
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox


class Reports(list[tuple[Stage, int, int]]):
    def __call__(self, stage: Stage, sent: int, total: int) -> None:
        self.append((stage, sent, total))


@pytest.fixture
def facts(tmp_path: Path) -> Callable[..., RasterFacts]:
    def make(name: str = "a.tif", **raster: Any) -> RasterFacts:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        return inspect(str(make_raster(path, **raster)))

    return make


@pytest.fixture
def line(sandbox: Sandbox) -> Iterator[FaultProxy]:
    with FaultProxy(sandbox.url) as line:
        yield line


def client_of(box: Sandbox, line: FaultProxy | None = None, **options: Any) -> MapflowClient:
    url = line.url if line else box.url
    return MapflowClient(make_connection(url, box.token), time_scale=0.05, **options)


def uploads_of(box: Sandbox) -> int:
    return sum(r["method"] == "POST" and r["path"].endswith("/image") for r in box.requests())


def test_sent_and_found(facts: Any, client: MapflowClient, mosaic_id: str) -> None:
    one, reports = facts(size=(700, 700)), Reports()
    result = send(client, mosaic_id, one, reports)
    (image,) = client.images.list(mosaic_id)
    assert (result.outcome, result.image) == ("done", image)
    assert (image.filename, image.size_bytes) == (one.name, one.size)
    stages = [stage for stage, _, _ in reports]
    assert stages[0] is Stage.CHECKING
    assert stages[-1] is Stage.SERVER_WORKING
    assert sorted(stages, key=list(Stage).index) == stages
    assert {total for _, _, total in reports} == {one.size}
    assert [sent for stage, sent, _ in reports if stage is Stage.SENDING][-1] == one.size


@pytest.mark.parametrize("name", ["Ортофото №1.tif", "衛星.tif", 'quote " & ;.tif', "n" * 251 + ".tif"])
def test_names_in_any_script(facts: Any, client: MapflowClient, mosaic_id: str, name: str) -> None:
    result = send(client, mosaic_id, facts(name), Reports())
    assert result.outcome == "done"
    assert result.image is not None


def test_what_the_server_refuses(facts: Any, client: MapflowClient, mosaic_id: str) -> None:
    with pytest.raises(Refused) as caught:
        send(client, mosaic_id, facts(crs=None), Reports())
    assert caught.value.code == "FileCheckFailed"
    assert client.images.list(mosaic_id) == []


def test_a_mosaic_that_is_not_there_costs_no_upload(
    facts: Any, sandbox: Sandbox, client: MapflowClient
) -> None:
    sandbox.clear_requests()
    with pytest.raises(NotFound):
        send(client, "3f0e8f2e-0000-4000-8000-000000000000", facts(), Reports())
    assert uploads_of(sandbox) == 0


def test_file_that_vanished(facts: Any, client: MapflowClient, mosaic_id: str) -> None:
    one = facts()
    Path(one.path).unlink()
    with pytest.raises(FileUnreadable):
        send(client, mosaic_id, one, Reports())


def test_file_rewritten_since_it_was_checked(facts: Any, client: MapflowClient, mosaic_id: str) -> None:
    old = facts(size=(20, 20))
    new = facts(size=(90, 90))
    result = send(client, mosaic_id, old, Reports())  # the same kind of image: sent as it is now
    assert result.image is not None
    assert result.image.size_bytes == new.size
    facts(bands=1)
    with pytest.raises(SourceChanged):
        send(client, mosaic_id, new, Reports())


def test_lost_answer_is_found_by_looking(
    facts: Any, sandbox: Sandbox, line: FaultProxy, client: MapflowClient, mosaic_id: str
) -> None:
    sandbox.clear_requests()
    with client_of(sandbox, line) as by_line:
        lost = _lose_the_answer(by_line, line, sandbox)
        result = send(by_line, mosaic_id, facts(), lost, confirm_for=10, poll=0.1)
    assert result.outcome == "done"
    assert uploads_of(sandbox) == 1
    assert client.images.list(mosaic_id) == [result.image]


def _lose_the_answer(client: MapflowClient, line: FaultProxy, box: Sandbox) -> Callable[..., None]:
    """A report function that has the answer to the upload swallowed."""

    def heal() -> None:
        while not uploads_of(box):  # the log has a request once it was answered
            time.sleep(0.02)
        time.sleep(0.1)
        line.heal()

    def report(stage: Stage, sent: int, total: int) -> None:
        if stage is Stage.SENDING and sent == 0:
            line.swallow_answers()
            threading.Thread(target=heal).start()

    return report


def test_body_sent_but_lost_is_unconfirmed(
    facts: Any, sandbox: Sandbox, line: FaultProxy, mosaic_id: str
) -> None:
    def report(stage: Stage, sent: int, total: int) -> None:
        if stage is Stage.SENDING and sent == total:
            threading.Timer(0.1, _cut, [line]).start()

    with client_of(sandbox, line) as by_line:
        line.throttle(10_000)
        result = send(by_line, mosaic_id, facts(size=(100, 100)), report, confirm_for=0.5, poll=0.1)
    assert (result.outcome, result.image) == ("unconfirmed", None)


def _cut(line: FaultProxy) -> None:
    line.reset_all()
    line.heal()


def test_old_image_of_our_name_and_size_is_not_taken_for_ours(
    facts: Any, sandbox: Sandbox, line: FaultProxy, client: MapflowClient, mosaic_id: str
) -> None:
    one = facts(size=(100, 100))
    first = send(client, mosaic_id, one, Reports())
    assert first.outcome == "done"

    def report(stage: Stage, sent: int, total: int) -> None:
        if stage is Stage.SENDING and sent == total:
            threading.Timer(0.1, _cut, [line]).start()

    with client_of(sandbox, line) as by_line:
        line.throttle(10_000)
        assert send(by_line, mosaic_id, one, report, confirm_for=0.5, poll=0.1).outcome == "unconfirmed"
    again = send(client, mosaic_id, one, Reports())
    assert again.image is not None
    assert again.image != first.image


def test_file_that_changes_while_it_is_sent(
    facts: Any, sandbox: Sandbox, line: FaultProxy, client: MapflowClient, mosaic_id: str
) -> None:
    one = facts(size=(2000, 1000))

    def report(stage: Stage, sent: int, total: int) -> None:
        if stage is Stage.SENDING and 0 < sent < total:
            os.truncate(one.path, one.size - 10)

    with client_of(sandbox, line) as by_line, pytest.raises(SourceChanged):
        line.throttle(20_000_000)
        send(by_line, mosaic_id, one, report, poll=0.1)
    assert client.images.list(mosaic_id) == []


def test_cancel_while_sending(facts: Any, sandbox: Sandbox, line: FaultProxy, mosaic_id: str) -> None:
    token = CancelToken()

    def report(stage: Stage, sent: int, total: int) -> None:
        if stage is Stage.SENDING:
            threading.Timer(0.05, token.cancel).start()

    line.throttle(500_000)
    with client_of(sandbox, line, cancel=token) as by_line, pytest.raises(Cancelled):
        send(by_line, mosaic_id, facts(size=(3000, 2000)), report, cancel=token)


def test_cancel_while_looking(facts: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    token = CancelToken()
    with (
        Sandbox(tmp_path_factory.mktemp("slow"), ready_delay=60) as box,
        client_of(box, cancel=token) as client,
    ):
        mosaic = client.mosaics.create("slow").id

        def report(stage: Stage, sent: int, total: int) -> None:
            if stage is Stage.SERVER_WORKING:
                threading.Timer(0.2, token.cancel).start()

        with pytest.raises(Cancelled):
            send(client, mosaic, facts(), report, cancel=token)


def test_not_listed_in_time_is_working(facts: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Sandbox(tmp_path_factory.mktemp("slow"), ready_delay=60) as box, client_of(box) as client:
        mosaic = client.mosaics.create("slow").id
        result = send(client, mosaic, facts(), Reports(), confirm_for=0.3, poll=0.1)
    assert (result.outcome, result.image) == ("working", None)


@pytest.mark.parametrize(
    "options",
    [{"ready_delay": 0.5}, {"rename_files": True}, {"other_checksum": True}, {"dialect": "documents"}],
    ids=lambda options: ",".join(options),
)
def test_two_of_one_size_at_once_get_an_image_each(
    facts: Any, tmp_path_factory: pytest.TempPathFactory, options: Any
) -> None:
    batch = [facts("a.tif", value=1), facts("b.tif", value=90)]
    assert batch[0].size == batch[1].size
    with Sandbox(tmp_path_factory.mktemp("habit"), **options) as box:
        with client_of(box) as client:
            mosaic = client.mosaics.create("two").id

        def work(one: RasterFacts) -> Any:
            with client_of(box) as client:
                return send(client, mosaic, one, Reports(), confirm_for=8, poll=0.1)

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(work, batch))
    assert [result.outcome for result in results] == ["done", "done"]
    for one, result in zip(batch, results):
        if not options.get("rename_files"):
            assert result.image.filename == one.name
        if not options.get("other_checksum"):
            assert result.image.checksum == _sha1(one)
    assert results[0].image.id != results[1].image.id


def test_renamed_and_hashed_otherwise_is_found_if_it_is_the_only_new_one(
    facts: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    options = {"rename_files": True, "other_checksum": True, "dialect": "data-catalog"}
    with Sandbox(tmp_path_factory.mktemp("habit"), **options) as box, client_of(box) as client:
        mosaic = client.mosaics.create("one").id
        result = send(client, mosaic, facts(), Reports(), confirm_for=5, poll=0.1)
    assert result.outcome == "done"


def test_files_of_one_name_go_one_after_the_other(
    facts: Any, sandbox: Sandbox, client: MapflowClient, mosaic_id: str
) -> None:
    batch = [facts("a.tif", value=1), facts("folder/a.tif", value=90)]

    def work(one: RasterFacts) -> Any:
        with client_of(sandbox) as own:
            return send(own, mosaic_id, one, Reports(), poll=0.1)

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(work, batch))
    assert [r.image.checksum for r in results] == [_sha1(one) for one in batch]
    assert len(client.images.list(mosaic_id)) == 2


def test_name_of_the_server_may_be_decomposed(facts: Any, client: MapflowClient, mosaic_id: str) -> None:
    one = facts("U\u0308bersicht.tif")
    assert one.name == "Übersicht.tif"
    assert send(client, mosaic_id, replace(one, name="U\u0308bersicht.tif"), Reports()).outcome == "done"


def _sha1(one: RasterFacts) -> str:
    return sha1_of_file(one.path)
