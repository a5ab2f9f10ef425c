"""The client over a line that fails, with a running service behind it: what the service has afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mapflow_data.api import errors
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.models import Mosaic
from tests.rig.fault_proxy import FaultProxy
from tests.rig.imagery import MAX_GSD, landsat_tiles
from tests.rig.sandbox import Sandbox


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("box"), max_gsd=MAX_GSD) as service:
        yield service


@pytest.fixture
def line(box: Sandbox) -> Iterator[FaultProxy]:
    with FaultProxy(box.url) as proxy:
        yield proxy


@pytest.fixture
def direct(box: Sandbox, make_client: Any) -> MapflowClient:
    made: MapflowClient = make_client(box.url, token=box.token, scale=1.0)
    return made


@pytest.fixture
def client(box: Sandbox, line: FaultProxy, make_client: Any) -> MapflowClient:
    made: MapflowClient = make_client(line.url, token=box.token, scale=0.05)
    return made


@pytest.fixture
def mosaic(direct: MapflowClient) -> Mosaic:
    return direct.mosaics.create("Over the line")


def test_a_lost_answer_to_an_upload_that_arrived(
    client: MapflowClient, line: FaultProxy, mosaic: Mosaic
) -> None:
    line.swallow_answers()
    with pytest.raises(errors.Unconfirmed):
        client.images.upload(mosaic.id, str(landsat_tiles()[0]))
    assert line.connections == 1
    line.heal()
    assert [image.filename for image in client.images.list(mosaic.id)] == [landsat_tiles()[0].name]


def test_a_line_that_breaks_twice(
    direct: MapflowClient, line: FaultProxy, mosaic: Mosaic, make_client: Any, box: Sandbox, tmp_path: Path
) -> None:
    """The file is longer than what the system takes into its buffers."""

    def heal_at_last(_seconds: float, _why: errors.MapflowError) -> None:
        if line.connections >= 2:
            line.heal()

    long = tmp_path / "long.tif"
    long.write_bytes(landsat_tiles()[1].read_bytes() + bytes(16_000_000))
    line.drop_after(up=50_000)
    patient = make_client(line.url, token=box.token, scale=0.05, on_wait=heal_at_last)
    patient.images.upload(mosaic.id, str(long))
    assert line.connections == 3
    assert [image.filename for image in direct.images.list(mosaic.id)] == ["long.tif"]


def test_an_answer_cut_on_the_way_is_read_again(
    line: FaultProxy, mosaic: Mosaic, make_client: Any, box: Sandbox
) -> None:
    line.drop_after(down=20)
    healing = make_client(line.url, token=box.token, scale=0.05, on_wait=lambda *_: line.heal())
    assert mosaic.id in [one.id for one in healing.mosaics.list()]
    assert line.connections == 2


def test_a_frozen_line_ends_in_time(
    client: MapflowClient, line: FaultProxy, make_client: Any, box: Sandbox
) -> None:
    line.freeze()
    with pytest.raises(errors.TimedOut):
        make_client(line.url, token=box.token, scale=0.005).mosaics.list()
    line.heal()
    client.account.storage()


def test_a_throttled_line_carries_everything(
    client: MapflowClient, direct: MapflowClient, line: FaultProxy, mosaic: Mosaic
) -> None:
    line.throttle(300_000)
    client.images.upload(mosaic.id, str(landsat_tiles()[2]))
    assert line.sent_up > landsat_tiles()[2].stat().st_size
    assert len(direct.images.list(mosaic.id)) == 1
