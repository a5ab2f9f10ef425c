"""Ground points of a raster and what a picture shows there. Main thread, numpy and GDAL."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsPointXY, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtGui import QColor

Ground = tuple[QgsPointXY, tuple[int, int, int]]


def calm_points(path: str, cells: int = 4, window: int = 7) -> list[Ground]:
    """The calmest spot of each cell of a cells × cells grid: its point in the raster's CRS and mean RGB.

    Where neighbours are alike, resampling and JPEG cannot move the colour far.
    """
    dataset = gdal.Open(path)
    pixels = np.stack([dataset.GetRasterBand(b).ReadAsArray() for b in (1, 2, 3)]).astype(float)
    to_x, to_y = dataset.GetGeoTransform()[0:2], dataset.GetGeoTransform()[3:6:2]
    dataset = None
    height, width = pixels.shape[1:]
    found = []
    for row in range(cells):
        for column in range(cells):
            top, left = row * height // cells + window, column * width // cells + window
            spots = [
                (pixels[:, y : y + window, x : x + window], x, y)
                for y in range(top, (row + 1) * height // cells - 2 * window, window)
                for x in range(left, (column + 1) * width // cells - 2 * window, window)
            ]
            if not spots:
                continue
            patch, x, y = min(spots, key=lambda s: float(s[0].std(axis=(1, 2)).sum()))
            point = QgsPointXY(to_x[0] + (x + window / 2) * to_x[1], to_y[0] + (y + window / 2) * to_y[1])
            red, green, blue = (int(v) for v in patch.mean(axis=(1, 2)))
            found.append((point, (red, green, blue)))
    return found


def shown(canvas: QgsMapCanvas, crs_id: str, points: Sequence[QgsPointXY]) -> list[QColor]:
    """What the canvas shows at points of a CRS (mean of 3 × 3 screen pixels)."""
    crs = QgsCoordinateReferenceSystem(crs_id)
    to_canvas = QgsCoordinateTransform(crs, canvas.mapSettings().destinationCrs(), QgsProject.instance())
    image = canvas.grab().toImage()
    ratio = image.devicePixelRatio()
    colours = []
    for point in points:
        at = canvas.getCoordinateTransform().transform(to_canvas.transform(point))
        x, y = int(at.x() * ratio), int(at.y() * ratio)
        near = [image.pixelColor(x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        colours.append(QColor(*(sum(getattr(c, n)() for c in near) // 9 for n in ("red", "green", "blue"))))
    return colours


def worst_difference(canvas: QgsMapCanvas, crs_id: str, ground: Sequence[Ground]) -> int:
    """The largest of the median channel differences: one odd spot does not decide, a shift does."""
    colours = shown(canvas, crs_id, [point for point, _ in ground])
    by_channel = zip(
        *(
            [abs(c.red() - r), abs(c.green() - g), abs(c.blue() - b)]
            for c, (_, (r, g, b)) in zip(colours, ground, strict=True)
        )
    )
    return int(max(np.median(list(channel)) for channel in by_channel))
