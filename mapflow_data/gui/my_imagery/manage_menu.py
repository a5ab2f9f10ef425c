"""The actions that change or copy what is selected, behind "More" and in the context menu. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication, QMenu, QWidget

from ...api.models import Image, Mosaic
from ..imagery.model import Item
from ..widgets.icons import icon
from ..widgets.online_only import set_possible
from ..widgets.qt_compat import QAction
from ..words.item_json import items_json
from .commands import ImageryCommands


class ManageMenu(QMenu):
    def __init__(self, commands: ImageryCommands, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self._commands = commands
        self._items: Sequence[Item] = ()
        self._to_download: list[Image] = []
        self.details = self._add("detailsAction", "info", self.tr("Details of the image"), self._on_details)
        self.addSeparator()
        self.edit = self._add("editAction", "edit", self.tr("Edit mosaic…"), self._on_edit)
        self.rename = self._add("renameAction", "rename", self.tr("Rename image…"), self._on_rename)
        for action in (self.edit, self.rename):
            action.setShortcut("F2")
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # to be read; the panel listens
        self.replace = self._add("replaceAction", "replace", self.tr("Replace image…"), self._on_replace)
        self.download = self._add("downloadAction", "download", self.tr("Download…"), self._on_download)
        self.addSeparator()
        self.copy_id = self._add("copyIdAction", "copy", self.tr("Copy id"), self._on_copy_id)
        self.copy_json = self._add("copyJsonAction", "copy", self.tr("Copy JSON"), self._on_copy_json)

    def set_selection(self, items: Sequence[Item], is_online: bool) -> None:
        self._items = items
        one = items[0] if len(items) == 1 else None
        self._to_download = [image for image in self._commands.images_in(items) if image.is_ready]
        self.details.setEnabled(isinstance(one, Image))
        for action, is_possible in (
            (self.edit, isinstance(one, Mosaic)),
            (self.rename, isinstance(one, Image)),
            (self.replace, isinstance(one, Image) and one.is_ready),
            (self.download, bool(self._to_download)),
        ):
            set_possible(action, is_possible, is_online)
        for action in (self.copy_id, self.copy_json):
            action.setEnabled(bool(items))

    def rename_or_edit(self) -> None:
        """What F2 does: an image is renamed, a mosaic edited."""
        for action in (self.rename, self.edit):
            if action.isEnabled():
                action.trigger()
                return

    @property
    def _images(self) -> list[Image]:
        return [item for item in self._items if isinstance(item, Image)]

    def _add(self, name: str, icon_name: str, text: str, slot: Callable[[], None]) -> QAction:
        action = self.addAction(icon(icon_name), text, slot)
        action.setObjectName(name)
        return action

    def _on_details(self) -> None:
        for image in self._images:
            self._commands.details.open(image)

    def _on_edit(self) -> None:
        (item,) = self._items
        if isinstance(item, Mosaic):
            self._commands.editing.edit(item)

    def _on_rename(self) -> None:
        for image in self._images:
            self._commands.editing.rename(image)

    def _on_replace(self) -> None:
        for image in self._images:
            self._commands.replacing.ask(image)

    def _on_download(self) -> None:
        self._commands.downloading.ask(self._to_download)

    def _on_copy_id(self) -> None:
        QApplication.clipboard().setText("\n".join(item.id for item in self._items))

    def _on_copy_json(self) -> None:
        QApplication.clipboard().setText(items_json(self._items))
