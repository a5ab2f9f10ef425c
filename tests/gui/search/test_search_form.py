"""The search form as a value: spans of days, what is sent, what contradicts itself, what is remembered."""

from __future__ import annotations

from datetime import date

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsCoordinateReferenceSystem, QgsFeature, QgsGeometry, QgsVectorLayer
from qgis.PyQt.QtCore import QDate
from qgis.PyQt.QtWidgets import QStyle, QStyleOptionComboBox, QWidget

from mapflow_data.api.models import Provider, UserStatus
from mapflow_data.gui.area.outline import AreaOutline
from mapflow_data.gui.area.picker import Area
from mapflow_data.gui.search import words as search_words
from mapflow_data.gui.search.dates import Span, days_of, today_utc
from mapflow_data.gui.search.filters import Filters
from mapflow_data.gui.search.form import SearchForm
from mapflow_data.gui.words import areas as area_words
from mapflow_data.gui.workspace import Workspace
from mapflow_data.maptools.sketch import Shape
from tests.gui.kit.looks import settle
from tests.gui.kit.window import Window

TODAY = date(2026, 5, 31)
SQUARE = ((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),),)
ALL_SET = Filters(
    span=Span.CUSTOM,
    first_day=date(2025, 6, 1),
    last_day=date(2025, 8, 31),
    max_cloud=0,
    min_coverage=50,
    min_resolution=0.3,
    max_resolution=1.0,
    min_off_nadir=5,
    max_off_nadir=30,
    product="IMAGE",
    providers=("CG",),
    only_available=True,
)
STATUS = UserStatus(search_area_limit_m2=700e6, providers=(Provider("CG", "Charming <b>Globe</b>"),))


@pytest.fixture
def form(workspace: Workspace, qtbot: QtBot) -> SearchForm:
    workspace.dock.pages.setCurrentWidget(workspace.dock.tabs)
    panel = workspace.dock.show_search()
    panel.searchForm.set_filters(Filters())
    return panel.searchForm


def give_area(workspace: Workspace, km2: float = 612.0, vertices: int = 4, changed: float = 0.0) -> None:
    shape = QgsGeometry.fromWkt("POLYGON((10 50, 10.3 50, 10.3 50.2, 10 50))")
    workspace.dock.search.picker._set(Area("Polygon", shape, km2, vertices, changed))


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span.MONTH, date(2026, 5, 1), TODAY),
        (Span.QUARTER, date(2026, 2, 28), TODAY),
        (Span.SUMMER, date(2025, 6, 1), date(2025, 8, 31)),
        (Span.YEAR, date(2026, 1, 1), TODAY),
        (Span.ANY, None, None),
    ],
)
def test_a_span_is_whole_days_up_to_today(span: Span, first: date | None, last: date | None) -> None:
    assert days_of(span, TODAY) == (first, last)


def test_summer_is_the_latest_that_is_over_on_either_half_of_the_earth() -> None:
    assert days_of(Span.SUMMER, date(2026, 9, 1)) == (date(2026, 6, 1), date(2026, 8, 31))
    assert days_of(Span.SUMMER, date(2026, 8, 31)) == (date(2025, 6, 1), date(2025, 8, 31))
    assert days_of(Span.SUMMER, TODAY, True) == (date(2025, 12, 1), date(2026, 2, 28))
    assert days_of(Span.SUMMER, date(2024, 3, 1), True)[1] == date(2024, 2, 29)


def test_what_is_not_set_is_not_sent() -> None:
    body = Filters().to_query(SQUARE, TODAY).to_body()
    assert list(body) == ["aoi"]


def test_all_that_is_set_is_sent_with_the_last_day_to_its_end() -> None:
    body = ALL_SET.to_query(SQUARE, TODAY).to_body()
    assert body["acquisitionDateFrom"] == "2025-06-01T00:00:00Z"
    assert body["acquisitionDateTo"] == "2025-08-31T23:59:59Z"
    assert body["maxCloudCover"] == 0  # nought is a value
    assert (body["minOffNadirAngle"], body["maxOffNadirAngle"]) == (5, 30)
    assert body["productTypes"] == ["IMAGE"]
    assert body["dataProviders"] == ["CG"]
    assert body["hideUnavailable"] is True


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"max_cloud": 300, "span": "?", "first_day": 5}'])
def test_settings_that_cannot_be_read_are_as_if_never_set(text: str) -> None:
    assert Filters.from_text(text) == Filters()


