"""The Search tab at 340 px and 9 pt in every state, and the wide table: nothing cut, all reached by keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsGeometry
from qgis.PyQt.QtCore import QDate, QPoint, Qt
from qgis.PyQt.QtGui import QColor, QFontMetrics, QImage, QPalette
from qgis.PyQt.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit, QWidget

from mapflow_data.api.errors import TimedOut
from mapflow_data.api.models import CatalogItem, Provider, UserStatus
from mapflow_data.gui.area_picker import Area
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.result_card import parts_of
from mapflow_data.gui.results_cells import Column
from mapflow_data.gui.results_model import SHOWN
from mapflow_data.gui.search_dates import Span
from mapflow_data.gui.search_filters import Filters
from mapflow_data.gui.search_panel import SearchPanel
from mapflow_data.gui.search_run import State
from mapflow_data.layers.results import NOT_IN_PLAN, ON_REQUEST
from mapflow_data.maptools.sketch import Shape
from tests.gui.looks import assert_nothing_clipped, settle
from tests.gui.searching import Person
from tests.gui.test_looks import MAX_MINIMUM, WIDTH, operable, signed
from tests.gui.window import Window

SQUARE = ((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),),)
SHAPE = QgsGeometry.fromWkt("POLYGON((10 50, 10.3 50, 10.3 50.2, 10 50))")
STATUS = UserStatus(search_area_limit_m2=700e6, providers=(Provider("CG", "Charming Globe " * 4),))


def start(dock: MapflowDock) -> SearchPanel:
    signed(dock)
    panel = dock.show_search()
    panel.set_status(STATUS)
    return panel


def with_area(
    dock: MapflowDock, name: str = "Drawn polygon", km2: float = 612.0, vertices: int = 4
) -> SearchPanel:
    panel = start(dock)
    panel.picker._set(Area(name, SHAPE, km2, vertices))
    return panel


def with_long_name(dock: MapflowDock) -> None:
    with_area(dock, "Administrative districts of the whole federation, final: 12 selected", 699.9)


def too_large(dock: MapflowDock) -> None:
    with_area(dock, km2=123_456.0)


def too_fine(dock: MapflowDock) -> None:
    with_area(dock, vertices=123_456)


def drawing(dock: MapflowDock) -> None:
    panel = start(dock)
    panel.picker.drawing_started.emit(Shape.POLYGON)
    panel.picker.drawing_resized.emit(612.3)


def unfolded(dock: MapflowDock) -> None:
    panel = with_area(dock)
    panel.searchForm.moreFilters.setCollapsed(False)
    panel.searchForm.set_filters(
        Filters(Span.CUSTOM, max_cloud=100, min_coverage=50, min_resolution=3.0, max_resolution=0.5)
    )
    panel.searchForm.fromEdit.setDate(QDate(2026, 9, 1))
    panel.searchForm.toEdit.setDate(QDate(2026, 8, 1))


def searching(dock: MapflowDock) -> None:
    panel = with_area(dock)
    panel.run._set(State.SEARCHING)


def nothing_found(dock: MapflowDock) -> None:
    panel = with_area(dock)
    panel.run.filters = Filters(Span.SUMMER, max_cloud=10, min_coverage=80, providers=("CG",))
    panel.run._set(State.DONE)


def failed(dock: MapflowDock) -> None:
    panel = with_area(dock)
    panel.run.error = TimedOut()
    panel.run._set(State.FAILED)


def results(dock: MapflowDock) -> None:
    panel = with_area(dock)
    fill(panel)
    panel.run.area, panel.run.total, panel.run.goes_on = panel.picker.area, 12_340, True
    panel.run._set(State.SEARCHING)
    panel.run._set(State.DONE)
    panel.model.sort(Column.COVERS, Qt.SortOrder.AscendingOrder)


def results_loading(dock: MapflowDock) -> None:
    results(dock)
    dock.search.run._set(State.LOADING)


def fill(panel: SearchPanel) -> None:
    scene = CatalogItem(
        "1",
        SQUARE,
        datetime(2025, 7, 14, tzinfo=UTC),
        "Scene",
        "JL1GF03A",
        resolution=0.5,
        cloud=15.0,
        off_nadir=3.91,
        preview_url="https://x/y.png",
    )
    bare = CatalogItem("2", SQUARE)
    odd = CatalogItem("3", (), sensor="<img src=x> " * 9)
    panel.model.append([(scene, 84.0, ON_REQUEST), (bare, None, NOT_IN_PLAN), (odd, None, "")])
    panel.model.set_state("1", SHOWN)


STATES = [
    start,
    with_area,
    with_long_name,
    too_large,
    too_fine,
    drawing,
    unfolded,
    searching,
    nothing_found,
    failed,
    results,
    results_loading,
]


@pytest.mark.parametrize("make", STATES, ids=lambda make: make.__name__)
def test_nothing_is_cut_at_340_px(dock: MapflowDock, make: Callable[[MapflowDock], object]) -> None:
    make(dock)
    dock.setFloating(True)
    dock.resize(WIDTH, 700)
    settle(dock)
    assert dock.minimumSizeHint().width() <= MAX_MINIMUM
    assert dock.width() == WIDTH
    assert_nothing_clipped(dock)


def test_an_area_and_its_limit_fit_the_line(dock: MapflowDock) -> None:
    panel = with_area(dock)
    dock.setFloating(True)
    dock.resize(WIDTH, 700)
    settle(dock)
    label = panel.searchForm.areaLabel
    assert label.text().replace("\u2009", " ") == "Drawn polygon · 612 of 700 km²"
    assert label.width() >= label.sizeHint().width()


def test_a_card_has_room_for_its_facts(dock: MapflowDock) -> None:
    results(dock)
    dock.setFloating(True)
    dock.resize(WIDTH, 700)
    settle(dock)
    cards = dock.search.cardsView
    metrics = QFontMetrics(cards.font())
    card = parts_of(cards.visualRect(dock.search.model.index(0, 0)), metrics.height())
    row = next(dock.search.model.row(n) for n in range(3) if dock.search.model.row(n).item.id == "1")
    assert metrics.horizontalAdvance(row.facts) <= card.second.width()
    assert metrics.horizontalAdvance(row.title) <= card.first.width()


@pytest.mark.parametrize("make", STATES, ids=lambda make: make.__name__)
def test_the_keyboard_gets_to_all(dock: MapflowDock, make: Callable[[MapflowDock], object]) -> None:
    make(dock)
    usable = [w for w in operable(dock) if w.isVisible() and w.isEnabled()]
    reached, widget = set(), dock.widget()
    for _ in range(500):
        widget = widget.nextInFocusChain()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.add(widget.objectName())
    missing = [w.objectName() for w in usable if w.objectName() not in reached]
    assert missing == []


@pytest.mark.parametrize("make", STATES, ids=lambda make: make.__name__)
def test_what_can_be_used_has_a_name_for_screen_readers(
    dock: MapflowDock, make: Callable[[MapflowDock], object]
) -> None:
    make(dock)
    kinds = (QAbstractButton, QLineEdit, QAbstractItemView)
    nameless = [
        w.objectName()
        for w in operable(dock)
        if w.isVisible() and isinstance(w, kinds) and not (w.accessibleName() or _text_of(w))
    ]
    assert nameless == []


def test_enter_on_a_card_puts_it_on_the_map(dock: MapflowDock, qtbot: QtBot) -> None:
    results(dock)
    asked: list[int] = []
    dock.search.cardsView.map_requested.connect(lambda index: asked.append(index.row()))
    dock.search.cardsView.setCurrentIndex(dock.search.model.index(1, 0))
    qtbot.keyClick(dock.search.cardsView, Qt.Key.Key_Return)
    assert asked == [1]


def test_a_click_on_a_button_that_can_do_nothing_selects_the_card(
    dock: MapflowDock, window: Window, qtbot: QtBot
) -> None:
    results(dock)
    settle(dock)
    row = next(n for n in range(3) if dock.search.model.row(n).item.id == "3")
    Person(qtbot, window.canvas).click_map_icon(dock.search, row)
    assert [one.item.id for one in dock.search.selection.rows()] == ["3"]
    assert dock.search.model.state_of("3") == ""


def test_the_wide_table(dock: MapflowDock, window: Window, qtbot: QtBot) -> None:
    results(dock)
    dock.search.opener.open()
    table = dock.search.opener.table
    table.setFloating(True)
    table.resize(1000, 260)
    settle(table)
    assert_nothing_clipped(table)
    assert table.countLabel.text() == dock.search.countLabel.text() == "3 of 12,340"
    assert table.moreButton.isVisible()
    qtbot.keyClicks(table.filterEdit, "JL1")
    qtbot.waitUntil(lambda: dock.search.model.rowCount() == 1, timeout=2000)
    assert dock.search.countLabel.text() == "3 of 12,340 · 1 match"
    table.filterEdit.clear()
    header = table.resultsView.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(1) + 10, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert dock.search.model.order[0] == 1
    assert dock.search.sortButton.text() == "Sort: sensor ▾"


def test_the_wide_table_opens_in_the_order_of_the_cards(dock: MapflowDock) -> None:
    results(dock)
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
    results(dock)
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


def _text_of(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QAbstractButton) else ""
