"""Images that the list of a mosaic lacks, as they are not ready: told with their state, by and by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Mosaic
from mapflow_data.services.images import ImageService
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer
from tests.services.waiting import Told

M = Mosaic("m", "M")
LIST = "GET /rest/rasters/mosaic/m/image"
STATUS = "GET /rest/rasters/mosaic/m/status"
READY = {"id": "a", "filename": "a.tif"}


@pytest.fixture
def images(qgis_app: QgsApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[ImageService]:
    service = ImageService(folder=str(tmp_path / "cache"))
    yield service
    service.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


def status(*images: tuple[str, str], error: str | None = None, is_ready: bool = False) -> Script:
    return answer(
        {
            "images": [
                {
                    "image_id": image_id,
                    "filename": f"{image_id}.tif",
                    "preprocessing_status": state,
                    "preprocessing_error": error,
                    "data_available": is_ready,
                }
                for image_id, state in images
            ]
        }
    )


def use(images: ImageService, server: FaultServer, *scripts: Script) -> None:
    server.add(*scripts)
    images.set_connection(make_connection(server.url, "YTpi"))
    images.know([M])


def load(qtbot: QtBot, images: ImageService) -> list[tuple[Any, ...]]:
    """All that is told of it."""
    told = Told(qtbot, images.images_loaded)
    images.load("m")
    qtbot.waitUntil(lambda: not images.is_busy, timeout=5000)
    return [(found, len(features)) for _, found, features in told]


def test_the_list_is_told_at_once_and_the_others_after_it(qtbot: QtBot, images: ImageService) -> None:
    with FaultServer() as server:
        states = status(
            ("a", "COMPLETED"), ("b", "pending"), ("c", "FAILED"), ("d", ""), error="too <b>odd</b>"
        )
        use(images, server, answer([READY]), states)
        first, second = load(qtbot, images)
        assert server.seen == [LIST, STATUS]
    assert [image.id for image in first[0]] == ["a"]
    ready, *others = second[0]
    assert ready.is_ready
    assert [(one.id, one.filename, one.state, one.error, one.mosaic_id) for one in others] == [
        ("b", "b.tif", "PENDING", "too <b>odd</b>", "m"),
        ("c", "c.tif", "FAILED", "too <b>odd</b>", "m"),
        ("d", "d.tif", "NONE", "too <b>odd</b>", "m"),
    ]
    assert not any(one.is_ready for one in others)
    assert second[1] == 1  # a feature for what is ready only


def test_those_that_are_known_stay_until_more_is_known(qtbot: QtBot, images: ImageService) -> None:
    """Their rows would go and come again."""
    with FaultServer() as server:
        busy, failed = status(("b", "PENDING")), status(("b", "FAILED"))
        use(images, server, answer([READY]), busy, answer([READY]), failed)
        assert len(load(qtbot, images)) == 2
        ((found, _),) = load(qtbot, images)
    assert [image.state for image in found] == ["", "FAILED"]


@pytest.mark.parametrize("code", [404, 405])
def test_a_server_that_does_not_know_the_call_is_asked_once(
    qtbot: QtBot, images: ImageService, code: int
) -> None:
    failed = Told(qtbot, images.failed)
    with FaultServer() as server:
        use(images, server, answer([READY]), answer({"detail": "Not Found"}, code), answer([READY]))
        for _ in range(2):
            ((found, _),) = load(qtbot, images)
            assert [image.id for image in found] == ["a"]
        assert server.seen == [LIST, STATUS, LIST]
    with FaultServer() as other:  # another server may know it
        use(images, other, answer([]), status(("b", "PENDING")))
        assert len(load(qtbot, images)) == 2
    assert failed == []


def test_a_status_that_fails_leaves_the_list_and_what_was_known(
    qtbot: QtBot, images: ImageService, caplog: pytest.LogCaptureFixture
) -> None:
    failed = Told(qtbot, images.failed)
    no = answer({"detail": "no"}, 403)
    with FaultServer() as server, caplog.at_level("INFO"):
        use(
            images,
            server,
            answer([READY]),
            no,
            answer([READY]),
            status(("b", "PENDING")),
            answer([READY]),
            no,
        )
        assert len(load(qtbot, images)) == 1
        load(qtbot, images)
        ((found, _),) = load(qtbot, images)
        assert server.seen == [LIST, STATUS] * 3
    assert [image.id for image in found] == ["a", "b"]
    assert failed == []
    assert "mosaic m is not known" in caplog.text


def test_a_status_that_hangs_does_not_hold_up_the_list(qtbot: QtBot, images: ImageService) -> None:
    told = Told(qtbot, images.images_loaded)
    with FaultServer() as server:
        use(images, server, answer([READY]), Script(silent=True, delay=30))
        images.load("m")
        told.wait(seconds=3)
        qtbot.waitUntil(lambda: server.seen == [LIST, STATUS], timeout=3000)
        images.close()
    assert len(told) == 1


def test_what_became_ready_meanwhile_is_listed_once_more_and_no_oftener(
    qtbot: QtBot, images: ImageService
) -> None:
    late = status(("b", "COMPLETED"), is_ready=True)
    with FaultServer() as server:
        use(images, server, answer([]), late, answer([{"id": "b"}]), late)
        told = load(qtbot, images)
        assert told[-1][0][0].is_ready
        assert server.seen == [LIST, STATUS] * 2
    ghost = status(("ghost", "COMPLETED"))
    with FaultServer(then=answer([])) as server:
        use(images, server, answer([]), ghost, answer([]), ghost)
        assert [found for found, _ in load(qtbot, images)] == [[], []]
        assert server.seen == [LIST, STATUS] * 2


def test_another_account_does_not_see_them(qtbot: QtBot, images: ImageService) -> None:
    with FaultServer() as server:
        use(images, server, answer([]), status(("b", "PENDING")), answer([READY]), status())
        load(qtbot, images)
        images.set_connection(make_connection(server.url, "eTp6"))
        images.know([M])
        ((found, _),) = load(qtbot, images)
    assert [image.id for image in found] == ["a"]


def test_an_image_on_its_way_through_a_real_service(
    qtbot: QtBot, images: ImageService, tmp_path: Path
) -> None:
    with Sandbox(tmp_path / "data", ready_delay=3) as sandbox:
        connection = make_connection(sandbox.url, sandbox.token)
        with MapflowClient(connection) as client:
            mosaic_id = client.mosaics.create("M").id
            client.images.upload(mosaic_id, str(make_raster(tmp_path / "field.tif", value=3)))
        images.set_connection(connection)
        told = Told(qtbot, images.images_loaded)
        images.load(mosaic_id)
        _, (image,), features = told.wait(2)
        assert (image.filename, image.state, features) == ("field.tif", "PENDING", [])

        def is_ready() -> bool:
            images.load(mosaic_id)
            qtbot.waitUntil(lambda: not images.is_busy, timeout=5000)
            return bool(told[-1][1][0].is_ready)

        qtbot.waitUntil(is_ready, timeout=8000)
    assert len(told[-1][2]) == 1
