"""A title with an arrow that folds what is below; a long one is cut in its middle. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import QSizePolicy, QToolButton, QWidget

from ..words.plain import as_menu
from .elision import elided

ARROW = 30  # logical px for the arrow and the margins
LEAST = 60


class TitleButton(QToolButton):
    """Not a checkable button, which a style would draw as pressed all the time that it is open."""

    opened = pyqtSignal(bool)  # or closed

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._title = ""
        self._neighbours: Sequence[str] = ()
        self._is_open = True
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.set_open(not self._is_open))
        self._show_arrow()

    @property
    def is_open(self) -> bool:
        return self._is_open

    def set_open(self, is_open: bool) -> None:
        if is_open != self._is_open:
            self._is_open = is_open
            self._show_arrow()
            self.opened.emit(is_open)

    @property
    def title(self) -> str:
        return self._title

    def set_title(self, title: str, neighbours: Sequence[str] = ()) -> None:
        """`neighbours` are those of which it is to be told apart where it has to be cut."""
        self._title = title
        self._neighbours = neighbours
        self.setAccessibleName(title)
        self._cut()

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        room = max(0, self.width() - ARROW)
        self.setText(as_menu(elided(self._title, self._neighbours, self.fontMetrics(), room)))

    def _show_arrow(self) -> None:
        self.setArrowType(Qt.ArrowType.DownArrow if self._is_open else Qt.ArrowType.RightArrow)
        tip = self.tr("Hide picture and facts") if self._is_open else self.tr("Show picture and facts")
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
