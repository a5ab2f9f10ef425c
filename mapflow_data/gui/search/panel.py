"""The Search tab: the form, which folds to two lines once something is found, and the cards. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsProject
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QModelIndex, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QProgressBar, QStackedWidget, QToolButton, QWidget

from ...api.models import UserStatus
from ...layers.properties import RESULTS
from ...maptools.sketch import Shape
from ...services.catalog import CatalogService
from ...settings import SEARCH_AFTER_DRAWING, SEARCH_FILTERS
from ..area.picker import Area, AreaPicker
from ..canvas.presenter import Presenter
from ..canvas.selection_link import SelectionLink
from ..results.actions import ResultActions
from ..results.cards import ResultCards
from ..results.cells import SERVER_SORTS
from ..results.menus import ResultMenu, SortMenu
from ..results.model import ROW_ROLE, ResultsModel
from ..results.opener import ResultsOpener
from ..results.selection import ResultsSelection
from ..results.thumbnails import ResultThumbnails
from ..widgets.forms import load_ui
from ..widgets.icons import icon
from ..widgets.name_label import NameLabel
from ..widgets.state_page import StatePage
from ..words import areas as area_words
from ..words.plain import as_tooltip
from . import words as search_words
from .dates import today_utc
from .filters import Filters
from .form import SearchForm
from .notices import SearchNotices
from .run import SearchRun, State
from .states import SearchStates


class SearchPanel(QWidget):
    sign_in_requested = pyqtSignal()
    warned = pyqtSignal(object)  # Message
    failed = pyqtSignal(str, object)  # what was tried, MapflowError; where rows leave no room for it
    noted = pyqtSignal(str)  # plain text

    searchForm: SearchForm
    foldedBox: QWidget
    foldedLabel: NameLabel
    foldedFilters: NameLabel
    editButton: QToolButton
    searchProgress: QProgressBar
    resultsBar: QWidget
    countLabel: QLabel
    moreButton: QToolButton
    sortButton: QToolButton
    tableButton: QToolButton
    views: QStackedWidget
    statePage: StatePage
    cardsView: ResultCards

    def __init__(
        self,
        catalog: CatalogService,
        presenter: Presenter,
        iface: QgisInterface,
        project: QgsProject,
        parent: Optional[QWidget] = None,
    ) -> None:
        super().__init__(parent)
        load_ui(self, "search/panel")
        self._presenter = presenter
        self._is_folded = False
        self._was_searching = False
        self._searches_once_drawn = False  # this time, whatever the option says
        self.model = ResultsModel(self)
        self.selection = ResultsSelection(self.model, self)
        self.picker = AreaPicker(iface.mapCanvas(), project, self)
        self.run = SearchRun(catalog, presenter, self.model, self)
        self.result_actions = ResultActions(catalog, presenter, self.model, project, self)
        self._notices = SearchNotices(self.run, self.result_actions, self)
        self._thumbnails = ResultThumbnails(catalog, self.model, self.cardsView, self.selection, self)
        self._link = SelectionLink(self.selection, project, self, kind=RESULTS)
        self._states = SearchStates(self.statePage, self.run, self.picker, self.searchForm, self)
        self._menu = ResultMenu(self.result_actions, self.selection, self)
        self.opener = ResultsOpener(iface, self.model, self.selection, self._menu, self.run.load_more, self)
        self._set_up()
        self._connect_form()
        self._connect_results()
        self._show_state()

    def close_links(self) -> None:
        """Before the panel goes: nothing of QGIS calls into it, nothing of it is on the canvas any more."""
        self.picker.close()
        self.run.close()
        self._link.close()
        self.result_actions.close()
        self._thumbnails.close()
        self.opener.close()

    # What others ask

    def clear(self) -> None:
        """Signed out or in: what was found for one account is none of another's business, and nothing that
        was under way for it will come."""
        self.run.forget()
        self.result_actions.forget()
        self.searchForm.set_status(None)
        self._fold(False)

    def set_status(self, status: UserStatus) -> None:
        self.searchForm.set_status(status)

    def search_here(self) -> None:
        """What the map shows, with the last filters."""
        if self.picker.use_extent():
            self.search()

    def draw_and_search(self) -> None:
        """The search starts as soon as the polygon is drawn."""
        self._searches_once_drawn = True
        self.picker.draw(Shape.POLYGON)

    def search(self) -> None:
        """By the form as it is; where that is not possible the form is shown, which says why."""
        area = self.picker.area
        if area is None or not self.searchForm.can_search:
            self._fold(False)
            return
        self.searchForm.refresh_days()
        filters = self.searchForm.filters
        SEARCH_FILTERS.set(filters.to_text())
        self.opener.clear_filter()
        self._start(area, filters)

    def _start(self, area: Area, filters: Filters) -> None:
        """In the order that is chosen: the server sorts what is not here yet."""
        column, order = self.model.order
        is_down = order == Qt.SortOrder.DescendingOrder
        sort_by = SERVER_SORTS.get(column, "")
        query = filters.to_query(area.polygons, today_utc(), area.is_southern, sort_by, is_down)
        self.run.start(area, filters, query)

    # Set-up

    def _set_up(self) -> None:
        self.searchForm.bind(self.picker)
        self.searchForm.set_filters(Filters.from_text(SEARCH_FILTERS.get()))
        self.cardsView.setModel(self.model)
        old = self.cardsView.selectionModel()
        self.cardsView.setSelectionModel(self.selection.model)
        old.deleteLater()
        for button, name in (
            (self.editButton, "edit"),
            (self.moreButton, "load_more"),
            (self.sortButton, "sort"),
            (self.tableButton, "table"),
        ):
            button.setIcon(icon(name))
        SortMenu(self.model, self.sortButton)
        self._fold(False)

    def _connect_form(self) -> None:
        form, picker, states = self.searchForm, self.picker, self._states
        form.search_requested.connect(self.search)
        form.cancel_requested.connect(self.run.cancel)
        form.zoom_requested.connect(self._on_zoom_to_area)
        form.changed.connect(self._on_form_changed)
        picker.picked.connect(self._on_picked)
        picker.refused.connect(lambda _: self._fold(False))
        picker.drawing_started.connect(lambda _: self._fold(False))
        picker.drawing_cancelled.connect(self._on_drawing_cancelled)
        states.draw_requested.connect(lambda: picker.draw(Shape.POLYGON))
        states.retry_requested.connect(self.search)
        states.unfiltered_requested.connect(self._on_without_filters)
        states.sign_in_requested.connect(self.sign_in_requested)
        self.run.changed.connect(self._show_state)
        self.editButton.clicked.connect(self._on_edit)

    def _connect_results(self) -> None:
        self.moreButton.clicked.connect(self.run.load_more)
        self.tableButton.clicked.connect(self.opener.open)
        self.cardsView.map_requested.connect(self._on_card_button)
        self.cardsView.menu_requested.connect(self._menu.open_at)
        self.selection.changed.connect(self._link.on_rows_selected)
        self.selection.shown.connect(self.cardsView.scrollTo)
        self.model.sorted_by.connect(self._on_sorted)
        for signal in (self.model.rowsInserted, self.model.layoutChanged):
            signal.connect(lambda *_: self._show_count())
        self._notices.warned.connect(self.warned)
        self._notices.noted.connect(self.noted)

    # States

    def _show_state(self) -> None:
        run, has_rows = self.run, self.model.total > 0
        if run.state is State.DONE and self._was_searching:
            self._fold(has_rows)
        self._was_searching = run.state is State.SEARCHING
        if run.state is State.FAILED and run.error is not None and has_rows:
            self.failed.emit("search", run.error)
        self.searchForm.set_busy(run.is_busy)
        self.editButton.setText(self.tr("Cancel") if run.is_busy else self.tr("Edit"))
        self.editButton.setIcon(icon("cancel" if run.is_busy else "edit"))
        self.searchProgress.setVisible(run.state is State.LOADING)
        self._states.show(self._is_folded)
        self._show_count()

    def _show_count(self) -> None:
        model, run = self.model, self.run
        text = search_words.count(model.total, run.total, run.goes_on)
        if model.is_filtered:
            text = f"{text} · {search_words.filtered(model.rowCount())}"
        lost = model.without_place
        self.countLabel.setText(text)
        self.countLabel.setToolTip(as_tooltip(search_words.without_place(lost)) if lost else "")
        can_load = run.goes_on and not run.is_busy
        self.moreButton.setVisible(can_load)
        self.opener.show_count(text, can_load)
        has_rows = model.total > 0
        self.resultsBar.setVisible(has_rows)
        self.views.setCurrentWidget(self.cardsView if has_rows else self.statePage)

    def _fold(self, is_folded: bool) -> None:
        """Away with the form: a line says where was searched, another one how."""
        self._is_folded = is_folded
        self.searchForm.setVisible(not is_folded)
        self.foldedBox.setVisible(is_folded)
        run = self.run
        if is_folded and run.area is not None:
            days = run.filters.days(today_utc(), run.area.is_southern)
            what = search_words.summary(run.filters, days, self.searchForm.provider_names)
            self.foldedLabel.set_texts(run.area.name, area_words.size(run.area.km2))
            self.foldedFilters.set_texts(what)
            self.foldedFilters.setVisible(bool(what))

    # What people do

    def _on_edit(self) -> None:
        if self.run.is_busy:
            self.run.cancel()
        else:
            self._fold(False)

    def _on_without_filters(self) -> None:
        self.searchForm.set_filters(Filters())
        self.search()

    def _on_sorted(self, column: int, _order: Qt.SortOrder) -> None:
        """Of a part of the results the first need not be the first of all: the server sorts those."""
        run = self.run
        if run.goes_on and column in SERVER_SORTS and run.state is State.DONE and run.area is not None:
            self._start(run.area, run.filters)

    def _on_card_button(self, index: QModelIndex) -> None:
        self.result_actions.show([index.data(ROW_ROLE)])

    def _on_zoom_to_area(self, area: Area) -> None:
        self._presenter.zoom_to([area.geometry.asWkt()])

    # What comes

    def _on_form_changed(self) -> None:
        if self.run.state is State.IDLE:
            self._states.show(self._is_folded)

    def _on_picked(self, _area: Area) -> None:
        is_wanted = self._searches_once_drawn or SEARCH_AFTER_DRAWING.get()
        self._searches_once_drawn = False
        if is_wanted and self.searchForm.can_search:
            self.search()

    def _on_drawing_cancelled(self) -> None:
        self._searches_once_drawn = False
