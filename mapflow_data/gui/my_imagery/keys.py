"""Keys of My imagery: Ctrl+F to the filter, from there to the list and back, F2 to rename. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QModelIndex, Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QLineEdit, QWidget

from ..imagery.contact_sheet import ContactSheet
from ..imagery.tree import ImageryTree
from ..widgets.filter_keys import FilterKeys
from ..widgets.keys import CTRL, NO_KEY, Keys
from .filter import ImageryFilter
from .manage_menu import ManageMenu


class ImageryKeys:
    def __init__(
        self,
        panel: QWidget,
        edit: QLineEdit,
        tree: ImageryTree,
        sheet: ContactSheet,
        imagery_filter: ImageryFilter,
        menu: ManageMenu,
    ) -> None:
        self._tree = tree
        self._sheet = sheet
        views = (tree, sheet)
        to_list = FilterKeys(edit, views, tree.finish_filter, imagery_filter.clear, self._first)
        acts = {(Qt.Key.Key_F, CTRL): to_list.go_to_field, (Qt.Key.Key_F2, NO_KEY): menu.rename_or_edit}
        Keys(panel, acts)

    def _first(self, view: QAbstractItemView) -> QModelIndex:
        """What the filter found first; without a filter, where somebody was."""
        current = view.currentIndex()
        if view is self._sheet:
            is_here = current.isValid() and current.parent() == view.rootIndex()
            first = self._sheet.first()
        else:
            is_here, first = current.isValid(), self._tree.first_match()
        return current if is_here and not self._tree.imagery.is_filtered else first
