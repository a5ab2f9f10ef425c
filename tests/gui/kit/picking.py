"""A map with footprints on it, to be clicked."""

from __future__ import annotations

from collections.abc import Sequence

from pytestqt.qtbot import QtBot
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapToolPan
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QToolButton

from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.canvas.picking import Picking
from mapflow_data.gui.canvas.presenter import Presenter
from mapflow_data.layers import footprints
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.window import Window

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
MOSAIC = Mosaic("m1", "Fields")
HERE = QgsRectangle(9, 49, 11, 51)
IN_ALL, IN_LARGE, NOWHERE = (10.05, 50.05), (10.35, 50.35), (9.2, 49.2)


def square(x: float, y: float, side: float, height: float = 0) -> str:
    x2, y2 = x + side, y + (height or side)
    return f"POLYGON (({x} {y}, {x2} {y}, {x2} {y2}, {x} {y2}, {x} {y}))"


IMAGES = [
    Image("large", "m1", "large.tif", footprint=square(10, 50, 0.4)),
    Image("small", "m1", "small.tif", footprint=square(10, 50, 0.1)),
    Image("middle", "m1", "middle.tif", footprint=square(10, 50, 0.2)),
]


class Desk:
    """A map with footprints, and the hints that were told."""

    def __init__(self, window: Window, qtbot: QtBot) -> None:
        self.canvas = window.canvas
        self.qtbot = qtbot
        self.project = QgsProject.instance()
        self.presenter = Presenter(self.project, self.canvas)
        self.pan = QgsMapToolPan(self.canvas)
        self.canvas.setMapTool(self.pan)
        self.picking = Picking(self.canvas, self.project, self.presenter, self.presenter)
        self.button = QToolButton(window.window)
        self.button.setDefaultAction(self.picking.action)
        self.button.show()
        self.told: list[str] = []
        self.picking.told.connect(self.told.append)
        self.look_at("EPSG:4326", HERE)

    def close(self) -> None:
        self.picking.close()
        self.presenter.close()

    def look_at(self, crs: str, extent: QgsRectangle) -> None:
        self.canvas.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
        self.canvas.setExtent(extent)

    def show(self, images: Sequence[Image] = IMAGES, mosaic: Mosaic = MOSAIC) -> QgsVectorLayer:
        layer = self.presenter.show_footprints(mosaic, footprints.make_features(images, mosaic))
        self.wait_for(layer)
        return layer

    def wait_for(self, layer: QgsVectorLayer, is_shown: bool = True) -> None:
        """The map follows the layer tree a moment later."""
        ids = lambda: [one.id() for one in self.canvas.layers()]  # noqa: E731
        self.qtbot.waitUntil(lambda: (layer.id() in ids()) is is_shown, timeout=PATIENCE_MS)

    def pixel(self, lonlat: tuple[float, float]) -> QPoint:
        settings = self.canvas.mapSettings()
        wgs84 = QgsCoordinateReferenceSystem("EPSG:4326")
        transform = QgsCoordinateTransform(wgs84, settings.destinationCrs(), self.project)
        place = settings.mapToPixel().transform(transform.transform(QgsPointXY(*lonlat)))
        return QPoint(round(place.x()), round(place.y()))

    def click(
        self, lonlat: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY, dx: int = 0, dy: int = 0
    ) -> None:
        QTest.mouseClick(self.canvas.viewport(), LEFT, keys, self.pixel(lonlat) + QPoint(dx, dy))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        one, other = self.pixel(start), self.pixel(end)
        for kind, at, held in (
            (QEvent.Type.MouseButtonPress, one, LEFT),
            (QEvent.Type.MouseMove, (one + other) / 2, LEFT),
            (QEvent.Type.MouseMove, other, LEFT),
            (QEvent.Type.MouseButtonRelease, other, Qt.MouseButton.NoButton),
        ):
            cause = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
            viewport = self.canvas.viewport()
            there = QPointF(viewport.mapToGlobal(at))
            QApplication.sendEvent(viewport, QMouseEvent(kind, QPointF(at), there, cause, held, NO_KEY))