def test_filters_come_back_from_the_settings() -> None:
    assert Filters.from_text(ALL_SET.to_text()) == ALL_SET


def test_the_form_says_what_was_put_into_it(form: SearchForm) -> None:
    form.set_status(STATUS)
    form.set_filters(ALL_SET)
    assert form.filters == ALL_SET
    form.set_filters(Filters())
    assert form.filters == Filters()


def test_the_folded_title_sums_up(form: SearchForm) -> None:
    form.set_status(STATUS)
    form.set_filters(ALL_SET)
    title = form.moreFilters._title
    assert title.startswith("More filters: covers ≥ 50 %, 0.3–1")
    assert "5–30°" in title
    assert "scenes" in title
    assert "Charming <b>Globe</b>" in title


def test_providers_are_hidden_while_nobody_tells_them(form: SearchForm) -> None:
    form.moreFilters.setCollapsed(False)
    assert form.moreFilters.providerCombo.isHidden()
    form.set_status(STATUS)
    assert not form.moreFilters.providerCombo.isHidden()
    form.set_status(UserStatus())
    assert form.moreFilters.providerCombo.isHidden()
    assert form.filters.providers == ()


def test_days_in_the_wrong_order_are_told_at_once_and_not_sent(
    form: SearchForm, workspace: Workspace
) -> None:
    give_area(workspace)
    assert form.searchButton.isEnabled()
    form.datesCombo.setCurrentIndex(list(Span).index(Span.CUSTOM))
    form.fromEdit.setDate(QDate(2025, 9, 1))
    form.toEdit.setDate(QDate(2025, 8, 31))
    assert form.daysProblem.isVisible()
    assert form.daysProblem.text() == search_words.problem("days")
    assert not form.searchButton.isEnabled()
    page = workspace.dock.search.statePage
    assert page.stateTitle.text() == "Not ready to search"
    assert page.stateText.text() == search_words.problem("days")
    form.toEdit.setDate(QDate(2025, 9, 1))
    assert not form.daysProblem.isVisible()
    assert form.searchButton.isEnabled()
    assert page.stateTitle.text() == "Ready to search"


def test_resolutions_in_the_wrong_order_are_told_at_once(form: SearchForm, workspace: Workspace) -> None:
    give_area(workspace)
    form.moreFilters.setCollapsed(False)
    form.moreFilters.minResolutionSpin.setValue(3)
    form.moreFilters.maxResolutionSpin.setValue(1)
    assert form.moreFilters.resolutionProblem.isVisible()
    assert not form.searchButton.isEnabled()
    assert form.searchButton.toolTip() == search_words.problem("resolution")


def test_presets_show_their_days(form: SearchForm, workspace: Workspace) -> None:
    texts = [form.datesCombo.itemText(row) for row in range(form.datesCombo.count())]
    first, last = days_of(Span.YEAR, today_utc())
    assert f"This year: {search_words.day(first, has_year=False)} – " in texts[list(Span).index(Span.YEAR)]
    assert last == today_utc()
    assert texts[0] == "Any time"
    workspace.dock.resize(340, 700)
    settle(workspace.dock)
    option = QStyleOptionComboBox()
    form.datesCombo.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    style = form.datesCombo.style()
    room = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, form.datesCombo).width()
    wide = [text for text in texts if form.datesCombo.fontMetrics().horizontalAdvance(text) > room]
    assert wide == []


def test_a_custom_span_begins_with_days(form: SearchForm) -> None:
    form.datesCombo.setCurrentIndex(list(Span).index(Span.CUSTOM))
    assert form.fromEdit.isVisible()
    assert form.filters.first_day == days_of(Span.YEAR, today_utc())[0]


def test_an_area_past_the_limit_is_told_with_both_numbers(form: SearchForm, workspace: Workspace) -> None:
    form.set_status(STATUS)
    give_area(workspace, km2=1204)
    assert form.areaHint.isVisible()
    assert form.areaHint.hintLabel.text() == area_words.too_large(1204, 700)
    assert form.areaLabel.text().endswith("1,204 of 700 km²")
    assert not form.searchButton.isEnabled()
    give_area(workspace)
    assert not form.areaHint.isVisible()
    assert form.searchButton.isEnabled()


