"""The Image dialog by clicks and keys; its pictures come over the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage, QTextCursor
from qgis.PyQt.QtWidgets import QApplication, QWidget

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.image.dialog import ImageDialog
from mapflow_data.gui.widgets.picture_label import PictureLabel
from mapflow_data.services.pictures.service import PictureService
from tests.gui.kit.looks import assert_nothing_clipped, settle
from tests.rig.fault_server import FaultServer
from tests.rig.pngs import png_answer
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer

LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 10_000
LONG = "an_orthophoto_with_a_name_that_nobody_ever_shortened_<b>2026</b>-06-14_final_v2"
PLACE = "POLYGON((37 55, 37 55.01, 37.02 55.01, 37.02 55, 37 55))"
FIELDS = Mosaic("m", "Fields")
ONE = Image("i1", "m", "one.tif", footprint=PLACE, checksum="a" * 40, crs="EPSG:32637")
TWO = Image("i2", "m", "two.tif", footprint=PLACE)

Open = Callable[..., ImageDialog]


@pytest.fixture
def open_dialog(qtbot: QtBot, qgis_app: QgsApplication, tmp_path: Path) -> Iterator[Open]:
    """A dialog whose pictures come from a server."""
    services: list[PictureService] = []
    dialogs: list[ImageDialog] = []
    font = qgis_app.font()
    font.setPointSize(9)
    qgis_app.setFont(font)

    def make(url: str, token: str = "YTpi") -> ImageDialog:
        service = PictureService(folder=str(tmp_path / "cache"), time_scale=0.01)
        services.append(service)
        service.set_connection(make_connection(url, token))
        dialogs.append(ImageDialog(service))
        return dialogs[-1]

    yield make
    for dialog in dialogs:
        dialog.close()
        dialog.deleteLater()
    for service in services:
        service.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=PATIENCE_MS)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def dialog(open_dialog: Open, server: FaultServer) -> ImageDialog:
    return open_dialog(server.url)


def colour(dialog: ImageDialog) -> str:
    picture = dialog.pictureLabel.picture
    return "" if picture is None else picture.pixelColor(5, 5).name()


def wait_loaded(qtbot: QtBot, dialog: ImageDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.loadingBar.isVisible(), timeout=PATIENCE_MS)


def facts(dialog: ImageDialog) -> dict[str, str]:
    return dict(dialog.factsView.facts)


# What is shown


def test_an_image_of_the_service(
    open_dialog: Open, sandbox: Sandbox, client: MapflowClient, stocked: Mosaic, qtbot: QtBot
) -> None:
    image = client.images.list(stocked.id)[0]
    dialog = open_dialog(sandbox.url, sandbox.token)
    dialog.show_image(image, stocked, 1, 2)
    assert not dialog.isModal()
    assert dialog.windowTitle() == f"{image.filename} · Two <b>fields</b>"
    assert dialog.positionLabel.text() == "1 of 2"
    wait_loaded(qtbot, dialog)
    assert dialog.pictureLabel.picture is not None
    assert not dialog.failureBox.isVisible()
    text = dialog.factsView.toPlainText().replace("\u200b", "")
    for value in (image.id, image.checksum, image.crs, "Two <b>fields</b>", image.filename):
        assert value in text


def test_the_small_picture_is_there_at_once(dialog: ImageDialog, server: FaultServer, qtbot: QtBot) -> None:
    pictures = dialog._pictures
    server.add(png_answer(colour="#ff0000"), png_answer(400, 300, "#00ff00", delay=0.3))
    with qtbot.waitSignal(pictures.picture_loaded, timeout=PATIENCE_MS):
        pictures.want([ONE])
    dialog.show_image(ONE, FIELDS, 1, 60)
    assert colour(dialog) == "#ff0000"
    assert dialog.loadingBar.isVisible()
    wait_loaded(qtbot, dialog)
    assert colour(dialog) == "#00ff00"


def test_a_small_picture_that_comes_later_is_shown_until_the_large_one_is_there(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot
) -> None:
    server.add(Script(silent=True, delay=30), png_answer(colour="#ff0000"))
    dialog.show_image(ONE, FIELDS, 1, 60)
    qtbot.waitUntil(lambda: len(server.requests) == 1, timeout=PATIENCE_MS)
    with qtbot.waitSignal(dialog._pictures.picture_loaded, timeout=PATIENCE_MS):
        dialog._pictures.want([ONE])
    assert colour(dialog) == "#ff0000"
    assert dialog.loadingBar.isVisible()


def test_a_picture_is_never_blown_up_more_than_twice(qtbot: QtBot, qgis_app: QApplication) -> None:
    label = PictureLabel()
    qtbot.addWidget(label)
    label.resize(500, 400)
    picture = QImage(100, 50, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff0000"))
    label.set_picture(picture)
    assert label.place.size() == QSize(200, 100)
    assert label.place.center() == label.rect().center()
    label.set_picture(picture.scaled(2000, 1000))
    assert label.place.size() == QSize(500, 250)
    drawn = label.grab().toImage()
    assert drawn.pixelColor(250, 200).name() == "#ff0000"
    assert drawn.pixelColor(250, 20).name() != "#ff0000"
    label.set_picture(None)
    assert label.place.isEmpty()


# When there is none


def test_without_a_picture_it_says_so_and_tries_again(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot
) -> None:
    server.add(answer({"message": "<b>no</b>"}, 403))
    dialog.show_image(ONE, FIELDS, 1, 60)
    wait_loaded(qtbot, dialog)
    assert dialog.failureLabel.text().startswith("The picture was not loaded: your account has no right")
    assert colour(dialog) == ""
    assert_nothing_clipped(dialog)
    server.add(png_answer(colour="#00ff00"))
    qtbot.mouseClick(dialog.retryButton, LEFT)
    assert not dialog.failureBox.isVisible()
    assert dialog.loadingBar.isVisible()
    wait_loaded(qtbot, dialog)
    assert colour(dialog) == "#00ff00"
    assert len(server.requests) == 2


def test_an_image_without_a_preview_is_told_as_such(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot
) -> None:
    server.add(answer({"message": "gone"}, 404))
    dialog.show_image(ONE, FIELDS, 1, 60)
    wait_loaded(qtbot, dialog)
    assert dialog.failureLabel.text().startswith("Mapflow has no large picture")
    assert dialog.retryButton.isVisible()
    dialog.show_image(ONE, FIELDS, 2, 60)  # the list was loaded again
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("state", "words"), [("PENDING", "still processing"), ("FAILED", "has not processed")]
)
def test_an_image_that_is_not_ready_is_not_asked_for(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot, state: str, words: str
) -> None:
    dialog.show_image(replace(ONE, state=state, error="no <b>CRS</b>"), FIELDS, 1, 60)
    assert words in dialog.failureLabel.text()
    assert not dialog.loadingBar.isVisible()
    assert not dialog.retryButton.isVisible()
    off = (dialog.onMapButton, dialog.downloadButton)
    assert [button.isEnabled() for button in off] == [False, False]
    assert all("not processed" in button.toolTip() for button in off)
    qtbot.wait(50)
    assert server.requests == []


# Browsing


def test_an_answer_for_another_image_is_dropped(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot
) -> None:
    server.add(png_answer(colour="#ff0000", delay=0.3), png_answer(colour="#0000ff"))
    told: list[str] = []
    dialog._pictures.large_loaded.connect(lambda image, _: told.append(image.id))
    dialog.show_image(ONE, FIELDS, 1, 2)
    qtbot.waitUntil(lambda: len(server.requests) == 1, timeout=PATIENCE_MS)
    dialog.show_image(TWO, FIELDS, 2, 2)
    wait_loaded(qtbot, dialog)
    qtbot.wait(500)
    assert colour(dialog) == "#0000ff"
    dialog._pictures.large_loaded.emit(ONE, QImage(9, 9, QImage.Format.Format_RGB32))
    dialog._pictures.large_failed.emit(ONE, ValueError())
    assert colour(dialog) == "#0000ff"
    assert not dialog.failureBox.isVisible()
    assert facts(dialog)["Name"] == "two.tif"


def test_another_file_of_the_same_image_is_loaded_anew(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot
) -> None:
    server.add(png_answer(colour="#ff0000"), png_answer(colour="#0000ff"))
    dialog.show_image(ONE, FIELDS, 1, 2)
    wait_loaded(qtbot, dialog)
    dialog.show_image(replace(ONE, filename="renamed.tif"), FIELDS, 1, 2)
    assert facts(dialog)["Name"] == "renamed.tif"
    assert not dialog.loadingBar.isVisible()
    dialog.show_image(replace(ONE, checksum="b" * 40), FIELDS, 1, 2)
    wait_loaded(qtbot, dialog)
    assert colour(dialog) == "#0000ff"


@pytest.mark.parametrize("where", ["nextButton", "factsView", "copyButton"])
def test_keys_browse_wherever_one_is(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot, where: str
) -> None:
    steps: list[int] = []
    dialog.browse_requested.connect(steps.append)
    with qtbot.waitActive(dialog):
        dialog.show_image(ONE, FIELDS, 3, 60)
    part: QWidget = getattr(dialog, where)
    part.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_PageUp, Qt.Key.Key_Right, Qt.Key.Key_PageDown):
        qtbot.keyClick(dialog.focusWidget(), key)
    assert steps == [-1, -1, 1, 1]
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_ends_of_the_list(dialog: ImageDialog, server: FaultServer, qtbot: QtBot) -> None:
    steps: list[int] = []
    dialog.browse_requested.connect(steps.append)
    with qtbot.waitActive(dialog):
        dialog.show_image(ONE, FIELDS, 1, 2)
    assert (dialog.previousButton.isEnabled(), dialog.nextButton.isEnabled()) == (False, True)
    qtbot.keyClick(dialog, Qt.Key.Key_Left)
    assert steps == []
    qtbot.mouseClick(dialog.nextButton, LEFT)
    assert steps == [1]
    dialog.show_image(TWO, FIELDS, 2, 2)
    assert (dialog.previousButton.isEnabled(), dialog.nextButton.isEnabled()) == (True, False)
    qtbot.keyClick(dialog, Qt.Key.Key_PageDown)
    qtbot.mouseClick(dialog.previousButton, LEFT)
    assert steps == [1, -1]


def test_a_closed_dialog_loads_nothing_and_the_opened_one_does(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot
) -> None:
    server.add(Script(silent=True, delay=30), png_answer(colour="#00ff00"))
    dialog.show_image(ONE, FIELDS, 1, 2)
    qtbot.waitUntil(lambda: len(server.requests) == 1, timeout=PATIENCE_MS)
    qtbot.mouseClick(dialog.closeButton, LEFT)
    manager = QgsApplication.taskManager()
    qtbot.waitUntil(lambda: manager.countActiveTasks() == 0, timeout=PATIENCE_MS)
    dialog.show_image(ONE, FIELDS, 1, 2)
    wait_loaded(qtbot, dialog)
    assert colour(dialog) == "#00ff00"


# What can be done


def test_the_buttons_ask_for_the_image_that_is_shown(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot
) -> None:
    asked: list[tuple[str, Image]] = []
    dialog.on_map_requested.connect(lambda image: asked.append(("map", image)))
    dialog.zoom_requested.connect(lambda image: asked.append(("zoom", image)))
    dialog.download_requested.connect(lambda image: asked.append(("download", image)))
    dialog.show_image(ONE, FIELDS, 1, 2)
    dialog.show_image(TWO, FIELDS, 2, 2)
    for button in (dialog.onMapButton, dialog.zoomButton, dialog.downloadButton):
        qtbot.mouseClick(button, LEFT)
    assert asked == [("map", TWO), ("zoom", TWO), ("download", TWO)]


def test_what_cannot_be_done_says_why(dialog: ImageDialog, server: FaultServer) -> None:
    dialog.show_image(replace(ONE, footprint="POLYGON((", is_downloadable=False), FIELDS, 1, 2)
    assert not dialog.zoomButton.isEnabled()
    assert not dialog.onMapButton.isEnabled()
    assert "no footprint" in dialog.zoomButton.toolTip()
    assert not dialog.downloadButton.isEnabled()
    assert "does not offer" in dialog.downloadButton.toolTip()
    dialog.show_image(ONE, FIELDS, 1, 2)
    for button in (dialog.onMapButton, dialog.zoomButton, dialog.downloadButton):
        assert button.isEnabled()
        assert button.toolTip() == ""


def test_json_and_facts_are_copied(dialog: ImageDialog, server: FaultServer, qtbot: QtBot) -> None:
    dialog.show_image(ONE, FIELDS, 1, 2)
    qtbot.mouseClick(dialog.copyButton, LEFT)
    copied = json.loads(QApplication.clipboard().text())
    assert copied == json.loads(json.dumps(asdict(ONE), default=str))
    assert dialog.copyButton.text() == "Copied"
    qtbot.waitUntil(lambda: "JSON" in dialog.copyButton.text(), timeout=PATIENCE_MS)
    dialog.factsView.setFocus()
    qtbot.keyClick(dialog.factsView, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(dialog.factsView, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().split("\n")
    assert lines[0] == "Name\tone.tif"
    assert f"SHA-1\t{'a' * 40}" in lines
    assert len(lines) == len(dialog.factsView.facts)


def test_part_of_a_value_is_copied_as_it_is(dialog: ImageDialog, server: FaultServer, qtbot: QtBot) -> None:
    dialog.show_image(ONE, FIELDS, 1, 2)
    view = dialog.factsView
    view.setTextCursor(view.document().find("one.tif"))
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "one.tif"


def test_a_long_name_is_broken_between_its_parts_and_copied_without_a_break(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot
) -> None:
    name = f"{LONG}.tif"
    dialog.show_image(replace(ONE, filename=name), FIELDS, 1, 2)
    view = dialog.factsView
    shown = view.document().findBlockByNumber(1).next().text()
    assert shown.replace("\u200b", "") == name != shown
    assert "_\u200b" in shown
    view.selectAll()
    view.copy()
    copied = QApplication.clipboard().text()
    assert name in copied
    assert not {"\u200b", "\u00a0"} & set(copied)


def test_values_stay_at_their_place_whichever_are_known(dialog: ImageDialog, server: FaultServer) -> None:
    places = set()
    for image in (ONE, replace(ONE, checksum="", crs="", footprint="", state="IN_PROGRESS")):
        dialog.show_image(image, FIELDS, 1, 2)
        view = dialog.factsView
        cell = view.document().findBlockByNumber(2)
        places.add(view.cursorRect(QTextCursor(cell)).left())
    assert len(places) == 1


# Looks


@pytest.mark.parametrize("points", [9, 18])
def test_long_words_do_not_make_it_wide(
    open_dialog: Open, server: FaultServer, qtbot: QtBot, qgis_app: QgsApplication, points: int
) -> None:
    dialog = open_dialog(server.url)
    font = qgis_app.font()
    font.setPointSize(points)
    dialog.setFont(font)
    server.add(answer({"message": "no"}, 403))
    image = replace(ONE, filename=f"{LONG}.tif", checksum="ab" * 100, crs="x" * 400)
    dialog.show_image(image, Mosaic("m", LONG), 59, 60)
    wait_loaded(qtbot, dialog)
    assert_nothing_clipped(dialog)
    assert dialog.minimumSizeHint().width() <= (600 if points == 9 else 1000)
    assert not dialog.factsView.horizontalScrollBar().isVisible()
    view = dialog.factsView
    assert view.document().idealWidth() <= view.viewport().width() + 1
    dialog.resize(dialog.minimumSizeHint())
    settle(dialog)
    assert_nothing_clipped(dialog)


def test_large_pictures_that_are_passed_by_are_not_asked_for(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot
) -> None:
    server.add(*(png_answer(colour="#ff0000") for _ in range(2)))
    images = [replace(ONE, id=f"i{number}") for number in range(20)]
    for place, image in enumerate(images):
        dialog.show_image(image, FIELDS, place + 1, 20)
        qtbot.wait(10)
    wait_loaded(qtbot, dialog)
    asked = [request.target.split("/")[-3] for request in server.requests]
    assert asked == ["i0", "i19"]
    assert colour(dialog) == "#ff0000"


def test_a_closed_dialog_asks_for_nothing_more(
    dialog: ImageDialog, server: FaultServer, qtbot: QtBot
) -> None:
    server.add(png_answer())
    dialog.show_image(ONE, FIELDS, 1, 2)
    dialog.show_image(TWO, FIELDS, 2, 2)
    dialog.close()
    qtbot.wait(400)
    assert len(server.requests) <= 1
