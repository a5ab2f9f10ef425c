"""The Search tab: the form, which folds to two lines once something is found, and the cards. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsProject
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QModelIndex, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QProgressBar, QStackedWidget, QToolButton, QWidget

from ...api.models import UserStatus
from ...layers.properties import RESULTS
from ...services.catalog import CatalogService
from ...settings import SEARCH_FILTERS
from ..area.picker import Area, AreaPicker
from ..canvas.presenter import Presenter
from ..canvas.selection_link import SelectionLink
from ..results.actions import ResultActions
from ..results.cards import ResultCards
from ..results.menus import ResultMenu
from ..results.model import ROW_ROLE, ResultsModel
from ..results.opener import ResultsOpener
from ..results.selection import ResultsSelection
from ..results.thumbnails import ResultThumbnails
from ..widgets.forms import load_ui
from ..widgets.name_label import NameLabel
from ..widgets.state_page import StatePage
from .filters import Filters
from .folding import Folding
from .form import SearchForm
from .found_bar import FoundBar
from .notices import SearchNotices
from .run import SearchRun, State
from .starter import SearchStarter
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
        self._was_searching = False
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
        self._folding = Folding(self.searchForm, self.foldedBox, self.run, self)
        self._found = FoundBar(self.resultsBar, self.model, self.run, self.opener, self)
        self._set_up()
        self._starter = SearchStarter(self.searchForm, self.picker, self.model, self.run, self)
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
        self._folding.unfold()

    def set_online(self, is_online: bool) -> None:
        self.searchForm.set_online(is_online)
        self._found.set_online(is_online)

    def set_status(self, status: UserStatus) -> None:
        self.searchForm.set_status(status)

    def search(self) -> None:
        self._starter.search()

    def search_here(self) -> None:
        """What the map shows, with the last filters."""
        self._starter.search_here()

    def draw_and_search(self) -> None:
        self._starter.draw_and_search()

    # Set-up

    def _set_up(self) -> None:
        self.searchForm.bind(self.picker)
        self.searchForm.set_filters(Filters.from_text(SEARCH_FILTERS.get()))
        self.cardsView.setModel(self.model)
        old = self.cardsView.selectionModel()
        self.cardsView.setSelectionModel(self.selection.model)
        old.deleteLater()

    def _connect_form(self) -> None:
        form, picker, states, starter = self.searchForm, self.picker, self._states, self._starter
        form.cancel_requested.connect(self.run.cancel)
        form.zoom_requested.connect(self._on_zoom_to_area)
        form.changed.connect(self._on_form_changed)
        starter.began.connect(self.opener.clear_filter)
        starter.refused.connect(self._folding.unfold)
        for changing in (picker.refused, picker.drawing_started):
            changing.connect(lambda _: self._folding.unfold())
        states.draw_requested.connect(starter.draw)
        states.retry_requested.connect(starter.search)
        states.unfiltered_requested.connect(starter.search_unfiltered)
        states.sign_in_requested.connect(self.sign_in_requested)
        self.run.changed.connect(self._show_state)

    def _connect_results(self) -> None:
        self.cardsView.map_requested.connect(self._on_card_button)
        self.cardsView.menu_requested.connect(self._menu.open_at)
        self.selection.changed.connect(self._link.on_rows_selected)
        self.selection.shown.connect(self.cardsView.scrollTo)
        self.model.rowsInserted.connect(lambda *_: self._show_view())
        self._notices.warned.connect(self.warned)
        self._notices.noted.connect(self.noted)

    # What happens

    def _show_state(self) -> None:
        run, has_rows = self.run, self.model.total > 0
        if run.state is State.DONE and self._was_searching:
            self._folding.fold(has_rows)
        elif run.state is State.IDLE:
            self._folding.unfold()  # its project is closed: nothing is left to see
        self._was_searching = run.state is State.SEARCHING
        if run.state is State.FAILED and run.error is not None and has_rows:
            self.failed.emit("search", run.error)
        self._folding.show_busy(run.is_busy)
        self.searchProgress.setVisible(run.state is State.LOADING)
        self._states.show(self._folding.is_folded)
        self._found.show()
        self._show_view()

    def _show_view(self) -> None:
        self.views.setCurrentWidget(self.cardsView if self.model.total else self.statePage)

    def _on_form_changed(self) -> None:
        if self.run.state is State.IDLE:
            self._states.show(self._folding.is_folded)

    def _on_card_button(self, index: QModelIndex) -> None:
        self.result_actions.show([index.data(ROW_ROLE)])

    def _on_zoom_to_area(self, area: Area) -> None:
        self._presenter.zoom_to([area.geometry.asWkt()])
