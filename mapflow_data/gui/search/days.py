"""The dates of the search form: a combo of named spans, and two fields for a custom one. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Optional

from qgis.gui import QgsDateEdit
from qgis.PyQt.QtCore import QDate, QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QLabel, QWidget

from . import words as search_words
from .dates import Days, Span, days_of, today_utc
from .filters import Filters

EDIT_MARGIN = 58  # logical px of frame, button to clear and arrow of a field


class DayFields(QObject):
    """`custom_rows` are what belongs to a custom span only."""

    changed = pyqtSignal()

    def __init__(
        self,
        combo: QComboBox,
        edits: tuple[QgsDateEdit, QgsDateEdit],
        custom_rows: Sequence[QWidget],
        problem: QLabel,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._combo = combo
        self._edits = edits
        self._custom_rows = custom_rows
        self._problem = problem
        self._is_southern = False
        for span in Span:
            combo.addItem("", span)
        for edit in edits:
            edit.setAllowNull(True)
            edit.setDisplayFormat("yyyy-MM-dd")
            edit.setNullRepresentation(search_words.any_value())
            edit.setDate(QDate())
            edit.setMinimumWidth(edit.fontMetrics().horizontalAdvance("0000-00-00") + EDIT_MARGIN)
            edit.dateChanged.connect(self._on_changed)
        self.name_spans()
        combo.currentIndexChanged.connect(self._on_span_changed)
        self._show()

    def name_spans(self) -> None:
        """With the days that they stand for today."""
        today = today_utc()
        for row, span in enumerate(Span):
            text = search_words.span_with_days(span, days_of(span, today, self._is_southern))
            self._combo.setItemText(row, text)
            whole = search_words.period(days_of(span, today, self._is_southern)) or text
            self._combo.setItemData(row, whole, Qt.ItemDataRole.ToolTipRole)
        self._combo.setToolTip(self._combo.currentData(Qt.ItemDataRole.ToolTipRole) or "")

    def set_southern(self, is_southern: bool) -> None:
        """Where summer is from December to February."""
        self._is_southern = is_southern
        self.name_spans()

    def set_filters(self, filters: Filters) -> None:
        for edit, day in zip(self._edits, (filters.first_day, filters.last_day)):
            edit.setDate(QDate(day.year, day.month, day.day) if day else QDate())
        self._combo.setCurrentIndex(list(Span).index(filters.span))

    def read_into(self, filters: Filters) -> Filters:
        span = self._combo.currentData()
        first, last = map(_day_of, self._edits) if span is Span.CUSTOM else (None, None)
        return replace(filters, span=span, first_day=first, last_day=last)

    def _on_span_changed(self) -> None:
        """A custom span without days begins with this year's."""
        if self._combo.currentData() is Span.CUSTOM and not any(map(_day_of, self._edits)):
            self._fill(days_of(Span.YEAR, today_utc()))
        self.name_spans()
        self._on_changed()

    def _fill(self, days: Days) -> None:
        for edit, day in zip(self._edits, days):
            if day is not None:
                edit.setDate(QDate(day.year, day.month, day.day))

    def _on_changed(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        is_custom = self._combo.currentData() is Span.CUSTOM
        for widget in self._custom_rows:
            widget.setVisible(is_custom)
        has_problem = "days" in self.read_into(Filters()).problems
        self._problem.setText(search_words.problem("days") if has_problem else "")
        self._problem.setVisible(has_problem)


def _day_of(edit: QgsDateEdit) -> Optional[date]:
    shown = edit.date()
    return None if edit.isNull() or not shown.isValid() else date(shown.year(), shown.month(), shown.day())
