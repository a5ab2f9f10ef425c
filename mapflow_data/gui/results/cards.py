"""What was found as a list of cards; Enter puts the current one on the map. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QEvent, QModelIndex, QPoint, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import QWidget

from ..widgets.keys import ENTER
from ..widgets.steady_views import SteadyList
from .card import CardDelegate


class ResultCards(SteadyList):
    map_requested = pyqtSignal(QModelIndex)
    menu_requested = pyqtSignal(QPoint)  # global position
    in_sight_changed = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.customContextMenuRequested.connect(
            lambda at: self.menu_requested.emit(self.viewport().mapToGlobal(at))
        )
        delegate = CardDelegate(self)
        delegate.map_clicked.connect(self.map_requested)
        self.setItemDelegate(delegate)
        self.verticalScrollBar().valueChanged.connect(lambda _: self.in_sight_changed.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and self.currentIndex().isValid():
            self.map_requested.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Resize):
            self.in_sight_changed.emit()
        return bool(super().event(event))
