"""What can be done with what was found: show on the map, zoom to; and what comes of it. Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...api.errors import Cancelled, MapflowError
from ...api.models import CatalogItem
from ...layers.geometry import footprint_of
from ...layers.properties import QUICKLOOK, TILES, image_id_of
from ...layers.quicklooks import name_of
from ...services.catalog import CatalogService
from ..canvas.presenter import Presenter
from .cells import Row
from .model import LOADING, SHOWN, ResultsModel

MOST = 50  # pictures and tiles at once: each is a layer of its own


class ResultActions(QObject):
    """Asks the service, hands what comes to the presenter, tells the model what is on the map."""

    failed = pyqtSignal(str, object)  # name of what was not shown, MapflowError
    dropped = pyqtSignal(str)  # name of what came too late for its project
    cannot_zoom = pyqtSignal()
    too_many = pyqtSignal(int)  # were asked for at once: the first MOST of them come

    def __init__(
        self,
        service: CatalogService,
        presenter: Presenter,
        model: ResultsModel,
        project: QgsProject,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._presenter = presenter
        self._model = model
        self._project = project
        self._wanted: dict[str, CatalogItem] = {}  # what is on its way to the map, by row
        service.picture_loaded.connect(self._on_picture)
        service.picture_failed.connect(self._on_failed)
        service.tiles_loaded.connect(self._on_tiles)
        service.tiles_failed.connect(self._on_failed)
        presenter.project_changed.connect(self._on_project_changed)
        project.layersRemoved.connect(self._on_layers_changed)
        model.rowsInserted.connect(self._on_layers_changed)

    def close(self) -> None:
        """Lets go of the project."""
        self._project.layersRemoved.disconnect(self._on_layers_changed)

    def forget(self) -> None:
        """What is on its way was asked for by an account that has gone: it will not come."""
        self._wanted.clear()

    # What people ask for

    def show(self, rows: Iterable[Row]) -> None:
        """Pictures and tiles onto the map; one that is there comes to the top."""
        wanted = [row for row in rows if row.can_be_shown and row.id not in self._wanted]
        if len(wanted) > MOST:
            self.too_many.emit(len(wanted))
        for kind in (QUICKLOOK, TILES):
            self._presenter.expect(kind, [row.item.id for row in wanted[:MOST] if row.item.id])
        for row in wanted[:MOST]:
            self._wanted[row.id] = row.item
            self._model.set_state(row.id, LOADING)
            if row.item.preview_kind == "picture":
                self._service.load_picture(row.item)
            else:
                self._service.load_tiles(row.item)

    def zoom_to(self, rows: Iterable[Row]) -> None:
        shapes = [footprint_of(row.item.footprint) for row in rows if row.has_place]
        if not self._presenter.zoom_to(shape.asWkt() for shape in shapes if not shape.isNull()):
            self.cannot_zoom.emit()

    # What comes

    def _on_picture(self, item: CatalogItem, path: str) -> None:
        self._presenter.soon(lambda: self._show_picture(item, path))

    def _on_tiles(self, item: CatalogItem, layer: QgsRasterLayer) -> None:
        self._presenter.soon(lambda: self._show_tiles(item, layer))

    def _show_picture(self, item: CatalogItem, path: str) -> None:
        row_id = self._taken(item)
        if row_id is not None:
            self._presenter.show_quicklook(item, path)
            self._model.set_state(row_id, SHOWN)

    def _show_tiles(self, item: CatalogItem, layer: QgsRasterLayer) -> None:
        row_id = self._taken(item)
        if row_id is not None:
            self._presenter.show_catalog_tiles(item, layer)
            self._model.set_state(row_id, SHOWN)

    def _on_failed(self, item: CatalogItem, error: MapflowError) -> None:
        row_id = self._taken(item)
        if row_id is None:
            return  # a picture for its card only: the card does without
        self._model.set_state(row_id, "")
        if not isinstance(error, Cancelled):
            self.failed.emit(name_of(item), error)

    def _taken(self, item: CatalogItem) -> Optional[str]:
        """The row that waits for it, None where none does."""
        row_id = next((row_id for row_id, wanted in self._wanted.items() if _is_same(wanted, item)), None)
        if row_id is not None:
            del self._wanted[row_id]
        return row_id

    def _on_project_changed(self) -> None:
        wanted, self._wanted = self._wanted, {}
        for item in wanted.values():
            self.dropped.emit(name_of(item))

    def _on_layers_changed(self, *_: object) -> None:
        """What was taken off the map is no longer marked, what is there from before is."""
        here = {image_id_of(layer) for kind in (QUICKLOOK, TILES) for layer in self._presenter.layers(kind)}
        self._model.set_shown(here - {""})


def _is_same(one: CatalogItem, other: CatalogItem) -> bool:
    """Also of two searches, when what the first one asked for comes during the second."""
    return one is other or all(
        getattr(one, name) == getattr(other, name) for name in ("id", "footprint", "preview_url", "previews")
    )
