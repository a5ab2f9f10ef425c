"""The Search tab at 340 px and the wide table: what fits into a line, what clicks and colours do."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtGui import QColor, QFontMetrics, QImage, QPalette
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QWidget

from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.results.card import parts_of
from mapflow_data.gui.results.cells import Column
from tests.gui.kit.looks import assert_nothing_clipped, settle
from tests.gui.kit.searching import Person
from tests.gui.states.search import results, with_area
from tests.gui.states.stage import DOCK_SIZE, Stage


@pytest.fixture
def dock(stage: Stage) -> MapflowDock:
    """With results."""
    return results(stage)


def narrow(dock: MapflowDock) -> None:
    dock.setFloating(True)
    dock.resize(*DOCK_SIZE)
    settle(dock)


def test_an_area_and_its_limit_fit_the_line(stage: Stage) -> None:
    label = with_area(stage).searchForm.areaLabel
    narrow(stage.dock)
    assert label.text().replace("\u2009", " ") == "Polygon · 612 of 700 km²"
    assert label.width() >= label.sizeHint().width()


def test_what_was_searched_does_not_widen_the_dock(dock: MapflowDock) -> None:
    narrow(dock)
    label = dock.search.foldedFilters
    assert dock.width() == DOCK_SIZE[0]
    assert label.width() < label.sizeHint().width()
    assert "in my plan" in label.text()
    assert "in my plan" in label.toolTip()


def test_a_card_has_room_for_its_facts(dock: MapflowDock) -> None:
    narrow(dock)
    cards = dock.search.cardsView
    metrics = QFontMetrics(cards.font())
    number = row_of(dock, "JL1GF03A")
    card = parts_of(cards.visualRect(dock.search.model.index(number, 0)), metrics.height())
    row = dock.search.model.row(number)
    assert metrics.horizontalAdvance(row.facts) <= card.second.width()
    assert metrics.horizontalAdvance(row.title) <= card.first.width()


def row_of(dock: MapflowDock, sensor: str) -> int:
    model = dock.search.model
    return next(n for n in range(model.rowCount()) if model.row(n).item.sensor.startswith(sensor))


def test_enter_on_a_card_puts_it_on_the_map(dock: MapflowDock, qtbot: QtBot) -> None:
    asked: list[int] = []
    dock.search.cardsView.map_requested.connect(lambda index: asked.append(index.row()))
    dock.search.cardsView.setCurrentIndex(dock.search.model.index(1, 0))
    qtbot.keyClick(dock.search.cardsView, Qt.Key.Key_Return)
    assert asked == [1]


def test_a_click_on_a_button_that_can_do_nothing_selects_the_card(
    dock: MapflowDock, stage: Stage, qtbot: QtBot
) -> None:
    settle(dock)
    row = row_of(dock, "<img")
    Person(qtbot, stage.window.canvas).click_map_icon(dock.search, row)
    assert [one.item.id for one in dock.search.selection.rows()] == ["3"]
    assert dock.search.model.state_of("3") == ""


def test_the_wide_table(dock: MapflowDock, qtbot: QtBot) -> None:
    dock.search.opener.open()
    table = dock.search.opener.table
    table.setFloating(True)
    table.resize(1000, 260)
    settle(table)
    assert_nothing_clipped(table)
    assert table.countLabel.text() == dock.search.countLabel.text() == "5 of 12,340"
    assert table.moreButton.isVisible()
    qtbot.keyClicks(table.filterEdit, "JL1")
    qtbot.waitUntil(lambda: dock.search.model.rowCount() == 1, timeout=2000)
    assert dock.search.countLabel.text() == "5 of 12,340 · 1 match"
    table.filterEdit.clear()
    header = table.resultsView.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(1) + 10, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert dock.search.model.order[0] == 1
    assert dock.search.sortButton.text() == "Sort: sensor ▾"


def test_keys_of_the_wide_table(dock: MapflowDock, qtbot: QtBot) -> None:
    dock.search.opener.open()
    table, model = dock.search.opener.table, dock.search.model
    table.setFloating(True)
    table.activateWindow()
    table.resultsView.setFocus()
    window = table.windowHandle()
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert table.filterEdit.hasFocus()
    for letter in "JL1":
        QTest.keyClick(window, letter)
    QTest.keyClick(window, Qt.Key.Key_Down)
    assert table.resultsView.hasFocus()
    assert [row.item.sensor[:3] for row in dock.search.selection.rows()] == ["JL1"]
    QTest.keyClick(window, Qt.Key.Key_Up)
    assert table.filterEdit.hasFocus()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert (table.filterEdit.text(), model.rowCount()) == ("", model.total)


def test_the_newest_comes_first_at_the_first_click(dock: MapflowDock, qtbot: QtBot) -> None:
    dock.search.opener.open()
    header = dock.search.opener.table.resultsView.horizontalHeader()
    orders = {}
    for column in (Column.COVERS, Column.CLOUD, Column.SENSOR, Column.DATE):
        at = QPoint(header.sectionViewportPosition(column) + 10, header.height() // 2)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        orders[column] = dock.search.model.order[1]
    up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
    assert orders == {Column.COVERS: down, Column.CLOUD: up, Column.SENSOR: up, Column.DATE: down}


def test_the_wide_table_opens_in_the_order_of_the_cards(dock: MapflowDock) -> None:
    order = (Column.CLOUD, Qt.SortOrder.AscendingOrder)
    dock.search.model.sort(*order)
    dock.search.opener.open()
    assert dock.search.model.order == order
    header = dock.search.opener.table.resultsView.horizontalHeader()
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == order
    assert dock.search.sortButton.text() == "Sort: cloud ▾"


@pytest.mark.parametrize("colours", [("#202326", "#f0f0f0"), ("#ffffff", "#101010")], ids=["dark", "light"])
def test_cards_and_area_follow_the_palette(dock: MapflowDock, colours: tuple[str, str]) -> None:
    """Text is drawn in the theme's own colour, on its own ground."""
    dark, light = colours
    palette = QPalette(dock.palette())
    for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Window):
        palette.setColor(role, QColor(dark))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
        palette.setColor(role, QColor(light))
    dock.search.cardsView.setPalette(palette)
    dock.search.foldedLabel.setPalette(palette)
    settle(dock)
    for widget in (dock.search.cardsView.viewport(), dock.search.foldedLabel):
        assert light in _colours(widget)


def _colours(widget: QWidget) -> set[str]:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_one_order_is_marked_in_the_menu(dock: MapflowDock) -> None:
    orders = dock.search.sortButton.menu().actions()
    for action in orders[:2]:
        action.trigger()
        assert [one for one in orders if one.isChecked()] == [action]
    dock.search.model.sort(Column.ID, Qt.SortOrder.AscendingOrder)  # by a title of the table
    assert not any(one.isChecked() for one in orders)
    assert all(one.actionGroup().isExclusive() for one in orders)
