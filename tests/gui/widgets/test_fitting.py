"""Rows of buttons and tabs in a narrow dock: words are given up one after the other, none is cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from mapflow_data.gui.widgets.fitting_tabs import FittingTabs
from mapflow_data.gui.widgets.icons import icon
from mapflow_data.gui.widgets.tool_row import ToolRow
from tests.gui.kit.looks import faults_of, settle

LEFT = Qt.MouseButton.LeftButton
ICON = Qt.ToolButtonStyle.ToolButtonIconOnly
WORDS = Qt.ToolButtonStyle.ToolButtonTextOnly
BESIDE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon


@pytest.fixture
def row(qtbot: QtBot) -> Iterator[ToolRow]:
    """Of a label, and of two buttons with words beside their icons and one with words in their place."""
    holder = QWidget()  # a window of its own would not be made smaller than its layout
    qtbot.addWidget(holder)
    row = ToolRow(holder)
    layout = QHBoxLayout(row)
    layout.addWidget(QLabel("60 files"))
    for style in (BESIDE, BESIDE, WORDS):
        button = QToolButton()
        button.setText("Retry failed")
        button.setIcon(icon("retry"))
        button.setToolButtonStyle(style)
        layout.addWidget(button)
    holder.show()
    yield row


def styles(row: ToolRow) -> list[Qt.ToolButtonStyle]:
    return [button.toolButtonStyle() for button in row.findChildren(QToolButton)]


def widen(part: QWidget, width: int) -> None:
    part.resize(width, part.height())
    settle(part)
    assert part.width() == width
    assert faults_of(part) == []


def test_the_last_button_gives_up_its_words_first(row: ToolRow) -> None:
    whole = row.sizeHint().width()
    widen(row, whole)
    assert styles(row) == [BESIDE, BESIDE, WORDS]
    widen(row, whole - 1)
    assert styles(row) == [BESIDE, BESIDE, ICON]
    widen(row, row.minimumSizeHint().width() + 1)
    assert styles(row) == [ICON, ICON, ICON]
    assert (row.sizeHint().width(), row.minimumSizeHint().width() < whole - 150) == (whole, True)
    widen(row, whole)
    assert styles(row) == [BESIDE, BESIDE, WORDS]


def test_a_row_fits_again_when_words_change_or_a_button_comes(row: ToolRow) -> None:
    first, second, _ = row.findChildren(QToolButton)
    second.hide()
    settle(row)
    widen(row, row.sizeHint().width())
    assert ICON not in styles(row)
    second.show()
    settle(row)
    assert styles(row)[2] == ICON
    first.setText("Retry all of the sixty files that failed")
    settle(row)
    assert styles(row)[0] == ICON
    assert faults_of(row) == []


@pytest.fixture
def tabs(qtbot: QtBot) -> FittingTabs:
    tabs = FittingTabs()
    qtbot.addWidget(tabs)
    tabs.setDocumentMode(True)
    tabs.setUsesScrollButtons(False)
    for name, words in (("mosaic", "My imagery"), ("search", "Search"), ("upload", "Activity")):
        tabs.add_page(QWidget(), icon(name), words)
    tabs.show()
    return tabs


def shown(tabs: FittingTabs) -> list[str]:
    return [tabs.tabBar().tabText(place) for place in range(tabs.count())]


def test_only_the_tab_in_front_keeps_its_words_where_the_room_is_short(
    tabs: FittingTabs, qtbot: QtBot
) -> None:
    widen(tabs, 400)
    assert shown(tabs) == ["My imagery", "Search", "Activity"]
    widen(tabs, tabs.minimumSizeHint().width())
    assert shown(tabs) == ["My imagery", "", ""]
    qtbot.mouseClick(tabs.tabBar(), LEFT, pos=tabs.tabBar().tabRect(2).center())
    assert shown(tabs) == ["", "", "Activity"]
    assert [tabs.tabText(place) for place in range(3)] == ["My imagery", "Search", "Activity"]
    assert [tabs.tabToolTip(place) for place in range(3)] == ["My imagery", "Search", ""]
    assert [tabs.tabIcon(place).isNull() for place in range(3)] == [False, False, True]
    assert tabs.tabBar().accessibleTabName(0) == "My imagery"
    widen(tabs, 400)
    assert shown(tabs) == ["My imagery", "Search", "Activity"]


def test_other_words_are_measured_anew(tabs: FittingTabs) -> None:
    narrow = tabs.minimumSizeHint().width()
    widen(tabs, tabs.tabBar().sizeHint().width())
    tabs.setTabText(2, "Activity (12,000)")
    assert shown(tabs) == ["My imagery", "", ""]
    assert tabs.minimumSizeHint().width() > narrow
    tabs.setTabText(2, "Activity")
    assert shown(tabs) == ["My imagery", "Search", "Activity"]


def test_a_page_still_sets_the_least_width(tabs: FittingTabs) -> None:
    tabs.widget(1).setMinimumWidth(0)
    wide = ToolRow()
    wide.minimumSizeHint = lambda: tabs.size() * 2  # type: ignore[method-assign]
    tabs.add_page(wide, icon("edit"), "Wide")
    assert tabs.minimumSizeHint().width() >= tabs.width() * 2
