"""All results and columns in a wide table of its own, with the picture of the selected one. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.gui import QgsDockWidget, QgsFilterLineEdit
from qgis.PyQt.QtCore import QModelIndex, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QHeaderView, QLabel, QSplitter, QTableView, QToolButton, QWidget

from ..widgets.filter_keys import FilterKeys
from ..widgets.forms import load_ui
from ..widgets.icons import icon, plugin_icon
from ..widgets.keys import CTRL, Keys
from .cells import Column, Row
from .model import ResultsModel
from .picture import SIDE, ResultPicture
from .selection import ResultsSelection

FILTER_MS = 200  # typing goes on
FILTER_MARGIN = 52  # logical px of the magnifier and the button to clear
HEIGHT = 240  # logical px, at first
WIDTHS = {  # in characters, beside the title's own
    Column.DATE: 11,
    Column.SENSOR: 14,
    Column.AVAILABILITY: 15,
    Column.PRODUCT: 9,
    Column.PROVIDER: 14,
    Column.BANDS: 14,
    Column.ID: 40,
}


class ResultsTable(QgsDockWidget):
    map_requested = pyqtSignal()  # what is selected
    zoom_requested = pyqtSignal()
    more_requested = pyqtSignal()
    menu_requested = pyqtSignal(object)  # global position

    previewButton: QToolButton
    zoomButton: QToolButton
    filterEdit: QgsFilterLineEdit
    countLabel: QLabel
    moreButton: QToolButton
    tableSplitter: QSplitter
    resultsView: QTableView
    resultPicture: ResultPicture

    def __init__(
        self, model: ResultsModel, selection: ResultsSelection, parent: Optional[QWidget] = None
    ) -> None:
        super().__init__(parent)
        load_ui(self, "results/table")
        self.setWindowIcon(plugin_icon())
        self._model = model
        self._selection = selection
        self._filter_timer = QTimer(self)
        self._filter_timer.setSingleShot(True)
        self._filter_timer.setInterval(FILTER_MS)
        self._filter_timer.timeout.connect(self._on_filter)
        for button, name in ((self.previewButton, "on_map"), (self.zoomButton, "zoom")):
            button.setIcon(icon(name))
        words = self.filterEdit.fontMetrics().horizontalAdvance(self.filterEdit.placeholderText())
        self.filterEdit.setMinimumWidth(words + FILTER_MARGIN)
        self.tableSplitter.setStretchFactor(0, 1)
        self.tableSplitter.setStretchFactor(1, 0)
        self.tableSplitter.setSizes([SIDE * 4, SIDE])
        self._set_up_view()
        self._connect()
        self._on_selected()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEIGHT)

    def show_count(self, text: str, can_load_more: bool) -> None:
        self.countLabel.setText(text)
        self.moreButton.setVisible(can_load_more)

    def close_links(self) -> None:
        """Before the table goes: no timer of it fires any more."""
        self._filter_timer.stop()

    def clear_filter(self) -> None:
        self.filterEdit.clear()
        self._filter_timer.stop()
        self._model.set_filter("")

    def _set_up_view(self) -> None:
        view = self.resultsView
        view.setModel(self._model)
        old = view.selectionModel()
        view.setSelectionModel(self._selection.model)
        old.deleteLater()
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 8)
        header = view.horizontalHeader()
        header.setSortIndicator(*self._model.order)  # as chosen for the cards: the view sorts by it at once
        view.setSortingEnabled(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        letter = view.fontMetrics().horizontalAdvance("0")
        for column in Column:
            title = header.sectionSizeHint(column)
            header.resizeSection(column, max(title, letter * (WIDTHS.get(column, 0) + 2)))
        header.setStretchLastSection(True)

    def _connect(self) -> None:
        view = self.resultsView
        self.previewButton.clicked.connect(self.map_requested)
        self.zoomButton.clicked.connect(self.zoom_requested)
        self.moreButton.clicked.connect(self.more_requested)
        self.filterEdit.textChanged.connect(lambda _: self._filter_timer.start())
        keys = FilterKeys(
            self.filterEdit, [view], self._on_filter, self.clear_filter, lambda _: self._model.index(0, 0)
        )
        Keys(self, {(Qt.Key.Key_F, CTRL): keys.go_to_field})
        view.activated.connect(lambda _: self.map_requested.emit())
        view.customContextMenuRequested.connect(
            lambda at: self.menu_requested.emit(view.viewport().mapToGlobal(at))
        )
        self._model.sorted_by.connect(view.horizontalHeader().setSortIndicator)
        self._model.dataChanged.connect(lambda *_: self._show_picture())
        self._selection.changed.connect(self._on_selected)
        self._selection.model.currentChanged.connect(lambda *_: self._show_picture())
        self._selection.shown.connect(self._on_shown)

    def _on_filter(self) -> None:
        self._model.set_filter(self.filterEdit.text())

    def _on_shown(self, index: QModelIndex) -> None:
        self.resultsView.scrollTo(index)

    def _on_selected(self) -> None:
        rows = self._selection.rows()
        self.previewButton.setEnabled(any(row.can_be_shown for row in rows))
        self.zoomButton.setEnabled(any(row.has_place for row in rows))
        self._show_picture()

    def _show_picture(self) -> None:
        row = self._selection.current_row()
        if row is None:
            self.resultPicture.show_picture(None, self.tr("Select a row to see its picture"))
            return
        picture = self._model.picture_of(row.id)
        self.resultPicture.show_picture(picture, self._instead_of_picture(row), row.title)

    def _instead_of_picture(self, row: Row) -> str:
        if row.item.preview_kind in ("xyz", "tms", "wms"):
            return self.tr("Tiles have no picture here: show them on the map")
        is_none = not row.can_be_shown or self._model.has_looked(row.id)
        return self.tr("No picture") if is_none else self.tr("Loading…")
