"""A person who searches: clicks on the map, on cards and in the table, and counts them."""

from __future__ import annotations

from collections.abc import Iterable

from pytestqt.qtbot import QtBot
from qgis.core import QgsCoordinateReferenceSystem, QgsMapLayer, QgsProject, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QModelIndex, QPoint, QRect, Qt
from qgis.PyQt.QtWidgets import QWidget

from mapflow_data.gui.results.card import parts_of
from mapflow_data.gui.search.panel import SearchPanel
from mapflow_data.layers.properties import kind_of

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
PATIENCE_MS = 15_000
MOUNTAINS = QgsRectangle(440_000, 4_460_000, 458_000, 4_478_000)  # UTM 13, in the middle of all scenes
QUAD = ((0.3, 0.3), (0.7, 0.32), (0.68, 0.7), (0.32, 0.68))  # shares of the canvas


class Person:
    """`clicks` are those made so far, on whatever."""

    def __init__(self, qtbot: QtBot, canvas: QgsMapCanvas) -> None:
        self.qtbot = qtbot
        self.canvas = canvas
        self.clicks = 0

    def click(self, widget: QWidget, at: QPoint | None = None, button: Qt.MouseButton = LEFT) -> None:
        self.clicks += 1
        self.qtbot.mouseClick(widget, button, pos=widget.rect().center() if at is None else at)

    def draw(self, corners: Iterable[tuple[float, float]] = QUAD) -> None:
        """A corner by each click, and a right click at the end."""
        viewport = self.canvas.viewport()
        for x, y in corners:
            at = QPoint(round(viewport.width() * x), round(viewport.height() * y))
            self.qtbot.mouseMove(viewport, at)
            self.click(viewport, at)
        self.click(viewport, at, RIGHT)

    def click_card(self, panel: SearchPanel, row: int) -> None:
        self.click(panel.cardsView.viewport(), self._card(panel, row).center())

    def click_map_icon(self, panel: SearchPanel, row: int) -> None:
        card = self._card(panel, row)
        button = parts_of(card, panel.cardsView.fontMetrics().height()).button
        self.click(panel.cardsView.viewport(), button.center())

    def _card(self, panel: SearchPanel, row: int) -> QRect:
        index: QModelIndex = panel.model.index(row, 0)
        panel.cardsView.scrollTo(index)
        return panel.cardsView.visualRect(index)


def look_at(canvas: QgsMapCanvas, extent: QgsRectangle = MOUNTAINS, crs: str = "EPSG:32613") -> None:
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    canvas.setExtent(extent)


def found(panel: SearchPanel, qtbot: QtBot) -> None:
    """Until the search is over."""
    qtbot.waitUntil(lambda: not panel.run.is_busy and panel.run.state.value != "idle", timeout=PATIENCE_MS)


def layers(kind: str) -> list[QgsMapLayer]:
    return [layer for layer in QgsProject.instance().mapLayers().values() if kind_of(layer) == kind]


def row_of(panel: SearchPanel, **wanted: object) -> int:
    """The first row whose item has these values."""
    for number in range(panel.model.rowCount()):
        row = panel.model.row(number)
        if all(getattr(row.item, name) == value for name, value in wanted.items()):
            return number
    raise LookupError(str(wanted))
