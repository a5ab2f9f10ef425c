"""The Search tab, and the wide table of what was found."""

from __future__ import annotations

from qgis.core import QgsGeometry
from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtGui import QColor, QImage
from qgis.PyQt.QtWidgets import QWidget

from mapflow_data.api.errors import MapflowError, SignInRequired, TimedOut
from mapflow_data.gui.area.picker import Area
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.results.cells import Column
from mapflow_data.gui.results.model import LOADING, SHOWN
from mapflow_data.gui.search.dates import Span
from mapflow_data.gui.search.filters import Filters
from mapflow_data.gui.search.panel import SearchPanel
from mapflow_data.gui.search.run import State
from mapflow_data.layers.results import NOT_IN_PLAN, ON_REQUEST
from mapflow_data.maptools.sketch import Shape
from tests.gui.kit import samples
from tests.gui.states.stage import Stage, dock_state, sized_state

SHAPE = QgsGeometry.fromWkt("POLYGON((10 50, 10.3 50, 10.3 50.2, 10 50))")
ALL_SET = Filters(
    Span.CUSTOM,
    max_cloud=10,
    min_coverage=80,
    min_resolution=0.3,
    max_resolution=1.0,
    min_off_nadir=5,
    max_off_nadir=30,
    product="IMAGE",
    providers=("CG", "MX"),
    only_available=True,
)


def start(stage: Stage) -> SearchPanel:
    return stage.sign_in().show_search()


def with_area(stage: Stage, name: str = "Polygon", km2: float = 612.0, vertices: int = 4) -> SearchPanel:
    panel = start(stage)
    panel.picker._set(Area(name, SHAPE, km2, vertices))
    return panel


@dock_state
def search_start(stage: Stage) -> QWidget:
    start(stage)
    return stage.dock


@dock_state
def search_with_area(stage: Stage) -> QWidget:
    with_area(stage)
    return stage.dock


@dock_state
def search_with_long_name(stage: Stage) -> QWidget:
    with_area(stage, "Administrative districts of the whole federation, final: 12 selected", 699.9)
    return stage.dock


@dock_state
def search_too_large(stage: Stage) -> QWidget:
    with_area(stage, km2=123_456.0)
    return stage.dock


@dock_state
def search_too_fine(stage: Stage) -> QWidget:
    with_area(stage, vertices=123_456)
    return stage.dock


@dock_state
def search_crosses_itself(stage: Stage) -> QWidget:
    panel = start(stage)
    panel.picker._set(Area("Polygon", SHAPE, 612.0, 6, changed_share=0.2))
    return stage.dock


@dock_state
def search_drawing(stage: Stage) -> QWidget:
    panel = start(stage)
    panel.picker.drawing_started.emit(Shape.POLYGON)
    panel.picker.drawing_resized.emit(612.3)
    return stage.dock


@dock_state
def search_more_filters(stage: Stage) -> QWidget:
    """All of them, unfolded."""
    panel = with_area(stage)
    panel.searchForm.moreFilters.setCollapsed(False)
    panel.searchForm.set_filters(ALL_SET)
    return stage.dock


@dock_state
def search_contradictions(stage: Stage) -> QWidget:
    panel = with_area(stage)
    panel.searchForm.moreFilters.setCollapsed(False)
    panel.searchForm.set_filters(Filters(Span.CUSTOM, min_resolution=3.0, max_resolution=0.5))
    panel.searchForm.fromEdit.setDate(QDate(2026, 9, 1))
    panel.searchForm.toEdit.setDate(QDate(2026, 8, 1))
    return stage.dock


@dock_state
def search_searching(stage: Stage) -> QWidget:
    with_area(stage).run._set(State.SEARCHING)
    return stage.dock


@dock_state
def search_nothing_found(stage: Stage) -> QWidget:
    panel = with_area(stage)
    panel.run.filters = Filters(Span.SUMMER, max_cloud=10, min_coverage=80, providers=("CG",))
    panel.run._set(State.DONE)
    return stage.dock


@dock_state
def search_failed(stage: Stage) -> QWidget:
    return _failed(stage, TimedOut())


@dock_state
def search_refused(stage: Stage) -> QWidget:
    return _failed(stage, SignInRequired())


def _failed(stage: Stage, error: MapflowError) -> QWidget:
    panel = with_area(stage)
    panel.run.error = error
    panel.run._set(State.FAILED)
    return stage.dock


@dock_state
def search_results(stage: Stage) -> QWidget:
    """Folded: one line says what was searched."""
    return results(stage)


@dock_state
def search_results_loading(stage: Stage) -> QWidget:
    dock = results(stage)
    dock.search.run._set(State.LOADING)
    return dock


@dock_state
def search_results_edited(stage: Stage) -> QWidget:
    """The form is there again, above what was found with it."""
    dock = results(stage)
    dock.search.editButton.click()
    return dock


@sized_state((1000, 260))
def results_table(stage: Stage) -> QWidget:
    dock = results(stage)
    dock.search.opener.open()
    table = dock.search.opener.table
    table.setFloating(True)
    table.resultsView.selectRow(0)
    return table


def results(stage: Stage) -> MapflowDock:
    panel = with_area(stage)
    availability = (ON_REQUEST, "instant", "", NOT_IN_PLAN, "")
    panel.model.append(zip(samples.scenes(), (84.0, 100.0, 61.0, None, None), availability))
    first, _, third = (panel.model.row(n).id for n in range(3))
    panel.model.set_state(first, SHOWN)
    panel.model.set_state(third, LOADING)
    panel.model.set_picture(first, picture())
    panel.run.area, panel.run.total, panel.run.goes_on = panel.picker.area, 12_340, True
    panel.run.filters = ALL_SET
    panel.run._set(State.SEARCHING)
    panel.run._set(State.DONE)
    panel.model.sort(Column.COVERS, Qt.SortOrder.AscendingOrder)
    return stage.dock


def picture() -> QImage:
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(QColor(86, 110, 74))
    return image
