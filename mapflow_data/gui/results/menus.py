"""The menus of what was found: what to do with the selected ones, and their order. Main thread."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QApplication, QMenu, QToolButton, QWidget

from ..widgets.icons import icon
from ..widgets.menu_mark import set_marked_text
from ..widgets.qt_compat import QAction, QActionGroup
from .actions import ResultActions
from .cells import Column, title
from .model import ResultsModel
from .selection import ResultsSelection

DOWN, UP = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder


class ResultMenu(QMenu):
    """Of the selected rows."""

    def __init__(self, actions: ResultActions, selection: ResultsSelection, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self._selection = selection
        self._show = self.addAction(icon("on_map"), self.tr("Show on map"), self.show_selected)
        self._show.setObjectName("showResultAction")
        self._zoom = self.addAction(icon("zoom"), self.tr("Zoom to"), self.zoom_to_selected)
        self._zoom.setObjectName("zoomToResultAction")
        self.addSeparator()
        copy = self.addAction(icon("copy"), self.tr("Copy id"), self._copy_ids)
        copy.setObjectName("copyResultIdAction")

    def open_at(self, at: QPoint) -> None:
        rows = self._selection.rows()
        if rows:
            self._show.setEnabled(any(row.can_be_shown for row in rows))
            self._zoom.setEnabled(any(row.has_place for row in rows))
            self.popup(at)

    def show_selected(self) -> None:
        self._actions.show(self._selection.rows())

    def zoom_to_selected(self) -> None:
        self._actions.zoom_to(self._selection.rows())

    def _copy_ids(self) -> None:
        ids = (row.item.id for row in self._selection.rows())
        QApplication.clipboard().setText("\n".join(filter(None, ids)))


class SortMenu(QMenu):
    """The orders that people ask for; the table's header has the rest. Its button tells the present one."""

    def __init__(self, model: ResultsModel, button: QToolButton) -> None:
        super().__init__(button)
        self._model = model
        self._button = button
        button.setMenu(self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._group = QActionGroup(self)  # one of them, or none where the table sorts otherwise
        self._choices = [
            (self._add(text, column, order), column, order) for text, column, order in self._orders()
        ]
        model.sorted_by.connect(self._on_sorted)
        self._on_sorted(*model.order)

    def _name(self, column: int) -> str:
        return {
            Column.DATE: self.tr("date"),
            Column.SENSOR: self.tr("sensor"),
            Column.CLOUD: self.tr("cloud"),
            Column.RESOLUTION: self.tr("resolution"),
            Column.OFF_NADIR: self.tr("off-nadir"),
            Column.COVERS: self.tr("coverage"),
            Column.AVAILABILITY: self.tr("availability"),
            Column.PROVIDER: self.tr("provider"),
        }.get(Column(column), title(column).lower())

    def _orders(self) -> Sequence[tuple[str, int, Qt.SortOrder]]:
        return (
            (self.tr("Newest first"), Column.DATE, DOWN),
            (self.tr("Oldest first"), Column.DATE, UP),
            (self.tr("Least cloud first"), Column.CLOUD, UP),
            (self.tr("Finest resolution first"), Column.RESOLUTION, UP),
            (self.tr("Most vertical first"), Column.OFF_NADIR, UP),
            (self.tr("Covers most first"), Column.COVERS, DOWN),
        )

    def _add(self, text: str, column: int, order: Qt.SortOrder) -> QAction:
        action = self.addAction(text, lambda: self._choose(column, order))
        action.setCheckable(True)
        self._group.addAction(action)
        return action

    def _choose(self, column: int, order: Qt.SortOrder) -> None:
        self._model.sort(column, order)
        self._on_sorted(column, order)  # the same again would take its mark away

    def _on_sorted(self, column: int, order: Qt.SortOrder) -> None:
        for action, its_column, its_order in self._choices:
            action.setChecked((its_column, its_order) == (column, order))
        text = self.tr("Sort") if column < 0 else self.tr("Sort: {0}").format(self._name(column))
        set_marked_text(self._button, text)
        self._button.setToolTip(self.tr("Order of the results: {0}").format(text))
