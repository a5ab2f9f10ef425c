"""The buttons of My imagery: icons, menus, and what they can do with what is selected. Main thread."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QToolButton, QWidget

from ...api.models import Mosaic
from ..imagery.model import Item
from ..widgets.icons import icon
from ..widgets.keys import open_menu_by_down
from ..widgets.online_only import set_possible
from ..widgets.qt_compat import QAction
from .menu import ImageryMenu

ICONS = {
    "uploadButton": "upload",
    "newMosaicButton": "new_mosaic",
    "onMapButton": "on_map",
    "zoomButton": "zoom",
    "deleteButton": "delete",
    "moreButton": "edit",
    "sheetButton": "sheet",
}
ONLINE_ONLY = ("uploadButton", "newMosaicButton", "deleteButton")


class ImageryTools(QObject):
    def __init__(self, panel: QWidget, menu: ImageryMenu, picking: QAction) -> None:
        super().__init__(panel)
        self._menu = menu
        self._buttons = {name: panel.findChild(QToolButton, name) for name in ICONS}
        self._tips = {name: self._buttons[name].toolTip() for name in ONLINE_ONLY}
        for name, icon_name in ICONS.items():
            self._buttons[name].setIcon(icon(icon_name))
        panel.findChild(QToolButton, "pickButton").setDefaultAction(picking)
        self._buttons["onMapButton"].setMenu(menu.on_map)
        open_menu_by_down(self._buttons["onMapButton"])
        self._buttons["moreButton"].setMenu(menu.more)
        self._buttons["onMapButton"].clicked.connect(menu.trigger_default)
        self._buttons["zoomButton"].clicked.connect(menu.zoom.trigger)
        self._buttons["deleteButton"].clicked.connect(menu.delete.trigger)

    def set_selection(
        self, items: Sequence[Item], mosaics: Sequence[Mosaic], *, is_online: bool, is_deleting: bool
    ) -> None:
        """Offline, what needs the server is not offered, and says why."""
        self._menu.set_selection(items, mosaics, is_online=is_online, is_deleting=is_deleting)
        buttons = self._buttons
        for name in ("zoomButton", "moreButton"):
            buttons[name].setEnabled(bool(items))
        can = {**dict.fromkeys(ONLINE_ONLY, True), "deleteButton": self._menu.delete.isEnabled()}
        for name, tip in self._tips.items():
            set_possible(buttons[name], can[name], is_online, tip)
        buttons["onMapButton"].setToolTip(self._menu.default_tip)
