"""The filter of My imagery: what it finds in the list, and on demand in mosaics never opened. Main thread."""

from __future__ import annotations

from collections.abc import Mapping

from qgis.gui import QgsFilterLineEdit
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...services.bundle import Services
from ..imagery.branch import Loading
from ..imagery.tree import ImageryTree
from .finding import Finding
from .finding_bar import FindingBar

OPENED_AT_MOST = 20  # mosaics in which something was found: each is a request


class ImageryFilter(QObject):
    filtered = pyqtSignal()
    looking = pyqtSignal(bool)  # whether there may be more than the list has by now

    def __init__(
        self, edit: QgsFilterLineEdit, bar: FindingBar, tree: ImageryTree, services: Services, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._edit = edit
        self._bar = bar
        self._tree = tree
        self._services = services
        self._found: set[str] = set()  # mosaics to be opened once their images are there
        self._finding = Finding(services.inventory, tree.imagery, self)
        bar.follow(self._finding)
        services.session.online_changed.connect(bar.set_online)
        self._finding.found.connect(self._on_found)
        self._finding.started.connect(lambda _: self._tell())
        self._finding.ended.connect(lambda _: self._tell())
        services.images.images_failed.connect(lambda mosaic_id, _: self._on_over(mosaic_id))
        edit.textChanged.connect(self._on_typed)
        tree.filtered.connect(self._on_filtered)
        tree.imagery.images_told.connect(self._on_images_told)

    def clear(self) -> None:
        """All rows are there at once."""
        self._edit.clear()
        self._tree.filter_now("")

    def _on_typed(self, text: str) -> None:
        self._found.clear()
        self._finding.cancel()
        self._tell()
        self._tree.filter_later(text)

    def _on_filtered(self) -> None:
        model, text = self._tree.imagery, self._edit.text().strip()
        is_all_there = all(branch.state is Loading.LOADED for branch in model.branches())
        if not text or is_all_there:
            self._bar.offer("", 0, 0)
        else:
            found = sum(len(model.images_of(mosaic.id)) for mosaic in model.mosaics())
            self._bar.offer(text, found, len(model.mosaics()))
            if self._finding.is_ready:  # it costs no request
                self._finding.start(text)
        self.filtered.emit()

    def _on_found(self, text: str, images: Mapping[str, set[str]]) -> None:
        """Their rows match the filter as soon as they are loaded."""
        if text != self._edit.text().strip():
            return
        shown = list(images)[:OPENED_AT_MOST]
        for mosaic_id in shown:
            branch = self._tree.imagery.branch(mosaic_id)
            if branch is not None and branch.state is not Loading.LOADED:
                self._found.add(mosaic_id)
                self._services.images.load(mosaic_id)
        self._bar.show_found(sum(map(len, images.values())), len(images), len(shown))

    def _on_images_told(self, mosaic_id: str) -> None:
        if mosaic_id in self._found:
            self._tree.expand(self._tree.imagery.index_of(mosaic_id))
            self._on_over(mosaic_id)

    def _on_over(self, mosaic_id: str) -> None:
        if mosaic_id in self._found:
            self._found.discard(mosaic_id)
            self._tell()

    def _tell(self) -> None:
        self.looking.emit(self._finding.is_busy or bool(self._found))
