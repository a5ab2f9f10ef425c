"""Begins searches: by the form, as soon as an area is drawn, or anew in another order. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal

from ...maptools.sketch import Shape
from ...settings import SEARCH_AFTER_DRAWING, SEARCH_FILTERS
from ..area.picker import Area, AreaPicker
from ..results.cells import SERVER_SORTS
from ..results.model import ResultsModel
from .dates import today_utc
from .filters import Filters
from .form import SearchForm
from .run import SearchRun, State


class SearchStarter(QObject):
    began = pyqtSignal()  # what was found before will go
    refused = pyqtSignal()  # the form says why

    def __init__(
        self, form: SearchForm, picker: AreaPicker, model: ResultsModel, run: SearchRun, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._form = form
        self._picker = picker
        self._model = model
        self._run = run
        self._is_wanted = False  # once the area is drawn, whatever the option says
        form.search_requested.connect(self.search)
        picker.picked.connect(self._on_picked)
        picker.drawing_cancelled.connect(self._on_drawing_cancelled)
        model.sorted_by.connect(self._on_sorted)

    def search(self) -> None:
        """By the form as it is."""
        area = self._picker.area
        if area is None or not self._form.can_search:
            self.refused.emit()
            return
        self._form.refresh_days()
        filters = self._form.filters
        SEARCH_FILTERS.set(filters.to_text())
        self.began.emit()
        self._start(area, filters)

    def search_here(self) -> None:
        """What the map shows, with the last filters."""
        if self._picker.use_extent():
            self.search()

    def search_unfiltered(self) -> None:
        self._form.set_filters(Filters())
        self.search()

    def draw(self) -> None:
        self._picker.draw(Shape.POLYGON)

    def draw_and_search(self) -> None:
        """The search starts as soon as the polygon is drawn."""
        self._is_wanted = True
        self.draw()

    def _start(self, area: Area, filters: Filters) -> None:
        """In the order that is chosen: the server sorts what is not here yet."""
        column, order = self._model.order
        is_down = order == Qt.SortOrder.DescendingOrder
        sort_by = SERVER_SORTS.get(column, "")
        query = filters.to_query(area.polygons, today_utc(), area.is_southern, sort_by, is_down)
        self._run.start(area, filters, query)

    def _on_sorted(self, column: int, _order: Qt.SortOrder) -> None:
        """Of a part of the results the first need not be the first of all: the server sorts those."""
        run = self._run
        if run.goes_on and column in SERVER_SORTS and run.state is State.DONE and run.area is not None:
            self._start(run.area, run.filters)

    def _on_picked(self, _area: Area) -> None:
        is_wanted = self._is_wanted or SEARCH_AFTER_DRAWING.get()
        self._is_wanted = False
        if is_wanted and self._form.can_search:
            self.search()

    def _on_drawing_cancelled(self) -> None:
        self._is_wanted = False
