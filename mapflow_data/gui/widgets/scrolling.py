"""A page that scrolls up and down, and is never narrower than what is in it. Main thread."""

from __future__ import annotations

from qgis.gui import QgsScrollArea
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import QFrame, QWidget

BAR_GAP = 3  # logical px that styles leave beside a scroll bar


class Scrolling(QgsScrollArea):
    """The tallest panel scrolls where the window is low, rather than making the window higher."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(panel)

    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width() + BAR_GAP
        return QSize(self.widget().minimumSizeHint().width() + bar, super().minimumSizeHint().height())
