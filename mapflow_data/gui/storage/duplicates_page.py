"""Files that are there more than once: a page of the Storage dialog, which deletes nothing. Main thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, Optional

from qgis.PyQt.QtCore import QModelIndex, pyqtSignal
from qgis.PyQt.QtWidgets import QPushButton, QStackedWidget, QToolButton, QTreeView, QWidget

from ...api.errors import MapflowError, SignInRequired
from ...services.inventory_index import Copy, DuplicateGroup
from ..widgets.forms import load_ui
from ..widgets.icons import icon
from ..widgets.state_page import StatePage
from ..widgets.suffix_delegate import SuffixDelegate
from ..widgets.wrapped_label import WrappedLabel
from ..words.messages import describe
from . import words
from .duplicates_model import ENTRY_ROLE, DuplicatesModel

MOSAICS_AT_ONCE = 20  # each costs the list a request
OPENED_AT_MOST = 20  # groups
SHOWN_AT_MOST = 2000  # more take the view longer than an eye blinks


class DuplicatesPage(QWidget):
    find_requested = pyqtSignal(bool)  # whether all lists are to be read anew
    sign_in_requested = pyqtSignal()
    image_chosen = pyqtSignal(str, str)  # mosaic id, image id
    images_chosen = pyqtSignal(dict)  # mosaic id to a set of image ids
    selected = pyqtSignal()

    pages: QStackedWidget
    statePage: StatePage
    resultPage: QWidget
    totalLabel: WrappedLabel
    againButton: QToolButton
    duplicatesView: QTreeView
    noteLabel: WrappedLabel
    selectButton: QPushButton

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "storage/duplicates_page")
        self.model = DuplicatesModel(self)
        self._state_action: Callable[[], None] = self._find
        view = self.duplicatesView
        view.setModel(self.model)
        view.setItemDelegate(SuffixDelegate(view))
        view.doubleClicked.connect(lambda _: self.show_current())
        view.selectionModel().selectionChanged.connect(lambda *_: self._on_selected())
        self.againButton.setIcon(icon("refresh"))
        self.againButton.clicked.connect(self._find_again)
        self.selectButton.clicked.connect(self._on_select)
        self.statePage.button_clicked.connect(self._on_state_clicked)

    @property
    def has_result(self) -> bool:
        return bool(self.pages.currentWidget() is self.resultPage)

    @property
    def can_show(self) -> bool:
        return self.has_result and isinstance(self._current(), Copy)

    def why_not_show(self) -> str:
        return self.tr("Choose one of the copies first")

    def show_current(self) -> None:
        copy = self._current()
        if isinstance(copy, Copy):
            self.image_chosen.emit(copy.mosaic_id, copy.image_id)

    def set_names(self, names: Mapping[str, str]) -> None:
        """Of the mosaics, by their ids."""
        self.model.set_names(names)
        self.duplicatesView.viewport().update()

    # States

    def show_intro(self, to_read: int) -> None:
        """`to_read` lists are asked for by the button."""
        title = self.tr("Are there files that you keep twice?")
        self._show_state(title, words.explanation(to_read), button=self.tr("Find exact duplicates"))

    def show_looking(self, *, has_bar: bool = False) -> None:
        """`has_bar`: how far it is, is told elsewhere."""
        text = self.tr("Nothing is changed meanwhile.")
        self._show_state(self.tr("Looking for exact duplicates…"), text, is_busy=not has_bar)

    def show_failure(self, error: MapflowError) -> None:
        is_refused = isinstance(error, SignInRequired)
        self._show_state(
            self.tr("Not all lists of images were read"),
            describe(error).text,
            icon_name="failed",
            button=self.tr("Sign in") if is_refused else self.tr("Retry"),
            action=self.sign_in_requested.emit if is_refused else None,
        )

    def show_groups(self, groups: Sequence[DuplicateGroup], skipped: Mapping[str, MapflowError]) -> None:
        note = words.skipped_note(skipped)
        if not groups:
            text = self.tr("No two files have the same SHA-1 checksum.")
            self._show_state(
                self.tr("No exact duplicates"),
                f"{text} {note}".strip(),
                icon_name="done",
                button=self.tr("Find again"),
                action=self._find_again,
            )
            return
        self.totalLabel.setText(words.duplicates_total(groups))
        shown = groups[:SHOWN_AT_MOST]
        self._show_note(" ".join(part for part in (words.shown_note(len(shown), len(groups)), note) if part))
        self._put(shown)
        self.pages.setCurrentWidget(self.resultPage)
        self._on_selected()

    # Inside

    def _show_state(
        self, title: str, text: str = "", *, action: Optional[Callable[[], None]] = None, **look: Any
    ) -> None:
        self._state_action = action or self._find
        self.model.set_groups(())
        self.statePage.show_state(title, text, **look)
        self.pages.setCurrentWidget(self.statePage)
        self.selected.emit()

    def _put(self, groups: Sequence[DuplicateGroup]) -> None:
        """What was open stays so; a few at first all are."""
        view, had_some = self.duplicatesView, bool(self.model.groups)
        opened = {g.checksum for row, g in enumerate(self.model.groups) if view.isExpanded(self._top(row))}
        self.model.set_groups(groups)
        for row, group in enumerate(groups):
            if group.checksum in opened or (not had_some and len(groups) <= OPENED_AT_MOST):
                view.setExpanded(self._top(row), True)

    def _top(self, row: int) -> QModelIndex:
        return self.model.index(row, 0)

    def _current(self) -> object:
        selection = self.duplicatesView.selectionModel()
        return selection.currentIndex().data(ENTRY_ROLE) if selection.hasSelection() else None

    def _chosen_groups(self) -> Sequence[DuplicateGroup]:
        """Those that are selected, or in which something is; else all."""
        rows: set[int] = set()
        for part in self.duplicatesView.selectionModel().selection():
            top = part.parent()
            rows |= {top.row()} if top.isValid() else set(range(part.top(), part.bottom() + 1))
        return [self.model.groups[row] for row in sorted(rows)] or self.model.groups

    def _on_selected(self) -> None:
        copies = [
            sum(len(g.copies) - 1 for g in groups) for groups in (self._chosen_groups(), self.model.groups)
        ]
        self.selectButton.setText(words.button_text(copies[0], copies[1]))
        self.selected.emit()

    def _on_select(self) -> None:
        """Of those that free most first, as many mosaics as the list can take at once."""
        spare = [copy for group in self._chosen_groups() for copy in group.copies[1:]]
        wanted: dict[str, set[str]] = {}
        for copy in spare:
            if copy.mosaic_id in wanted or len(wanted) < MOSAICS_AT_ONCE:
                wanted.setdefault(copy.mosaic_id, set()).add(copy.image_id)
        selected = sum(map(len, wanted.values()))
        self._show_note(words.selected_note(selected, len(wanted), len({copy.mosaic_id for copy in spare})))
        self.images_chosen.emit(wanted)

    def _show_note(self, text: str) -> None:
        self.noteLabel.setText(text)
        self.noteLabel.setVisible(bool(text))

    def _on_state_clicked(self) -> None:
        self._state_action()

    def _find(self) -> None:
        self.find_requested.emit(False)

    def _find_again(self) -> None:
        self.find_requested.emit(True)
