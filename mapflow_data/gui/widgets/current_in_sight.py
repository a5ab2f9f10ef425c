"""Whatever takes room from a view, its current row stays in sight if it was. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QObject, QSize, QTimer
from qgis.PyQt.QtWidgets import QAbstractItemView, QApplication


class CurrentInSight(QObject):
    """A row near the end would be behind the drawer that it fills. Not while a double click may go on."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show)
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._is_in_sight(event.oldSize()):
            self._timer.start(QApplication.doubleClickInterval())
        return False

    def _is_in_sight(self, room: QSize) -> bool:
        place = self._view.visualRect(self._view.currentIndex())
        return bool(place.isValid() and place.bottom() >= 0 and place.top() < room.height())

    def _show(self) -> None:
        current = self._view.currentIndex()
        if current.isValid():
            self._view.scrollTo(current)
