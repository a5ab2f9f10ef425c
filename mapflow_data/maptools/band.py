"""How the area under the pen looks on the map: readable on light and on dark imagery. Main thread."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsPointXY, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtGui import QColor

LINE = QColor(232, 0, 125)
FILL = QColor(232, 0, 125, 32)  # lets the imagery through
CASING = QColor(255, 255, 255, 225)
WIDTH = 2  # pixels
CORNER = 8


class AreaBand:
    """A filled ring and its corners. Takes itself off the canvas by `remove`."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self._area = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._area.setFillColor(FILL)
        self._corners = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PointGeometry)
        self._corners.setIcon(QgsRubberBand.IconType.ICON_FULL_BOX)
        self._corners.setIconSize(CORNER)
        self._corners.setFillColor(CASING)
        for band in self._bands():
            band.setStrokeColor(LINE)
            band.setSecondaryStrokeColor(CASING)
            band.setWidth(WIDTH)

    def show(self, ring: Sequence[QgsPointXY], corners: Sequence[QgsPointXY]) -> None:
        _fill(self._area, ring, QgsWkbTypes.GeometryType.PolygonGeometry)
        _fill(self._corners, corners, QgsWkbTypes.GeometryType.PointGeometry)

    def remove(self) -> None:
        if sip.isdeleted(self._canvas):  # and its items with it
            return
        scene = self._canvas.scene()
        for band in self._bands():
            scene.removeItem(band)

    def _bands(self) -> tuple[QgsRubberBand, QgsRubberBand]:
        return self._area, self._corners


def _fill(band: QgsRubberBand, points: Sequence[QgsPointXY], kind: QgsWkbTypes.GeometryType) -> None:
    band.reset(kind)
    for number, point in enumerate(points, 1):
        band.addPoint(point, number == len(points))
