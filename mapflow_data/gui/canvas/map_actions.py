"""What can be put on the map from the imagery tree, and the requests under way for it. Main thread.

Results go to the project that asked: when another one is opened meanwhile, they are dropped with a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Callable, Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...api.models import Image, Mosaic, TileJson
from ...layers.mosaic_outlines import missing
from ...layers.properties import FOOTPRINTS, MOSAICS, PREVIEW, TILES
from ...services.bundle import Services
from ..imagery.model import ImageryModel
from .presenter import Presenter

ALL_MOSAICS = ("outlines", "")
GATHER_MS = 300  # several uploads that end together are one reload


class MapActions(QObject):
    """Asks the services, hands what comes to the presenter."""

    dropped = pyqtSignal(str)  # name of what was not shown
    cannot_zoom = pyqtSignal()
    nothing_to_show = pyqtSignal(str)  # name of a mosaic without images
    outlines_missing = pyqtSignal(int)  # of so many mosaics that have images
    no_outlines = pyqtSignal(bool)  # so there is no layer of them; whether it is the server that tells none

    def __init__(
        self, services: Services, presenter: Presenter, model: ImageryModel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._presenter = presenter
        self._model = model
        self._wanted: dict[tuple[str, str], str] = {}  # (kind, id) to the name of what is on its way
        self._here: dict[tuple[str, str], str] = {}  # of what has come and is about to be shown
        self._asked: set[str] = set()  # mosaics whose footprints a person wants to see
        self._uploaded: set[str] = set()
        self._reload = QTimer(self)
        self._reload.setSingleShot(True)
        self._reload.setInterval(GATHER_MS)
        self._reload.timeout.connect(self._on_reload)
        presenter.project_changed.connect(self._on_project_changed)
        services.images.images_loaded.connect(self._on_images_loaded)
        services.images.preview_loaded.connect(self._on_preview_loaded)
        services.mosaics.mosaics_loaded.connect(self._on_mosaics_loaded)
        services.mosaics.outlines_loaded.connect(self._on_outlines_loaded)
        services.mosaics.tiles_loaded.connect(self._on_tiles_loaded)
        services.images.images_failed.connect(lambda mosaic_id, _: self._give_up("footprints", mosaic_id))
        services.images.preview_failed.connect(lambda image, _: self._give_up("preview", image.id))
        services.mosaics.failed.connect(self._on_mosaics_failed)
        services.queue.image_uploaded.connect(self._on_image_uploaded)

    # What people ask for

    def show_footprints(self, mosaics: Iterable[Mosaic]) -> None:
        mosaics = list(mosaics)
        self._presenter.expect(FOOTPRINTS, [mosaic.id for mosaic in mosaics])
        for mosaic in mosaics:
            self._wanted["footprints", mosaic.id] = mosaic.name
            self._asked.add(mosaic.id)
            self._services.images.load(mosaic.id)

    def show_all_mosaics(self) -> None:
        """Their outlines, in one layer that follows the list from then on."""
        self._wanted[ALL_MOSAICS] = self.tr("Mosaics")
        self._load_outlines(self._model.mosaics())

    def show_tiles(self, mosaics: Iterable[Mosaic]) -> None:
        mosaics = list(mosaics)
        self._presenter.expect(TILES, [mosaic.id for mosaic in mosaics])
        for mosaic in mosaics:
            self._wanted["tiles", mosaic.id] = mosaic.name
            self._services.mosaics.load_tiles(mosaic)

    def show_previews(self, images: Iterable[Image]) -> None:
        images = list(images)
        self._presenter.expect(PREVIEW, [image.id for image in images])
        for image in images:
            self._wanted["preview", image.id] = image.filename
            self._services.images.load_preview(image, "l")

    def zoom_to(self, items: Iterable[Any]) -> None:
        """Mosaics and images; a mosaic without a footprint counts by its images."""
        shapes: list[str] = []
        for item in items:
            branch = self._model.branch(item.id) if isinstance(item, Mosaic) and not item.footprint else None
            shapes += [i.footprint for i in branch.images] if branch else [item.footprint]
        if not self._presenter.zoom_to(shapes):
            self.cannot_zoom.emit()

    # What comes

    def _on_images_loaded(self, mosaic_id: str, images: list[Image], features: list[Any]) -> None:
        mosaic = self._mosaic(mosaic_id)
        wanted = mosaic if self._wanted.pop(("footprints", mosaic_id), None) is not None else None
        if wanted and features:
            self._presenter.show_footprints(wanted, features)
        else:
            self._presenter.refresh_footprints(mosaic_id, features)
        if wanted and not features and mosaic_id in self._asked:
            self.nothing_to_show.emit(wanted.name)
        self._asked.discard(mosaic_id)

    def _on_mosaics_loaded(self, mosaics: list[Mosaic]) -> None:
        if ALL_MOSAICS in self._wanted or self._presenter.find(MOSAICS) is not None:
            self._load_outlines(mosaics)

    def _load_outlines(self, mosaics: Sequence[Mosaic]) -> None:
        """The number of images of a mosaic that was opened is known, whatever its row tells."""
        branches = {mosaic.id: self._model.branch(mosaic.id) for mosaic in mosaics}
        counts = {mosaic_id: branch.count for mosaic_id, branch in branches.items() if branch}
        self._services.mosaics.load_outlines(
            [replace(mosaic, image_count=counts.get(mosaic.id, mosaic.image_count)) for mosaic in mosaics]
        )

    def _on_outlines_loaded(self, features: list[Any]) -> None:
        if self._wanted.pop(ALL_MOSAICS, None) is None:
            self._presenter.refresh_all_mosaics(features)
            return
        count = missing(features)
        if not any(feature.hasGeometry() for feature in features):
            self._presenter.refresh_all_mosaics(features)
            self.no_outlines.emit(count > 0)
            return
        self._presenter.show_all_mosaics(features)
        if count:
            self.outlines_missing.emit(count)

    def _on_tiles_loaded(self, mosaic: Mosaic, tilejson: Optional[TileJson], images: list[Image]) -> None:
        self._show_soon(("tiles", mosaic.id), lambda: self._presenter.show_tiles(mosaic, tilejson, images))

    def _on_preview_loaded(self, image: Image, path: str) -> None:
        self._show_soon(("preview", image.id), lambda: self._presenter.show_preview(image, path))

    def _show_soon(self, key: tuple[str, str], show: Callable[[], object]) -> None:
        name = self._wanted.pop(key, None)
        if name is not None:
            self._here[key] = name
            self._presenter.soon(lambda: show() if self._here.pop(key, None) is not None else None)

    def _on_mosaics_failed(self, what: str, _error: object) -> None:
        if what in ("tiles", "outlines"):  # the signal does not tell whose
            for kind, mosaic_id in tuple(self._wanted):
                if kind == what:
                    self._give_up(kind, mosaic_id)

    def _give_up(self, kind: str, wanted_id: str) -> None:
        self._wanted.pop((kind, wanted_id), None)

    def forget_wanted(self) -> None:
        """Somebody waits for it no longer; footprints come with the lists of images."""
        self._wanted = {key: name for key, name in self._wanted.items() if key[0] == "footprints"}
        self._here.clear()

    def _on_image_uploaded(self, mosaic_id: str, image: Optional[Image]) -> None:
        if any(one.old.mosaic_id == mosaic_id for one in self._services.replacements.open):
            return  # it brings everything up to date at its end, and shows nothing that was not there
        self._uploaded.add(mosaic_id)
        self._reload.start()

    def _on_reload(self) -> None:
        """After uploads the footprints show themselves."""
        for mosaic_id in self._uploaded:
            mosaic = self._mosaic(mosaic_id)
            self._wanted["footprints", mosaic_id] = mosaic.name if mosaic else ""
            self._services.images.load(mosaic_id)
        self._uploaded.clear()
        self._services.mosaics.load()
        self._services.session.refresh_storage()

    def _on_project_changed(self) -> None:
        wanted, self._wanted, self._here = {**self._wanted, **self._here}, {}, {}
        for name in wanted.values():
            self.dropped.emit(name)

    def _mosaic(self, mosaic_id: str) -> Optional[Mosaic]:
        branch = self._model.branch(mosaic_id)
        return branch.mosaic if branch else None
