"""Pictures where something is wrong: with the answer, the network, the token, the disk, or the time."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.errors import (
    AnswerTooLarge,
    BadAnswer,
    BadInput,
    ConnectionLost,
    NotFound,
    NotMapflow,
    ServerFailed,
    SignInRequired,
)
from tests.rig.fault_server import FaultServer
from tests.rig.patience import SOON_MS
from tests.rig.pngs import MIME, png, png_answer
from tests.rig.script import Script, answer, html
from tests.rig.smooth import Stopwatch
from tests.services.pictures_rig import (
    PICTURE,
    Make,
    asked,
    huge_png,
    picture_threads,
    some,
)
from tests.services.waiting import Told


def test_an_answer_to_the_account_before_is_dropped(make_pictures: Make, qtbot: QtBot) -> None:
    with FaultServer(then=replace(PICTURE, delay=0.2)) as server:
        service = make_pictures(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(some(1))
        qtbot.waitUntil(lambda: asked(server) == ["i0"])
        service.set_connection(None)
        qtbot.wait(300)
    assert loaded == []
    assert service.small(some(1)[0]) is None


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (answer({"detail": {"code": "ItemNotFound"}}, 404), NotFound),
        (Script(body=b"GIF89a...", headers=MIME), BadAnswer),
        (Script(body=b"\x89PNG\r\n\x1a\n and no more", headers=MIME), BadInput),
        (Script(body=b"\x89PNG\r\n\x1a\n<VRTDataset/>", headers=MIME), BadInput),
        (Script(body=huge_png(), headers=MIME), BadInput),
        (png_answer(2500, 2000), BadInput),  # whole, and far too large for four at once
        (Script(told_length=60 * 1024**2, headers=MIME), AnswerTooLarge),
    ],
)
def test_an_image_without_a_picture_is_asked_for_once_until_refresh(
    make_pictures: Make, qtbot: QtBot, script: Script, kind: type[Exception]
) -> None:
    images = some(2)
    with FaultServer([script], then=PICTURE) as server:
        service = make_pictures(server)
        failed, loaded = Told(qtbot, service.picture_failed), Told(qtbot, service.picture_loaded)
        service.want(images[:1])
        image_id, error = failed.wait()
        assert (image_id, type(error)) == ("i0", kind)
        assert service.is_failed("i0")
        service.want(images)
        loaded.wait()
        assert asked(server) == ["i0", "i1"]
        assert not service.is_failed("i1")
        service.refresh()
        assert not service.is_failed("i0")
        service.want(images)
        loaded.wait(2)
        assert service.small(images[0]) is not None
    assert len(failed) == 1


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (answer({"message": "no"}, 401), SignInRequired),
        (answer({"message": "later"}, 503), ServerFailed),
        (html(200), NotMapflow),
        (Script(silent=True), ConnectionLost),
    ],
)
def test_where_nothing_can_be_had_it_is_told_once_and_all_are_wanted_again(
    make_pictures: Make, qtbot: QtBot, script: Script, kind: type[Exception]
) -> None:
    images = some(60)
    with FaultServer(then=script) as server:
        service = make_pictures(server)
        halted, failed = Told(qtbot, service.halted), Told(qtbot, service.picture_failed)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(images)
        (error,) = halted.wait(seconds=20)
        assert isinstance(error, kind)
        qtbot.waitUntil(lambda: not service.is_running("small"), timeout=20_000)
        assert set(asked(server)) <= {f"i{number}" for number in range(8)}
        assert service.is_halted
        assert not any(service.is_failed(image.id) or service.is_loading(image.id) for image in images)
        server.then = PICTURE
        service.want(images)
        loaded.wait(60, seconds=10)
        assert not service.is_halted
    assert (len(halted), failed) == (1, [])


def test_what_is_damaged_on_the_disk_is_had_anew(make_pictures: Make, qtbot: QtBot, tmp_path: Path) -> None:
    image = some(1)[0]
    with FaultServer(then=PICTURE) as server:
        first = make_pictures(server)
        loaded = Told(qtbot, first.picture_loaded)
        first.want([image])
        loaded.wait()
        (path,) = (tmp_path / "cache" / "pictures").iterdir()
        path.write_bytes(path.read_bytes()[:40])
        second = make_pictures(server)
        loaded = Told(qtbot, second.picture_loaded)
        second.want([image])
        loaded.wait()
        assert asked(server) == ["i0", "i0"]
    assert path.read_bytes() == png()


def test_a_disk_that_takes_nothing_is_no_trouble(
    make_pictures: Make, qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file where the folder belongs")
    with FaultServer(then=PICTURE) as server, caplog.at_level(logging.INFO):
        service = make_pictures(server)
        loaded, halted = Told(qtbot, service.picture_loaded), Told(qtbot, service.halted)
        service.want(some(5))
        loaded.wait(5)
    assert halted == []
    assert len([r for r in caplog.records if "not kept on the disk" in r.getMessage()]) == 1
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


def test_large_that_is_none(make_pictures: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=answer({"message": "no"}, 404)) as server:
        service = make_pictures(server)
        failed, told = Told(qtbot, service.large_failed), Told(qtbot, service.failed)
        service.load_large(image)
        shown, error = failed.wait()
    assert shown == image
    assert isinstance(error, NotFound)
    assert told == []  # no message beside the one where the picture would be


def test_closed_at_once_while_four_are_under_way(make_pictures: Make, qtbot: QtBot) -> None:
    with FaultServer(then=Script(silent=True, delay=30)) as server:
        service = make_pictures(server)
        loaded, failed = Told(qtbot, service.picture_loaded), Told(qtbot, service.picture_failed)
        service.want(some(60))
        service.load_large(some(1)[0])
        qtbot.waitUntil(lambda: len(server.requests) == 5)
        with Stopwatch() as watch:
            service.close()
        assert watch.worst_ms < 200
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=SOON_MS)
        qtbot.waitUntil(lambda: not picture_threads(), timeout=SOON_MS)
    assert (loaded, failed) == ([], [])


def test_the_token_goes_to_the_api_alone_and_into_no_log(
    make_pictures: Make, qtbot: QtBot, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with FaultServer() as other, FaultServer() as server, caplog.at_level(logging.DEBUG):
        server.then = Script(status=302, headers=(("Location", f"{other.url}/picture"),))
        service = make_pictures(server, "c2VjcmV0OnRva2Vu")
        halted = Told(qtbot, service.halted)
        service.want(some(1))
        halted.wait()
        assert other.requests == []
        assert all(one.has_credential for one in server.requests)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("mapflow_data")]
    assert not any("c2VjcmV0" in text or "secret" in text for text in ours)
