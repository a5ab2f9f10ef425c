"""Views that stay quick while threads are at work. Main thread.

Qt asks a model for a thousand things to lay out and draw one view, and each time it has to wait for the
interpreter where a thread reads an answer: half a second for a list. A view whose events pass through Python
waits once.
"""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QListView, QTableView, QTreeView, QWidget

from .keys import MenuKeys


class SteadyTree(QTreeView):
    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        MenuKeys(self)

    def event(self, event: QEvent) -> bool:
        return bool(super().event(event))

    def viewportEvent(self, event: QEvent) -> bool:
        return bool(super().viewportEvent(event))


class SteadyTable(QTableView):
    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        MenuKeys(self)

    def event(self, event: QEvent) -> bool:
        return bool(super().event(event))

    def viewportEvent(self, event: QEvent) -> bool:
        return bool(super().viewportEvent(event))


class SteadyList(QListView):
    """Of equal items, of which one or many are selected."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        MenuKeys(self)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def event(self, event: QEvent) -> bool:
        return bool(super().event(event))

    def viewportEvent(self, event: QEvent) -> bool:
        return bool(super().viewportEvent(event))
