"""Images found in mosaics that nobody opened: over the wire, in the line under the filter, and smoothly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication

from mapflow_data.api.connection import make_connection
from mapflow_data.api.errors import Cancelled, ConnectionLost, SignInRequired, Unreachable
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.imagery.model import ImageryModel
from mapflow_data.gui.my_imagery.finding import Finding
from mapflow_data.gui.my_imagery.finding_bar import FindingBar
from mapflow_data.services.inventory import InventoryService
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.looks import assert_nothing_clipped
from tests.rig.fault_server import FaultServer
from tests.rig.heartbeat import Heartbeat
from tests.rig.script import Script, answer
from tests.rig.smooth import smooth
from tests.rig.volume_server import VolumeServer, mosaics_of
from tests.services.waiting import Told

LEFT = Qt.MouseButton.LeftButton
SLOW = Script(silent=True, delay=30)


class Desk:
    """A list of mosaics, what finds in it, and the line that tells it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.inventory = InventoryService(time_scale=0.1)
        self.model = ImageryModel()
        self.finding = Finding(self.inventory, self.model)
        self.bar = FindingBar()
        qtbot.addWidget(self.bar)
        self.bar.follow(self.finding)
        self.found = Told(qtbot, self.finding.found)
        self.ended = Told(qtbot, self.finding.ended)

    def show(self, count: int, **facts: Any) -> list[Mosaic]:
        mosaics = [Mosaic(f"m{n}", f"M {n}", **facts) for n in range(count)]
        self.model.set_mosaics(mosaics)
        return mosaics

    def offer(self, text: str, found: int = 0) -> None:
        self.bar.offer(text, found, len(self.model.mosaics()))

    def click(self) -> None:
        self.qtbot.mouseClick(self.bar.findButton, LEFT)

    def words(self) -> str:
        return self.bar.foundLabel.text()


@pytest.fixture
def desk(qgis_app: QgsApplication, qtbot: QtBot) -> Iterator[Desk]:
    font = qgis_app.font()
    font.setPointSize(9)
    qgis_app.setFont(font)
    desk = Desk(qtbot)
    yield desk
    desk.inventory.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def server(desk: Desk) -> Iterator[FaultServer]:
    with FaultServer() as server:
        desk.inventory.set_connection(make_connection(server.url, "YTpi"))
        yield server


def images(*names: str) -> Script:
    return answer([{"id": f"id of {name}", "filename": name} for name in names])


def test_found_in_mosaics_that_were_not_opened(desk: Desk, server: FaultServer) -> None:
    server.then = images("DJI_1.tif", "DJI_10.tif", "other.tif")
    desk.show(3)
    assert not desk.finding.is_ready
    desk.offer("dji_1", found=2)
    assert desk.bar.isVisible()
    assert desk.words() == "In opened mosaics: 2"
    assert desk.bar.findButton.text() == "Look into all 3"
    desk.click()
    text, found = desk.found.wait()
    assert text == "dji_1"
    assert found == {f"m{n}": {"id of DJI_1.tif", "id of DJI_10.tif"} for n in range(3)}
    assert desk.ended == [(None,)]
    assert desk.words() == "6 images in 3 mosaics"
    assert not desk.bar.findButton.isVisible()
    assert not desk.bar.readingBar.is_wanted
    assert len(server.requests) == 3
    assert desk.finding.is_ready
    desk.finding.start("other")
    assert desk.found.wait(2)[1] == {f"m{n}": {"id of other.tif"} for n in range(3)}
    assert len(server.requests) == 3  # nothing is asked for twice
    desk.bar.show_found(3, 3, 2)
    assert desk.words() == "3 images in 3 mosaics; the first 2 are shown"
    desk.offer("")
    assert not desk.bar.isVisible()


def test_nothing_found_is_said(desk: Desk, server: FaultServer) -> None:
    server.then = images("a.tif")
    desk.show(2)
    desk.offer("nowhere")
    desk.click()
    assert desk.found.wait() == ("nowhere", {})
    assert desk.words() == "Nothing in any mosaic"
    desk.finding.start("   ")
    assert len(desk.found) == 1


def test_the_newest_text_counts(desk: Desk, server: FaultServer) -> None:
    server.then = images("a.tif", "b.tif")
    desk.show(5)
    desk.finding.start("a.tif")
    desk.finding.start("b.tif")
    desk.found.wait()
    desk.finding.start("a.tif")
    desk.finding.start("b.tif")
    desk.found.wait(2)
    assert [text for text, _ in desk.found] == ["b.tif", "b.tif"]
    assert len(server.requests) == 5


