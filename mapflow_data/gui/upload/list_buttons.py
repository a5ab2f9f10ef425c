"""The Upload dialog's buttons for selected rows: off the list, or sent as they are. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QToolButton

from .tree import UploadTree


class ListButtons(QObject):
    """They ask for what the list's own menu asks for."""

    def __init__(self, remove: QToolButton, override: QToolButton, tree: UploadTree) -> None:
        super().__init__(tree)
        self._remove = remove
        self._override = override
        self._tree = tree
        self._is_free = True
        remove.clicked.connect(self._on_remove)
        override.clicked.connect(self._on_override)
        tree.selectionModel().selectionChanged.connect(lambda *_: self.refresh(self._is_free))

    def refresh(self, is_free: bool) -> None:
        """`is_free`: the list may be changed now."""
        self._is_free = is_free
        rows = self._tree.selected_rows
        can, did = any(row.can_override for row in rows), any(row.is_override for row in rows)
        self._remove.setEnabled(bool(rows) and is_free)
        self._override.setEnabled((can or did) and is_free)
        self._override.setChecked(did and not can)

    def _on_remove(self) -> None:
        self._tree.remove_asked.emit([row.key for row in self._tree.selected_rows])

    def _on_override(self, is_on: bool) -> None:
        rows = self._tree.selected_rows
        keys = [row.key for row in rows if (row.can_override if is_on else row.is_override)]
        self._tree.override_asked.emit(keys, is_on)
