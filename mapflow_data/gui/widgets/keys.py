"""Keys that mean one thing in all views. Any thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
