"""A row of tool buttons that fits a narrow dock in any language. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QEvent, QSize, Qt
from qgis.PyQt.QtGui import QResizeEvent, QShowEvent
from qgis.PyQt.QtWidgets import QToolButton, QWidget

WORDS = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
ICON = Qt.ToolButtonStyle.ToolButtonIconOnly
RESTYLED = (QEvent.Type.FontChange, QEvent.Type.StyleChange)


class ToolRow(QWidget):
    """Where the room is short, the last buttons show their icons only; their tooltips say the rest."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._spare: Optional[dict[QToolButton, int]] = None  # px that its words take, of each button with both
        self._whole = 0  # px that all of them take with their words

    def minimumSizeHint(self) -> QSize:
        spare = sum(self._measured().values())
        return QSize(self._whole - spare, super().minimumSizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in RESTYLED:
            self._spare = None
            self.updateGeometry()

    def _fit(self) -> None:
        spare = self._measured()
        too_much = self._whole - self.width()
        for button in reversed(list(spare)):
            _set_style(button, ICON if too_much > 0 else WORDS)
            too_much -= spare[button]

    def _measured(self) -> dict[QToolButton, int]:
        """Once they have their icons and words."""
        if self._spare is None and self.layout() is not None:
            found = self.findChildren(QToolButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
            worded = [b for b in found if not b.icon().isNull() and b.toolButtonStyle() in (WORDS, ICON)]
            worded = [b for b in worded if b.property("hasWords") or b.toolButtonStyle() == WORDS]
            widths = {}
            for button in worded:
                button.setProperty("hasWords", True)
                button.setToolButtonStyle(ICON)
                narrow = button.sizeHint().width()
                button.setToolButtonStyle(WORDS)
                widths[button] = button.sizeHint().width() - narrow
            self._spare, self._whole = widths, self.layout().minimumSize().width()
        return self._spare or {}


def _set_style(button: QToolButton, style: Qt.ToolButtonStyle) -> None:
    if button.toolButtonStyle() != style:
        button.setToolButtonStyle(style)
