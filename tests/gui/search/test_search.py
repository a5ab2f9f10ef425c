"""From an area on the map to scenes on the map, clicked as a person does, with a real service behind it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QMenu, QToolBar, QToolButton

from mapflow_data.gui.results.cells import Column
from mapflow_data.gui.results.model import LOADING, SHOWN
from mapflow_data.gui.search.filters import Filters
from mapflow_data.gui.search.panel import SearchPanel
from mapflow_data.gui.workspace import Workspace
from mapflow_data.plugin import MapflowDataPlugin
from mapflow_data.settings import SEARCH_AFTER_DRAWING, SEARCH_FILTERS, cache_folder
from tests.gui.kit.searching import PATIENCE_MS, QUAD, Person, found, layers, look_at, row_of
from tests.gui.kit.window import Window
from tests.rig.sandbox import Sandbox

ROTATED = {"is_mosaic": False}


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    yield
    SEARCH_FILTERS.forget()
    SEARCH_AFTER_DRAWING.forget()


@pytest.fixture
def panel(signed_in: Workspace, window: Window, qtbot: QtBot) -> SearchPanel:
    """The tab is open, the account's limit and providers are known, the map shows the mountains."""
    session = signed_in.services.session
    qtbot.waitUntil(lambda: not session.is_busy, timeout=PATIENCE_MS)
    window.bridge.setAutoSetupOnFirstLayer(False)  # the map is somewhere already
    look_at(window.canvas)
    return signed_in.dock.show_search()


@pytest.fixture
def plugin(window: Window, sandbox: Sandbox, qtbot: QtBot) -> Iterator[MapflowDataPlugin]:
    """In QGIS, signed in, its panel closed."""
    plugin = MapflowDataPlugin(window)
    plugin.initGui()
    session = plugin.services.session
    with qtbot.waitSignal(session.status_loaded, timeout=PATIENCE_MS):
        session.sign_in(sandbox.url, sandbox.token, False)
    plugin.workspace.dock.setUserVisible(False)
    look_at(window.canvas)
    yield plugin
    plugin.unload()


@pytest.fixture
def person(window: Window, qtbot: QtBot) -> Person:
    return Person(qtbot, window.canvas)


def search_here(panel: SearchPanel, qtbot: QtBot) -> None:
    panel.search_here()
    found(panel, qtbot)


def toolbar_button(window: Window, action: str) -> QToolButton:
    bar = window.window.findChild(QToolBar, "MapflowDataToolBar")
    return next(bar.widgetForAction(one) for one in bar.actions() if one.objectName() == action)


def selected_on_map() -> set[str]:
    (layer,) = layers("results")
    return {feature["id"] for feature in layer.selectedFeatures()}


def test_a_drawn_area_brings_rows_cards_and_one_layer(
    panel: SearchPanel, person: Person, qtbot: QtBot, sandbox: Sandbox
) -> None:
    person.click(panel.searchForm.areaButton, panel.searchForm.areaButton.rect().topLeft() + _inside())
    assert panel.searchForm.areaLabel.text().startswith("Drawing")
    person.draw()
    assert panel.searchForm.areaLabel.text().replace("\u2009", " ").startswith("Polygon · ")
    assert panel.searchForm.areaLabel.text().endswith(" of 700 km²")
    person.click(panel.searchForm.searchButton)
    assert panel.searchForm.searchButton.text() == "Cancel"
    found(panel, qtbot)
    assert panel.model.total > 10
    (layer,) = layers("results")
    qtbot.waitUntil(lambda: layer.featureCount() == panel.model.total, timeout=PATIENCE_MS)
    assert layer.name() == "Found: Polygon"
    assert panel.cardsView.isVisible()
    assert not panel.searchForm.isVisible()
    assert panel.foldedLabel.text().replace("\u2009", " ").startswith("Polygon · ")
    assert panel.foldedFilters.isHidden()  # none is set
    assert panel.countLabel.text() == f"{panel.model.total} of {panel.model.total}"


