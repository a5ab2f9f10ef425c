"""Deletions, each with its outcome, over the wire to a local service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.errors import Cancelled, Conflict, SignInRequired
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.services.deletions import DeletionService, Outcome, without_repetition
from mapflow_data.services.online import SIGNED_OUT
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.script import Script, answer
from tests.services.waiting import Told

A, B, C = (Mosaic(name, name.upper()) for name in "abc")
GONE = Script(status=204)


@pytest.fixture
def deletions(qgis_app: QgsApplication, qtbot: QtBot, connection: Connection) -> Iterator[DeletionService]:
    service = DeletionService()
    service.set_connection(connection)
    yield service
    service.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


def deletes(server: FaultServer) -> list[str]:
    return [one.target for one in server.requests if one.method == "DELETE"]


def test_mosaics_and_images(
    qtbot: QtBot, deletions: DeletionService, client: MapflowClient, mosaic_id: str, tmp_path: Path
) -> None:
    other = client.mosaics.create("other")
    client.images.upload(mosaic_id, str(make_raster(tmp_path / "a.tif")))
    (image,) = client.images.list(mosaic_id)
    told, ended = Told(qtbot, deletions.outcome), Told(qtbot, deletions.ended)
    assert deletions.delete([other, image])
    assert ended.wait()[0] == [Outcome(other), Outcome(image)] == [one for (one,) in told]
    assert client.images.list(mosaic_id) == []
    assert other.id not in {mosaic.id for mosaic in client.mosaics.list()}


def test_images_of_a_mosaic_go_with_it() -> None:
    image, stray = Image("i", "a"), Image("j", "z")
    assert without_repetition([image, A, stray, A]) == [A, stray]


def test_one_failure_does_not_stop_the_rest(qtbot: QtBot, deletions: DeletionService) -> None:
    """What is gone already counts as deleted."""
    ended = Told(qtbot, deletions.ended)
    with FaultServer([answer({"message": "in use"}, 409), GONE, answer({"message": "none"}, 404)]) as server:
        deletions.set_connection(make_connection(server.url, "YTpi"))
        deletions.delete([A, B, C])
        (outcomes,) = ended.wait()
    assert [(one.item, type(one.error)) for one in outcomes] == [
        (A, Conflict),
        (B, type(None)),
        (C, type(None)),
    ]


def test_a_lost_sign_in_stops_it(qtbot: QtBot, deletions: DeletionService) -> None:
    ended = Told(qtbot, deletions.ended)
    with FaultServer(then=answer({"message": "no"}, 401)) as server:
        deletions.set_connection(make_connection(server.url, "YTpi"))
        deletions.delete([A, B, C])
        (outcomes,) = ended.wait()
        assert set(deletes(server)) == {"/rest/rasters/mosaic/a"}
    assert [type(one.error) for one in outcomes] == [SignInRequired] * 3


def test_one_at_a_time_and_stopped_at_once(qtbot: QtBot, deletions: DeletionService) -> None:
    ended, told = Told(qtbot, deletions.ended), Told(qtbot, deletions.outcome)
    with FaultServer([GONE], then=Script(silent=True, delay=30)) as server:
        deletions.set_connection(make_connection(server.url, "YTpi"))
        assert deletions.delete([A, B, C])
        assert not deletions.delete([A])
        told.wait()
        qtbot.waitUntil(lambda: len(deletes(server)) == 2)
        deletions.stop()
        (outcomes,) = ended.wait()
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=1000)
    assert [type(one.error) for one in outcomes] == [type(None), Cancelled, Cancelled]
    assert len(ended) == 1


@pytest.mark.parametrize("token", ["", "ejp6"])
def test_a_sign_out_tells_at_once_what_was_not_deleted(
    qtbot: QtBot, deletions: DeletionService, token: str
) -> None:
    ended = Told(qtbot, deletions.ended)
    with FaultServer([answer({})], then=Script(silent=True, delay=30)) as server:
        deletions.set_connection(make_connection(server.url, "YTpi"))
        deletions.delete([A, B])
        qtbot.waitUntil(lambda: len(deletes(server)) == 2)
        qtbot.wait(50)
        deletions.set_connection(make_connection(server.url, token) if token else None)
        ((outcomes,),) = ended
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)
    assert [(one.item, getattr(one.error, "code", None)) for one in outcomes] == [(A, None), (B, SIGNED_OUT)]
    assert len(ended) == 1


def test_a_newer_token_of_the_account_stops_nothing(qtbot: QtBot, deletions: DeletionService) -> None:
    ended = Told(qtbot, deletions.ended)
    with FaultServer(then=answer({}, delay=0.3)) as server:
        deletions.set_connection(make_connection(server.url, "YTpi"))
        deletions.delete([A, B])
        qtbot.waitUntil(lambda: len(server.requests) == 1)
        deletions.set_connection(make_connection(server.url, "YTpj"))
        (outcomes,) = ended.wait()
    assert [one.error for one in outcomes] == [None, None]
    assert len(deletes(server)) == 2
