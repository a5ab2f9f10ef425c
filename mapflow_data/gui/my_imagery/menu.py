"""The actions of the imagery panel on what is selected, for its buttons and its context menu. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QMenu, QWidget

from ...api.models import Image, Mosaic
from ..imagery.model import Item
from ..widgets.icons import icon
from ..widgets.online_only import set_possible
from ..widgets.qt_compat import QAction
from ..words.offline import not_online
from .commands import ImageryCommands
from .manage_menu import ManageMenu

PREVIEWS_AT_MOST = 50  # each is a request and a layer


class ImageryMenu(QObject):
    """`on_map` and `more` drop from the toolbar, `context` opens on the list."""

    def __init__(self, parent: QWidget, commands: ImageryCommands, upload: Callable[[], None]) -> None:
        super().__init__(parent)
        self._commands = commands
        self._items: Sequence[Item] = ()
        self._mosaics: Sequence[Mosaic] = ()
        self._is_online = True
        self._fill_on_map(parent)
        self._fill_context(parent, upload)

    def set_selection(
        self, items: Sequence[Item], mosaics: Sequence[Mosaic], *, is_online: bool, is_deleting: bool
    ) -> None:
        """Offline, what needs the server is not offered."""
        self._items, self._mosaics, self._is_online = items, mosaics, is_online
        self.footprints.setEnabled(bool(mosaics))
        self.zoom.setEnabled(bool(items))
        self._name_preview(len(self._images))
        for action, is_possible in (
            (self.tiles, bool(mosaics)),
            (self.preview, 0 < len(self._images) <= PREVIEWS_AT_MOST),
            (self.all_mosaics, True),
            (self.upload, len(mosaics) == 1),
            (self.delete, bool(items) and not is_deleting),
        ):
            set_possible(action, is_possible, is_online)
        self.more.set_selection(items, is_online)

    @property
    def default_tip(self) -> str:
        """What a click on the button itself does now, or why nothing."""
        return "\n".join(filter(None, (self._default_words, "" if self._is_online else not_online())))

    @property
    def _default_words(self) -> str:
        if len(self._images) > PREVIEWS_AT_MOST:
            return self.tr("Select at most {0} images to show their previews").format(PREVIEWS_AT_MOST)
        if self._images:
            return self.tr("Show a preview of the selected images on the map")
        if self._mosaics:
            return self.tr("Show the selected mosaic as tiles on the map")
        return self.tr("Select a mosaic or an image to show it on the map")

    def trigger_default(self) -> None:
        (self.preview if self._images else self.tiles).trigger()

    # Set-up

    def _fill_on_map(self, parent: QWidget) -> None:
        menu = self.on_map = QMenu(parent)
        menu.setToolTipsVisible(True)
        self.tiles = _add(menu, "tilesAction", "tiles", self.tr("Mosaic as tiles"), self._on_tiles)
        self.footprints = _add(
            menu, "footprintsAction", "footprints", self.tr("Footprints"), self._on_footprints
        )
        self.preview = _add(
            menu, "previewAction", "preview", self.tr("Preview of the image"), self._on_preview
        )
        self._of_selection = list(menu.actions())
        menu.addSeparator()
        self.all_mosaics = _add(
            menu,
            "allMosaicsAction",
            "footprints",
            self.tr("All mosaics as one layer"),
            self._commands.on_map.show_all_mosaics,
        )

    def _fill_context(self, parent: QWidget, upload: Callable[[], None]) -> None:
        menu = self.context = QMenu(parent)
        menu.setToolTipsVisible(True)
        menu.addActions(self._of_selection)
        menu.addSeparator()
        self.zoom = _add(menu, "zoomAction", "zoom", self.tr("Zoom to"), self._on_zoom)
        menu.addSeparator()
        self.upload = _add(menu, "uploadIntoAction", "upload", self.tr("Upload into this mosaic…"), upload)
        menu.addSeparator()
        self.more = ManageMenu(self._commands, parent)
        menu.addActions(self.more.actions())
        menu.addSeparator()
        self.delete = _add(menu, "deleteAction", "delete", self.tr("Delete from Mapflow…"), self._on_delete)

    def _name_preview(self, count: int) -> None:
        if count > PREVIEWS_AT_MOST:
            self.preview.setText(self.tr("Previews (of at most {0} images)").format(PREVIEWS_AT_MOST))
        elif count > 1:
            self.preview.setText(self.tr("Previews of the {0} images").format(count))
        else:
            self.preview.setText(self.tr("Preview of the image"))

    @property
    def _images(self) -> list[Image]:
        return [item for item in self._items if isinstance(item, Image) and item.is_ready]

    # What people do

    def _on_tiles(self) -> None:
        self._commands.on_map.show_tiles(self._mosaics)

    def _on_footprints(self) -> None:
        self._commands.on_map.show_footprints(self._mosaics)

    def _on_preview(self) -> None:
        self._commands.on_map.show_previews(self._images)

    def _on_zoom(self) -> None:
        self._commands.on_map.zoom_to(self._items)

    def _on_delete(self) -> None:
        self._commands.deleting.ask(self._items)


def _add(menu: QMenu, name: str, icon_name: str, text: str, slot: Callable[[], None]) -> QAction:
    action = menu.addAction(icon(icon_name), text, slot)
    action.setObjectName(name)
    return action
