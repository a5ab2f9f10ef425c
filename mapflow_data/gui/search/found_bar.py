"""The line above the cards: how many were found, more of them, their order, the wide table. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QLabel, QToolButton, QWidget

from ..results.menus import SortMenu
from ..results.model import ResultsModel
from ..results.opener import ResultsOpener
from ..widgets.icons import icon
from ..widgets.online_only import set_possible
from ..words.plain import as_tooltip
from . import words as search_words
from .run import SearchRun

ICONS = {"moreButton": "load_more", "sortButton": "sort", "tableButton": "table"}


class FoundBar(QObject):
    def __init__(
        self, bar: QWidget, model: ResultsModel, run: SearchRun, opener: ResultsOpener, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bar = bar
        self._model = model
        self._run = run
        self._opener = opener
        self._count: QLabel = bar.findChild(QLabel, "countLabel")
        buttons = {name: bar.findChild(QToolButton, name) for name in ICONS}
        for name, icon_name in ICONS.items():
            buttons[name].setIcon(icon(icon_name))
        self._more = buttons["moreButton"]
        self._more_tip = self._more.toolTip()
        self._is_online = True
        self._more.clicked.connect(run.load_more)
        buttons["tableButton"].clicked.connect(opener.open)
        SortMenu(model, buttons["sortButton"])
        for signal in (model.rowsInserted, model.layoutChanged):
            signal.connect(lambda *_: self.show())

    def set_online(self, is_online: bool) -> None:
        self._is_online = is_online
        self.show()

    def show(self) -> None:
        """The table tells the same; out of sight while nothing is found."""
        model, run = self._model, self._run
        text = search_words.count(model.total, run.total, run.goes_on)
        if model.is_filtered:
            text = f"{text} · {search_words.filtered(model.rowCount())}"
        lost = model.without_place
        self._count.setText(text)
        self._count.setToolTip(as_tooltip(search_words.without_place(lost)) if lost else "")
        can_load = run.goes_on and not run.is_busy
        self._more.setVisible(can_load)
        set_possible(self._more, True, self._is_online, self._more_tip)
        self._opener.show_count(text, can_load and self._is_online)
        self._bar.setVisible(model.total > 0)
