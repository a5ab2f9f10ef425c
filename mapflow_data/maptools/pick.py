"""Picks on the map canvas: a place by a click, an area by a drag. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsGeometry, QgsPointXY, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QPoint, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeyEvent
from qgis.PyQt.QtWidgets import QApplication

from .measure import polygon
from .previous import PreviousTool
from .sketch import RectangleSketch

LINE, FILL = QColor(254, 58, 29, 100), QColor(254, 178, 76, 63)  # as QGIS' own tools select
ADDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


class PickTool(QgsMapTool):
    """Stays until it is stopped, by Esc too: then the map tool from before is back.

    Geometry is in the CRS of the canvas. The last value of a signal is whether what is picked comes to what
    is selected already, by Shift or Ctrl.
    """

    picked = pyqtSignal(QgsPointXY, QgsCoordinateReferenceSystem, bool)
    area_picked = pyqtSignal(QgsGeometry, QgsCoordinateReferenceSystem, bool)  # upright on screen

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.setCursor(QgsApplication.getThemeCursor(QgsApplication.Cursor.Select))
        self._pressed: Optional[QPoint] = None
        self._sketch = RectangleSketch()
        self._band: Optional[QgsRubberBand] = None
        self._previous = PreviousTool(canvas, self)

    def start(self) -> None:
        self.canvas().setMapTool(self)

    def stop(self) -> None:
        self._previous.restore()

    def remove(self) -> None:
        """For unloading: the canvas outlives the tool and would keep its connections."""
        self.stop()
        self._previous.forget()
        self.deleteLater()

    def flags(self) -> QgsMapTool.Flag:
        return QgsMapTool.Flag.ShowContextMenu

    def activate(self) -> None:
        super().activate()
        self.canvas().setFocus()  # for Esc, after a click on a button elsewhere

    def deactivate(self) -> None:
        self._forget()
        super().deactivate()

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._forget()
            self._pressed = event.pixelPoint()
            self._sketch.press(event.mapPoint())

    def canvasDoubleClickEvent(self, event: QgsMapMouseEvent) -> None:
        """Stands for the second press: who clicks fast goes through what lies there fast."""
        self.canvasPressEvent(event)

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        if self._pressed is not None and (self._band is not None or self._is_drag(event)):
            self._show(event.mapPoint())

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if self._pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        is_drag = self._band is not None or self._is_drag(event)
        area = polygon(self._ring(event.mapPoint())) if is_drag else QgsGeometry()
        self._forget()
        crs = self.canvas().mapSettings().destinationCrs()
        adds = bool(event.modifiers() & ADDING)
        if is_drag:
            self.area_picked.emit(area, crs, adds)
        else:
            self.picked.emit(event.mapPoint(), crs, adds)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Other keys are not ignored: to the canvas that means that the tool has taken them."""
        if event.key() == Qt.Key.Key_Escape:
            self.stop()

    def _is_drag(self, event: QgsMapMouseEvent) -> bool:
        moved = (event.pixelPoint() - self._pressed).manhattanLength()
        return bool(moved >= QApplication.startDragDistance())

    def _ring(self, corner: QgsPointXY) -> list[QgsPointXY]:
        return self._sketch.ring(corner, self.canvas().mapSettings().mapToPixel())

    def _show(self, corner: QgsPointXY) -> None:
        if self._band is None:
            self._band = QgsRubberBand(self.canvas(), QgsWkbTypes.GeometryType.PolygonGeometry)
            self._band.setStrokeColor(LINE)
            self._band.setFillColor(FILL)
        self._band.setToGeometry(polygon(self._ring(corner)), None)

    def _forget(self) -> None:
        self._pressed = None
        self._sketch = RectangleSketch()
        band, self._band = self._band, None
        if band is not None and not sip.isdeleted(self.canvas()):
            self.canvas().scene().removeItem(band)
