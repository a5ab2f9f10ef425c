"""Downloads, each with its outcome, over the wire to a local service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api import errors
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.models import Image
from mapflow_data.services.downloads import Download, DownloadService, Outcome
from mapflow_data.services.online import SIGNED_OUT
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer
from tests.services.waiting import Told

A, B, C = (Image(name, "m", f"{name}.tif", size_bytes=5) for name in "abc")
BODY = Script(body=b"II*\0x")


@pytest.fixture
def downloads(qgis_app: QgsApplication, qtbot: QtBot, connection: Connection) -> Iterator[DownloadService]:
    service = DownloadService(time_scale=0.02)
    service.set_connection(connection)
    yield service
    service.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def server(downloads: DownloadService) -> Iterator[FaultServer]:
    with FaultServer() as server:
        downloads.set_connection(make_connection(server.url, "YTpi"))
        yield server


def link(server: FaultServer) -> Script:
    return answer({"download_url": f"{server.origin}/file"})


def wanted(folder: Path, *images: Image) -> list[Download]:
    return [Download(image, str(folder / image.filename)) for image in images]


def files(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_files_come_one_after_the_other(
    qtbot: QtBot, downloads: DownloadService, client: MapflowClient, mosaic_id: str, tmp_path: Path
) -> None:
    sent = [make_raster(tmp_path / f"{n}.tif", size=(600, 600), value=n) for n in range(3)]
    for path in sent:
        client.images.upload(mosaic_id, str(path))
    images = client.images.list(mosaic_id)
    folder = tmp_path / "to"
    folder.mkdir()
    told, ended = Told(qtbot, downloads.outcome), Told(qtbot, downloads.ended)
    progress = Told(qtbot, downloads.progressed)
    assert downloads.download(wanted(folder, *images))
    assert not downloads.download(wanted(folder, *images))  # one series at a time
    (outcomes,) = ended.wait()
    assert outcomes == [one for (one,) in told]
    assert [one.error for one in outcomes] == [None] * 3
    assert all(one.received.is_same for one in outcomes)
    assert [(folder / p.name).read_bytes() for p in sent] == [p.read_bytes() for p in sent]
    steps = [one for (one,) in progress]
    whole = sum(path.stat().st_size for path in sent)
    assert {one.total for one in steps} == {whole}
    assert [one.received for one in steps] == sorted(one.received for one in steps)
    assert (steps[-1].received, steps[-1].count) == (whole, 3)


def test_what_may_not_be_downloaded_stops_nobody(
    qtbot: QtBot, downloads: DownloadService, server: FaultServer, tmp_path: Path
) -> None:
    ended = Told(qtbot, downloads.ended)
    refused = [answer({"message": "not allowed"}, 403), answer({"message": "not ready"}, 409)]
    server.add(*refused, link(server), BODY)
    downloads.download(wanted(tmp_path, A, B, C))
    (outcomes,) = ended.wait()
    kinds = [type(one.error) for one in outcomes]
    assert kinds == [errors.Forbidden, errors.Conflict, type(None)]
    assert files(tmp_path) == ["c.tif"]


@pytest.mark.parametrize("what", ["sign in", "network"])
def test_what_concerns_all_stops_all(
    qtbot: QtBot, downloads: DownloadService, tmp_path: Path, what: str
) -> None:
    ended = Told(qtbot, downloads.ended)
    with FaultServer(then=answer({"message": "no"}, 401)) as server:
        url = server.url
        if what == "sign in":
            downloads.set_connection(make_connection(url, "YTpi"))
            downloads.download(wanted(tmp_path, A, B))
            (outcomes,) = ended.wait()
            assert {one.target for one in server.requests} == {
                "/rest/rasters/image/a/download",
                "/rest/rasters/memory",
            }
    if what == "network":
        downloads.set_connection(make_connection(url, "YTpi"))
        downloads.download(wanted(tmp_path, A, B))
        (outcomes,) = ended.wait()
    kind = errors.SignInRequired if what == "sign in" else errors.Unreachable
    assert [type(one.error) for one in outcomes] == [kind] * 2
    assert files(tmp_path) == []


@pytest.mark.parametrize("how", ["stop", "sign out", "another account", "close"])
def test_stopped_at_once_nothing_half_is_left(
    qtbot: QtBot, downloads: DownloadService, server: FaultServer, tmp_path: Path, how: str
) -> None:
    ended, told = Told(qtbot, downloads.ended), Told(qtbot, downloads.outcome)
    stuck = Script(body=b"II*", told_length=5)
    server.add(link(server), BODY, link(server), stuck)
    downloads.download(wanted(tmp_path, A, B, C))
    told.wait()
    qtbot.waitUntil(lambda: files(tmp_path) == ["a.tif", "b.tif.part"])
    {
        "stop": downloads.stop,
        "sign out": lambda: downloads.set_connection(None),
        "another account": lambda: downloads.set_connection(make_connection(server.url, "ejp6")),
        "close": downloads.close,
    }[how]()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)
    assert files(tmp_path) == ["a.tif"]
    assert not downloads.is_busy
    if how == "close":
        assert ended == []
        return
    ((outcomes,),) = ended
    assert [type(one.error) for one in outcomes] == [type(None), errors.Cancelled, errors.Cancelled]
    assert {one.error.code for one in outcomes[1:]} == {"" if how == "stop" else SIGNED_OUT}


def test_a_newer_token_of_the_account_stops_nothing(
    qtbot: QtBot, downloads: DownloadService, server: FaultServer, tmp_path: Path
) -> None:
    ended = Told(qtbot, downloads.ended)
    downloads.set_connection(make_connection(server.url, "YTpi"))
    server.add(link(server), replace(BODY, delay=0.3))
    downloads.download(wanted(tmp_path, A))
    qtbot.waitUntil(lambda: len(server.requests) == 2)
    downloads.set_connection(make_connection(server.url, "YTpj"))
    ((outcome,),) = ended.wait()
    assert outcome.error is None
    assert files(tmp_path) == ["a.tif"]


def test_nothing_without_a_sign_in(downloads: DownloadService, tmp_path: Path) -> None:
    downloads.set_connection(None)
    assert not downloads.download(wanted(tmp_path, A))
    downloads.stop()
    assert not downloads.is_busy


def test_a_wrong_length_is_an_error_and_another_checksum_is_not(
    qtbot: QtBot, downloads: DownloadService, server: FaultServer, tmp_path: Path
) -> None:
    ended = Told(qtbot, downloads.ended)
    server.add(link(server), Script(body=b"II*"), link(server), BODY)
    downloads.download(wanted(tmp_path, A, replace(B, checksum="0" * 40)))
    (outcomes,) = ended.wait()
    assert outcomes[0].error.code == "length"
    assert outcomes[1].received.is_same is False
    assert isinstance(outcomes[1], Outcome)
    assert files(tmp_path) == ["b.tif"]


def test_no_image_may_be_downloaded(
    qtbot: QtBot, downloads: DownloadService, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    ended = Told(qtbot, downloads.ended)
    with Sandbox(tmp_path_factory.mktemp("closed"), no_download=True) as box:
        connection = make_connection(box.url, box.token)
        with MapflowClient(connection) as client:
            mosaic = client.mosaics.create("closed")
            client.images.upload(mosaic.id, str(make_raster(tmp_path / "sent.tif")))
            (image,) = client.images.list(mosaic.id)
        assert not image.is_downloadable
        downloads.set_connection(connection)
        downloads.download([Download(image, str(tmp_path / "got.tif"))])
        (outcomes,) = ended.wait()
    assert isinstance(outcomes[0].error, errors.Forbidden)
    assert files(tmp_path) == ["sent.tif"]
