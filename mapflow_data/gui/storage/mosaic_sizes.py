"""Which mosaic takes how much of the storage: a page of the Storage dialog. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import QHeaderView, QPushButton, QTableView, QWidget

from ...api.errors import MapflowError
from ...api.models import Mosaic, Storage
from ...services.inventory import InventoryService
from ..widgets.forms import load_ui
from ..widgets.wrapped_label import WrappedLabel
from ..words.messages import describe
from .model import Column, Row, StorageModel
from .share_delegate import BAR_WIDTH, ShareDelegate, SizeDelegate
from .words import sizes_note

NAME_LETTERS = 18  # and the icon: what is left of a name at least
SPARE = (Column.IMAGES, Column.SHARE)  # in the order in which they make room
WIDEST = {Column.IMAGES: "99,999", Column.SIZE: "1,023 MB", Column.SHARE: "100 %"}
ROW_MARGIN = CELL_MARGIN = 12


class MosaicSizes(QWidget):
    mosaic_chosen = pyqtSignal(str)
    read_requested = pyqtSignal()  # the lists of images of mosaics whose size the server does not tell
    selected = pyqtSignal()

    sizesView: QTableView
    noteLabel: WrappedLabel
    readButton: QPushButton

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "storage/mosaic_sizes")
        self._note = self._failure = ""
        self.model = StorageModel(self)
        view = self.sizesView
        view.setModel(self.model)
        view.setItemDelegateForColumn(Column.SHARE, ShareDelegate(view))
        view.setItemDelegateForColumn(Column.SIZE, SizeDelegate(view))
        view.sortByColumn(Column.SIZE, Qt.SortOrder.DescendingOrder)
        header = view.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + ROW_MARGIN)
        view.doubleClicked.connect(lambda _: self.show_current())
        view.selectionModel().selectionChanged.connect(lambda *_: self.selected.emit())
        self.readButton.clicked.connect(self._on_read)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    @property
    def has_result(self) -> bool:
        return True

    def why_not_show(self) -> str:
        return self.tr("Choose a mosaic first")

    @property
    def can_show(self) -> bool:
        return bool(self.sizesView.selectionModel().hasSelection())

    def show_current(self) -> None:
        mosaic = self.model.mosaic_at(self.sizesView.currentIndex())
        if mosaic is not None:
            self.mosaic_chosen.emit(mosaic.id)

    def set_facts(
        self, mosaics: Sequence[Mosaic], storage: Optional[Storage], inventory: InventoryService
    ) -> None:
        """Sizes are those that the server tells, else what the images add up to, once they are read."""
        rows = [_row(mosaic, inventory) for mosaic in mosaics]
        sizes = [row.size for row in rows]
        self.model.set_rows(rows, max(storage.used if storage else 0, sum(size or 0 for size in sizes)))
        self._note = sizes_note(storage, sizes)
        self._show_note()
        self.readButton.setVisible(None in sizes)
        self._fit_columns()

    def show_failure(self, error: MapflowError) -> None:
        """Not all lists were read; what was read counts."""
        self._failure = describe(error, self.tr("Not all lists of images were read")).text
        self._show_note()

    def forget_failure(self) -> None:
        self._failure = ""
        self._show_note()

    def _on_read(self) -> None:
        self.forget_failure()
        self.read_requested.emit()

    def _show_note(self) -> None:
        text = "\n".join(filter(None, (self._note, self._failure)))
        self.noteLabel.setText(text)
        self.noteLabel.setVisible(bool(text))

    def _fit_columns(self) -> None:
        """A name that nobody can read is worth less than a count or a bar; the tooltip has all."""
        view = self.sizesView
        header = view.horizontalHeader()
        for column in SPARE:
            view.setColumnHidden(column, False)  # hidden ones have no size hint
        widths = {column: max(header.sectionSizeHint(column), self._width(column)) for column in WIDEST}
        for column, width in widths.items():
            header.resizeSection(column, width)
        room = view.viewport().width() - view.fontMetrics().averageCharWidth() * NAME_LETTERS
        for column in SPARE:
            is_short = sum(widths.values()) > room
            view.setColumnHidden(column, is_short)
            if is_short:
                del widths[column]

    def _width(self, column: Column) -> int:
        """By the widest text that is usual: to ask a thousand rows takes too long."""
        words = (WIDEST[column], self.tr("not known") if column is Column.SIZE else "")
        width = max(map(self.sizesView.fontMetrics().horizontalAdvance, words)) + CELL_MARGIN
        return int(width + BAR_WIDTH if column is Column.SHARE else width)


def _row(mosaic: Mosaic, inventory: InventoryService) -> Row:
    listing = inventory.listing(mosaic.id)
    if listing is None:
        return Row(mosaic, mosaic.image_count, mosaic.size_bytes)
    images = len(listing) if mosaic.image_count is None else mosaic.image_count
    size = listing.total_size if mosaic.size_bytes is None else mosaic.size_bytes
    return Row(mosaic, images, size)