def test_two_clicks_from_nothing_to_a_scene_on_the_map(
    plugin: MapflowDataPlugin, window: Window, person: Person, qtbot: QtBot
) -> None:
    """By what the map shows; the panel is closed before."""
    person.click(toolbar_button(window, "mMapflowDataSearchHereAction"))
    panel = plugin.workspace.dock.search
    found(panel, qtbot)
    person.click_map_icon(panel, row_of(panel, **ROTATED))
    qtbot.waitUntil(lambda: len(layers("quicklook")) == 1, timeout=PATIENCE_MS)
    assert person.clicks == 2


def test_seven_clicks_from_nothing_to_a_scene_in_a_drawn_area(
    plugin: MapflowDataPlugin, window: Window, person: Person, qtbot: QtBot
) -> None:
    """Four corners, and the search starts when the drawing ends."""
    person.click(toolbar_button(window, "mMapflowDataDrawSearchAction"))
    person.draw(QUAD)
    panel = plugin.workspace.dock.search
    found(panel, qtbot)
    person.click_map_icon(panel, row_of(panel, **ROTATED))
    qtbot.waitUntil(lambda: len(layers("quicklook")) == 1, timeout=PATIENCE_MS)
    assert person.clicks == 7


def test_the_canvas_menu_offers_it_too(plugin: MapflowDataPlugin, window: Window, qtbot: QtBot) -> None:
    menu = QMenu()
    window.canvas.contextMenuAboutToShow.emit(menu, None)
    here = next(a for a in menu.actions() if a.objectName() == "mMapflowDataSearchHereAction")
    here.trigger()
    found(plugin.workspace.dock.search, qtbot)
    assert plugin.workspace.dock.search.run.area.name == "Map extent"


def test_search_here_ends_a_drawing(panel: SearchPanel, person: Person, qtbot: QtBot) -> None:
    """What was begun would else take the place of what was searched, and search once more."""
    before = person.canvas.mapTool()
    panel.draw_and_search()
    person.draw(QUAD[:2])
    assert person.canvas.mapTool() is not before
    search_here(panel, qtbot)
    assert person.canvas.mapTool() is before
    assert panel.picker.area.name == "Map extent"
    assert panel.run.state.value == "done"


def test_the_search_starts_when_drawing_ends_if_that_is_wanted(
    panel: SearchPanel, person: Person, qtbot: QtBot
) -> None:
    option = next(
        action
        for action in panel.searchForm.areaButton.menu().actions()
        if action.objectName() == "searchAfterDrawingAction"
    )
    option.trigger()
    assert SEARCH_AFTER_DRAWING.get()
    person.click(panel.searchForm.areaButton, panel.searchForm.areaButton.rect().topLeft() + _inside())
    person.draw()
    found(panel, qtbot)
    assert panel.model.total > 0


def test_a_cancelled_drawing_leaves_the_area_as_it_was(
    panel: SearchPanel, person: Person, window: Window, qtbot: QtBot
) -> None:
    panel.picker.use_extent()
    before = panel.searchForm.areaLabel.text()
    panel.draw_and_search()
    person.click(window.canvas.viewport())
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert panel.searchForm.areaLabel.text() == before
    assert not panel.run.is_busy


def test_selection_is_one_on_cards_in_the_table_and_on_the_map(
    panel: SearchPanel, person: Person, qtbot: QtBot
) -> None:
    search_here(panel, qtbot)
    person.click(panel.tableButton)
    table = panel.opener.table
    assert table.isVisible()
    (layer,) = layers("results")
    qtbot.waitUntil(lambda: layer.featureCount() == panel.model.total, timeout=PATIENCE_MS)
    person.click_card(panel, 1)
    wanted = panel.model.row(1).item.id
    assert selected_on_map() == {wanted}
    assert [i.row() for i in table.resultsView.selectionModel().selectedRows()] == [1]
    view = table.resultsView
    person.click(view.viewport(), view.visualRect(panel.model.index(2, Column.DATE)).center())
    assert selected_on_map() == {panel.model.row(2).item.id}
    features = {feature["id"]: feature.id() for feature in layer.getFeatures()}
    layer.selectByIds([features[panel.model.row(n).item.id] for n in (0, 3)])
    assert [row.place for row in panel.selection.rows()] == [0, 3]
    assert {i.row() for i in panel.cardsView.selectionModel().selectedRows()} == {0, 3}
    assert selected_on_map() == {panel.model.row(n).item.id for n in (0, 3)}
    layer.removeSelection()
    assert panel.selection.rows() == []


