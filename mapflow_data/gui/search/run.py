"""One search from its start to its last page: rows for the views, features for the map. Main thread."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Any, Optional

from qgis.core import QgsFeature
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...api.errors import MapflowError, SignInRequired
from ...api.models import CatalogItem, SearchPage
from ...api.query import CatalogQuery
from ...layers.results import FIELDS
from ...services.catalog import CatalogService
from ..area.picker import Area
from ..canvas.presenter import Presenter
from ..results.model import ResultsModel
from .filters import Filters
from .result_layer import ResultLayer

CHUNK = 500  # rows in one turn of the event loop: a few ms
COVERS, AVAILABILITY = ([name for name, _ in FIELDS].index(name) for name in ("covers", "availability"))


class State(Enum):
    IDLE = "idle"
    SEARCHING = "searching"  # nothing of it is here yet
    LOADING = "loading"  # more of it
    DONE = "done"
    FAILED = "failed"


class SearchRun(QObject):
    """Emits `changed` for another state, and `dropped` when it ended as its project was closed."""

    changed = pyqtSignal()
    dropped = pyqtSignal()

    def __init__(
        self, service: CatalogService, presenter: Presenter, model: ResultsModel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._model = model
        self._layer = ResultLayer(presenter, self)
        self._waiting: deque[list[tuple[CatalogItem, QgsFeature]]] = deque()
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._on_turn)
        self._is_complete = True  # all that was asked for has come, or was given up
        self._was_cancelled = False
        self._is_first_page = True
        self.state = State.IDLE
        self.area: Optional[Area] = None
        self.filters = Filters()
        self.query: Optional[CatalogQuery] = None
        self.total: Optional[int] = None
        self.goes_on = False
        self.error: Optional[MapflowError] = None
        service.page_loaded.connect(self._on_page)
        service.search_finished.connect(self._on_finished)
        service.failed.connect(self._on_failed)
        presenter.project_changed.connect(self._on_project_changed)

    @property
    def is_busy(self) -> bool:
        return self.state in (State.SEARCHING, State.LOADING)

    def start(self, area: Area, filters: Filters, query: CatalogQuery) -> None:
        """Another one under way is dropped; what was found before goes."""
        self._forget()
        self.area, self.filters, self.query = area, filters, query
        self._is_complete = False
        self._set(State.SEARCHING)
        self._service.search(query)
        if not self._service.is_searching:  # nobody is signed in any more
            self.error = SignInRequired()
            self._set(State.FAILED)

    def load_more(self) -> None:
        if self.goes_on and not self.is_busy:
            self._is_complete = self._was_cancelled = False
            self._set(State.LOADING)
            self._service.load_more()
            if not self._service.is_searching:
                self._set(State.DONE)

    def cancel(self) -> None:
        """What has come stays."""
        if self.is_busy:
            self._was_cancelled = True
            self._service.cancel_search()
            self._on_turn()

    def close(self) -> None:
        """Before it goes: nothing is added to rows or layer any more."""
        self._turn.stop()
        self._layer.end()

    def forget(self) -> None:
        """Back to where nothing was searched."""
        self._forget()
        self._service.cancel_search()
        self._set(State.IDLE)

    # What comes

    def _on_page(self, page: SearchPage, features: list[QgsFeature]) -> None:
        if not self.is_busy:
            return
        self.total, self.goes_on = page.total, page.next_offset is not None
        if self._is_first_page and page.items and self.area is not None:
            self._is_first_page = False
            self._layer.begin(self.area)
        self._layer.add(features)
        pairs = list(zip(page.items, features))
        self._waiting.extend(pairs[at : at + CHUNK] for at in range(0, len(pairs), CHUNK))
        self._turn.start()

    def _on_finished(self, total: Optional[int], _shown: Any) -> None:
        if self.is_busy:
            self.total = total if total is not None else self.total
            self._is_complete = True
            self._turn.start()

    def _on_failed(self, what: str, error: MapflowError) -> None:
        if what == "search" and self.is_busy:
            self.error = error
            self._set(State.FAILED)

    def _on_turn(self) -> None:
        if self._waiting:
            self._model.append(_rows_of(pair) for pair in self._waiting.popleft())
        if self._waiting:
            return
        self._turn.stop()
        if self._is_complete and self.is_busy:
            is_empty = self._was_cancelled and not self._model.total
            self._set(State.IDLE if is_empty else State.DONE)

    def _on_project_changed(self) -> None:
        """The layer has gone with its project: what is still to come has no place to go."""
        was_busy = self.is_busy
        if was_busy or self._model.total:
            self.forget()
        if was_busy:
            self.dropped.emit()

    # Inside

    def _forget(self) -> None:
        self._turn.stop()
        self._waiting.clear()
        self._model.clear()
        self._layer.end()
        self.total, self.goes_on, self.error = None, False, None
        self._is_first_page, self._was_cancelled = True, False
        self.state = State.IDLE

    def _set(self, state: State) -> None:
        self.state = state
        self.changed.emit()


def _rows_of(pair: tuple[CatalogItem, QgsFeature]) -> tuple[CatalogItem, Optional[float], str]:
    """What the worker found out of an item, from its feature; NULL is no value."""
    item, feature = pair
    covers, availability = feature.attribute(COVERS), feature.attribute(AVAILABILITY)
    return (
        item,
        covers if isinstance(covers, float) else None,
        availability if isinstance(availability, str) else "",
    )
