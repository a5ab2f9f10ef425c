"""Filters that are needed now and then, under a title that sums up what is set. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Optional

from qgis.gui import (
    QgsCheckableComboBox,
    QgsCollapsibleGroupBoxBasic,
    QgsDoubleSpinBox,
    QgsRangeSlider,
    QgsSpinBox,
)
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFont, QFontMetrics, QResizeEvent
from qgis.PyQt.QtWidgets import QCheckBox, QComboBox, QLabel, QToolButton, QWidget

from ...api.models import Provider
from ..widgets.forms import load_ui
from ..words.plain import as_menu, as_tooltip
from . import words as search_words
from .filters import STEEPEST, Filters

SPIN_MARGIN = 30  # logical px of frame and clear button in a field of numbers
TITLE_MARGIN = 36  # logical px of arrow and frame beside the title


class MoreFilters(QgsCollapsibleGroupBoxBasic):
    changed = pyqtSignal()

    coverageSpin: QgsSpinBox
    minResolutionSpin: QgsDoubleSpinBox
    maxResolutionSpin: QgsDoubleSpinBox
    resolutionProblem: QLabel
    offNadirSlider: QgsRangeSlider
    offNadirText: QLabel
    productCombo: QComboBox
    providerLabel: QLabel
    providerCombo: QgsCheckableComboBox
    availableCheck: QCheckBox

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "search/more")
        self._title = ""
        self._has_providers = False
        collapse_button = self.findChild(QToolButton, "collapseButton")
        collapse_button.setAccessibleName(self.tr("More filters"))
        collapse_button.setToolTip(self.tr("Show or hide more filters"))
        self._wanted_providers: tuple[str, ...] = ()  # remembered, until it is known which there are
        for spin in (self.coverageSpin, self.minResolutionSpin, self.maxResolutionSpin):
            spin.setClearValueMode(spin.ClearValueMode.MinimumValue, search_words.any_value())
            spin.clear()
            spin.valueChanged.connect(self._on_changed)
        for spin in (self.minResolutionSpin, self.maxResolutionSpin):
            words = (search_words.any_value(), f"00.00{spin.suffix()}")
            spin.setMinimumWidth(max(map(spin.fontMetrics().horizontalAdvance, words)) + SPIN_MARGIN)
        self._set_up_off_nadir()
        for kind in ("", "IMAGE", "MOSAIC"):
            self.productCombo.addItem(search_words.product(kind), kind)
        self.productCombo.currentIndexChanged.connect(self._on_changed)
        self.providerCombo.setDefaultText(self.tr("All"))
        self.providerCombo.checkedItemsChanged.connect(self._on_providers_checked)
        self.availableCheck.toggled.connect(self._on_changed)
        self.collapsedStateChanged.connect(lambda _: self._show_parts())
        self.set_providers(None)
        self.setCollapsed(True)
        self._on_changed()

    def set_filters(self, filters: Filters) -> None:
        self.coverageSpin.setValue(filters.min_coverage or 0)
        self.minResolutionSpin.setValue(filters.min_resolution or 0)
        self.maxResolutionSpin.setValue(filters.max_resolution or 0)
        high = STEEPEST if filters.max_off_nadir is None else filters.max_off_nadir
        self.offNadirSlider.setRange(filters.min_off_nadir or 0, high)
        self.productCombo.setCurrentIndex(max(0, self.productCombo.findData(filters.product)))
        self.availableCheck.setChecked(filters.only_available)
        self._wanted_providers = filters.providers
        self._check_providers()
        self._on_changed()

    def read_into(self, filters: Filters) -> Filters:
        """`filters` with what is set here."""
        low, high = self.offNadirSlider.lowerValue(), self.offNadirSlider.upperValue()
        return replace(
            filters,
            min_coverage=self.coverageSpin.value() or None,
            min_resolution=self.minResolutionSpin.value() or None,
            max_resolution=self.maxResolutionSpin.value() or None,
            min_off_nadir=low or None,
            max_off_nadir=high if high < STEEPEST else None,
            product=self.productCombo.currentData() or "",
            providers=self._checked_providers(),
            only_available=self.availableCheck.isChecked() and self._has_providers,
        )

    def set_providers(self, providers: Optional[Sequence[Provider]]) -> None:
        """Those linked to the account; None or none at all leaves nothing to choose from."""
        known = providers or ()
        self.providerCombo.blockSignals(True)
        self.providerCombo.clear()
        for provider in known:
            self.providerCombo.addItem(provider.display_name, provider.name)
        self.providerCombo.blockSignals(False)
        self._has_providers = bool(known)
        self._show_parts()
        self._check_providers()
        self._on_changed()

    @property
    def provider_names(self) -> tuple[str, ...]:
        """Of the checked ones, as people know them."""
        return tuple(self.providerCombo.checkedItems())

    def minimumSizeHint(self) -> QSize:
        """The title gives way: it is whole in the tooltip."""
        hint = super().minimumSizeHint()
        content = self.layout().minimumSize().width() if not self.isCollapsed() else 0
        return QSize(max(content, 120), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_title()

    def _set_up_off_nadir(self) -> None:
        self.offNadirSlider.setRangeLimits(0, STEEPEST)
        self.offNadirSlider.setRange(0, STEEPEST)
        self.offNadirSlider.rangeChanged.connect(self._on_changed)
        widest = search_words.off_nadir_range(10, STEEPEST)
        self.offNadirText.setMinimumWidth(self.fontMetrics().horizontalAdvance(widest))

    def _checked_providers(self) -> tuple[str, ...]:
        if not self._has_providers:
            return ()
        return tuple(map(str, self.providerCombo.checkedItemsData()))

    def _check_providers(self) -> None:
        for row in range(self.providerCombo.count()):
            is_wanted = self.providerCombo.itemData(row) in self._wanted_providers
            state = Qt.CheckState.Checked if is_wanted else Qt.CheckState.Unchecked
            self.providerCombo.setItemCheckState(row, state)

    def _on_providers_checked(self) -> None:
        self._wanted_providers = self._checked_providers()
        self._on_changed()

    def _on_changed(self, *_: object) -> None:
        filters = self.read_into(Filters())
        low, high = self.offNadirSlider.lowerValue(), self.offNadirSlider.upperValue()
        self.offNadirText.setText(search_words.off_nadir_range(low, high))
        has_problem = "resolution" in filters.problems
        self.resolutionProblem.setText(search_words.problem("resolution") if has_problem else "")
        self._show_parts()
        self._title = search_words.more_filters(filters, self.provider_names if filters.providers else ())
        self._show_title()
        self.changed.emit()

    def _show_parts(self) -> None:
        """Again when it is unfolded: the box shows all that is in it."""
        if self.isCollapsed():
            return
        for widget in (self.providerLabel, self.providerCombo, self.availableCheck):
            widget.setVisible(self._has_providers)
        self.resolutionProblem.setVisible(bool(self.resolutionProblem.text()))

    def _show_title(self) -> None:
        room = max(self.width() - TITLE_MARGIN, 60)
        bold = QFont(self.font())
        bold.setBold(True)  # as QGIS' style has the titles of such boxes
        shown = QFontMetrics(bold).elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        if as_menu(shown) != self.title():
            self.setTitle(as_menu(shown))
        self.setToolTip(as_tooltip(self._title) if shown != self._title else "")
