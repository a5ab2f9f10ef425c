"""The drawer below the list: sixty images by fifty-nine keys, each with its picture and its flash."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QSplitter

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.models import Image, Mosaic
from tests.gui.kit.browsing import Bench, some
from tests.gui.kit.contrast import ENOUGH, SMOOTHED, contrast_in
from tests.gui.kit.looks import assert_nothing_clipped
from tests.gui.kit.variants import VARIANTS
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.patience import SOON
from tests.rig.pngs import png_answer
from tests.rig.sandbox import Sandbox
from tests.rig.script import answer, html

SIXTY = 60
LEFT = Qt.MouseButton.LeftButton
WRAP = int(Qt.TextFlag.TextWordWrap)
MOSAIC = Mosaic("m", "Flight 7", ("drone", "b&w"), datetime(2026, 6, 14, tzinfo=UTC), size_bytes=9 * 1024**3)
Make = Callable[..., Bench]


@pytest.fixture
def make(qgis_app: QgsApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    made: list[Bench] = []
    font = QApplication.font()

    def make(connection: Connection | None = None) -> Bench:
        bench = Bench(connection, tmp_path / "cache")
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.close(qtbot)
    QApplication.setFont(font)


@pytest.fixture(scope="module")
def sixty(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Mosaic:
    """A mosaic of sixty small images, each with pixels of its own."""
    folder = tmp_path_factory.mktemp("sixty")
    connection = make_connection(sandbox.url, sandbox.token)
    with MapflowClient(connection) as client:
        mosaic = client.mosaics.create("Sixty")

    def upload(number: int) -> None:
        transform = (500_000.0 + number * 700, 10.0, 0.0, 4_500_000.0, 0.0, -10.0)
        path = make_raster(folder / f"DJI_{number}.tif", transform=transform, value=number * 4)
        with MapflowClient(connection) as client:
            client.images.upload(mosaic.id, str(path))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upload, range(SIXTY)))
    with MapflowClient(connection) as client:
        return client.mosaics.get(mosaic.id)


def test_fifty_nine_keys_show_sixty_pictures_and_flash_sixty_footprints(
    make: Make, sandbox: Sandbox, sixty: Mosaic, qtbot: QtBot
) -> None:
    connection = make_connection(sandbox.url, sandbox.token)
    with MapflowClient(connection) as client:
        images = client.images.list(sixty.id)
    bench = make(connection)
    bench.fill(sixty, images)
    bench.show(qtbot)
    tree, drawer = bench.tree, bench.drawer
    tree.expandAll()
    bench.sheet.hide()
    sandbox.clear_requests()
    in_order = tree.siblings(images[0])
    first = tree.imagery.index_of(in_order[0].id, sixty.id)
    QTest.mouseClick(tree.viewport(), LEFT, pos=tree.visualRect(first).center())
    seen: list[tuple[str, bytes]] = []
    for number, image in enumerate(in_order):
        if number:
            QTest.keyClick(tree, Qt.Key.Key_Down)
        assert tree.current_item() == image
        assert drawer.titleButton.title == image.filename
        assert drawer.positionLabel.text() == f"{number + 1} of 60"
        qtbot.waitUntil(lambda: drawer.picturePane.look.picture is not None, timeout=5000)
        shown = drawer.picturePane.look.picture
        seen.append((image.id, bytes(shown.constBits().asarray(shown.sizeInBytes()))))
    assert len({pixels for _, pixels in seen}) == SIXTY  # each its own, none of a neighbour
    assert bench.flashed() == [image.id for image in in_order]
    asked = [one["path"].split("/")[-3] for one in sandbox.requests() if "/preview/" in one["path"]]
    assert sorted(asked) == sorted(image.id for image in images)


def test_keys_held_down_pile_up_no_requests(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=png_answer(delay=0.2)) as server:
        bench = make(make_connection(server.url, "YTpi"))
        bench.fill(MOSAIC, some(SIXTY))
        bench.show(qtbot)
        bench.sheet.hide()
        bench.tree.expandAll()
        bench.tree.show_image(some(1)[0])
        for _ in range(SIXTY - 1):
            QTest.keyClick(bench.tree, Qt.Key.Key_Down)
            qtbot.wait(15)
        last = some(SIXTY)[-1]
        assert bench.tree.current_item() == last
        qtbot.waitUntil(lambda: bench.drawer.picturePane.look.picture is not None, timeout=3000)
        qtbot.waitUntil(lambda: not bench.pictures.is_busy, timeout=5000)
        assert len(server.requests) < SIXTY * 0.7
        assert bench.pictures.small(last) is not None
    assert len(bench.flashed()) == SIXTY


def test_buttons_step_and_end_at_the_ends(make: Make, qtbot: QtBot) -> None:
    bench = make()
    images = some(3)
    bench.fill(MOSAIC, images)
    bench.show(qtbot)
    drawer = bench.drawer
    bench.tree.show_image(images[0])
    assert not drawer.previousButton.isEnabled()
    QTest.mouseClick(drawer.nextButton, LEFT)
    assert drawer.positionLabel.text() == "2 of 3"
    assert bench.tree.selected_image_ids() == {images[1].id}
    QTest.mouseClick(drawer.nextButton, LEFT)
    assert not drawer.nextButton.isEnabled()
    QTest.mouseClick(drawer.nextButton, LEFT)
    QTest.mouseClick(drawer.previousButton, LEFT)
    assert drawer.positionLabel.text() == "2 of 3"
    drawer.browse(-5)
    assert drawer.positionLabel.text() == "2 of 3"
    assert bench.flashed() == [images[n].id for n in (0, 1, 2, 1)]


def test_what_is_ahead_is_asked_for_before_what_is_behind(make: Make, qtbot: QtBot) -> None:
    images = some(20)
    server = FaultServer()

    def until_four_are_here() -> None:
        """Else one that is quick would make room for the fifth before the fourth has come."""
        until = time.monotonic() + SOON
        while len(server.requests) < 4 and time.monotonic() < until:
            time.sleep(0.005)

    server.then = png_answer(before=until_four_are_here)
    with server:
        bench = make(make_connection(server.url, "YTpi"))
        bench.fill(MOSAIC, images)
        bench.show(qtbot)
        bench.sheet.hide()
        bench.tree.show_image(images[10])
        qtbot.waitUntil(lambda: not bench.pictures.is_busy, timeout=5000)
        asked = [one.target.split("/")[4] for one in server.requests]
        assert set(asked[:4]) == {images[n].id for n in (10, 11, 12, 13)}
        assert set(asked[4:]) == {images[n].id for n in (9, 8, 7)}
        server.requests.clear()
        bench.drawer.browse(-6)
        qtbot.waitUntil(lambda: not bench.pictures.is_busy, timeout=5000)
        asked = [one.target.split("/")[4] for one in server.requests]
        assert set(asked[:4]) == {images[n].id for n in (4, 3, 2, 1)}


def test_a_refresh_flashes_nothing_and_keeps_the_place(make: Make, qtbot: QtBot) -> None:
    bench = make()
    images = some(5)
    bench.fill(MOSAIC, images)
    bench.show(qtbot)
    bench.tree.show_image(images[2])
    assert bench.flashed() == [images[2].id]
    model = bench.tree.imagery
    model.set_images("m", [*images, *some(7)[5:]])
    assert bench.drawer.positionLabel.text() == "3 of 7"
    model.set_images("m", [replace(images[2], filename="AAA.tif"), *images[3:]])
    assert bench.drawer.positionLabel.text() == "1 of 3"
    assert bench.drawer.titleButton.title == "AAA.tif"
    model.set_images("m", images[3:])  # what was current is gone
    assert bench.drawer.positionLabel.text() == "1 of 2"
    assert bench.drawer.titleButton.title == images[3].filename
    assert bench.flashed() == [images[2].id]


def test_a_mosaic_shows_what_it_is(make: Make, qtbot: QtBot) -> None:
    bench = make()
    bench.fill(MOSAIC, some(3))
    bench.show(qtbot)
    bench.tree.select_mosaic("m")
    lines = bench.drawer.factsLabel.text().split("\n")
    assert (lines[0], lines[2]) == ("3 images · 9 GB", "Tags: drone, b&w")
    assert lines[1].startswith("Created ")
    assert bench.drawer.titleButton.title == "Flight 7"
    assert not bench.drawer.nextButton.isVisible()
    assert bench.flashed() == []


def test_a_mosaic_is_known_by_the_pictures_of_its_first_images(make: Make, qtbot: QtBot) -> None:
    with FaultServer([answer({"message": "none"}, 404)], then=png_answer(colour="#ff0000")) as server:
        bench = make(make_connection(server.url, "YTpi"))
        images = [replace(one, state="FAILED") if place == 1 else one for place, one in enumerate(some(6))]
        bench.fill(MOSAIC, images)
        bench.show(qtbot)
        bench.sheet.hide()
        bench.tree.select_mosaic("m")
        pane = bench.drawer.picturePane
        qtbot.waitUntil(lambda: len(pane.look.several) == 4, timeout=5000)
        asked = {request.target.split("/")[-3] for request in server.requests if "preview" in request.target}
        assert asked == {images[place].id for place in (0, 2, 3, 4, 5)}  # one of them has none
        drawn = pane.grab().toImage()
        half = drawn.width() // 2
        corners = [(half // 2 + x * half, half // 2 + y * half) for x in (0, 1) for y in (0, 1)]
        assert {drawn.pixelColor(*corner).name() for corner in corners} == {"#ff0000"}
        bench.fill(MOSAIC, [next(one for one in images if bench.pictures.small(one) is not None)])
        bench.tree.select_mosaic("m")
        assert pane.look.picture is not None  # one image is the mosaic


def test_nothing_chosen_says_what_to_do(make: Make, qtbot: QtBot) -> None:
    bench = make()
    bench.show(qtbot)
    assert "Choose an image" in bench.drawer.factsLabel.text()
    assert not bench.drawer.picturePane.isVisible()
    assert not bench.drawer.positionLabel.isVisible()
    bench.drawer.browse(1)
    assert bench.tree.current_item() is None


@pytest.mark.parametrize(
    ("image", "word"),
    [
        (Image("i", "m", "a.tif", state="PENDING"), "Not ready yet"),
        (Image("i", "m", "a.tif", state="FAILED", error="<b>no</b> CRS"), "Failed"),
        (Image("i", "m", "a.tif"), "No preview"),
    ],
)
def test_no_picture_says_why(make: Make, qtbot: QtBot, image: Image, word: str) -> None:
    with FaultServer(then=answer({"message": "no"}, 404)) as server:
        bench = make(make_connection(server.url, "YTpi"))
        bench.fill(MOSAIC, [image])
        bench.show(qtbot)
        bench.tree.show_image(image)
        qtbot.waitUntil(lambda: bench.drawer.picturePane.look.word == word, timeout=5000)
        qtbot.wait(150)
        assert len(server.requests) == (1 if image.is_ready else 0)
    assert bench.drawer.picturePane.accessibleDescription() == word
    assert bench.drawer.factsLabel.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize("variant", ["light", "dark", "night"])
def test_why_there_is_no_picture_can_be_read(make: Make, qtbot: QtBot, variant: str) -> None:
    with VARIANTS[variant](QApplication.instance()):
        bench = make()
        bench.fill(MOSAIC, [Image("i", "m", "a.tif", state="FAILED")])
        bench.show(qtbot)
        bench.tree.show_image(Image("i", "m", "a.tif"))
        pane = bench.drawer.picturePane
        qtbot.waitUntil(lambda: pane.look.word == "Failed", timeout=5000)
        window = pane.window()
        word = pane.rect().adjusted(0, pane.height() * 2 // 3, 0, 0)
        word.moveTopLeft(pane.mapTo(window, word.topLeft()))
        assert contrast_in(window, word) >= ENOUGH * SMOOTHED


def test_a_picture_on_its_way_says_so(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=png_answer(delay=0.5)) as server:
        bench = make(make_connection(server.url, "YTpi"))
        bench.fill(MOSAIC, some(1))
        bench.show(qtbot)
        bench.tree.show_image(some(1)[0])
        assert bench.drawer.picturePane.look.word == "Loading…"
        qtbot.waitUntil(lambda: bench.drawer.picturePane.look.picture is not None, timeout=5000)


def test_without_a_network_it_says_so_in_place_of_the_picture(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=html()) as server:  # a portal
        bench = make(make_connection(server.url, "YTpi"))
        bench.fill(MOSAIC, some(9))
        bench.show(qtbot)
        bench.tree.show_image(some(1)[0])
        qtbot.waitUntil(lambda: bench.drawer.picturePane.look.word == "Not loaded", timeout=5000)
        qtbot.waitUntil(lambda: not bench.pictures.is_busy, timeout=5000)
        server.then = png_answer()
        QTest.keyClick(bench.tree, Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: bench.drawer.picturePane.look.picture is not None, timeout=5000)


def test_closed_it_asks_for_nothing_and_is_one_line_high(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=png_answer()) as server:
        bench = make(make_connection(server.url, "YTpi"))
        toggled: list[bool] = []
        bench.drawer.toggled.connect(toggled.append)
        bench.fill(MOSAIC, some(9))
        bench.show(qtbot)
        bench.sheet.hide()
        QTest.mouseClick(bench.drawer.titleButton, LEFT)
        bench.tree.show_image(some(1)[0])
        qtbot.wait(200)
        assert server.requests == []
        assert bench.drawer.height() < 40
        assert bench.drawer.positionLabel.text() == "1 of 9"
        assert not bench.drawer.is_open
        bench.drawer.set_open(True)
        qtbot.waitUntil(lambda: bench.drawer.picturePane.look.picture is not None, timeout=5000)
        assert bench.drawer.height() > 128
    assert toggled == [False, True]


def test_double_click_on_the_picture_opens_the_image(make: Make, qtbot: QtBot) -> None:
    bench = make()
    bench.fill(MOSAIC, some(2))
    bench.show(qtbot)
    bench.tree.select_mosaic("m")
    QTest.mouseDClick(bench.drawer.picturePane, LEFT)
    assert ("activated", None) not in bench.told
    bench.tree.show_image(some(1)[0])
    QTest.mouseDClick(bench.drawer.picturePane, LEFT)
    assert bench.told[-1] == ("activated", some(1)[0])


def test_in_a_splitter_it_takes_no_more_room_than_it_needs(make: Make, qtbot: QtBot) -> None:
    font = QApplication.font()
    font.setPointSize(18)
    QApplication.setFont(font)
    bench = make()
    bench.fill(MOSAIC, [FULL])
    splitter = QSplitter(Qt.Orientation.Vertical, bench.window)
    splitter.addWidget(bench.tree)
    splitter.addWidget(bench.drawer)
    splitter.setCollapsible(1, False)
    splitter.setStretchFactor(0, 1)
    bench.window.layout().insertWidget(0, splitter, 3)
    bench.sheet.hide()
    bench.show(qtbot)
    bench.tree.show_image(FULL)
    qtbot.waitUntil(lambda: bench.tree.height() > 300, timeout=2000)
    label = bench.drawer.factsLabel
    assert label.height() >= label.fontMetrics().boundingRect(label.rect(), WRAP, label.text()).height()
    bench.drawer.set_open(False)
    qtbot.waitUntil(lambda: bench.drawer.height() < 50, timeout=2000)
    bench.drawer.set_open(True)
    qtbot.waitUntil(lambda: label.height() == label.minimumHeight() > 128, timeout=2000)
    splitter.setSizes([splitter.height() - 320, 320])  # by the handle
    bench.drawer.set_open(False)
    qtbot.waitUntil(lambda: splitter.sizes()[1] == bench.drawer.height() < 50, timeout=2000)
    bench.drawer.set_open(True)
    qtbot.waitUntil(lambda: abs(bench.drawer.height() - 320) < 4, timeout=2000)


LONG = "an_orthophoto_with_a_name_that_nobody_ever_shortened_2026-06-14_final_v2"
FULL = Image(
    "i", "m", f"{LONG}.tif", datetime(2026, 12, 24, 22, 48, tzinfo=UTC), 1023 * 1024**2, crs="EPSG:32637",
    bands=4, width=129_400, height=118_800, dtypes=("uint16",) * 4, pixel_size=(0.123, 0.123),
)  # fmt: skip


@pytest.mark.parametrize("points", [9, 18])
@pytest.mark.parametrize("item", [FULL, None, replace(MOSAIC, name=LONG, tags=(LONG, "drone", "winter"))])
def test_nothing_is_cut_off_at_340_px(
    make: Make, qtbot: QtBot, points: int, item: Image | Mosaic | None
) -> None:
    font = QApplication.font()
    font.setPointSize(points)
    QApplication.setFont(font)
    bench = make()
    bench.fill(item if isinstance(item, Mosaic) else MOSAIC, [FULL, *some(1200)])
    bench.show(qtbot)
    bench.tree.hide()
    if isinstance(item, Image):
        bench.tree.show_image(item)
    elif item is not None:
        bench.tree.select_mosaic("m")
    assert bench.drawer.minimumSizeHint().width() <= 330
    assert_nothing_clipped(bench.drawer)
    assert bench.window.width() == 340
