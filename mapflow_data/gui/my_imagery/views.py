"""The two ways to look at imagery, list and contact sheet, and the drawer below both. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtWidgets import QToolButton, QWidget

from ...services.pictures.service import PictureService
from ...settings import DRAWER_OPEN
from ..image.drawer import ImageDrawer
from ..imagery.contact_sheet import ContactSheet
from ..imagery.tree import ImageryTree
from ..widgets.current_in_sight import CurrentInSight
from ..widgets.name_label import NameLabel
from ..words import counts, formats
from .states import ImageryStates


class ImageryViews(QObject):
    """Begins with the list, where mosaics are chosen. Remembers whether the drawer was open."""

    def __init__(
        self,
        tree: ImageryTree,
        sheet_page: QWidget,
        drawer: ImageDrawer,
        pictures: PictureService,
        states: ImageryStates,
        switch: QToolButton,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._tree = tree
        self._page = sheet_page
        self._states = states
        self._switch = switch
        self._sheet: ContactSheet = sheet_page.findChild(ContactSheet)
        self._title: NameLabel = sheet_page.findChild(NameLabel)
        self._sheet.set_up(tree, pictures)
        drawer.set_up(tree, pictures)
        drawer.set_open(DRAWER_OPEN.get())
        drawer.toggled.connect(DRAWER_OPEN.set)
        drawer.hide()
        states.content_shown.connect(drawer.setVisible)
        self._sheet.mosaic_changed.connect(lambda _: self._show_title())
        for view in (tree, self._sheet):
            CurrentInSight(view)
        tree.filtered.connect(self._show_current)
        switch.toggled.connect(self._on_switched)
        sheet_page.findChild(QToolButton, "backButton").clicked.connect(self.show_list)
        self._show_title()

    def show_list(self) -> None:
        self._switch.setChecked(False)

    def _on_switched(self, is_sheet: bool) -> None:
        had_focus = self._tree.hasFocus() or self._sheet.hasFocus()
        self._states.set_content(self._page if is_sheet else self._tree)
        if had_focus:
            (self._sheet if is_sheet else self._tree).setFocus(Qt.FocusReason.OtherFocusReason)
        if not is_sheet:
            self._show_current()

    def _show_current(self) -> None:
        """What was found by a filter is still there when the filter is gone."""
        if self._switch.isChecked():
            self._sheet.go_to_current()
        elif self._tree.currentIndex().isValid():
            self._tree.scrollTo(self._tree.currentIndex())

    def _show_title(self) -> None:
        """Beside the arrow that leads back: the mosaic, or where one is chosen."""
        mosaic = self._sheet.mosaic
        name = mosaic.name or mosaic.id if mosaic else self.tr("All mosaics")
        self._title.set_texts(name, self._size() if mosaic else "")

    def _size(self) -> str:
        """How many images it has, and how many of them the filter leaves."""
        count, shown = self._sheet.count, self._sheet.shown_count
        if count is None or shown is None:
            return ""
        if shown < count:
            return self.tr("{0} of {1} images").format(formats.whole(shown), formats.whole(count))
        return counts.images(count)
