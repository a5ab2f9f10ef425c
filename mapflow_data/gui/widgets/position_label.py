"""Where one is among how many: "3 of 60". Main thread."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QLabel


class PositionLabel(QLabel):
    """As wide at the first as at the last: the arrows beside it stay where they are."""

    def set_position(self, position: int, count: int) -> None:
        words = self.tr("{0} of {1}")
        self.setMinimumWidth(0)
        widths = []
        for place in (count, position):
            self.setText(words.format(place, count))
            widths.append(self.sizeHint().width())
        self.setMinimumWidth(max(widths))
