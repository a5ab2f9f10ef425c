"""What cells and headers of all tables have in common. Any thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt

RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)  # views of Qt 5 read a number only
DOWNWARDS = 1  # Qt.SortOrder.DescendingOrder as a header takes it from a model; in PyQt 6 that is no number
