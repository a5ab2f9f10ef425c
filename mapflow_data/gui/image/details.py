"""The dialog of one image, tied to the list: it follows the list, and browses through it. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ...api.models import Image
from ...services.bundle import Services
from ..imagery.model import Item, Loading
from ..imagery.tree import ImageryTree
from .dialog import ImageDialog


class ImageDetails(QObject):
    on_map_requested = pyqtSignal(object)  # Image
    zoom_requested = pyqtSignal(object)  # Image
    download_requested = pyqtSignal(object)  # Image

    def __init__(self, services: Services, tree: ImageryTree, panel: QWidget) -> None:
        super().__init__(panel)
        self._services = services
        self._tree = tree
        self._panel = panel
        self._dialog: Optional[ImageDialog] = None
        services.session.online_changed.connect(self._on_online_changed)
        tree.current_changed.connect(self._on_current_changed)
        tree.imagery.images_told.connect(self._on_images_told)
        tree.imagery.layoutChanged.connect(self._on_rows_changed)

    def open(self, image: Image) -> None:
        if self._dialog is None:
            self._dialog = self._make_dialog()
        self._show(image)
        self._dialog.raise_()
        self._dialog.activateWindow()

    def close(self) -> None:
        """What it is about is another account's, or gone."""
        if self._dialog is not None:
            self._dialog.close()

    def _make_dialog(self) -> ImageDialog:
        dialog = ImageDialog(self._services.pictures, self._panel)
        dialog.set_online(self._services.session.is_online)
        dialog.browse_requested.connect(self._on_browse)
        dialog.on_map_requested.connect(self.on_map_requested)
        dialog.zoom_requested.connect(self.zoom_requested)
        dialog.download_requested.connect(self.download_requested)
        return dialog

    def _show(self, image: Image) -> None:
        branch = self._tree.imagery.branch(image.mosaic_id)
        siblings, place = self._place_of(image)
        if self._dialog is not None and branch is not None and place >= 0:
            self._dialog.show_image(siblings[place], branch.mosaic, place + 1, len(siblings))

    def _place_of(self, image: Image) -> tuple[list[Image], int]:
        """Among the images of its mosaic; -1 where the list does not show it."""
        siblings = self._tree.siblings(image)
        return siblings, next((place for place, one in enumerate(siblings) if one.id == image.id), -1)

    @property
    def _shown(self) -> Optional[Image]:
        """None while the dialog is closed."""
        return self._dialog.image if self._dialog is not None and self._dialog.isVisible() else None

    def _on_browse(self, step: int) -> None:
        if self._shown is not None:
            siblings, place = self._place_of(self._shown)
            if place >= 0 and 0 <= place + step < len(siblings):
                self._tree.show_image(siblings[place + step])

    def _on_online_changed(self, is_online: bool) -> None:
        if self._dialog is not None:
            self._dialog.set_online(is_online)

    def _on_current_changed(self, item: Optional[Item]) -> None:
        if isinstance(item, Image) and self._shown is not None:
            self._show(item)

    def _on_rows_changed(self) -> None:
        """An image that is gone is not shown any more; by now the dialog may have gone on to another one."""
        image = self._shown
        if image is None:
            return
        branch = self._tree.imagery.branch(image.mosaic_id)
        is_loaded = branch is not None and branch.state is Loading.LOADED
        if branch is None or (is_loaded and all(one.id != image.id for one in branch.images)):
            self.close()

    def _on_images_told(self, mosaic_id: str) -> None:
        """The image may have another name now, or be at another place of its list."""
        image = self._shown
        if image is not None and image.mosaic_id == mosaic_id:
            self._show(image)
