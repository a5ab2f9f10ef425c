"""All that can be done from My imagery, one controller each; what they say comes from here. Main thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional

from qgis.core import QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ...api.models import Image, Mosaic
from ...services.bundle import Services
from ..canvas.map_actions import MapActions
from ..canvas.picking import Picking
from ..canvas.presenter import Presenter
from ..download.downloading import Downloading
from ..image.details import ImageDetails
from ..imagery.model import Item, Loading
from ..imagery.tree import ImageryTree
from ..manage.deleting import Deleting
from ..manage.editing import Editing
from ..replace.replacing import Replacing
from ..storage.dialog import StorageDialog
from ..words.messages import Message
from ..words.plain import short


class ImageryCommands(QObject):
    noted = pyqtSignal(str)
    succeeded = pyqtSignal(str)
    warned = pyqtSignal(object, str, object)  # Message, button ("" for none), what it does
    hinted = pyqtSignal(str)  # for QGIS' status bar
    rows_wanted = pyqtSignal()  # whatever the filter hides
    sign_in_requested = pyqtSignal()

    def __init__(
        self,
        services: Services,
        presenter: Presenter,
        tree: ImageryTree,
        canvas: QgsMapCanvas,
        project: QgsProject,
        panel: QWidget,
    ) -> None:
        super().__init__(panel)
        self._services = services
        self._tree = tree
        self._panel = panel
        self._storage: Optional[StorageDialog] = None
        self._successor: Optional[Image] = None  # selected once it is in the list
        model = tree.imagery
        self.on_map = MapActions(services, presenter, model, panel)
        self.deleting = Deleting(services, presenter, model, panel)
        self.editing = Editing(services, model, panel)
        self.downloading = Downloading(services.session, services.downloads, project, panel)
        self.replacing = Replacing(services, presenter, model, panel)
        self.picking = Picking(canvas, project, presenter, self)
        self.details = ImageDetails(services, tree, panel)
        self._connect()

    def close(self) -> None:
        """Before the panel goes: lets go of the canvas."""
        self.picking.close()

    def images_in(self, items: Sequence[Item]) -> list[Image]:
        """Those among them, and all of the mosaics among them, whatever the filter hides; each once.

        [] as long as the images of one of the mosaics are not known.
        """
        found: dict[str, Image] = {}
        for item in items:
            branch = self._tree.imagery.branch(item.id) if isinstance(item, Mosaic) else None
            if branch is not None and branch.state is not Loading.LOADED:
                return []
            images = branch.images if branch else [item] if isinstance(item, Image) else []
            found.update((image.id, image) for image in images)
        return list(found.values())

    def show_storage(self) -> None:
        if self._storage is None:
            services = self._services
            self._storage = StorageDialog(services.session, services.mosaics, services.inventory, self._panel)
            self._storage.mosaic_chosen.connect(self._on_mosaic_chosen)
            self._storage.image_chosen.connect(
                lambda mosaic_id, image_id: self._on_images_chosen({mosaic_id: {image_id}})
            )
            self._storage.images_chosen.connect(self._on_images_chosen)
            self._storage.sign_in_requested.connect(self.sign_in_requested)
        mosaics = self._tree.imagery.mosaics()
        self._storage.open_with(mosaics or None)

    def _on_mosaic_chosen(self, mosaic_id: str) -> None:
        self.rows_wanted.emit()
        self._tree.select_mosaic(mosaic_id)

    def _on_images_chosen(self, wanted: Mapping[str, set[str]]) -> None:
        self.rows_wanted.emit()
        self._tree.select_images(wanted)

    def _connect(self) -> None:
        for controller in (self.deleting, self.downloading, self.replacing):
            controller.stopped.connect(self.noted)
            controller.warned.connect(self.warned)
            controller.sign_in_requested.connect(self.sign_in_requested)
        for controller in (self.deleting, self.replacing):
            controller.succeeded.connect(self.succeeded)
        self.on_map.dropped.connect(self._on_dropped)
        self.on_map.nothing_to_show.connect(self._on_nothing_to_show)
        self.on_map.cannot_zoom.connect(self._on_cannot_zoom)
        self.on_map.outlines_missing.connect(self._on_outlines_missing)
        self.on_map.no_outlines.connect(self._on_no_outlines)
        self.picking.told.connect(self.hinted)
        self.details.on_map_requested.connect(lambda image: self.on_map.show_previews([image]))
        self.details.zoom_requested.connect(lambda image: self.on_map.zoom_to([image]))
        self.details.download_requested.connect(lambda image: self.downloading.ask([image]))
        self.editing.renamed.connect(self._tree.follow)
        self._tree.image_activated.connect(self.details.open)
        self._services.replacements.replaced.connect(self._on_replaced)
        self._tree.imagery.images_told.connect(self._on_images_told)

    def _on_replaced(self, _mosaic_id: str, old: Image, new: Image) -> None:
        """Who had chosen the old one goes on with the new one."""
        self._successor = new if self._tree.selected_image_ids() == {old.id} else None

    def _on_images_told(self, mosaic_id: str) -> None:
        new = self._successor
        if new is not None and any(one.id == new.id for one in self._tree.imagery.images_of(mosaic_id)):
            self._successor = None
            self._tree.show_image(new)

    # What they have to say

    def _on_dropped(self, name: str) -> None:
        self.noted.emit(
            self.tr("{0} was not shown, as another project was opened meanwhile.").format(short(name))
        )

    def _on_nothing_to_show(self, name: str) -> None:
        self.noted.emit(self.tr("“{0}” has no images yet: upload some first.").format(short(name)))

    def _on_cannot_zoom(self) -> None:
        self.noted.emit(self.tr("There is no footprint to zoom to: upload images first."))

    def _on_outlines_missing(self, count: int) -> None:
        self.warned.emit(
            Message(self.tr("Mosaics whose outline the server does not tell: {0}.").format(count)), "", None
        )

    def _on_no_outlines(self, is_untold: bool) -> None:
        if is_untold:
            words = self.tr(
                "Mosaics were not shown as one layer, as the server tells the outline of none of them: "
                "select some and choose Footprints under On map."
            )
            self.warned.emit(Message(words), "", None)
        else:
            self.noted.emit(self.tr("No mosaic has images yet, so none has an outline: upload some first."))
