"""Icons are QGIS' own: those of this version, at least, are there."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import QFile
from qgis.PyQt.QtGui import QImage
from qgis.PyQt.QtWidgets import QApplication

from mapflow_data.gui.widgets.icons import THEME, icon


@pytest.mark.parametrize("name", sorted(THEME))
def test_every_icon_is_there_and_shows_something(qgis_app: QApplication, name: str) -> None:
    assert QFile.exists(f":/images/themes/default/{THEME[name]}")
    drawn = icon(name).pixmap(16, 16).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    assert any(drawn.pixelColor(x, y).alpha() for x in range(16) for y in range(16))
