"""The one place that tells Qt 5 from Qt 6 in names of classes. Any thread."""

from __future__ import annotations

try:
    from qgis.PyQt.QtGui import QAction
except ImportError:  # Qt 5 has it among the widgets
    from qgis.PyQt.QtWidgets import QAction

__all__ = ["QAction"]
