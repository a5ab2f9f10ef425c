"""The one place that tells Qt 5 from Qt 6 in names of classes. Any thread."""

from __future__ import annotations

try:
    from qgis.PyQt.QtGui import QAction, QActionGroup
except ImportError:  # Qt 5 has them among the widgets
    from qgis.PyQt.QtWidgets import QAction, QActionGroup

__all__ = ["QAction", "QActionGroup"]
