"""The images of one mosaic as a sheet of pictures, to find the bad one among sixty by looking. Main thread.

It shows what the tree has, with the tree's model and selection: who changes one changes the other.
"""

from __future__ import annotations

from typing import Any, Optional

from qgis.PyQt.QtCore import QEvent, QModelIndex, QStringListModel, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent, QPainter, QPaintEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QListView, QWidget

from ...api.models import Image, Mosaic
from ...services.pictures.service import PictureService
from ..widgets.keys import ENTER
from ..widgets.rows_in_sight import rows_in_sight
from ..widgets.steady_views import SteadyList
from .model import COUNT_ROLE, ITEM_ROLE
from .picture_frame import quiet
from .sheet_delegate import SheetDelegate
from .tree import ImageryTree

REST_MS = 100  # scrolling goes on
BATCH = 200  # images laid out before other things have their turn
SPACING = 2  # logical px
PLACE = "sheet"
CENTRED = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)


class ContactSheet(SteadyList):
    """Shows the mosaic of the tree's current row; a hint while there is none."""

    image_activated = pyqtSignal(object)  # by Enter or a double click
    mosaic_changed = pyqtSignal(object)  # Mosaic, or None; also where only its counts are others

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._tree: Optional[ImageryTree] = None
        self._pictures: Optional[PictureService] = None
        self._nothing = QStringListModel(self)
        self._mosaic: Optional[Mosaic] = None
        self._count: Optional[int] = None
        self._shown: Optional[int] = None
        self._mosaic_id = ""  # of the last one, which a filter may hide for a while
        self._is_seeking = False  # the current image, which is not laid out yet
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._ask)
        self._set_up_view()
        self.setModel(self._nothing)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._rest.start())
        self.verticalScrollBar().rangeChanged.connect(self._on_laid_out)
        self.doubleClicked.connect(self._activate)

    def set_up(self, tree: ImageryTree, pictures: PictureService) -> None:
        self._tree, self._pictures = tree, pictures
        self.setItemDelegate(SheetDelegate(self, pictures))
        tree.current_changed.connect(lambda _: self._follow())
        tree.imagery.layoutChanged.connect(self._follow)
        tree.imagery.modelReset.connect(self._follow)
        tree.imagery.dataChanged.connect(lambda *_: self._follow())
        pictures.picture_loaded.connect(self._on_picture)
        pictures.picture_failed.connect(lambda image_id, _: self._on_picture(image_id))
        pictures.picture_put_off.connect(self._on_picture)
        pictures.refreshed.connect(self._on_refreshed)
        self._follow()

    @property
    def mosaic(self) -> Optional[Mosaic]:
        return self._mosaic

    @property
    def count(self) -> Optional[int]:
        """Of the mosaic's images, None where it is not known."""
        return self._count

    @property
    def shown_count(self) -> Optional[int]:
        """Of the images that the filter leaves; all as long as they are not loaded."""
        return self._shown

    def go_to_current(self) -> None:
        """In the tree any column may be the current one; here there is but the first."""
        current = self.currentIndex()
        if self._mosaic is None or not current.parent().isValid():
            return
        if current.column() and self.isVisible():
            current = current.siblingAtColumn(0)
            self.selectionModel().setCurrentIndex(current, self.selectionModel().SelectionFlag.NoUpdate)
        self._is_seeking = not self.visualRect(current).isValid()
        self.scrollTo(current)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and self.currentIndex().isValid():
            self._activate(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Qt goes by the number of the row alone, also where that is the row of a mosaic."""
        return super().moveCursor(action, modifiers) if self._is_current_here() else self.first()

    def keyboardSearch(self, search: str) -> None:
        """Among what is shown: with the mosaic itself being current Qt would look among the mosaics."""
        if not self._is_current_here():
            flag = self.selectionModel().SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(self.first(), flag)
        super().keyboardSearch(search)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Hide):
            self._rest.start()
        elif event.type() == QEvent.Type.Show:
            self._rest.start()
            self.go_to_current()
        return bool(super().event(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._mosaic is not None:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        painter.setPen(quiet(self.palette()))
        room = self.viewport().rect().adjusted(8, 8, -8, -8)
        painter.drawText(room, CENTRED, self.tr("Choose a mosaic in the list"))

    # Inside

    def _set_up_view(self) -> None:
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(BATCH)
        self.setSpacing(SPACING)
        self.setSelectionRectVisible(True)

    def _follow(self) -> None:
        """The tree's current mosaic, else the last one as long as it is shown there."""
        tree = self._tree
        if tree is None:
            return
        current = tree.currentIndex()
        top = current.parent() if current.parent().isValid() else current.siblingAtColumn(0)
        if not top.isValid() and self._mosaic_id:
            top = tree.imagery.index_of(self._mosaic_id)
        self._show_mosaic(tree, top)
        self._rest.start()

    def _show_mosaic(self, tree: ImageryTree, top: QModelIndex) -> None:
        """Without one there is another model: at a root that is gone a view shows the mosaics themselves."""
        if not top.isValid():
            self._use(None)
        elif self.model() is not tree.imagery or self.rootIndex() != top:
            self._use(tree)
            self.setRootIndex(top)
            self.scrollToTop()
            self.go_to_current()
        mosaic, count = top.data(ITEM_ROLE), top.data(COUNT_ROLE)
        branch = tree.imagery.branch(mosaic.id) if mosaic else None
        shown = len(tree.imagery.images_of(mosaic.id)) if branch and branch.has_images else count
        if (mosaic, count, shown) != (self._mosaic, self._count, self._shown):
            self._mosaic, self._count, self._shown = mosaic, count, shown
            self._mosaic_id = mosaic.id if mosaic else self._mosaic_id
            self.viewport().update()
            self.mosaic_changed.emit(mosaic)

    def _use(self, tree: Optional[ImageryTree]) -> None:
        model: Any = self._nothing if tree is None else tree.imagery
        if self.model() is model:
            return
        before = self.selectionModel()
        self.setModel(model)
        if tree is not None:
            for own in (before, self.selectionModel()):
                own.deleteLater()
            self.setSelectionModel(tree.selectionModel())

    def _on_laid_out(self) -> None:
        """One more batch."""
        self._rest.start()
        if self._is_seeking:
            self.go_to_current()

    def _is_current_here(self) -> bool:
        return self._mosaic is None or self.currentIndex().parent() == self.rootIndex()

    def first(self) -> QModelIndex:
        return self.model().index(0, 0, self.rootIndex())

    def _activate(self, index: QModelIndex) -> None:
        item = index.data(ITEM_ROLE)
        if isinstance(item, Image):
            self.image_activated.emit(item)

    # Pictures

    def _items_in_sight(self) -> list[tuple[QModelIndex, Image]]:
        indexes = [self.model().index(row, 0, self.rootIndex()) for row in rows_in_sight(self)]
        items = [(index, index.data(ITEM_ROLE)) for index in indexes]
        return [(index, item) for index, item in items if isinstance(item, Image)]

    def _ask(self) -> None:
        if self._pictures is not None:
            shown = self._items_in_sight() if self.isVisible() else []
            self._pictures.want([image for _, image in shown], PLACE)
            self.viewport().update()

    def _on_picture(self, image_id: str) -> None:
        if self.isVisible():
            for index, image in self._items_in_sight():
                if image.id == image_id:
                    self.update(index)

    def _on_refreshed(self) -> None:
        self.viewport().update()
        self._rest.start()
