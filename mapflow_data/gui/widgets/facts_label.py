"""Wrapped lines in a splitter, which asks no widget how high it gets for its width. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QResizeEvent

from .wrapped_label import WrappedLabel

LEAST = 112  # logical px


class FactsLabel(WrappedLabel):
    def setText(self, text: str) -> None:
        super().setText(text)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setMinimumHeight(0)  # Qt never answers less than what is set
        self.setMinimumHeight(max(0, self.heightForWidth(self.width())))
