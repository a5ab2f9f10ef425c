"""What the Search tab says while there is nothing to list: what to do, searching, nothing found, failed.

Main thread.
"""

from __future__ import annotations

from typing import Callable

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...api.errors import MapflowError, SignInRequired
from ..area.picker import WHILE_DRAWING, AreaPicker
from ..widgets.state_page import StatePage
from ..words.messages import describe
from . import words as search_words
from .dates import today_utc
from .form import SearchForm
from .run import SearchRun, State


class SearchStates(QObject):
    """Each state has one thing to do next: its button emits one of the signals."""

    draw_requested = pyqtSignal()
    retry_requested = pyqtSignal()
    unfiltered_requested = pyqtSignal()
    sign_in_requested = pyqtSignal()

    def __init__(
        self, page: StatePage, run: SearchRun, picker: AreaPicker, form: SearchForm, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._run = run
        self._picker = picker
        self._form = form
        self._is_drawing = False
        self._next: Callable[[], object] = self.draw_requested.emit
        picker.drawing_started.connect(lambda _: self._set_drawing(True))
        for over in (picker.changed, picker.drawing_cancelled):
            over.connect(lambda *_: self._set_drawing(False))
        picker.refused.connect(lambda code: self._set_drawing(code in WHILE_DRAWING))
        page.button_clicked.connect(self._on_button)

    def _set_drawing(self, is_drawing: bool) -> None:
        self._is_drawing = is_drawing
        if self._run.state is State.IDLE:
            self._show_what_to_do()

    def _on_button(self) -> None:
        self._next()

    def show(self, is_folded: bool) -> None:
        """`is_folded`: the form's own Cancel is out of sight."""
        state = self._run.state
        if state is State.FAILED and self._run.error is not None:
            self._show_failure(self._run.error)
        elif state is State.SEARCHING:
            self._next = self._run.cancel
            button = self.tr("Cancel") if is_folded else ""
            self._page.show_state(self.tr("Searching…"), is_busy=True, button=button)
        elif state is State.DONE:
            self._show_nothing_found()
        elif state is State.IDLE:
            self._show_what_to_do()

    def _show_what_to_do(self) -> None:
        if self._is_drawing:
            self._page.show_state("")  # the form says how
            return
        if self._picker.area is not None:
            self._show_whether_ready()
            return
        self._next = self.draw_requested.emit
        self._page.show_state(
            self.tr("Where to search?"),
            self.tr("Draw an area on the map, or take what the map shows or a polygon layer."),
            icon_name="draw_polygon",
            button=self.tr("Draw polygon"),
        )

    def _show_whether_ready(self) -> None:
        why_not = self._form.why_not
        title = self.tr("Not ready to search") if why_not else self.tr("Ready to search")
        text = why_not or self.tr("What is found is listed here and outlined on the map.")
        self._page.show_state(title, text)

    def _show_nothing_found(self) -> None:
        run, area = self._run, self._run.area
        days = run.filters.days(today_utc(), area is not None and area.is_southern)
        self._next = self.unfiltered_requested.emit
        self._page.show_state(
            self.tr("Nothing found"),
            search_words.nothing_found(run.filters, days, self._form.provider_names),
            icon_name="search",
            button=self.tr("Search without filters") if run.filters.are_set else "",
        )

    def _show_failure(self, error: MapflowError) -> None:
        is_refused = isinstance(error, SignInRequired)
        self._next = self.sign_in_requested.emit if is_refused else self.retry_requested.emit
        self._page.show_state(
            self.tr("The search did not work"),
            describe(error).text,
            icon_name="failed",
            button=self.tr("Sign in") if is_refused else self.tr("Retry"),
        )
