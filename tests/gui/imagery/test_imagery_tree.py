"""The view of mosaics and images: where somebody is in it, and what keys, filter and columns do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.imagery import keeper as imagery_keeper
from mapflow_data.gui.imagery.cells import Column
from mapflow_data.gui.imagery.model import Loading
from mapflow_data.gui.imagery.tree import ImageryTree
from mapflow_data.gui.widgets.icons import cell_icon
from mapflow_data.settings import IMAGERY_COLUMNS, IMAGERY_ORDER
from tests.rig.smooth import Stopwatch, smooth

MOSAICS = [Mosaic(f"m{n}", f"Mosaic {n}", image_count=3) for n in range(1, 6)]
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def images_of(mosaic_id: str, count: int = 3, **more: Any) -> list[Image]:
    return [Image(f"{mosaic_id}-{n}", mosaic_id, f"DJI_{n}.tif", size_bytes=n, **more) for n in range(count)]


@pytest.fixture
def tree(qtbot: QtBot, qgis_app: QApplication) -> Iterator[ImageryTree]:
    """Three of five mosaics are loaded, all are closed."""
    forget_columns()
    tree = ImageryTree()
    qtbot.addWidget(tree)
    tree.setSelectionMode(ImageryTree.SelectionMode.ExtendedSelection)
    tree.setSortingEnabled(True)
    tree.imagery.set_mosaics(MOSAICS)
    for mosaic in MOSAICS[:3]:
        tree.imagery.set_images(mosaic.id, images_of(mosaic.id))
    tree.resize(340, 500)
    tree.show()
    tree.setCurrentIndex(tree.imagery.index_of("m5"))
    yield tree
    forget_columns()


def forget_columns() -> None:
    IMAGERY_COLUMNS.forget()
    IMAGERY_ORDER.forget()


def row(tree: ImageryTree, item_id: str) -> QModelIndex:
    mosaic_id = item_id.partition("-")[0]
    return tree.imagery.index_of(item_id, mosaic_id if mosaic_id != item_id else "")


def opened(tree: ImageryTree) -> list[str]:
    return [mosaic.id for mosaic in tree.imagery.mosaics() if tree.is_open(mosaic.id)]


def loaded_ids(tree: ImageryTree) -> list[str]:
    return [one.mosaic.id for one in tree.imagery.branches() if one.state is Loading.LOADED]


def type_filter(tree: ImageryTree, qtbot: QtBot, text: str) -> None:
    with qtbot.waitSignal(tree.filtered):
        tree.filter_later(text)


def test_a_line_of_text_has_the_room_of_the_whole_row(tree: ImageryTree) -> None:
    tree.imagery.set_images_failed("m4", "Not loaded: the server did not answer in time; try again. " * 3)
    tree.expand(row(tree, "m4"))
    note = tree.imagery.index(0, Column.NAME, row(tree, "m4"))
    beside = tree.visualRect(note.siblingAtColumn(Column.SIZE))
    drawn = tree.grab(beside.translated(tree.viewport().pos())).toImage()
    colours = {drawn.pixel(x, y) for x in range(drawn.width() // 2) for y in range(drawn.height())}
    assert len(colours) > 2, "nothing of it is seen beside the first column"


# Where somebody is


@pytest.mark.parametrize("change", ["refresh", "sort", "filter", "images"])
def test_selection_current_row_and_what_is_open_stay(tree: ImageryTree, qtbot: QtBot, change: str) -> None:
    tree.expand(row(tree, "m1"))
    tree.expand(row(tree, "m2"))
    tree.select_images({"m1": {"m1-0", "m1-2"}, "m2": {"m2-1"}})
    if change == "refresh":
        tree.imagery.set_mosaics([replace(MOSAICS[0], name="Zoo"), MOSAICS[1], Mosaic("new", "A new one")])
    elif change == "sort":
        tree.sortByColumn(Column.SIZE, DOWN)
    elif change == "filter":
        type_filter(tree, qtbot, "mosaic")
    else:
        tree.imagery.set_images("m1", [*images_of("m1", 5)[1:], Image("m1-0", "m1", "zz.tif")])
    assert tree.selected_image_ids() == {"m1-0", "m1-2", "m2-1"}
    assert [mosaic.id for mosaic in tree.selected_mosaics()] == ["m1", "m2"] or change == "refresh"
    assert tree.current_item().id == "m2-1"
    assert opened(tree) == ["m1", "m2"]


def test_thousands_of_selected_rows_hold_nothing_up(tree: ImageryTree, qtbot: QtBot) -> None:
    """Qt by itself would keep each cell of them, which takes seconds."""
    images = [Image(f"m1-{n}", "m1", f"{n}.tif", size_bytes=n * 7 % 5000) for n in range(5000)]
    tree.imagery.set_images("m1", images)
    tree.expand(row(tree, "m1"))
    tree.select_images({"m1": {image.id for image in images}})
    for watch in smooth(Stopwatch, 500):
        tree.sortByColumn(Column.NAME, UP)
        with qtbot.assertNotEmitted(tree.items_selected), watch:
            tree.sortByColumn(Column.SIZE, DOWN)
    assert len(tree.selected_items()) == 5000


def test_what_takes_the_place_of_a_current_row_that_goes_is_current(tree: ImageryTree, qtbot: QtBot) -> None:
    tree.show_image(images_of("m1")[1])
    told: list[Any] = []
    tree.current_changed.connect(told.append)
    with qtbot.waitSignal(tree.items_selected):
        tree.imagery.set_images("m1", [images_of("m1")[0], images_of("m1")[2]])
    assert tree.current_item().id == "m1-2"
    assert tree.selected_items() == []  # nobody chose it
    tree.imagery.set_images("m1", images_of("m1")[:1])
    tree.imagery.set_mosaics(MOSAICS[1:])
    tree.imagery.set_mosaics([])
    assert [getattr(item, "id", None) for item in told] == ["m1-2", "m1-0", "m2", None]


def test_a_current_row_with_other_facts_is_told(tree: ImageryTree, qtbot: QtBot) -> None:
    tree.show_image(images_of("m1")[1])
    with qtbot.waitSignal(tree.current_changed) as told:
        tree.imagery.set_images("m1", [replace(one, filename=f"A {one.id}") for one in images_of("m1")])
    assert told.args[0].filename == "A m1-1"
    with qtbot.assertNotEmitted(tree.current_changed):
        tree.sortByColumn(Column.SIZE, DOWN)


def test_what_the_filter_hides_is_not_selected_any_more(tree: ImageryTree, qtbot: QtBot) -> None:
    """Else it could be deleted unseen."""
    tree.select_images({"m1": {"m1-0", "m1-1"}})
    wanted: list[str] = []
    tree.images_wanted.connect(wanted.append)
    with qtbot.waitSignals([tree.items_selected, tree.current_changed]):
        type_filter(tree, qtbot, "dji_0")
    assert tree.selected_image_ids() == {"m1-0"}
    assert tree.current_item() is None
    assert wanted == []


def test_siblings_come_in_the_order_shown(tree: ImageryTree) -> None:
    image = images_of("m1")[1]
    assert [one.id for one in tree.siblings(image)] == ["m1-0", "m1-1", "m1-2"]
    tree.sortByColumn(Column.NAME, DOWN)
    assert [one.id for one in tree.siblings(image)] == ["m1-2", "m1-1", "m1-0"]
    assert tree.siblings(Image("x", "gone")) == []


def test_an_image_is_shown_once_its_mosaic_is_loaded(tree: ImageryTree, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tree.images_wanted) as wanted:
        tree.show_image(Image("m4-1", "m4"))
    assert wanted.args == ["m4"]
    tree.imagery.set_images("m4", images_of("m4"))
    tree.images_arrived("m4")
    assert tree.current_item().id == "m4-1"
    assert tree.selected_image_ids() == {"m4-1"}
    assert tree.visualRect(tree.currentIndex()).isValid()


# Loading


def test_opening_a_mosaic_asks_for_its_images_once_loaded_no_more(tree: ImageryTree) -> None:
    wanted: list[str] = []
    tree.images_wanted.connect(wanted.append)
    tree.expand(row(tree, "m4"))
    assert wanted == ["m4"]
    tree.imagery.set_images("m4", images_of("m4"))
    tree.selectionModel().setCurrentIndex(row(tree, "m4"), QItemSelectionModel.SelectionFlag.Select)
    assert wanted == ["m4"]


def test_images_that_nobody_needs_any_more_are_let_go(
    tree: ImageryTree, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imagery_keeper, "KEPT", 3)
    monkeypatch.setattr(imagery_keeper, "SLACK", 2)
    mosaics = [Mosaic(f"m{n}", f"Mosaic {n}") for n in range(1, 41)]
    tree.imagery.set_mosaics(mosaics)
    tree.expand(row(tree, "m1"))
    tree.select_images({"m2": {"m2-1"}})
    tree.selectionModel().setCurrentIndex(row(tree, "m3-1"), QItemSelectionModel.SelectionFlag.NoUpdate)
    for mosaic in mosaics[3:]:
        tree.imagery.set_images(mosaic.id, images_of(mosaic.id))
    qtbot.waitUntil(lambda: len(loaded_ids(tree)) <= 3 + 3)
    loaded = loaded_ids(tree)
    assert loaded[:3] == ["m1", "m2", "m3"]  # open, selected, current
    assert loaded[-3:] == ["m38", "m39", "m40"]
    assert tree.selected_image_ids() == {"m2-1"}
    wanted: list[str] = []
    tree.images_wanted.connect(wanted.append)
    tree.expand(row(tree, "m5"))
    assert wanted == ["m5"]


# The filter


def test_a_filter_opens_what_it_found_and_leaves_the_tree_as_it_was(tree: ImageryTree, qtbot: QtBot) -> None:
    wanted: list[str] = []
    tree.images_wanted.connect(wanted.append)
    tree.expand(row(tree, "m3"))
    type_filter(tree, qtbot, "dji_1")
    assert opened(tree) == ["m1", "m2", "m3"]
    type_filter(tree, qtbot, "mosaic 3")
    assert opened(tree) == ["m3"]
    type_filter(tree, qtbot, "")
    assert opened(tree) == ["m3"]
    type_filter(tree, qtbot, "mosaic 4")
    assert opened(tree) == []
    type_filter(tree, qtbot, "mosaic 1")
    assert opened(tree) == []  # it was found by its own name
    type_filter(tree, qtbot, "")
    assert opened(tree) == ["m3"]
    assert wanted == []


def test_where_somebody_went_stays_open_when_the_filter_goes(tree: ImageryTree, qtbot: QtBot) -> None:
    type_filter(tree, qtbot, "m2-1")
    tree.show_image(images_of("m2")[1])
    type_filter(tree, qtbot, "")
    assert opened(tree) == ["m2"]
    assert tree.selected_image_ids() == {"m2-1"}


# Images under way


def test_while_images_are_processed_an_open_mosaic_is_asked_for_again(
    tree: ImageryTree, qtbot: QtBot
) -> None:
    assert tree.watch.timer.interval() == 20_000
    tree.watch.timer.setInterval(20)
    busy = [*images_of("m1"), Image("m1-9", "m1", "late.tif", state="IN_PROGRESS")]
    tree.imagery.set_images("m1", busy)
    assert not tree.watch.timer.isActive()  # it is closed
    tree.expand(row(tree, "m1"))
    for _ in range(2):
        with qtbot.waitSignal(tree.images_wanted) as wanted:
            pass
        assert wanted.args == ["m1"]
        assert not tree.watch.timer.isActive()  # before there is an answer
        tree.imagery.set_images("m1", busy)
    tree.imagery.set_images("m1", [*images_of("m1"), Image("m1-9", "m1", "late.tif", state="FAILED")])
    assert not tree.watch.timer.isActive()
    tree.imagery.set_images("m1", busy)
    assert tree.watch.timer.isActive()
    tree.imagery.set_mosaics([])  # signed out
    assert not tree.watch.timer.isActive()


def test_a_closed_mosaic_is_not_asked_for(tree: ImageryTree, qtbot: QtBot) -> None:
    tree.watch.timer.setInterval(20)
    tree.expand(row(tree, "m1"))
    tree.imagery.set_images("m1", images_of("m1", state="PENDING"))
    tree.collapse(row(tree, "m1"))
    with qtbot.assertNotEmitted(tree.images_wanted, wait=100):
        pass
    tree.imagery.set_images("m1", images_of("m1", 2, state="PENDING"))
    assert not tree.watch.timer.isActive()


# Keys, clicks, columns


def test_enter_and_a_double_click_activate_an_image(tree: ImageryTree, qtbot: QtBot) -> None:
    told: list[Any] = []
    tree.image_activated.connect(lambda image: told.append(image.id))
    tree.show_image(images_of("m1")[1])
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    qtbot.keyClick(tree, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    place = tree.visualRect(row(tree, "m1-0")).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told == ["m1-1", "m1-1", "m1-0"]
    qtbot.keyClick(tree, Qt.Key.Key_Delete)
    assert len(told) == 3
    assert len(tree.siblings(images_of("m1")[0])) == 3


def test_enter_and_a_double_click_open_and_close_a_mosaic(tree: ImageryTree, qtbot: QtBot) -> None:
    told: list[Any] = []
    tree.image_activated.connect(told.append)
    tree.select_mosaic("m2")
    for states in (["m2"], []):
        qtbot.keyClick(tree, Qt.Key.Key_Return)
        assert opened(tree) == states
    place = tree.visualRect(row(tree, "m1")).center()
    for states in (["m1"], []):
        qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert opened(tree) == states
    assert told == []


def test_columns_that_were_shown_are_shown_again(tree: ImageryTree, qtbot: QtBot) -> None:
    assert shown_columns(tree) == [Column.NAME, Column.SIZE]
    menu = tree.columns.make_menu()
    actions = {action.text(): action for action in menu.actions()}
    assert list(actions) == ["Size", "Tags", "CRS", "Resolution", "Created", "Status"]
    actions["Size"].trigger()
    assert shown_columns(tree) == [Column.NAME]
    actions["Status"].trigger()
    other = ImageryTree()
    qtbot.addWidget(other)
    assert shown_columns(other) == [Column.NAME, Column.STATUS]
    IMAGERY_COLUMNS.set("of_another_version")
    third = ImageryTree()
    qtbot.addWidget(third)
    assert shown_columns(third) == [Column.NAME, Column.SIZE]


def click_header(tree: ImageryTree, column: Column) -> None:
    header = tree.header()
    left, width = header.sectionViewportPosition(column), header.sectionSize(column)
    at = QPoint(left + width // 2, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def indicator(tree: ImageryTree) -> tuple[int, Qt.SortOrder]:
    return tree.header().sortIndicatorSection(), tree.header().sortIndicatorOrder()


def test_the_first_click_on_a_header_brings_up_what_one_looks_for(tree: ImageryTree) -> None:
    """The largest and the newest; names from A on."""
    for action in tree.columns.make_menu().actions():
        action.setChecked(True)
    tree.resize(900, 500)
    tree.imagery.set_images("m1", [Image(n, "m1", n, size_bytes=len(n)) for n in ("a", "bbb", "cc")])
    shown = []
    for column in (Column.SIZE, Column.SIZE, Column.NAME, Column.CREATED, Column.TAGS):
        click_header(tree, column)
        shown.append((*indicator(tree), "".join(image.id for image in tree.imagery.images_of("m1"))))
    assert shown == [
        (Column.SIZE, DOWN, "bbbcca"),
        (Column.SIZE, UP, "accbbb"),
        (Column.NAME, UP, "abbbcc"),
        (Column.CREATED, DOWN, "abbbcc"),
        (Column.TAGS, UP, "abbbcc"),
    ]


def test_the_order_that_was_chosen_is_there_again(tree: ImageryTree, qtbot: QtBot) -> None:
    assert again(qtbot) == (Column.NAME, UP)
    click_header(tree, Column.SIZE)
    assert again(qtbot) == (Column.SIZE, DOWN)
    click_header(tree, Column.SIZE)
    assert again(qtbot) == (Column.SIZE, UP)
    tree.columns.make_menu().actions()[0].trigger()  # an arrow that nobody sees tells nobody why
    assert indicator(tree) == again(qtbot) == (Column.NAME, UP)
    IMAGERY_ORDER.set("-of_another_version")
    assert again(qtbot) == (Column.NAME, UP)
    IMAGERY_ORDER.set("-crs")  # not shown any more
    assert again(qtbot) == (Column.NAME, UP)


def again(qtbot: QtBot) -> tuple[int, Qt.SortOrder]:
    other = ImageryTree()
    qtbot.addWidget(other)
    other.setSortingEnabled(True)
    other.imagery.set_mosaics([replace(MOSAICS[0], size_bytes=1), replace(MOSAICS[1], size_bytes=2)])
    column, order = indicator(other)
    is_turned = [one.mosaic.id for one in shown_branches(other)] == ["m2", "m1"]
    assert is_turned == (order == DOWN)
    return column, order


def shown_branches(tree: ImageryTree) -> list[Any]:
    return sorted(tree.imagery.branches(), key=lambda branch: branch.row)


@pytest.mark.parametrize("points", [7, 9, 18])
def test_sizes_fit_into_their_column(tree: ImageryTree, points: int) -> None:
    font = tree.font()
    font.setPointSize(points)
    tree.setFont(font)
    room = tree.columnWidth(Column.SIZE)
    needed = tree.fontMetrics().horizontalAdvance("88.8 GB")
    assert needed < room < 2 * needed + 40
    tree.imagery.set_images("m1", [Image("big", "m1", "big.tif", size_bytes=int(88.8 * 1024**3))])
    assert tree.sizeHintForIndex(row(tree, "m1").siblingAtColumn(Column.SIZE)).width() <= room


def test_names_can_be_read_beside_all_other_columns(tree: ImageryTree, qtbot: QtBot) -> None:
    tree.resize(320, 300)
    tree.show()
    qtbot.waitExposed(tree)
    wide = tree.columnWidth(Column.NAME)
    assert not tree.horizontalScrollBar().maximum()
    for action in tree.columns.make_menu().actions():
        action.setChecked(True)
    needed = tree.fontMetrics().horizontalAdvance("Archive 2014") + 2 * tree.indentation() + 20
    assert tree.columnWidth(Column.NAME) >= needed
    qtbot.waitUntil(lambda: tree.horizontalScrollBar().maximum() > 0)
    for action in tree.columns.make_menu().actions()[1:]:
        action.setChecked(False)
    assert tree.columnWidth(Column.NAME) == wide


def shown_columns(tree: ImageryTree) -> list[Column]:
    return [column for column in Column if not tree.isColumnHidden(column)]


def test_painting_asks_for_the_interpreter_once(tree: ImageryTree, qtbot: QtBot) -> None:
    """Not for each cell: with a thread at work each time would be a wait of some milliseconds."""
    tree.imagery.set_mosaics([Mosaic(f"x{number}", f"Field {number}") for number in range(100)])
    tree.resize(400, 800)
    tree.show()
    qtbot.wait(100)
    is_over = threading.Event()

    def work() -> None:
        while not is_over.is_set():
            sum(range(1000))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for watch in smooth(Stopwatch, 200):
            tree.viewport().update()
            with watch:
                qtbot.wait(1)
    finally:
        is_over.set()
        thread.join()


def test_icons_of_rows_are_kept_until_the_style_changes(tree: ImageryTree) -> None:
    before = cell_icon("mosaic")
    assert cell_icon("mosaic") is before
    QApplication.sendEvent(tree, QEvent(QEvent.Type.StyleChange))
    assert cell_icon("mosaic") is not before
