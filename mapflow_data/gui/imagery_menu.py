"""The actions of the imagery panel on what is selected, for its buttons and its context menu. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable

from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QMenu, QWidget

from ..api.models import Image, Mosaic
from .deleting import Deleting
from .editing import Editing
from .icons import icon
from .imagery_model import Item
from .manage_menu import ManageMenu
from .map_actions import MapActions
from .qt_compat import QAction

translate = QCoreApplication.translate

PREVIEWS_AT_MOST = 50  # each is a request and a layer


class ImageryMenu:
    """`on_map` and `more` drop from the toolbar, `context` opens on the tree."""

    def __init__(
        self,
        parent: QWidget,
        map_actions: MapActions,
        editing: Editing,
        deleting: Deleting,
        upload: Callable[[], None],
    ) -> None:
        self._map_actions = map_actions
        self._deleting = deleting
        self._items: Sequence[Item] = ()
        self._mosaics: Sequence[Mosaic] = ()
        self.on_map = QMenu(parent)
        self.tiles = self._add(
            "tilesAction", "tiles", translate("Imagery", "Mosaic as tiles"), self._on_tiles
        )
        self.footprints = self._add(
            "footprintsAction", "footprints", translate("Imagery", "Footprints"), self._on_footprints
        )
        self.preview = self._add(
            "previewAction", "preview", translate("Imagery", "Preview of the image"), self._on_preview
        )
        self.context = QMenu(parent)
        self.context.addActions(self.on_map.actions())
        self.context.addSeparator()
        self.zoom = self.context.addAction(icon("zoom"), translate("Imagery", "Zoom to"), self._on_zoom)
        self.zoom.setObjectName("zoomAction")
        self.context.addSeparator()
        self.upload = self.context.addAction(
            icon("upload"), translate("Imagery", "Upload into this mosaic…"), upload
        )
        self.upload.setObjectName("uploadIntoAction")
        self.context.addSeparator()
        self.more = ManageMenu(editing, parent)
        self.context.addActions(self.more.actions())
        self.context.addSeparator()
        self.delete = self.context.addAction(
            icon("delete"), translate("Imagery", "Delete from Mapflow…"), self._on_delete
        )
        self.delete.setObjectName("deleteAction")

    def set_selection(self, items: Sequence[Item], mosaics: Sequence[Mosaic], is_deleting: bool) -> None:
        self._items, self._mosaics = items, mosaics
        self.footprints.setEnabled(bool(mosaics))
        self.tiles.setEnabled(bool(mosaics))
        self._set_preview(len(self._images))
        self.zoom.setEnabled(bool(items))
        self.upload.setEnabled(len(mosaics) == 1)
        self.more.set_selection(items)
        self.delete.setEnabled(bool(items) and not is_deleting)

    def _set_preview(self, count: int) -> None:
        if count > PREVIEWS_AT_MOST:
            self.preview.setText(
                translate("Imagery", "Previews (of at most {0} images)").format(PREVIEWS_AT_MOST)
            )
        elif count > 1:
            self.preview.setText(translate("Imagery", "Previews of the {0} images").format(count))
        else:
            self.preview.setText(translate("Imagery", "Preview of the image"))
        self.preview.setEnabled(0 < count <= PREVIEWS_AT_MOST)

    @property
    def default_tip(self) -> str:
        """What a click on the button itself does now."""
        if len(self._images) > PREVIEWS_AT_MOST:
            return translate("Imagery", "Select at most {0} images to show their previews").format(
                PREVIEWS_AT_MOST
            )
        if self._images:
            return translate("Imagery", "Show a preview of the selected images on the map")
        if self._mosaics:
            return translate("Imagery", "Show the selected mosaic as tiles on the map")
        return translate("Imagery", "Select a mosaic or an image to show it on the map")

    def trigger_default(self) -> None:
        (self.preview if self._images else self.tiles).trigger()

    @property
    def _images(self) -> list[Image]:
        return [item for item in self._items if isinstance(item, Image)]

    def _add(self, name: str, icon_name: str, text: str, slot: Callable[[], None]) -> QAction:
        action = self.on_map.addAction(icon(icon_name), text, slot)
        action.setObjectName(name)
        return action

    def _on_tiles(self) -> None:
        self._map_actions.show_tiles(self._mosaics)

    def _on_footprints(self) -> None:
        self._map_actions.show_footprints(self._mosaics)

    def _on_preview(self) -> None:
        self._map_actions.show_previews(self._images)

    def _on_zoom(self) -> None:
        self._map_actions.zoom_to(self._items)

    def _on_delete(self) -> None:
        self._deleting.ask(self._items)