def test_cancelled_it_is_offered_again(desk: Desk, server: FaultServer) -> None:
    server.then = SLOW
    desk.show(9)
    desk.offer("dji", found=4)
    desk.click()
    bar = desk.bar.readingBar
    desk.qtbot.waitUntil(bar.isVisible, timeout=PATIENCE_MS)
    assert bar.text() == "0 of 9 mosaics read"
    assert not desk.bar.findButton.isVisible()
    desk.qtbot.mouseClick(bar.cancelButton, LEFT)
    assert not bar.isVisible()
    assert not desk.inventory.is_reading
    assert [type(error) for (error,) in desk.ended] == [Cancelled]
    assert desk.words() == "In opened mosaics: 4"
    assert desk.bar.findButton.isVisible()
    assert desk.found == []


def test_another_who_reads_goes_on(desk: Desk, server: FaultServer) -> None:
    server.then = SLOW
    mosaics = desk.show(9)
    assert desk.inventory.load(mosaics, object())
    desk.finding.start("dji")
    desk.finding.cancel()
    assert desk.inventory.is_reading
    assert not desk.finding.is_busy


@pytest.mark.parametrize(
    ("last", "kind", "words"),
    [
        (answer({}, 401), SignInRequired, "the server did not accept the token"),
        (Script(reset_after=0), ConnectionLost, "the connection broke off; try again"),
    ],
    ids=["token refused", "network gone"],
)
def test_a_failure_tells_what_was_found_so_far(
    desk: Desk, server: FaultServer, last: Script, kind: type, words: str
) -> None:
    server.add(images("DJI_1.tif"))
    server.then = last
    desk.show(1)
    desk.offer("dji")
    assert desk.bar.findButton.text() == "Look into the mosaic"
    desk.click()
    desk.found.wait()
    desk.show(30)
    desk.offer("dji", found=1)
    desk.click()
    assert desk.found.wait(2, seconds=20)[1] == {"m0": {"id of DJI_1.tif"}}
    assert isinstance(desk.ended[-1][0], kind)
    assert desk.words().startswith("1 image in 1 mosaic. Not all mosaics were read: ")
    assert words in desk.words()
    assert desk.bar.findButton.text() == "Retry"
    server.then = images("DJI_2.tif")
    desk.click()
    assert len(desk.found.wait(3)[1]) == 30
    assert desk.words() == "30 images in 30 mosaics"


def test_without_a_network(desk: Desk) -> None:
    with FaultServer() as server:
        url = server.url
    desk.inventory.set_connection(make_connection(url, "YTpi"))
    desk.show(2)
    desk.finding.start("a")
    assert isinstance(desk.ended.wait(seconds=20)[0], Unreachable)
    assert desk.found == [("a", {})]


def test_with_nobody_to_ask_it_says_so(desk: Desk) -> None:
    desk.show(2)
    desk.inventory.know("m0", [Image("i", "m0", "DJI_1.tif")])
    desk.offer("dji")
    desk.click()
    assert desk.found.wait() == ("dji", {"m0": {"i"}})
    assert isinstance(desk.ended.wait()[0], Unreachable)
    assert desk.words().startswith("1 image in 1 mosaic. Not all mosaics were read: ")


def test_signed_out_it_ends(desk: Desk, server: FaultServer) -> None:
    server.then = SLOW
    desk.show(2)
    desk.finding.start("a")
    desk.inventory.set_connection(None)
    assert [type(error) for (error,) in desk.ended] == [Cancelled]
    assert not desk.finding.is_busy
    assert desk.found == []


@pytest.mark.parametrize("points", [9, 18])
def test_nothing_is_cut(desk: Desk, qgis_app: QApplication, points: int) -> None:
    font = qgis_app.font()
    font.setPointSize(points)
    qgis_app.setFont(font)
    desk.bar.resize(332 * points // 9, 60 * points // 9)
    desk.bar.offer("dji", 12_345, 1000)
    assert_nothing_clipped(desk.bar)
    desk.bar.readingBar.show_progress(999, 1000)
    desk.bar.readingBar.show()
    assert_nothing_clipped(desk.bar)
    assert desk.bar.minimumSizeHint().width() <= 330 * points // 9


def test_smooth_among_sixty_thousand(desk: Desk) -> None:
    mosaics = [Mosaic.from_json(one) for one in mosaics_of(1000, 60)]
    desk.model.set_mosaics(mosaics)
    with VolumeServer(1000, 60) as server:
        desk.inventory.set_connection(make_connection(server.url, "YTpi"))
        for heart in smooth(Heartbeat):
            desk.inventory.keep_only(())
            desk.found.clear()
            with heart:
                desk.finding.start("dji")
                _, found = desk.found.wait(1, seconds=60)
                desk.finding.start("_0777_0042")
                _, one = desk.found.wait(2, seconds=60)
    assert sum(map(len, found.values())) == 60_000
    assert one == {mosaics[777].id: {"00000777-0000-4000-8000-000000000042"}}


def test_images_that_the_list_shows_are_known(desk: Desk, server: FaultServer) -> None:
    desk.show(1, image_count=1)
    desk.inventory.know("m0", [Image("i", "m0", "DJI_1.tif")])
    desk.finding.start("dji")
    assert desk.found.wait()[1] == {"m0": {"i"}}
    assert server.requests == []
