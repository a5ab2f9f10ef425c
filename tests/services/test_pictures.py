"""Pictures of images over the wire: few at a time, the wanted ones first, none twice, no other account's."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from osgeo import gdal
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtGui import QColor

from mapflow_data.api.connection import make_connection
from mapflow_data.api.errors import (
    Unreachable,
)
from mapflow_data.api.models import Image
from mapflow_data.layers.previews import make_layer
from mapflow_data.services.pictures.memory import IN_MEMORY
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.pngs import png_answer
from tests.rig.script import answer
from tests.services.pictures_rig import (
    PICTURE,
    Make,
    asked,
    picture_threads,
    some,
)
from tests.services.waiting import Told


def test_pictures_come_in_the_order_wanted_and_stay_in_memory(make_pictures: Make, qtbot: QtBot) -> None:
    images, gate = some(12), threading.Event()
    with FaultServer(then=replace(PICTURE, before=gate.wait)) as server:
        service = make_pictures(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(images)
        assert service.small(images[0]) is None
        assert service.is_loading("i0")
        qtbot.waitUntil(lambda: len(asked(server)) == 4, timeout=5000)
        assert set(asked(server)) == {f"i{number}" for number in range(4)}
        gate.set()
        loaded.wait(12)
        service.want(images)  # nothing is left to be asked for
        qtbot.wait(100)
        assert sorted(asked(server)) == sorted(image.id for image in images)
        assert {one.target for one in server.requests} == {
            f"/rest/rasters/image/{i.id}/preview/s" for i in images
        }
    picture = service.small(images[0])
    assert (picture.width(), picture.height()) == (40, 30)
    assert picture.pixelColor(5, 5) == QColor("red")
    assert not service.is_loading("i0")


def test_at_most_four_at_once_on_connections_that_stay_open(make_pictures: Make, qtbot: QtBot) -> None:
    with FaultServer(then=replace(PICTURE, delay=0.03)) as server:
        service = make_pictures(server)
        loaded = Told(qtbot, service.picture_loaded)
        started = time.monotonic()
        service.want(some(20))
        loaded.wait(20)
        assert time.monotonic() - started >= 5 * 0.03
        service.want(some(4, first=20))
        loaded.wait(24)
        assert server.connections <= 4


def test_who_browses_for_long_has_no_long_task(
    make_pictures: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """QGIS 3.22 tells everybody "Task complete" of those that took five seconds."""
    monkeypatch.setattr("mapflow_data.services.pictures.desk.SHIFT_S", 0.3)
    took: dict[int, int] = {}
    manager = QgsApplication.taskManager()
    ends = manager.statusChanged.connect(
        lambda number, _: took.update({number: manager.task(number).elapsedTime()})
    )
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
        loaded = Told(qtbot, service.picture_loaded)
        for number in range(12):
            service.want(some(1, first=number))
            loaded.wait(number + 1)
            qtbot.wait(100)
        qtbot.waitUntil(lambda: not service.is_busy, timeout=5000)
    manager.statusChanged.disconnect(ends)
    assert len(asked(server)) == 12
    assert len(took) >= 3


def test_what_is_wanted_next_replaces_what_waited(make_pictures: Make, qtbot: QtBot) -> None:
    gate = threading.Event()
    with FaultServer(then=replace(PICTURE, before=gate.wait)) as server:
        service = make_pictures(server)
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


def test_places_do_not_take_each_others_turn(make_pictures: Make, qtbot: QtBot) -> None:
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(some(8), "sheet")
        service.want(some(2, first=5), "drawer")
        loaded.wait(8)
        assert set(asked(server)) == {f"i{number}" for number in range(8)}
        service.want((), "sheet")
        service.want(some(1, first=30), "drawer")
        loaded.wait(9)
    assert loaded[-1] == ("i30",)


def test_the_next_session_has_them_even_without_a_network(make_pictures: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=PICTURE) as server:
        first = make_pictures(server)
        loaded = Told(qtbot, first.picture_loaded)
        first.want([image])
        loaded.wait()
        url = server.url
        first.close()
    second = make_pictures(url)  # nobody listens there any more
    loaded, halted = Told(qtbot, second.picture_loaded), Told(qtbot, second.halted)
    second.want([*some(5, first=1), image])
    loaded.wait()
    assert second.small(image).pixelColor(0, 0) == QColor("red")
    (error,) = halted.wait()
    assert isinstance(error, Unreachable)
    assert not second.is_failed("i1")


def test_without_a_connection_the_disk_serves_a_known_account(make_pictures: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
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


def test_signed_out_while_offline_nothing_is_left_to_see(make_pictures: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
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
        service.set_account(connection.key)  # and away again
        assert service.small(image) is not None
        service.set_connection(None)
        service.set_account(connection.key)
        service.set_connection(None)
        assert service.small(image) is None
        service.want([image])
        qtbot.wait(50)
    assert len(loaded) == 2


def test_an_account_is_forgotten_on_the_disk_too(make_pictures: Make, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "pictures"
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
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
        service.set_connection(make_connection(server.url, "ZTpm"))  # at once: it is forgotten all the same
        qtbot.waitUntil(lambda: not list(folder.iterdir()), timeout=5000)
    assert service.small(some(1)[0]) is None


def test_what_is_to_be_forgotten_is_gone_when_qgis_closes(
    make_pictures: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "cache" / "pictures"
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(some(3))
        loaded.wait(3)
        assert len(list(folder.iterdir())) == 3
        service.forget(make_connection(server.url, "YTpi"))
        service.close()  # before its task could begin
    assert not list(folder.iterdir())


def test_of_an_account_that_is_kept_no_more_nothing_stays(
    make_pictures: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "cache" / "pictures"
    with FaultServer(then=PICTURE) as server:
        service, mine = make_pictures(server), make_connection(server.url, "YTpi")
        loaded = Told(qtbot, service.picture_loaded)
        service.want(some(2))
        loaded.wait(2)
        service.set_connection(mine, is_kept=False)
        qtbot.waitUntil(lambda: not list(folder.iterdir()), timeout=5000)
        service.set_connection(mine)  # again
        service.want(some(1, first=5))
        loaded.wait(3)
        assert len(list(folder.iterdir())) == 1


def test_of_an_account_that_is_not_kept_nothing_comes_onto_the_disk(
    make_pictures: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
        service.set_connection(make_connection(server.url, "YTpi"), is_kept=False)
        loaded, large = Told(qtbot, service.picture_loaded), Told(qtbot, service.large_loaded)
        service.want(some(2))
        loaded.wait(2)
        service.load_large(some(1)[0])
        large.wait()
    assert not (tmp_path / "cache" / "pictures").exists()


def test_another_account_sees_nothing_of_the_first(make_pictures: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
        loaded, refreshed = Told(qtbot, service.picture_loaded), Told(qtbot, service.refreshed)
        service.want([image])
        loaded.wait()
        service.set_connection(make_connection(server.url, "YzpkZQ=="))
        assert service.small(image) is None
        assert len(refreshed) == 1
        service.want([image])
        loaded.wait(2)
        assert asked(server) == ["i0", "i0"]  # neither from memory nor from the disk


def test_a_file_that_replaced_another_shows_its_own_picture(make_pictures: Make, qtbot: QtBot) -> None:
    old, new = Image("i0", "m", checksum="aa"), Image("i0", "m", checksum="bb")
    with FaultServer([PICTURE], then=png_answer(colour="blue")) as server:
        service = make_pictures(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want([old])
        loaded.wait()
        assert service.small(new) is None
        service.want([new])
        loaded.wait(2)
        assert service.small(new).pixelColor(0, 0) == QColor("blue")
        assert service.small(replace(new, filename="another name")) is not None


def test_another_file_in_the_place_of_one_without_a_picture_is_asked_for(
    make_pictures: Make, qtbot: QtBot
) -> None:
    with FaultServer([answer({"message": "no"}, 404)], then=PICTURE) as server:
        service = make_pictures(server)
        failed, loaded = Told(qtbot, service.picture_failed), Told(qtbot, service.picture_loaded)
        service.want([Image("i0", "m", checksum="aa")])
        failed.wait()
        service.want([Image("i0", "m", checksum="bb")])
        loaded.wait()
    assert not service.is_failed("i0")


def test_images_that_are_not_ready_are_not_asked_for(make_pictures: Make, qtbot: QtBot) -> None:
    waiting = Image("i9", "m", state="PENDING")
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want([waiting, *some(1)])
        loaded.wait()
        qtbot.waitUntil(lambda: not service.is_running("small"), timeout=5000)
        assert asked(server) == ["i0"]


def test_memory_is_bounded_and_the_disk_fills_in(make_pictures: Make, qtbot: QtBot) -> None:
    images = some(IN_MEMORY + 10)
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
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


def test_large_is_scaled_into_its_box_and_kept_on_the_disk(make_pictures: Make, qtbot: QtBot) -> None:
    image = some(1)[0]
    with FaultServer(then=png_answer(2000, 1500)) as server:
        service = make_pictures(server)
        loaded = Told(qtbot, service.large_loaded)
        service.load_large(image)
        shown, picture = loaded.wait()
        service.load_large(image)
        loaded.wait(2)
        assert [one.target for one in server.requests] == ["/rest/rasters/image/i0/preview/l"]
    assert shown == image
    assert (picture.width(), picture.height()) == (1024, 768)


def test_of_large_ones_the_latest_wins(make_pictures: Make, qtbot: QtBot) -> None:
    with FaultServer([replace(PICTURE, delay=5)], then=PICTURE) as server:
        service = make_pictures(server)
        loaded, failed = Told(qtbot, service.large_loaded), Told(qtbot, service.large_failed)
        service.load_large(some(1)[0])
        qtbot.waitUntil(lambda: len(server.requests) == 1)
        for image in some(3, first=1):
            service.load_large(image)
        shown, _ = loaded.wait()
        qtbot.wait(100)
    assert shown.id == "i3"
    assert (len(loaded), failed) == (1, [])


def test_threads_live_only_as_long_as_something_is_wanted(make_pictures: Make, qtbot: QtBot) -> None:
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
        loaded = Told(qtbot, service.picture_loaded)
        assert not service.is_busy
        service.want(some(9))
        loaded.wait(9)
        qtbot.waitUntil(lambda: not service.is_busy, timeout=5000)
    assert picture_threads() == []


def test_old_rasters_of_the_cache_go_but_not_those_of_open_layers(
    make_pictures: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mapflow_data.services.pictures.janitor.RASTERS_CAP", 1000)
    monkeypatch.setattr("mapflow_data.services.pictures.janitor.RASTERS_SPARE_S", -60.0)
    folder = tmp_path / "cache"
    folder.mkdir()
    used, other = (make_raster(folder / f"{name}.tif") for name in ("used", "other"))
    project = QgsProject.instance()
    project.clear()
    layer = project.addMapLayer(make_layer(str(used), "used"))
    with FaultServer(then=PICTURE) as server:
        service = make_pictures(server)
        loaded = Told(qtbot, service.picture_loaded)
        service.want(some(1))
        loaded.wait()
        qtbot.waitUntil(lambda: not other.exists(), timeout=5000)
        qtbot.waitUntil(lambda: not service.is_busy, timeout=5000)
    assert used.exists()
    assert layer.isValid()
    assert gdal.Open(str(used)) is not None
    project.clear()