def test_a_scene_lies_where_its_footprint_does(panel: SearchPanel, person: Person, qtbot: QtBot) -> None:
    search_here(panel, qtbot)
    row = row_of(panel, **ROTATED)
    person.click_map_icon(panel, row)
    assert panel.model.state_of(panel.model.row(row).id) in (LOADING, SHOWN)
    qtbot.waitUntil(lambda: len(layers("quicklook")) == 1, timeout=PATIENCE_MS)
    (layer,) = layers("quicklook")
    assert layer.isValid()
    assert layer.bandCount() == 4
    item = panel.model.row(row).item
    assert layer.name().startswith(item.acquired_at.date().isoformat())
    footprint = QgsGeometry.fromPolygonXY([[QgsPointXY(x, y) for x, y in item.footprint[0][0]]])
    assert _is_near(_in_degrees(layer), footprint.boundingBox())
    assert panel.model.state_of(item.id) == SHOWN
    person.click_map_icon(panel, row)
    qtbot.wait(100)
    assert len(layers("quicklook")) == 1
    QgsProject.instance().removeMapLayer(layer.id())
    assert panel.model.state_of(item.id) == ""


def test_a_mosaic_comes_as_tiles(panel: SearchPanel, person: Person, qtbot: QtBot, sandbox: Sandbox) -> None:
    search_here(panel, qtbot)
    person.click_map_icon(panel, row_of(panel, is_mosaic=True, preview_type="xyz"))
    qtbot.waitUntil(lambda: len(layers("tiles")) == 1, timeout=PATIENCE_MS)
    (layer,) = layers("tiles")
    assert layer.isValid()
    assert "year%3D" in layer.source()
    assert "authcfg" not in layer.source()
    assert sandbox.token not in layer.source()


def test_no_picture_is_asked_for_with_the_credential(
    panel: SearchPanel, qtbot: QtBot, sandbox: Sandbox
) -> None:
    shutil.rmtree(cache_folder(), ignore_errors=True)  # where other tests' pictures are
    sandbox.clear_requests()
    search_here(panel, qtbot)
    first = panel.model.row(row_of(panel, **ROTATED))
    qtbot.waitUntil(lambda: panel.model.picture_of(first.id) is not None, timeout=PATIENCE_MS)
    public = [r for r in sandbox.requests() if r["path"].startswith("/quicklooks")]
    assert public
    assert not [r for r in public if r["headers_carrying_credential"] or r["credential_in_address"]]


def test_the_same_area_fills_its_layer_anew_another_gets_its_own(
    panel: SearchPanel, window: Window, qtbot: QtBot
) -> None:
    search_here(panel, qtbot)
    search_here(panel, qtbot)
    (layer,) = layers("results")
    qtbot.waitUntil(lambda: layer.featureCount() == panel.model.total, timeout=PATIENCE_MS)
    look_at(window.canvas, QgsRectangle(445_000, 4_465_000, 450_000, 4_470_000))
    search_here(panel, qtbot)
    names = sorted(one.name() for one in layers("results"))
    assert names == ["Found: Map extent", "Found: Map extent 2"]


def test_an_own_project_gets_results_or_nobody_does(
    panel: SearchPanel, signed_in: Workspace, qtbot: QtBot
) -> None:
    notes: list[str] = []
    panel.noted.connect(notes.append)
    panel.search_here()
    QgsProject.instance().clear()
    qtbot.wait(500)
    assert layers("results") == []
    assert panel.model.total == 0
    assert notes == ["The search was dropped, as another project was opened meanwhile."]


def test_in_a_new_project_the_form_is_there_again(panel: SearchPanel, qtbot: QtBot) -> None:
    search_here(panel, qtbot)
    assert not panel.searchForm.isVisible()
    QgsProject.instance().clear()
    qtbot.waitUntil(panel.searchForm.searchButton.isVisible, timeout=PATIENCE_MS)
    assert not panel.foldedBox.isVisible()
    search_here(panel, qtbot)
    assert not panel.searchForm.isVisible()


