"""Pictures have the colours that they came with, and how long threads rest between them."""

from __future__ import annotations

import numpy as np
import pytest
from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice
from qgis.PyQt.QtGui import QImage

from mapflow_data.services.pacing import LONGEST_REST, rest_after
from mapflow_data.services.pictures.source import make_picture


@pytest.mark.parametrize("has_alpha", [True, False])
def test_colours_and_transparency_are_as_qt_reads_them(has_alpha: bool) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (48, 64, 4), dtype=np.uint8)
    if not has_alpha:
        pixels[..., 3] = 255
    data = png(QImage(pixels.tobytes(), 64, 48, 4 * 64, QImage.Format.Format_RGBA8888))
    picture = make_picture(data, 256)
    assert picture == QImage.fromData(data).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    assert picture.format() == QImage.Format.Format_ARGB32_Premultiplied


def test_threads_rest_as_long_as_they_worked_unless_they_waited_for_the_network() -> None:
    assert rest_after(0.004, 0.004, at_once=1) == pytest.approx(0.004)
    assert rest_after(0.004, 0.010, at_once=4) == pytest.approx(0.022)
    assert rest_after(0.004, 0.200, at_once=4) == 0
    assert rest_after(1.0, 1.0, at_once=4) == LONGEST_REST


def png(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data)
