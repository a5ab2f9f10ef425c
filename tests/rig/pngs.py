"""Pictures of one colour as a server sends them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice
from qgis.PyQt.QtGui import QColor, QImage

from tests.rig.script import Script

MIME = (("Content-Type", "image/png"),)


def png(width: int = 40, height: int = 30, colour: str = "red") -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data)


def png_answer(width: int = 40, height: int = 30, colour: str = "red", **more: Any) -> Script:
    """Its answer."""
    return replace(Script(body=png(width, height, colour), headers=MIME), **more)
