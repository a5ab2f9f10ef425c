"""The search form: area, dates, cloud, more filters; read as one value, with one button. Main thread."""

from __future__ import annotations

import math
import time
from typing import Optional

from qgis.gui import QgsDateEdit, QgsSpinBox
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QToolButton, QWidget

from ...api.models import UserStatus
from ..area.button import AreaButton
from ..area.fields import AreaFields
from ..area.hint import SearchHint
from ..area.picker import Area, AreaPicker
from ..widgets.forms import load_ui
from ..widgets.icons import icon
from ..widgets.name_label import NameLabel
from . import words as search_words
from .days import DayFields
from .filters import Filters
from .more import MoreFilters

ANY_CLOUD = -5  # one step below none at all


class SearchForm(QWidget):
    search_requested = pyqtSignal()
    cancel_requested = pyqtSignal()
    zoom_requested = pyqtSignal(object)  # Area
    changed = pyqtSignal()

    areaButton: AreaButton
    areaLabel: NameLabel
    zoomAreaButton: QToolButton
    clearAreaButton: QToolButton
    areaHint: SearchHint
    datesCombo: QComboBox
    customDays: QWidget
    fromLabel: QLabel
    fromEdit: QgsDateEdit
    toLabel: QLabel
    toEdit: QgsDateEdit
    daysProblem: QLabel
    cloudSpin: QgsSpinBox
    moreFilters: MoreFilters
    searchButton: QPushButton

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "search/form")
        self._is_busy = False
        self._is_online = True
        self._clicked_at = -math.inf
        self._area_fields: Optional[AreaFields] = None
        self.cloudSpin.setMinimum(ANY_CLOUD)
        self.cloudSpin.setClearValueMode(QgsSpinBox.ClearValueMode.MinimumValue, search_words.any_value())
        self.cloudSpin.clear()
        self._days = DayFields(
            self.datesCombo,
            (self.fromEdit, self.toEdit),
            (self.customDays,),
            self.daysProblem,
            self,
        )
        self.cloudSpin.valueChanged.connect(self._on_changed)
        self._days.changed.connect(self._on_changed)
        self.moreFilters.changed.connect(self._on_changed)
        self.searchButton.clicked.connect(self._on_search_clicked)

    def bind(self, picker: AreaPicker) -> None:
        """Once: whose area is shown and set here."""
        tools = (self.zoomAreaButton, self.clearAreaButton)
        self._area_fields = AreaFields(picker, self.areaButton, self.areaLabel, tools, self.areaHint, self)
        self._area_fields.changed.connect(self._on_changed)
        self._area_fields.zoom_requested.connect(self.zoom_requested)
        picker.changed.connect(self._on_area_changed)
        self._on_changed()

    @property
    def filters(self) -> Filters:
        cloud = self.cloudSpin.value()
        filters = self._days.read_into(Filters(max_cloud=cloud if cloud >= 0 else None))
        return self.moreFilters.read_into(filters)

    def set_filters(self, filters: Filters) -> None:
        self.cloudSpin.setValue(ANY_CLOUD if filters.max_cloud is None else filters.max_cloud)
        self._days.set_filters(filters)
        self.moreFilters.set_filters(filters)

    @property
    def provider_names(self) -> tuple[str, ...]:
        return self.moreFilters.provider_names if self.filters.providers else ()

    def set_status(self, status: Optional[UserStatus]) -> None:
        """The account's limit and providers, None where they are not known (yet)."""
        limit = status.search_area_limit_m2 if status else None
        if self._area_fields is not None:
            self._area_fields.set_limit(None if limit is None else limit / 1e6)
        self.moreFilters.set_providers(status.providers if status else None)

    @property
    def limit_km2(self) -> Optional[float]:
        return self._area_fields.limit_km2 if self._area_fields else None

    @property
    def can_search(self) -> bool:
        return not self.why_not

    @property
    def why_not(self) -> str:
        """What keeps from searching, "" where nothing does."""
        if not self._is_online:
            return self.tr("Not while the server cannot be reached.")
        if self.filters.problems:
            return search_words.problem(self.filters.problems[0])
        if self._area_fields is None or not self._area_fields.has_area:
            return self.tr("Choose an area first.")
        return "" if self._area_fields.is_searchable else self.tr("The area cannot be searched as it is.")

    def set_online(self, is_online: bool) -> None:
        self._is_online = is_online
        self._on_changed()

    def set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self._on_changed()

    def refresh_days(self) -> None:
        """Another day may have begun."""
        self._days.name_spans()

    def _on_area_changed(self, area: Optional[Area]) -> None:
        self._days.set_southern(area is not None and area.is_southern)

    def _on_search_clicked(self) -> None:
        """The second half of a double click is not meant for Cancel, which has come in its place."""
        is_double = time.monotonic() - self._clicked_at < QApplication.doubleClickInterval() / 1000
        if not self._is_busy:
            self._clicked_at = time.monotonic()
            self.search_requested.emit()
        elif not is_double:
            self.cancel_requested.emit()

    def _on_changed(self, *_: object) -> None:
        self.searchButton.setText(self.tr("Cancel") if self._is_busy else self.tr("Search"))
        self.searchButton.setIcon(icon("cancel" if self._is_busy else "search"))
        self.searchButton.setEnabled(self._is_busy or self.can_search)
        self.searchButton.setToolTip("" if self._is_busy else self.why_not)
        self.changed.emit()
