"""Has the list of an open mosaic asked for again while images of it are being processed. Main thread."""

from __future__ import annotations

from collections.abc import Callable

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from .model import ImageryModel

AGAIN_MS = 20_000


class ImageryWatch(QObject):
    """`wanted(mosaic id)`; `is_open` tells of the id of a mosaic whether its images are in sight.

    The timer goes on with an answer only: where none comes, the failure has been told, once.
    """

    wanted = pyqtSignal(str)

    def __init__(self, model: ImageryModel, is_open: Callable[[str], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._is_open = is_open
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(AGAIN_MS)
        self.timer.timeout.connect(self._on_time)
        model.images_told.connect(lambda _: self.look())
        model.layoutChanged.connect(self._on_changed)

    def look(self) -> None:
        """Whether there is something to wait for."""
        if not self._unready():
            self.timer.stop()
        elif not self.timer.isActive():
            self.timer.start()

    def _on_changed(self) -> None:
        if self.timer.isActive():
            self.look()

    def _on_time(self) -> None:
        for mosaic_id in self._unready():
            self.wanted.emit(mosaic_id)

    def _unready(self) -> list[str]:
        waiting = [one.mosaic.id for one in self._model.branches() if one.is_under_way]
        return [mosaic_id for mosaic_id in waiting if self._is_open(mosaic_id)]
