"""Draws an area on the map canvas: a polygon or a rectangle, by mouse and keyboard. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsCsException, QgsGeometry
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool
from qgis.PyQt.QtCore import QPoint, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import QApplication

from .drawing import Drawing
from .previous import PreviousTool
from .sketch import Shape


class DrawAreaTool(QgsMapTool):
    """`start(shape)`, then one of `drawn` or `cancelled`; the map tool from before is back by then.

    Left click: a corner; Backspace: not that one; right click, double click, Enter: done; Esc: cancelled.
    A rectangle is done with its second corner. `refused` tells why it cannot be done yet: `too_few` corners,
    `no_area`; or, followed by `cancelled`, `crs`: the project has none. The geometry is as drawn, in the CRS
    of the canvas, and may cross itself.
    """

    drawn = pyqtSignal(QgsGeometry, QgsCoordinateReferenceSystem)
    area_changed = pyqtSignal(float)  # km² on the ellipsoid, with the cursor as next corner
    cancelled = pyqtSignal()
    refused = pyqtSignal(str)

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.setCursor(QgsApplication.getThemeCursor(QgsApplication.Cursor.CrossHair))
        self._shape = Shape.POLYGON
        self._drawing: Optional[Drawing] = None
        self._pressed: Optional[QPoint] = None
        self._ends_on_release = False
        self._previous = PreviousTool(canvas, self)
        canvas.destinationCrsChanged.connect(self._on_crs_changed)

    def start(self, shape: Shape = Shape.POLYGON) -> None:
        """Again while drawing: from the beginning, in the new shape."""
        self._shape = shape
        if self.isActive():
            self._begin()
        else:
            self.canvas().setMapTool(self)

    def stop(self) -> None:
        """As by Esc."""
        if self._drawing is not None:
            self._end()
            self.cancelled.emit()

    def remove(self) -> None:
        """For unloading: the canvas outlives the tool and would keep its connections."""
        self.stop()
        self._previous.forget()
        self.canvas().destinationCrsChanged.disconnect(self._on_crs_changed)
        self.deleteLater()

    def flags(self) -> QgsMapTool.Flag:
        return QgsMapTool.Flag.AllowZoomRect  # by Shift and drag, as when digitizing

    def activate(self) -> None:
        super().activate()
        self.canvas().setFocus()  # for the keys, after a click on a button elsewhere
        self._begin()

    def deactivate(self) -> None:
        is_interrupted = self._drawing is not None
        self._clear()
        super().deactivate()
        if is_interrupted:
            self.cancelled.emit()

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        if self._drawing is None:
            return
        self._pressed = event.pixelPoint()
        self._ends_on_release = event.button() == Qt.MouseButton.RightButton
        if event.button() == Qt.MouseButton.LeftButton:
            self._drawing.press(event.mapPoint())
            self._show()

    def canvasDoubleClickEvent(self, event: QgsMapMouseEvent) -> None:
        """Stands for the second press. Ending here would give its release to the tool from before."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.pixelPoint()
            self._ends_on_release = True

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        if self._drawing is not None:
            self._drawing.move(event.mapPoint())
            self._show()

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if self._drawing is None or pressed is None:  # pressed while another tool was active
            return
        if self._ends_on_release:
            self._ends_on_release = False
            self._finish()
        elif event.button() == Qt.MouseButton.LeftButton:
            moved = (event.pixelPoint() - pressed).manhattanLength()
            self._drawing.release(event.mapPoint(), moved >= QApplication.startDragDistance())
            self._show()
            if self._drawing.is_complete():
                self._finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Other keys are not ignored: to the canvas that means that the tool has taken them."""
        if self._drawing is None:
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish()
        elif event.key() == Qt.Key.Key_Escape:
            self.stop()
        elif event.key() == Qt.Key.Key_Backspace:
            self._drawing.undo()
            self._show()

    def _begin(self) -> None:
        self._clear()
        self._drawing = Drawing(self.canvas(), self._shape)
        if not self._drawing.crs.isValid():  # not at once: the canvas is still changing tools
            QTimer.singleShot(0, self._refuse_without_crs)

    def _refuse_without_crs(self) -> None:
        if self._drawing is not None and not self._drawing.crs.isValid():
            self.refused.emit("crs")
            self.stop()

    def _finish(self) -> None:
        drawing = self._drawing
        if drawing is None:
            return
        problem = drawing.problem()
        if problem:
            if drawing.is_complete():
                drawing.undo()
            self._show()
            self.refused.emit(problem)
            return
        geometry = drawing.geometry()
        self._end()
        self.drawn.emit(geometry, drawing.crs)

    def _end(self) -> None:
        self._clear()
        self._previous.restore()

    def _clear(self) -> None:
        drawing, self._drawing = self._drawing, None
        self._pressed, self._ends_on_release = None, False
        if drawing is not None:
            drawing.remove()

    def _show(self) -> None:
        if self._drawing is not None:
            self.area_changed.emit(self._drawing.show())

    def _on_crs_changed(self) -> None:
        if self._drawing is None:
            return
        crs = self.canvas().mapSettings().destinationCrs()
        try:
            self._drawing.move_to_crs(crs)
        except QgsCsException:
            self.stop()
        else:
            self._refuse_without_crs()
            self._show()
