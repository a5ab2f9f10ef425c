"""The wide table of results, made at its first use and taken away with the panel. Main thread."""

from __future__ import annotations

from typing import Callable, Optional

from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QObject, Qt

from .menus import ResultMenu
from .model import ResultsModel
from .selection import ResultsSelection
from .table import ResultsTable


class ResultsOpener(QObject):
    def __init__(
        self,
        iface: QgisInterface,
        model: ResultsModel,
        selection: ResultsSelection,
        menu: ResultMenu,
        load_more: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._iface = iface
        self._model = model
        self._selection = selection
        self._menu = menu
        self._load_more = load_more
        self._count = ("", False)
        self.table: Optional[ResultsTable] = None

    def open(self) -> None:
        if self.table is None:
            self.table = self._make()
        self.table.setUserVisible(True)

    def close(self) -> None:
        if self.table is not None:
            self.table.close_links()
            self._iface.removeDockWidget(self.table)
            self.table.deleteLater()
            self.table = None

    def show_count(self, text: str, can_load_more: bool) -> None:
        self._count = (text, can_load_more)
        if self.table is not None:
            self.table.show_count(text, can_load_more)

    def clear_filter(self) -> None:
        if self.table is not None:
            self.table.clear_filter()

    def _make(self) -> ResultsTable:
        table = ResultsTable(self._model, self._selection, self._iface.mainWindow())
        table.map_requested.connect(self._menu.show_selected)
        table.zoom_requested.connect(self._menu.zoom_to_selected)
        table.menu_requested.connect(self._menu.open_at)
        table.more_requested.connect(self._load_more)
        table.show_count(*self._count)
        self._iface.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, table)
        return table
