"""The columns of the imagery tree: how wide, which are shown, which it is sorted by, and the header's menu.

Main thread. Widths come from the font: measuring the cells would mean all of them.
"""

from __future__ import annotations

from datetime import datetime, timezone

from qgis.PyQt.QtCore import QEvent, QObject, QPoint, Qt
from qgis.PyQt.QtWidgets import QHeaderView, QMenu, QStyle, QTreeView

from ...settings import IMAGERY_COLUMNS, IMAGERY_ORDER
from ..words import formats
from .cells import Column, title

AT_FIRST = (Column.NAME, Column.SIZE)
LONGEST_SIZE = int(88.8 * 1024**3)
LONGEST_MOMENT = datetime(2028, 12, 28, 22, 48, tzinfo=timezone.utc)
TAGS = "m" * 12
LEAST_NAME = "North district"  # with its indent and icon; where that does not fit, one scrolls sideways
ICON = 24  # logical px with its gap
DOWN_MARK = "-"
MARGINS = 4  # of a cell's text, each of the style's focus margin + 1


class ImageryColumns(QObject):
    def __init__(self, tree: QTreeView) -> None:
        super().__init__(tree)
        self._tree = tree
        self._header = header = tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(48)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        shown = _remembered()
        for column in Column:
            tree.setColumnHidden(column, column not in shown)
        tree.sortByColumn(*_remembered_order(shown))
        header.sectionClicked.connect(lambda _: self._remember_order())
        self.fit()
        tree.viewport().installEventFilter(self)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_menu)

    def fit(self) -> None:
        """Once more when the font has changed."""
        style, pixels = self._tree.style(), QStyle.PixelMetric
        margin = style.pixelMetric(pixels.PM_FocusFrameHMargin, None, self._tree) + 1
        frame = 2 * style.pixelMetric(pixels.PM_HeaderMargin, None, self._header)
        frame += style.pixelMetric(pixels.PM_HeaderMarkSize, None, self._header) + margin
        for column, sample in _samples().items():
            cell = self._tree.fontMetrics().horizontalAdvance(sample) + MARGINS * margin
            head = self._header.fontMetrics().horizontalAdvance(title(column)) + frame
            self._header.resizeSection(column, max(cell, head))
        self._share()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._share()
        return False

    def _share(self) -> None:
        """The name has what the others leave, but can be read beside any number of them."""
        others = [one for one in Column if one != Column.NAME and not self._tree.isColumnHidden(one)]
        least = self._tree.fontMetrics().horizontalAdvance(LEAST_NAME) + 2 * self._tree.indentation() + ICON
        left = self._tree.viewport().width() - sum(map(self._tree.columnWidth, others))
        modes = QHeaderView.ResizeMode
        mode = modes.Interactive if left < least and len(others) >= len(AT_FIRST) else modes.Stretch
        if self._header.sectionResizeMode(Column.NAME) != mode:
            self._header.setSectionResizeMode(Column.NAME, mode)
            if mode == modes.Interactive:
                self._header.resizeSection(Column.NAME, least)

    def make_menu(self) -> QMenu:
        menu = QMenu(self._tree)
        for column in list(Column)[Column.SIZE :]:
            action = menu.addAction(title(column))
            action.setCheckable(True)
            action.setChecked(not self._tree.isColumnHidden(column))
            action.toggled.connect(lambda on, c=column: self._on_toggled(c, on))
        return menu

    def open_menu(self, at: QPoint) -> None:
        """`at` is a global position."""
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _on_menu(self, at: QPoint) -> None:
        self.open_menu(self._header.mapToGlobal(at))

    def _on_toggled(self, column: Column, is_shown: bool) -> None:
        self._tree.setColumnHidden(column, not is_shown)
        self._share()
        if not is_shown and self._header.sortIndicatorSection() == column:  # nobody would see why
            self._tree.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
            self._remember_order()
        shown = [one.name.lower() for one in Column if not self._tree.isColumnHidden(one)]
        IMAGERY_COLUMNS.set(",".join(shown))

    def _remember_order(self) -> None:
        is_down = self._header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        name = Column(self._header.sortIndicatorSection()).name.lower()
        IMAGERY_ORDER.set(f"{DOWN_MARK if is_down else ''}{name}")


def _remembered_order(shown: set[Column]) -> tuple[Column, Qt.SortOrder]:
    """By name where the column is not shown, or no column of this version."""
    text = IMAGERY_ORDER.get()
    column = Column.__members__.get(text.lstrip(DOWN_MARK).upper())
    if column not in shown:
        return Column.NAME, Qt.SortOrder.AscendingOrder
    is_down = text.startswith(DOWN_MARK)
    return column, Qt.SortOrder.DescendingOrder if is_down else Qt.SortOrder.AscendingOrder


def _remembered() -> set[Column]:
    """The name is always there; names that no column has are of another version."""
    names = IMAGERY_COLUMNS.get().upper().split(",")
    shown = {Column[name] for name in names if name in Column.__members__}
    return shown | {Column.NAME} if shown else set(AT_FIRST)


def _samples() -> dict[Column, str]:
    """What fits into each but the name's."""
    return {
        Column.SIZE: formats.size(LONGEST_SIZE),
        Column.TAGS: TAGS,
        Column.CRS: "EPSG:32888",
        Column.RESOLUTION: formats.number(88.88),
        Column.CREATED: formats.moment(LONGEST_MOMENT),
        Column.STATUS: title(Column.STATUS) + TAGS,
    }
