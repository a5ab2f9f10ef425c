"""A row of tool buttons that fits a narrow dock in any language. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QEvent, QSize, Qt
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import QToolButton, QWidget

BESIDE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
WORDS = Qt.ToolButtonStyle.ToolButtonTextOnly
ICON = Qt.ToolButtonStyle.ToolButtonIconOnly
GAP = 4  # px that Qt puts between icon and words, which have a blank on both sides


class ToolRow(QWidget):
    """Where the room is short, the last buttons show their icons only; their tooltips say the rest."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._styles: dict[QToolButton, Qt.ToolButtonStyle] = {}  # of those that have an icon and words

    def minimumSizeHint(self) -> QSize:
        whole, spare = self._measured()
        return QSize(whole - sum(spare.values()), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(self._measured()[0], super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # other words, or another button
            self._fit()
        return bool(is_done)

    def _fit(self) -> None:
        whole, spare = self._measured()
        too_much = whole - self.width()
        for button in reversed(list(spare)):
            style = ICON if too_much > 0 else self._styles[button]
            if button.toolButtonStyle() != style:
                button.setToolButtonStyle(style)
            too_much -= spare[button]

    def _measured(self) -> tuple[int, dict[QToolButton, int]]:
        """Px of the row with all its words, and px of the words of each button that can do without."""
        layout = self.layout()
        if layout is None:  # the form is being built
            return 0, {}
        for button in self.findChildren(QToolButton, options=Qt.FindChildOption.FindDirectChildrenOnly):
            has_both = not button.icon().isNull() and button.toolButtonStyle() in (BESIDE, WORDS)
            if has_both and button not in self._styles:
                self._styles[button] = button.toolButtonStyle()
        shown = [button for button in self._styles if not button.isHidden()]
        spare = {button: _width_of_words(button, self._styles[button]) for button in shown}
        hidden = sum(spare[button] for button in shown if button.toolButtonStyle() == ICON)
        return layout.minimumSize().width() + hidden, spare


def _width_of_words(button: QToolButton, style: Qt.ToolButtonStyle) -> int:
    """Px that they take, of those that the icon alone would not."""
    metrics = button.fontMetrics()
    words = metrics.size(int(Qt.TextFlag.TextShowMnemonic), button.text()).width()
    words += 2 * metrics.horizontalAdvance(" ")
    return int(words + GAP if style == BESIDE else words - button.iconSize().width())
