"""What can really be seen of images: whose picture a widget shows, what flashes on the map. Main thread."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal
from probe import Ground
from qgis.core import QgsPointXY, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtCore import QRect, QSize, Qt
from qgis.PyQt.QtGui import QImage
from qgis.PyQt.QtWidgets import QWidget

from mapflow_data.mapflow_data.gui.imagery.sheet_delegate import PADDING, SIDE

GRID = (12, 8)  # cells of which two pictures are compared
ALIKE = 12.0  # of 255: mean difference of a picture that was scaled and compressed
EDGE = 2  # pixels that smooth scaling mixes with what is beside


class Gallery:
    """The files' own pictures, to tell which of them is shown."""

    def __init__(self, paths: list[Path]) -> None:
        self.extents = {path.name: _extent(path) for path in paths}
        self._colours = {path.name: _colours(_read(path)) for path in paths}

    def name_of(self, shown: QImage) -> str:
        """Of the file whose picture this is, "" where it is nobody's."""
        if shown.isNull():
            return ""
        colours = _colours(_pixels(shown))
        differences = {name: float(abs(own - colours).mean()) for name, own in self._colours.items()}
        best = min(differences, key=lambda name: differences[name])
        return best if differences[best] <= ALIKE else ""

    def flashing(self, canvas: QgsMapCanvas) -> list[str]:
        """The files whose very extents stand out on the map, in the CRS of the files, and in red pixels."""
        bands = [item for item in canvas.scene().items() if isinstance(item, QgsRubberBand)]
        boxes = [band.asGeometry().boundingBox() for band in bands if band.isVisible()]
        near = canvas.mapUnitsPerPixel()
        found = [
            (name, box)
            for name, extent in self.extents.items()
            for box in boxes
            if _is_same(box, extent, near)
        ]
        return [name for name, box in found if _is_red(canvas, box.center())]

    def only_there(self, name: str, ground: list[Ground]) -> list[Ground]:
        """The points that lie in no other file."""
        others = [extent for other, extent in self.extents.items() if other != name]
        return [spot for spot in ground if not any(extent.contains(spot[0]) for extent in others)]


def in_frame(widget: QWidget, frame: QRect, shape: QSize) -> QImage:
    """What a widget shows in the middle of a frame, which a picture of this shape fills as far as it can."""
    place = QRect(frame.topLeft(), shape.scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio))
    place.moveCenter(frame.center())
    return widget.grab(place.adjusted(EDGE, EDGE, -EDGE, -EDGE)).toImage()


def sheet_frame(cell: QRect) -> QRect:
    """Where the contact sheet draws the picture of one cell."""
    return QRect(cell.center().x() - SIDE // 2 + 1, cell.top() + PADDING, SIDE, SIDE)


def brightness(picture: QImage) -> float:
    return float(_pixels(picture).mean())


def _pixels(image: QImage) -> Any:
    """Height × width × RGB."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    rows = np.frombuffer(bytes(bits), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(float)


def _colours(pixels: Any) -> Any:
    """The mean colour of each cell of a grid."""
    columns, rows = GRID
    return np.stack(
        [
            part.mean(axis=(0, 1))
            for band in np.array_split(pixels, rows, axis=0)
            for part in np.array_split(band, columns, axis=1)
        ]
    )


def _read(path: Path) -> Any:
    return np.moveaxis(gdal.Open(str(path)).ReadAsArray(), 0, -1).astype(float)


def _extent(path: Path) -> QgsRectangle:
    dataset = gdal.Open(str(path))
    west, size_x, _, north, _, size_y = dataset.GetGeoTransform()
    return QgsRectangle(
        west, north + dataset.RasterYSize * size_y, west + dataset.RasterXSize * size_x, north
    )


def _is_red(canvas: QgsMapCanvas, point: QgsPointXY) -> bool:
    """As QGIS lets things flash."""
    at = canvas.getCoordinateTransform().transform(point)
    spot = canvas.grab(QRect(int(at.x()), int(at.y()), 1, 1)).toImage().pixelColor(0, 0)
    return spot.red() > 2 * max(spot.green(), spot.blue(), 30)


def _is_same(box: QgsRectangle, extent: QgsRectangle, near: float) -> bool:
    sides = ("xMinimum", "yMinimum", "xMaximum", "yMaximum")
    return all(abs(getattr(box, side)() - getattr(extent, side)()) <= near for side in sides)
