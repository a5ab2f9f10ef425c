"""What a search and its pictures tell that no row can say, in words. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...api.errors import MapflowError
from ..results.actions import MOST, ResultActions
from ..words.messages import describe
from .run import SearchRun


class SearchNotices(QObject):
    warned = pyqtSignal(object)  # Message
    noted = pyqtSignal(str)  # plain text

    def __init__(self, run: SearchRun, actions: ResultActions, parent: QObject) -> None:
        super().__init__(parent)
        run.dropped.connect(self._on_search_dropped)
        actions.failed.connect(self._on_not_shown)
        actions.dropped.connect(self._on_picture_dropped)
        actions.too_many.connect(self._on_too_many)
        actions.cannot_zoom.connect(self._on_cannot_zoom)

    def _on_search_dropped(self) -> None:
        self.noted.emit(self.tr("The search was dropped, as another project was opened meanwhile."))

    def _on_not_shown(self, name: str, error: MapflowError) -> None:
        self.warned.emit(describe(error, self.tr("{0} was not shown").format(name)))

    def _on_picture_dropped(self, name: str) -> None:
        self.noted.emit(self.tr("{0} was not shown, as another project was opened meanwhile.").format(name))

    def _on_too_many(self, count: int) -> None:
        self.noted.emit(
            self.tr("The first {0} of {1} are shown; select others to see those.").format(MOST, count)
        )

    def _on_cannot_zoom(self) -> None:
        self.noted.emit(self.tr("This has no place on the map to zoom to."))