def test_polygons_of_a_layer_are_an_area_selected_ones_first(
    panel: SearchPanel, person: Person, qtbot: QtBot
) -> None:
    layer = QgsVectorLayer("Polygon?crs=EPSG:4326", "Districts & <b>more</b>", "memory")
    layer.dataProvider().addFeatures([_square(-105.7, 40.3), _square(-105.5, 40.4)])
    QgsProject.instance().addMapLayer(layer)
    layer.selectByIds([1])
    menu = panel.searchForm.areaButton.menu()
    menu.aboutToShow.emit()
    (layers_menu,) = [action.menu() for action in menu.actions() if action.menu() is not None]
    (entry,) = layers_menu.actions()
    assert entry.text() == "Districts && <b>more</b>: 1 selected"
    with qtbot.waitSignal(panel.picker.changed, timeout=PATIENCE_MS):
        entry.trigger()
    assert panel.picker.area.name == "Districts & <b>more</b>: 1 selected"
    assert len(panel.picker.area.polygons) == 1


def test_nothing_found_tells_which_filters_to_loosen(panel: SearchPanel, qtbot: QtBot) -> None:
    panel.searchForm.set_filters(Filters(max_cloud=0, min_coverage=100, product="IMAGE"))
    search_here(panel, qtbot)
    page = panel.statePage
    assert page.isVisible()
    assert page.stateTitle.text() == "Nothing found"
    assert "cloud at most 0 %" in page.stateText.text()
    assert "covers ≥ 100 %" in page.stateText.text()
    assert panel.searchForm.isVisible()
    assert layers("results") == []
    page.stateButton.click()
    found(panel, qtbot)
    assert panel.model.total > 0


def test_the_last_filters_are_remembered_but_not_the_area(
    panel: SearchPanel, window: Window, qtbot: QtBot
) -> None:
    panel.searchForm.set_filters(Filters(max_cloud=40))
    search_here(panel, qtbot)
    assert all((row.item.cloud or 0) <= 40 for row in (panel.model.row(n) for n in range(panel.model.total)))
    other = Workspace(window)
    assert other.dock.search.searchForm.filters == Filters(max_cloud=40)
    assert other.dock.search.picker.area is None
    other.close()


def test_an_extent_past_the_limit_is_not_sent(
    panel: SearchPanel, window: Window, qtbot: QtBot, sandbox: Sandbox
) -> None:
    look_at(window.canvas, QgsRectangle(300_000, 4_300_000, 500_000, 4_500_000))
    sandbox.clear_requests()
    panel.search_here()
    assert not panel.run.is_busy
    assert panel.searchForm.areaHint.isVisible()
    assert "700 km²" in panel.searchForm.areaHint.hintLabel.text()
    qtbot.wait(200)
    assert not [r for r in sandbox.requests() if r["path"].endswith("/catalog/meta")]


def test_a_map_without_a_crs_is_told(panel: SearchPanel, window: Window, qtbot: QtBot) -> None:
    look_at(window.canvas, crs="")
    panel.search_here()
    assert "no CRS" in panel.searchForm.areaHint.hintLabel.text()
    assert panel.picker.area is None


def _inside() -> QPoint:
    """On the button itself, not on the arrow of its menu."""
    return QPoint(8, 8)


def _square(west: float, south: float) -> QgsFeature:
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(west, south, west + 0.05, south + 0.05)))
    return feature


def _in_degrees(layer: QgsMapLayer) -> QgsRectangle:
    wgs84 = QgsCoordinateReferenceSystem("EPSG:4326")
    return QgsCoordinateTransform(layer.crs(), wgs84, QgsProject.instance()).transformBoundingBox(
        layer.extent()
    )


def _is_near(one: QgsRectangle, other: QgsRectangle) -> bool:
    """All edges within a twentieth of its size: a raster in UTM is not quite upright in degrees."""
    slack = 0.05 * max(other.width(), other.height())
    edges = ("xMinimum", "xMaximum", "yMinimum", "yMaximum")
    return all(abs(getattr(one, edge)() - getattr(other, edge)()) < slack for edge in edges)
