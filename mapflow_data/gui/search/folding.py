"""The search form, and the lines that it folds to once something is found. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QToolButton, QWidget

from ..widgets.icons import icon
from ..widgets.name_label import NameLabel
from ..words import areas as area_words
from . import words as search_words
from .dates import today_utc
from .form import SearchForm
from .run import SearchRun


class Folding(QObject):
    """`box` says what was searched; its button brings the form back, or cancels what is under way."""

    def __init__(self, form: SearchForm, box: QWidget, run: SearchRun, parent: QObject) -> None:
        super().__init__(parent)
        self._form = form
        self._box = box
        self._run = run
        self._where: NameLabel = box.findChild(NameLabel, "foldedLabel")
        self._how: NameLabel = box.findChild(NameLabel, "foldedFilters")
        self._button: QToolButton = box.findChild(QToolButton, "editButton")
        self._button.clicked.connect(self._on_button)
        self.is_folded = False
        self.fold(False)

    def fold(self, is_folded: bool) -> None:
        self.is_folded = is_folded
        self._form.setVisible(not is_folded)
        self._box.setVisible(is_folded)
        run = self._run
        if is_folded and run.area is not None:
            days = run.filters.days(today_utc(), run.area.is_southern)
            how = search_words.summary(run.filters, days, self._form.provider_names)
            self._where.set_texts(run.area.name, area_words.size(run.area.km2))
            self._how.set_texts(how)
            self._how.setVisible(bool(how))

    def unfold(self) -> None:
        self.fold(False)

    def show_busy(self, is_busy: bool) -> None:
        self._form.set_busy(is_busy)
        self._button.setText(self.tr("Cancel") if is_busy else self.tr("Edit"))
        self._button.setIcon(icon("cancel" if is_busy else "edit"))

    def _on_button(self) -> None:
        if self._run.is_busy:
            self._run.cancel()
        else:
            self.unfold()
