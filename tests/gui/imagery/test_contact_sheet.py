"""The contact sheet: the tree's own rows as pictures, asked for in sight only, chosen as in the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEvent, QModelIndex, QPoint, QPointF, QRect, Qt
from qgis.PyQt.QtGui import QColor, QFont, QMouseEvent, QPalette
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.imagery.cells import Column
from mapflow_data.gui.imagery.model import ITEM_ROLE
from mapflow_data.gui.widgets.rows_in_sight import rows_in_sight
from tests.gui.kit.browsing import Bench, some
from tests.rig.fault_server import FaultServer
from tests.rig.pngs import png_answer
from tests.rig.script import answer
from tests.rig.smooth import Stopwatch, slowness, smooth

LEFT = Qt.MouseButton.LeftButton
KEY = Qt.Key
NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
MOSAIC, OTHER = Mosaic("m", "Flight 7"), Mosaic("n", "Another")
Make = Callable[..., Bench]


@pytest.fixture
def make(qgis_app: QgsApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    """A bench with the tree hidden: what is done is done in the sheet."""
    made: list[Bench] = []
    palette, font = QApplication.palette(), QApplication.font()
    usual = QFont(font)
    usual.setPointSize(9)
    QApplication.setFont(usual)

    def make(count: int = 60, connection: Connection | None = None) -> Bench:
        bench = Bench(connection, tmp_path / "cache")
        made.append(bench)
        bench.fill(MOSAIC, some(count), OTHER)
        bench.show(qtbot)
        bench.tree.hide()
        bench.drawer.hide()
        return bench

    yield make
    for bench in made:
        bench.close(qtbot)
    QApplication.setPalette(palette)
    QApplication.setFont(font)


def row(bench: Bench, number: int) -> QModelIndex:
    return bench.sheet.model().index(number, 0, bench.sheet.rootIndex())


def place(bench: Bench, number: int) -> QPoint:
    index = row(bench, number)
    bench.sheet.scrollTo(index)
    return bench.sheet.visualRect(index).center()


def click(bench: Bench, number: int, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
    QTest.mouseClick(bench.sheet.viewport(), LEFT, modifier, place(bench, number))


def asked(server: FaultServer) -> list[int]:
    return [int(one.target.split("/")[4][1:]) for one in server.requests]


def images(bench: Bench) -> list[str]:
    model, root = bench.sheet.model(), bench.sheet.rootIndex()
    return [model.index(number, 0, root).data() for number in range(model.rowCount(root))]


# Whose images


def test_it_follows_the_tree_and_says_what_to_do_where_there_is_nothing(make: Make, qtbot: QtBot) -> None:
    bench = make(3)
    assert bench.sheet.mosaic is None
    assert images(bench) == []
    hint = bench.sheet.grab().toImage()
    bench.tree.select_mosaic("m")
    assert bench.told[-1] == ("mosaic", MOSAIC)
    assert bench.sheet.count == 3
    assert images(bench) == [image.filename for image in some(3)]
    assert bench.sheet.grab().toImage() != hint
    bench.tree.select_mosaic("n")
    assert bench.sheet.mosaic == OTHER
    assert images(bench) == ["Loading…"]
    bench.tree.show_image(some(3)[1])
    assert bench.sheet.mosaic == MOSAIC
    bench.tree.imagery.set_images("m", some(5))
    assert (bench.sheet.count, bench.told[-1]) == (5, ("mosaic", MOSAIC))


def test_it_tells_how_many_of_its_images_the_filter_leaves(make: Make, qtbot: QtBot) -> None:
    bench = make(12)
    bench.tree.select_mosaic("m")
    for text, shown in (("dji_0000", 10), ("flight", 12), ("", 12)):
        bench.told.clear()
        bench.tree.filter_now(text)
        assert (bench.sheet.count, bench.sheet.shown_count) == (12, shown)
        assert bool(bench.told) == (text != "")  # nothing is another one for the last
    bench.tree.imagery.set_mosaics([MOSAIC, Mosaic("n", "Another", image_count=7)])
    bench.tree.select_mosaic("n")
    bench.tree.filter_now("another")
    assert (bench.sheet.count, bench.sheet.shown_count) == (7, 7)  # none is loaded yet


def test_sorting_and_filtering_keep_its_mosaic(make: Make, qtbot: QtBot) -> None:
    bench = make(12)
    bench.tree.select_mosaic("m")
    bench.tree.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert images(bench)[0] == "DJI_00011.tif"
    assert bench.sheet.mosaic == MOSAIC
    bench.tree.filter_later("DJI_0000")
    qtbot.waitUntil(lambda: len(images(bench)) == 10, timeout=2000)
    assert bench.sheet.mosaic == MOSAIC


def test_a_mosaic_that_the_filter_hides_comes_back_with_it(make: Make, qtbot: QtBot) -> None:
    bench = make(4)
    bench.tree.select_mosaic("m")
    bench.tree.filter_later("zzz")
    qtbot.waitUntil(lambda: bench.sheet.mosaic is None, timeout=2000)
    assert images(bench) == []
    bench.tree.filter_later("")
    qtbot.waitUntil(lambda: bench.sheet.mosaic == MOSAIC, timeout=2000)
    assert len(images(bench)) == 4


def test_without_its_mosaic_it_shows_no_mosaics_and_clicks_choose_none(make: Make, qtbot: QtBot) -> None:
    bench = make(4)
    bench.tree.select_mosaic("m")
    bench.tree.imagery.set_mosaics([])
    assert bench.sheet.mosaic is None
    bench.tree.imagery.set_mosaics([OTHER, Mosaic("o", "Third")])
    assert images(bench) == []
    QTest.mouseClick(bench.sheet.viewport(), LEFT, pos=QPoint(40, 40))
    QTest.keyClick(bench.sheet, KEY.Key_Down)
    QTest.keyClick(bench.sheet, KEY.Key_Return)
    assert bench.tree.selected_items() == []
    assert not [one for one in bench.told if one[0] == "activated"]
    bench.tree.select_mosaic("n")
    assert bench.sheet.mosaic == OTHER


# Pictures


def test_only_what_is_in_sight_is_asked_for(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=png_answer()) as server:
        bench = make(600, make_connection(server.url, "YTpi"))
        bench.tree.select_mosaic("m")
        qtbot.waitUntil(lambda: bool(server.requests), timeout=5000)
        qtbot.waitUntil(lambda: not bench.pictures.is_busy, timeout=5000)
        seen = bench.sheet.viewport().rect()
        in_sight = [n for n in range(600) if bench.sheet.visualRect(row(bench, n)).intersects(seen)]
        one_line_more = list(range(len(in_sight) + 2))
        assert in_sight == list(range(len(in_sight)))
        assert sorted(asked(server)) == one_line_more
        assert list(rows_in_sight(bench.sheet)) == one_line_more


def test_scrolling_asks_once_it_rests(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=png_answer()) as server:
        bench = make(600, make_connection(server.url, "YTpi"))
        bench.tree.select_mosaic("m")
        qtbot.waitUntil(lambda: not bench.pictures.is_busy and bool(server.requests), timeout=5000)
        server.requests.clear()
        bench.sheet._rest.setInterval(500)  # a busy machine may take its time from one step to the next
        bar = bench.sheet.verticalScrollBar()
        for step in range(1, 21):
            bar.setValue(bar.maximum() * step // 20)
            qtbot.wait(20)
        assert server.requests == []
        qtbot.waitUntil(lambda: 599 in asked(server), timeout=5000)
        qtbot.waitUntil(lambda: not bench.pictures.is_busy, timeout=5000)
        assert min(asked(server)) > 580


def test_pictures_are_drawn_when_they_come(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=png_answer(delay=0.1)) as server:
        bench = make(4, make_connection(server.url, "YTpi"))
        bench.tree.select_mosaic("m")
        qtbot.waitUntil(lambda: bench.pictures.is_loading("i00002"), timeout=5000)
        assert drawn(bench, 2) != QColor("red")
        qtbot.waitUntil(lambda: drawn(bench, 2) == QColor("red"), timeout=5000)


def drawn(bench: Bench, number: int) -> QColor:
    """The colour in the middle of a picture."""
    at = bench.sheet.visualRect(row(bench, number)).center() - QPoint(0, 10)
    return bench.sheet.viewport().grab().toImage().pixelColor(at)


def test_what_is_hidden_wants_nothing(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=png_answer()) as server:
        bench = make(60, make_connection(server.url, "YTpi"))
        bench.sheet.hide()
        bench.tree.select_mosaic("m")
        qtbot.wait(250)
        assert server.requests == []
        bench.sheet.show()
        qtbot.waitUntil(lambda: 0 in asked(server), timeout=5000)


def test_images_without_a_picture_are_asked_for_again_by_a_refresh(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=answer({"message": "no"}, 404)) as server:
        bench = make(1, make_connection(server.url, "YTpi"))
        bench.tree.select_mosaic("m")
        qtbot.waitUntil(lambda: bench.pictures.is_failed("i00000"), timeout=5000)
        bench.sheet.resize(bench.sheet.width(), bench.sheet.height() - 20)
        qtbot.wait(250)
        assert len(server.requests) == 1
        server.then = png_answer()
        bench.pictures.refresh()
        qtbot.waitUntil(lambda: drawn(bench, 0) == QColor("red"), timeout=5000)


def test_images_that_are_not_ready_are_shown_and_not_asked_for(make: Make, qtbot: QtBot) -> None:
    with FaultServer(then=png_answer()) as server:
        bench = make(0, make_connection(server.url, "YTpi"))
        states = [Image("a", "m", "a.tif", state="PENDING"), Image("b", "m", "b.tif", state="FAILED")]
        bench.tree.imagery.set_images("m", [*states, Image("c", "m", "c.tif")])
        bench.tree.select_mosaic("m")
        qtbot.waitUntil(lambda: drawn(bench, 2) == QColor("red"), timeout=5000)
        assert [one.target.split("/")[4] for one in server.requests] == ["c"]
        pictures = {bench.sheet.viewport().grab(_cell(bench, n)).toImage().size().width() for n in range(3)}
        assert len(pictures) == 1
        a, b = (bench.sheet.viewport().grab(_cell(bench, n)).toImage() for n in (0, 1))
        assert a != b  # waiting is no failure


def _cell(bench: Bench, number: int) -> QRect:
    rect = bench.sheet.visualRect(row(bench, number))
    return rect.adjusted(0, 0, 0, -30)  # without its name


# Choosing


def test_chosen_in_the_sheet_is_chosen_in_the_tree(make: Make, qtbot: QtBot) -> None:
    bench = make()
    bench.tree.select_mosaic("m")
    click(bench, 1)
    assert bench.tree.selected_image_ids() == {"i00001"}
    assert bench.tree.current_item() == some(2)[1]
    click(bench, 4, SHIFT)
    assert bench.tree.selected_image_ids() == {f"i0000{n}" for n in (1, 2, 3, 4)}
    click(bench, 2, CTRL)
    assert bench.tree.selected_image_ids() == {f"i0000{n}" for n in (1, 3, 4)}
    assert bench.tree.selectionModel().isRowSelected(3, bench.sheet.rootIndex())
    bench.tree.select_images({"m": {"i00007"}})
    assert bench.sheet.selectionModel().isSelected(row(bench, 7))
    assert not bench.sheet.selectionModel().isSelected(row(bench, 1))


def test_a_rubber_band_chooses_what_it_touches(make: Make, qtbot: QtBot) -> None:
    bench = make()
    bench.tree.select_mosaic("m")
    view = bench.sheet.viewport()
    start = QPoint(view.width() - 1, 1)  # where there is no image
    end = bench.sheet.visualRect(row(bench, 3)).center()
    QTest.mousePress(view, LEFT, pos=start)
    for part in (3, 2, 1):
        at = start + (end - start) / part
        move = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), Qt.MouseButton.NoButton, LEFT, NO_KEY)
        QApplication.sendEvent(view, move)
    QTest.mouseRelease(view, LEFT, pos=end)
    assert bench.tree.selected_image_ids() == {"i00001", "i00003"}


def test_arrow_keys_browse_and_flash(make: Make, qtbot: QtBot) -> None:
    bench = make()
    bench.tree.select_mosaic("m")
    bench.sheet.setFocus()
    for key in (KEY.Key_Right, KEY.Key_Right, KEY.Key_Down, KEY.Key_Left):
        QTest.keyClick(bench.sheet, key)
    assert bench.flashed() == ["i00000", "i00001", "i00003", "i00002"]
    QTest.keyClick(bench.sheet, KEY.Key_End)
    assert bench.tree.current_item() == some(60)[-1]
    assert bench.sheet.visualRect(row(bench, 59)).intersects(bench.sheet.viewport().rect())


def test_from_another_column_of_the_tree_the_keys_go_on(make: Make, qtbot: QtBot) -> None:
    bench = make()
    bench.sheet.hide()
    bench.tree.show()
    bench.tree.expandAll()
    index = bench.tree.imagery.index_of("i00004", "m").siblingAtColumn(Column.SIZE)
    QTest.mouseClick(bench.tree.viewport(), LEFT, pos=bench.tree.visualRect(index).center())
    assert bench.tree.currentIndex().column() == Column.SIZE
    bench.sheet.show()
    QTest.keyClick(bench.sheet, KEY.Key_Right)
    assert bench.tree.current_item() == some(6)[5]


def test_enter_and_double_click_open_an_image(make: Make, qtbot: QtBot) -> None:
    bench = make()
    bench.tree.select_mosaic("m")
    QTest.keyClick(bench.sheet, KEY.Key_Return)  # the mosaic itself is current
    assert ("activated", MOSAIC) not in bench.told
    click(bench, 3)
    QTest.mouseDClick(bench.sheet.viewport(), LEFT, pos=place(bench, 3))
    QTest.keyClick(bench.sheet, KEY.Key_Enter)
    opened = [what for kind, what in bench.told if kind == "activated"]
    assert opened == [some(4)[3]] * 2


def test_letters_jump_by_name_also_from_the_mosaic(make: Make, qtbot: QtBot) -> None:
    bench = make(0)
    names = ["alpha.tif", "bravo.tif", "flight.tif", "golf.tif"]
    bench.tree.imagery.set_images("m", [Image(name, "m", name) for name in names])
    bench.tree.select_mosaic("m")
    QTest.keyClicks(bench.sheet, "fl")  # the mosaic’s own name begins so, too
    assert bench.tree.current_item() == Image("flight.tif", "m", "flight.tif")


def test_a_line_of_text_is_no_image(make: Make, qtbot: QtBot) -> None:
    bench = make(0)
    bench.tree.imagery.set_images_failed("n", "The server cannot be reached: check the network. " * 3)
    bench.tree.select_mosaic("n")
    view = bench.sheet.viewport()
    qtbot.waitUntil(lambda: view.rect().contains(bench.sheet.visualRect(row(bench, 0))), timeout=2000)
    rect = bench.sheet.visualRect(row(bench, 0))
    assert rect.width() > 250
    assert rect.height() > 3 * bench.sheet.fontMetrics().height()
    click(bench, 0)
    QTest.keyClick(bench.sheet, KEY.Key_Return)
    assert bench.tree.selected_image_ids() == set()
    assert not [one for one in bench.told if one[0] == "activated"]
    bench.tree.imagery.set_images("n", some(2, "n"))
    qtbot.waitUntil(lambda: 100 < bench.sheet.visualRect(row(bench, 0)).width() < 170, timeout=2000)


# Its looks


@pytest.mark.parametrize("width", [200, 340, 700])
def test_pictures_share_the_width(make: Make, qtbot: QtBot, width: int) -> None:
    bench = make()
    bench.tree.select_mosaic("m")
    bench.window.resize(width, 700)
    qtbot.wait(200)
    rects = [bench.sheet.visualRect(row(bench, n)) for n in range(8)]
    columns = len({rect.left() for rect in rects})
    assert columns == (bench.sheet.viewport().width() - 6) // 138
    right = max(rect.right() for rect in rects)
    assert bench.sheet.viewport().width() - right < 40 or columns == 1
    assert right < bench.sheet.viewport().width()


def test_in_a_dark_theme_nothing_is_black_on_black(make: Make, qtbot: QtBot) -> None:
    palette = QPalette()
    for role, name in (
        (QPalette.ColorRole.Base, "#202020"),
        (QPalette.ColorRole.Text, "#e0e0e0"),
        (QPalette.ColorRole.Window, "#303030"),
        (QPalette.ColorRole.WindowText, "#e0e0e0"),
    ):
        palette.setColor(role, QColor(name))
    QApplication.setPalette(palette)
    bench = make(2)
    bench.tree.select_mosaic("m")
    rect = bench.sheet.visualRect(row(bench, 0))
    name = QRect(rect.left(), rect.bottom() - 20, rect.width(), 18)
    shot = bench.sheet.viewport().grab(name).toImage()
    greys = [shot.pixelColor(x, y).lightness() for x in range(shot.width()) for y in range(shot.height())]
    assert min(greys) < 60
    assert max(greys) > 180


def test_it_opens_at_the_current_image_however_far_down(make: Make, qtbot: QtBot) -> None:
    bench = make(3000)
    bench.sheet.hide()
    bench.tree.show_image(some(3000)[2500])
    bench.sheet.show()
    seen = bench.sheet.viewport().rect()
    qtbot.waitUntil(lambda: seen.contains(bench.sheet.visualRect(row(bench, 2500))), timeout=5000)
    bench.sheet.verticalScrollBar().setValue(0)
    qtbot.wait(150)
    assert bench.sheet.verticalScrollBar().value() == 0  # and nothing holds one there


def test_ten_thousand_images_hold_nobody_up(make: Make, qtbot: QtBot) -> None:
    bench = make(10_000)
    with Stopwatch() as watch:
        bench.tree.select_mosaic("m")
        bench.sheet.viewport().repaint()
    assert watch.worst_ms < 500 * slowness()
    qtbot.waitUntil(lambda: bench.sheet.verticalScrollBar().maximum() > 10_000 / 2 * 140, timeout=10_000)
    bench.sheet.verticalScrollBar().setValue(bench.sheet.verticalScrollBar().maximum())
    for watch in smooth(Stopwatch):
        with watch:
            rows = rows_in_sight(bench.sheet)
    assert 9980 < rows.start < rows.stop == 10_000
    assert row(bench, 9999).data(ITEM_ROLE) == some(10_000)[-1]
