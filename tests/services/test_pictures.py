"""Pictures of images over the wire: few at a time, the wanted ones first, none twice, no other account's."""

from __future__ import annotations

import logging
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from osgeo import gdal
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice
from qgis.PyQt.QtGui import QColor, QImage

from mapflow_data.api.connection import make_connection
from mapflow_data.api.errors import (
    AnswerTooLarge,
    BadAnswer,
    BadInput,
    ConnectionLost,
    NotFound,
    NotMapflow,
    ServerFailed,
    SignInRequired,
    Unreachable,
)
from mapflow_data.api.models import Image
from mapflow_data.layers.previews import make_layer
from mapflow_data.services.pictures import IN_MEMORY, PictureService
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.script import Script, answer, html
from tests.services.waiting import Told

MIME = (("Content-Type", "image/png"),)


def png(width: int = 40, height: int = 30, colour: str = "red") -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data)


def huge_png() -> bytes:
    """A small file that claims 30,000 × 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


PICTURE = Script(body=png(), headers=MIME)


def some(count: int, first: int = 0) -> list[Image]:
    return [Image(f"i{number}", "m", f"{number}.tif") for number in range(first, first + count)]


def asked(server: FaultServer) -> list[str]:
    """Ids, in the order of arrival."""
    return [one.target.split("/")[4] for one in server.requests if "/preview/" in one.target]


@pytest.fixture
def make(qgis_app: QgsApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., PictureService]]:
    made: list[PictureService] = []

    def make(server: FaultServer | str, token: str = "YTpi") -> PictureService:
        service = PictureService(folder=str(tmp_path / "cache"), time_scale=0.01)
        made.append(service)
        url = server if isinstance(server, str) else server.url
        service.set_connection(make_connection(url, token))
        return service

    yield make
    for service in made:
        service.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


Make = Callable[..., PictureService]


def test_pictures_come_in_the_order_wanted_and_stay_in_memory(make: Make, qtbot: QtBot) -> None:
    images = some(12)
    with FaultServer(then=replace(PICTURE, delay=0.05)) as server:
        service = make(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(images)
        assert service.small(images[0]) is None
        assert service.is_loading("i0")
        loaded.wait(12)
        service.want(images)  # nothing is left to be asked for
        qtbot.wait(100)
        assert sorted(asked(server)) == sorted(image.id for image in images)
        assert all(abs(place - int(i[1:])) <= 6 for place, i in enumerate(asked(server)))  # of four threads
        assert all(
            one.target == f"/rest/rasters/image/{i}/preview/s"
            for one, i in zip(server.requests, asked(server))
        )
    picture = service.small(images[0])
    assert (picture.width(), picture.height()) == (40, 30)
    assert picture.pixelColor(5, 5) == QColor("red")
    assert not service.is_loading("i0")


def test_at_most_four_at_once_on_connections_that_stay_open(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=replace(PICTURE, delay=0.03)) as server:
        service = make(server)
        loaded = Told(qtbot, service.picture_loaded)
        started = time.monotonic()
        service.want(some(20))
        loaded.wait(20)
        assert time.monotonic() - started >= 5 * 0.03
        service.want(some(4, first=20))
        loaded.wait(24)
        assert server.connections <= 4


def test_what_is_wanted_next_replaces_what_waited(make: Make, qtbot: QtBot) -> None:
    gate = threading.Event()
    with FaultServer(then=replace(PICTURE, before=gate.wait)) as server:
        service = make(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(some(60))
        qtbot.waitUntil(lambda: len(asked(server)) == 4)
        for first in range(1, 60):  # a key that is held down
            service.want(some(7, first))
        assert not service.is_loading("i20")
        qtbot.wait(50)
        gate.set()
        loaded.wait(11)
        qtbot.waitUntil(lambda: not service.is_running("small"), timeout=5000)
        assert set(asked(server)) == {*(f"i{n}" for n in range(4)), *(f"i{n}" for n in range(59, 66))}
        assert len(loaded) == 11  # those under way were not given up


def test_places_do_not_take_each_others_turn(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=PICTURE) as server:
        service = make(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(some(8), "sheet")
        service.want(some(2, first=5), "drawer")
        loaded.wait(8)
        assert set(asked(server)) == {f"i{number}" for number in range(8)}
        service.want((), "sheet")
        service.want(some(1, first=30), "drawer")
        loaded.wait(9)
    assert loaded[-1] == ("i30",)


def test_the_next_session_has_them_from_the_disk_even_without_a_network(make: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=PICTURE) as server:
        first = make(server)
        loaded = Told(qtbot, first.picture_loaded)
        first.want([image])
        loaded.wait()
        url = server.url
        first.close()
    second = make(url)  # nobody listens there any more
    loaded, halted = Told(qtbot, second.picture_loaded), Told(qtbot, second.halted)
    second.want([*some(5, first=1), image])
    loaded.wait()
    assert second.small(image).pixelColor(0, 0) == QColor("red")
    (error,) = halted.wait()
    assert isinstance(error, Unreachable)
    assert not second.is_failed("i1")


def test_without_a_connection_the_disk_serves_the_account_that_is_known(make: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=PICTURE) as server:
        service = make(server)
        loaded, failed = Told(qtbot, service.picture_loaded), Told(qtbot, service.picture_failed)
        service.want([image])
        loaded.wait()
        key = make_connection(server.url, "YTpi").key
        service.set_connection(None)
        assert service.small(image) is None
        service.set_account(key)
        service.want([image, *some(1, first=1)])
        loaded.wait(2)
        qtbot.waitUntil(lambda: not service.is_loading("i1"))
        assert asked(server) == ["i0"]
    assert failed == []


def test_signed_out_while_offline_nothing_is_left_to_see(make: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=PICTURE) as server:
        service = make(server)
        connection = make_connection(server.url, "YTpi")
        loaded = Told(qtbot, service.picture_loaded)
        service.want([image])
        loaded.wait()
        service.set_connection(None)
        service.set_account(connection.key)
        service.want([image])
        loaded.wait(2)
        service.set_connection(connection)  # the server is back: what is in memory stays
        assert service.small(image) is not None
        service.set_connection(None)
        service.set_account(connection.key)
        service.set_connection(None)
        assert service.small(image) is None
        service.want([image])
        qtbot.wait(50)
    assert len(loaded) == 2


def test_an_account_is_forgotten_on_the_disk_too(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "pictures"
    with FaultServer(then=PICTURE) as server:
        service = make(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(some(3))
        loaded.wait(3)
        other = make_connection(server.url, "YzpkZQ==")
        service.set_connection(other)
        service.want(some(1))
        loaded.wait(4)
        service.forget(make_connection(server.url, "YTpi"))
        qtbot.waitUntil(lambda: len(list(folder.iterdir())) == 1, timeout=5000)
        service.forget(other)
        qtbot.waitUntil(lambda: not list(folder.iterdir()), timeout=5000)
    assert service.small(some(1)[0]) is None


def test_of_an_account_that_is_not_kept_nothing_comes_onto_the_disk(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    with FaultServer(then=PICTURE) as server:
        service = make(server)
        service.set_connection(make_connection(server.url, "YTpi"), is_kept=False)
        loaded, large = Told(qtbot, service.picture_loaded), Told(qtbot, service.large_loaded)
        service.want(some(2))
        loaded.wait(2)
        service.load_large(some(1)[0])
        large.wait()
    assert not (tmp_path / "cache" / "pictures").exists()


def test_another_account_sees_nothing_of_the_first(make: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=PICTURE) as server:
        service = make(server)
        loaded, refreshed = Told(qtbot, service.picture_loaded), Told(qtbot, service.refreshed)
        service.want([image])
        loaded.wait()
        service.set_connection(make_connection(server.url, "YzpkZQ=="))
        assert service.small(image) is None
        assert len(refreshed) == 1
        service.want([image])
        loaded.wait(2)
        assert asked(server) == ["i0", "i0"]  # neither from memory nor from the disk


def test_an_answer_to_the_account_before_is_dropped(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=replace(PICTURE, delay=0.2)) as server:
        service = make(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(some(1))
        qtbot.waitUntil(lambda: asked(server) == ["i0"])
        service.set_connection(None)
        qtbot.wait(300)
    assert loaded == []
    assert service.small(some(1)[0]) is None


def test_a_file_that_replaced_another_shows_its_own_picture(make: Make, qtbot: QtBot) -> None:
    old, new = Image("i0", "m", checksum="aa"), Image("i0", "m", checksum="bb")
    with FaultServer([PICTURE], then=Script(body=png(colour="blue"), headers=MIME)) as server:
        service = make(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want([old])
        loaded.wait()
        assert service.small(new) is None
        service.want([new])
        loaded.wait(2)
        assert service.small(new).pixelColor(0, 0) == QColor("blue")
        assert service.small(replace(new, filename="another name")) is not None


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (answer({"detail": {"code": "ItemNotFound"}}, 404), NotFound),
        (Script(body=b"GIF89a...", headers=MIME), BadAnswer),
        (Script(body=b"\x89PNG\r\n\x1a\n and no more", headers=MIME), BadInput),
        (Script(body=b"\x89PNG\r\n\x1a\n<VRTDataset/>", headers=MIME), BadInput),
        (Script(body=huge_png(), headers=MIME), BadInput),
        (Script(told_length=60 * 1024**2, headers=MIME), AnswerTooLarge),
    ],
)
def test_an_image_without_a_picture_is_asked_for_once_until_refresh(
    make: Make, qtbot: QtBot, script: Script, kind: type[Exception]
) -> None:
    images = some(2)
    with FaultServer([script], then=PICTURE) as server:
        service = make(server)
        failed, loaded = Told(qtbot, service.picture_failed), Told(qtbot, service.picture_loaded)
        service.want(images[:1])
        image_id, error = failed.wait()
        assert (image_id, type(error)) == ("i0", kind)
        assert service.is_failed("i0")
        assert service.failure("i0") is error
        service.want(images)
        loaded.wait()
        assert asked(server) == ["i0", "i1"]
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
    make: Make, qtbot: QtBot, script: Script, kind: type[Exception]
) -> None:
    images = some(60)
    with FaultServer(then=script) as server:
        service = make(server)
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


def test_images_that_are_not_ready_are_not_asked_for(make: Make, qtbot: QtBot) -> None:
    waiting = Image("i9", "m", state="PENDING")
    with FaultServer(then=PICTURE) as server:
        service = make(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want([waiting, *some(1)])
        loaded.wait()
        qtbot.waitUntil(lambda: not service.is_running("small"), timeout=5000)
        assert asked(server) == ["i0"]


def test_what_is_damaged_on_the_disk_is_asked_for_again(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    image = some(1)[0]
    with FaultServer(then=PICTURE) as server:
        first = make(server)
        loaded = Told(qtbot, first.picture_loaded)
        first.want([image])
        loaded.wait()
        (path,) = (tmp_path / "cache" / "pictures").iterdir()
        path.write_bytes(path.read_bytes()[:40])
        second = make(server)
        loaded = Told(qtbot, second.picture_loaded)
        second.want([image])
        loaded.wait()
        assert asked(server) == ["i0", "i0"]
    assert path.read_bytes() == png()


def test_a_disk_that_takes_nothing_is_no_trouble(
    make: Make, qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file where the folder belongs")
    with FaultServer(then=PICTURE) as server, caplog.at_level(logging.INFO):
        service = make(server)
        loaded, halted = Told(qtbot, service.picture_loaded), Told(qtbot, service.halted)
        service.want(some(5))
        loaded.wait(5)
    assert halted == []
    assert len([r for r in caplog.records if "not kept on the disk" in r.getMessage()]) == 1
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


def test_memory_is_bounded_and_the_disk_fills_in(make: Make, qtbot: QtBot) -> None:
    images = some(IN_MEMORY + 10)
    with FaultServer(then=PICTURE) as server:
        service = make(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(images)
        loaded.wait(len(images), seconds=30)
        held = [image for image in images if service.small(image) is not None]
        assert len(held) == IN_MEMORY
        gone = next(image for image in images if service.small(image) is None)
        service.want([gone])
        loaded.wait(len(images) + 1)
        assert service.small(gone) is not None
        assert len(asked(server)) == len(images)


# The large one


def test_large_is_scaled_into_its_box_and_kept_on_the_disk(make: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=Script(body=png(2000, 1500), headers=MIME)) as server:
        service = make(server)
        loaded = Told(qtbot, service.large_loaded)
        service.load_large(image)
        shown, picture = loaded.wait()
        service.load_large(image)
        loaded.wait(2)
        assert [one.target for one in server.requests] == ["/rest/rasters/image/i0/preview/l"]
    assert shown == image
    assert (picture.width(), picture.height()) == (1024, 768)


def test_of_large_ones_the_latest_wins(make: Make, qtbot: QtBot) -> None:
    with FaultServer([replace(PICTURE, delay=5)], then=PICTURE) as server:
        service = make(server)
        loaded, failed = Told(qtbot, service.large_loaded), Told(qtbot, service.large_failed)
        service.load_large(some(1)[0])
        qtbot.waitUntil(lambda: len(server.requests) == 1)
        for image in some(3, first=1):
            service.load_large(image)
        shown, _ = loaded.wait()
        qtbot.wait(100)
    assert shown.id == "i3"
    assert (len(loaded), failed) == (1, [])


def test_large_that_is_none(make: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=answer({"message": "no"}, 404)) as server:
        service = make(server)
        failed, told = Told(qtbot, service.large_failed), Told(qtbot, service.failed)
        service.load_large(image)
        shown, error = failed.wait()
    assert shown == image
    assert isinstance(error, NotFound)
    assert told == []  # no message beside the one where the picture would be


# Its end, its threads, its disk


def test_closed_at_once_while_four_are_under_way(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=Script(silent=True, delay=30)) as server:
        service = make(server)
        loaded, failed = Told(qtbot, service.picture_loaded), Told(qtbot, service.picture_failed)
        service.want(some(60))
        service.load_large(some(1)[0])
        qtbot.waitUntil(lambda: len(server.requests) == 5)
        started = time.monotonic()
        service.close()
        assert time.monotonic() - started < 0.2
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=1000)
        qtbot.waitUntil(lambda: not picture_threads(), timeout=1000)
    assert (loaded, failed) == ([], [])


def test_threads_live_only_as_long_as_something_is_wanted(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=PICTURE) as server:
        service = make(server)
        loaded = Told(qtbot, service.picture_loaded)
        assert not service.is_busy
        service.want(some(9))
        loaded.wait(9)
        qtbot.waitUntil(lambda: not service.is_busy, timeout=5000)
    assert picture_threads() == []


def picture_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "pictures" in thread.name]


def test_the_token_goes_to_the_api_alone_and_into_no_log(
    make: Make, qtbot: QtBot, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with FaultServer() as other, FaultServer() as server, caplog.at_level(logging.DEBUG):
        server.then = Script(status=302, headers=(("Location", f"{other.url}/picture"),))
        service = make(server, "c2VjcmV0OnRva2Vu")
        halted = Told(qtbot, service.halted)
        service.want(some(1))
        halted.wait()
        assert other.requests == []
        assert all(one.has_credential for one in server.requests)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("mapflow_data")]
    assert not any("c2VjcmV0" in text or "secret" in text for text in ours)


def test_old_rasters_of_the_cache_go_but_not_those_of_open_layers(
    make: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mapflow_data.services.pictures.RASTERS_CAP", 1000)
    monkeypatch.setattr("mapflow_data.services.pictures.RASTERS_SPARE_S", -60.0)
    folder = tmp_path / "cache"
    folder.mkdir()
    used, other = (make_raster(folder / f"{name}.tif") for name in ("used", "other"))
    project = QgsProject.instance()
    project.clear()
    layer = project.addMapLayer(make_layer(str(used), "used"))
    with FaultServer(then=PICTURE) as server:
        service = make(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(some(1))
        loaded.wait()
        qtbot.waitUntil(lambda: not other.exists(), timeout=5000)
        qtbot.waitUntil(lambda: not service.is_busy, timeout=5000)
    assert used.exists()
    assert layer.isValid()
    assert gdal.Open(str(used)) is not None
    project.clear()