def test_an_area_of_many_vertices_is_offered_simpler(
    form: SearchForm, workspace: Workspace, qtbot: QtBot
) -> None:
    picker = workspace.dock.search.picker
    circle = QgsGeometry.fromWkt("POINT(10 50)").buffer(0.1, 2000)
    picker._set(Area("Round", circle, 200.0, circle.constGet().nCoordinates()))
    hint = form.areaHint
    assert [hint.firstHintButton.text(), hint.secondHintButton.text()] == ["Use its box", "Simplify"]
    assert not form.searchButton.isEnabled()
    with qtbot.waitSignal(picker.changed):
        hint.secondHintButton.click()
    assert picker.area.vertex_count <= 2000
    assert form.searchButton.isEnabled()
    picker._set(Area("Round", circle, 200.0, circle.constGet().nCoordinates()))
    hint.firstHintButton.click()
    assert picker.area.vertex_count == 5
    assert form.searchButton.isEnabled()


def test_a_map_without_a_crs_is_told_until_it_has_one(
    form: SearchForm, workspace: Workspace, window: Window
) -> None:
    canvas, picker = window.canvas, workspace.dock.search.picker
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem())
    picker.use_extent()
    assert form.areaHint.hintLabel.text().startswith("The map has no CRS")
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    assert form.areaHint.isHidden()
    picker.draw(Shape.POLYGON)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    assert not form.areaHint.isHidden()  # how to draw


def test_a_layer_without_a_crs_is_told_as_such(form: SearchForm, workspace: Workspace, qtbot: QtBot) -> None:
    layer = QgsVectorLayer("Polygon", "Plan", "memory")
    layer.setCrs(QgsCoordinateReferenceSystem())
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromWkt("POLYGON((10 50, 10.3 50, 10.3 50.2, 10 50))"))
    layer.dataProvider().addFeatures([feature])
    picker = workspace.dock.search.picker
    with qtbot.waitSignal(picker.refused, timeout=5000) as refused:
        picker.use_layer(layer)
    assert refused.args == ["layer_crs"]
    assert form.areaHint.hintLabel.text().startswith("The layer has no CRS")
    assert picker.area is None


def test_an_area_of_very_many_vertices_does_not_hold_up_the_map(workspace: Workspace) -> None:
    """Its outline has no more of them than it came with."""
    circle = QgsGeometry.fromWkt("POINT(10 50)").buffer(0.1, 5000)
    picker = workspace.dock.search.picker
    picker._set(Area("Round", circle, 200.0, circle.constGet().nCoordinates()))
    (band,) = picker.findChildren(AreaOutline)
    assert 20_000 <= band._band.asGeometry().constGet().nCoordinates() <= 20_002


def test_a_repaired_area_is_confirmed_first(form: SearchForm, workspace: Workspace) -> None:
    give_area(workspace, changed=0.4)
    assert not form.searchButton.isEnabled()
    assert form.areaHint.hintLabel.text() == area_words.crosses_itself(612)
    form.areaHint.secondHintButton.click()
    assert form.searchButton.isEnabled()


def test_an_area_that_cannot_be_searched_is_not_called_ready(form: SearchForm, workspace: Workspace) -> None:
    give_area(workspace, changed=0.4)
    page = workspace.dock.search.statePage
    assert page.stateTitle.text() == "Not ready to search"
    form.areaHint.secondHintButton.click()
    assert page.stateTitle.text() == "Ready to search"


def test_while_it_is_drawn_nobody_is_asked_to_draw(form: SearchForm, workspace: Workspace) -> None:
    search = workspace.dock.search
    search.picker.clear()
    search.statePage.stateButton.click()
    assert form.areaHint.isVisible()
    assert search.statePage.stateButton.isHidden()
    assert search.statePage.stateTitle.text() == ""
    search.picker.refused.emit("too_few")
    assert search.statePage.stateButton.isHidden()
    search.picker.drawing_cancelled.emit()
    assert search.statePage.stateButton.isVisible()


def test_without_an_area_the_form_says_what_to_do(form: SearchForm, workspace: Workspace) -> None:
    workspace.dock.search.picker.clear()
    page: QWidget = workspace.dock.search.statePage
    assert page.isVisible()
    assert page.stateTitle.text() == "Where to search?"
    assert page.stateButton.text() == "Draw polygon"
    assert not form.searchButton.isEnabled()
