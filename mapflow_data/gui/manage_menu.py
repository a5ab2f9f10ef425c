"""The actions that change or copy what is selected, behind "More" and in the context menu. Main thread."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Callable

from qgis.PyQt.QtWidgets import QApplication, QMenu, QWidget

from ..api.models import Image, Mosaic
from .editing import Editing
from .icons import icon
from .imagery_model import Item
from .qt_compat import QAction


class ManageMenu(QMenu):
    def __init__(self, editing: Editing, parent: QWidget) -> None:
        super().__init__(parent)
        self._editing = editing
        self._items: Sequence[Item] = ()
        self.edit = self._add("editAction", "edit", self.tr("Edit mosaic…"), self._on_edit)
        self.rename = self._add("renameAction", "rename", self.tr("Rename image…"), self._on_rename)
        self.addSeparator()
        self.copy_id = self._add("copyIdAction", "copy", self.tr("Copy id"), self._on_copy_id)
        self.copy_json = self._add("copyJsonAction", "copy", self.tr("Copy JSON"), self._on_copy_json)

    def set_selection(self, items: Sequence[Item]) -> None:
        self._items = items
        is_one = len(items) == 1
        self.edit.setEnabled(is_one and isinstance(items[0], Mosaic))
        self.rename.setEnabled(is_one and isinstance(items[0], Image))
        for action in (self.copy_id, self.copy_json):
            action.setEnabled(bool(items))

    def _add(self, name: str, icon_name: str, text: str, slot: Callable[[], None]) -> QAction:
        action = self.addAction(icon(icon_name), text, slot)
        action.setObjectName(name)
        return action

    def _on_edit(self) -> None:
        (item,) = self._items
        if isinstance(item, Mosaic):
            self._editing.edit(item)

    def _on_rename(self) -> None:
        (item,) = self._items
        if isinstance(item, Image):
            self._editing.rename(item)

    def _on_copy_id(self) -> None:
        QApplication.clipboard().setText("\n".join(item.id for item in self._items))

    def _on_copy_json(self) -> None:
        """One object, or a list of several."""
        found = [asdict(item) for item in self._items]
        what = found[0] if len(found) == 1 else found
        QApplication.clipboard().setText(json.dumps(what, indent=2, ensure_ascii=False, default=str))
