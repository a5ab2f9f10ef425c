"""The searched area on the map: a light outline that stays until the area is cleared. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsProject,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtGui import QColor

LINE = QColor(232, 0, 125)  # as while it is drawn
CASING = QColor(255, 255, 255, 200)
NO_FILL = QColor(0, 0, 0, 0)
WIDTH = 2  # pixels
MANY = 2000  # vertices from which on the edges are short, and more of them would hold up the map


class AreaOutline(QObject):
    """Two lines, so that it can be seen on light and on dark imagery. `remove` takes it off the canvas."""

    def __init__(self, canvas: QgsMapCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._area: Optional[QgsGeometry] = None
        self._band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setFillColor(NO_FILL)
        self._band.setStrokeColor(LINE)
        self._band.setSecondaryStrokeColor(CASING)
        self._band.setWidth(WIDTH)
        self._band.setLineStyle(Qt.PenStyle.DashLine)
        canvas.destinationCrsChanged.connect(self._show)

    def set_area(self, area: Optional[QgsGeometry]) -> None:
        """In WGS 84."""
        self._area = area
        self._show()

    def remove(self) -> None:
        if sip.isdeleted(self._canvas):  # and its items with it
            return
        self._canvas.destinationCrsChanged.disconnect(self._show)
        self._canvas.scene().removeItem(self._band)

    def _show(self) -> None:
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
        if self._area is None:
            return
        shape = QgsGeometry(self._area)
        if shape.constGet().nCoordinates() <= MANY:
            shape = shape.densifyByCount(15)  # straight in degrees is bent elsewhere
        crs = self._canvas.mapSettings().destinationCrs()
        try:
            if crs.isValid():
                wgs84 = QgsCoordinateReferenceSystem("EPSG:4326")
                shape.transform(QgsCoordinateTransform(wgs84, crs, QgsProject.instance()))
        except QgsCsException:
            return  # not to be seen in this CRS at all
        self._band.setToGeometry(shape, None)
