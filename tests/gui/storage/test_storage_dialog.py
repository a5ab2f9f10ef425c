"""What fills the storage, clicked as a person does, with a service behind it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QApplication

from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Mosaic, Storage
from mapflow_data.gui.storage.bar import StorageBar
from mapflow_data.gui.storage.model import MOSAIC_ROLE, Column
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.looks import assert_nothing_clipped, settle
from tests.gui.kit.storing import GB, LEFT, LONG, Desk, raw, some
from tests.rig.fault_server import FaultServer
from tests.rig.heartbeat import Heartbeat
from tests.rig.script import answer
from tests.rig.smooth import smooth
from tests.rig.volume_server import VolumeServer, mosaics_of
from tests.services.waiting import Told


def test_the_largest_comes_first_and_is_shown_in_the_list(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    desk.dialog.open_with(some())
    assert desk.dialog.headLabel.text() == "6 of 10 GB used, 4 GB free"
    assert desk.names() == [LONG, "Flight 9", "Flight 10", "Small"]
    assert desk.column(Column.SIZE) == ["3 GB", "1 GB", "1 GB", "1 GB"]
    assert desk.column(Column.SHARE) == ["50 %", "17 %", "17 %", "17 %"]
    assert not desk.dialog.sizesPage.noteLabel.isVisible()
    assert not desk.dialog.showButton.isEnabled()
    assert desk.dialog.showButton.toolTip() == "Choose a mosaic first"
    view = desk.dialog.sizesPage.sizesView
    desk.double_click(view, view.model().index(1, 0))
    assert desk.chosen == [("m3",)]
    desk.qtbot.keyClick(view, Qt.Key.Key_Down)
    desk.qtbot.keyClick(view, Qt.Key.Key_Return)
    desk.click(desk.dialog.showButton)
    assert desk.chosen[1:] == [("m2",), ("m2",)]
    assert len(server.requests) == 2  # nothing is asked for


def test_sorted_by_any_column_the_selection_stays(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    desk.dialog.open_with([*some(), Mosaic("m4", "Unknown")])
    view = desk.dialog.sizesPage.sizesView
    view.selectRow(0)
    header = view.horizontalHeader()

    def sort_by(column: Column) -> list[str]:
        x = header.sectionViewportPosition(column) + 10
        desk.qtbot.mouseClick(header.viewport(), LEFT, pos=QPoint(x, 8))
        return desk.names()

    by_name = [LONG, "Flight 9", "Flight 10", "Small", "Unknown"]
    assert sort_by(Column.NAME) == by_name
    assert sort_by(Column.NAME) == by_name[::-1]
    assert sort_by(Column.IMAGES) == ["Flight 9", "Small", LONG, "Flight 10", "Unknown"]
    assert sort_by(Column.IMAGES) == [LONG, "Flight 10", "Small", "Flight 9", "Unknown"]
    assert view.currentIndex().data(MOSAIC_ROLE).id == "m1"
    desk.mosaics.mosaics_loaded.emit(some()[1:])  # as a refresh tells it
    assert len(desk.names()) == 3
    assert view.currentIndex().data(MOSAIC_ROLE).id == "m1"


def test_sizes_that_the_server_does_not_tell_are_added_up(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    server.then = answer([raw("i1", size=2 * GB), raw("i2", size=GB)])
    desk.dialog.open_with([Mosaic("m0", "Told", size_bytes=GB, image_count=1), Mosaic("m1", "Untold")])
    page = desk.dialog.sizesPage
    assert desk.column(Column.SIZE) == ["1 GB", "not known"]
    assert page.noteLabel.text() == "The server does not tell the size of 1 mosaic."
    desk.click(page.readButton)
    desk.qtbot.waitUntil(lambda: desk.column(Column.SIZE) == ["3 GB", "1 GB"], timeout=PATIENCE_MS)
    assert desk.names() == ["Untold", "Told"]
    assert desk.column(Column.IMAGES) == ["2", "1"]
    assert not page.readButton.isVisible()
    assert page.noteLabel.text() == "The mosaics add up to 4 GB, the account counts 6 GB."
    assert not desk.dialog.readingBar.is_wanted


def test_sizes_that_could_not_be_read_say_why_until_they_are_tried_again(
    desk: Desk, server: FaultServer
) -> None:
    desk.sign_in(server.url)
    server.then = answer({"message": "no"}, 401)
    desk.dialog.open_with([Mosaic("m0", "One", image_count=1)])
    page = desk.dialog.sizesPage
    told = "The server does not tell the size of 1 mosaic."
    assert page.noteLabel.text() == told
    desk.click(page.readButton)
    desk.qtbot.waitUntil(lambda: page.noteLabel.text() != told, timeout=PATIENCE_MS)
    assert page.noteLabel.text().startswith(f"{told}\nNot all lists of images were read: ")
    server.then = answer([raw("i", size=GB)])
    desk.click(page.readButton)
    desk.qtbot.waitUntil(lambda: not page.readButton.isVisible(), timeout=PATIENCE_MS)
    assert desk.column(Column.SIZE) == ["1 GB"]
    assert "Not all lists" not in page.noteLabel.text()


def test_signed_out_nothing_is_left(found: Desk) -> None:
    asked = Told(found.qtbot, found.dialog.sign_in_requested)
    found.session.sign_out()
    page = found.dialog.statePage
    assert page.isVisible()
    assert page.stateTitle.text() == "Signed out"
    assert not found.dialog.duplicatesPage.model.groups
    assert not found.dialog.showButton.isVisible()
    found.click(page.stateButton)
    assert asked == [()]


def test_the_list_is_loaded_where_it_is_not_known(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    server.then = answer({"message": "no"}, 403)
    desk.dialog.open_with(None)
    page = desk.dialog.statePage
    assert page.stateTitle.text() == "Loading your mosaics…"
    desk.qtbot.waitUntil(lambda: page.stateButton.text() == "Retry", timeout=PATIENCE_MS)
    assert "account has no right to this" in page.stateText.text()
    desk.qtbot.waitUntil(lambda: not desk.session.is_busy, timeout=PATIENCE_MS)
    server.then = answer([])
    desk.click(page.stateButton)
    desk.qtbot.waitUntil(lambda: page.stateTitle.text() == "No imagery yet", timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        (Storage(6 * GB, None, None), "6 GB used; your storage has no limit"),
        (Storage(11 * GB, 10 * GB, 0), "11 of 10 GB used, 0 B free"),
        (None, "It is not known yet how full the storage is"),
    ],
)
def test_how_full_it_is(desk: Desk, server: FaultServer, storage: Storage | None, words: str) -> None:
    desk.session._storage = storage
    desk.dialog.open_with(some())
    assert desk.dialog.headLabel.text() == words
    assert desk.dialog.usedBar.isVisible() == (storage is not None and storage.limit is not None)


def test_smooth_with_a_thousand_mosaics(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    mosaics = [Mosaic.from_json(one) for one in mosaics_of(1000, 60)]
    page = desk.dialog.duplicatesPage
    with VolumeServer(1000, 60) as volume:
        desk.inventory.set_connection(make_connection(volume.url, "YTpi"))
        for heart in smooth(Heartbeat):
            with heart:
                desk.dialog.open_with(mosaics)
                desk.duplicates()
                desk.click(page.againButton if page.has_result else page.statePage.stateButton)
                desk.qtbot.waitUntil(lambda: not page.has_result, timeout=PATIENCE_MS)
                desk.qtbot.waitUntil(lambda: page.has_result, timeout=30_000)
                assert page.noteLabel.text() == "The 2,000 that free most are shown."
                desk.click(page.selectButton)
                page.duplicatesView.selectAll()
                desk.dialog.tabs.setCurrentIndex(0)
                settle(desk.dialog)
    assert page.totalLabel.text().startswith("3,000 files are there more than once; ")
    assert page.model.rowCount() == 2000


@pytest.mark.parametrize(("width", "points"), [(560, 9), (340, 9), (560, 18), (760, 18)])
def test_nothing_is_cut(found: Desk, qgis_app: QApplication, width: int, points: int) -> None:
    font = qgis_app.font()
    font.setPointSize(points)
    qgis_app.setFont(font)
    dialog = found.dialog
    for tab in (0, 1):
        dialog.tabs.setCurrentIndex(tab)
        dialog.resize(width, 560)
        settle(dialog)
        assert dialog.width() == width
        assert_nothing_clipped(dialog)
    assert dialog.sizesPage.sizesView.columnWidth(Column.NAME) > 12 * dialog.fontMetrics().averageCharWidth()


def test_the_bar_in_the_dock_is_a_button(qtbot: QtBot, qgis_app: QApplication) -> None:
    bar = StorageBar()
    qtbot.addWidget(bar)
    bar.set_storage(Storage(6 * GB, 10 * GB, 4 * GB))
    bar.resize(bar.minimumSizeHint())
    bar.show()
    clicks = Told(qtbot, bar.clicked)
    qtbot.mouseClick(bar, LEFT)
    qtbot.keyClick(bar, Qt.Key.Key_Space)
    qtbot.keyClick(bar, Qt.Key.Key_Return)
    assert len(clicks) == 3
    assert bar.text() == "6 of 10 GB"
    assert bar.toolTip() == "Storage: 4 GB free. Click to see what fills it."
    assert bar.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert_nothing_clipped(bar)
