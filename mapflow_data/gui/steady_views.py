"""Views that stay quick while threads are at work. Main thread.

Qt asks a model for a thousand things to lay out and draw one view, and each time it has to wait for the
interpreter where a thread reads an answer: half a second for a list. A view whose events pass through Python
waits once.
"""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent
from qgis.PyQt.QtWidgets import QListView, QTableView, QTreeView


class SteadyTree(QTreeView):
    def event(self, event: QEvent) -> bool:
        return bool(super().event(event))

    def viewportEvent(self, event: QEvent) -> bool:
        return bool(super().viewportEvent(event))


class SteadyTable(QTableView):
    def event(self, event: QEvent) -> bool:
        return bool(super().event(event))

    def viewportEvent(self, event: QEvent) -> bool:
        return bool(super().viewportEvent(event))


class SteadyList(QListView):
    def event(self, event: QEvent) -> bool:
        return bool(super().event(event))

    def viewportEvent(self, event: QEvent) -> bool:
        return bool(super().viewportEvent(event))
