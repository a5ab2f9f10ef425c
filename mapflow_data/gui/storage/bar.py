"""How full the account's storage is: "6.4 of 10 GB"; a click asks what fills it. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QKeyEvent, QPainter, QPaintEvent
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QStyle,
    QStyleOptionFocusRect,
    QVBoxLayout,
    QWidget,
)

from ...api.models import Storage
from ..widgets.keys import ENTER
from ..words import formats

STEPS = 1000
THICK = 6  # logical px of the bar
FOCUS_MARGIN = 2  # logical px around the bar, where the focus is seen


class StorageBar(QAbstractButton):
    """A button that looks like words above a bar: on it, no colour of words can be read on both of its parts
    in every theme.
    """

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(THICK)
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setSpacing(1)
        layout.setContentsMargins(FOCUS_MARGIN, FOCUS_MARGIN, FOCUS_MARGIN, FOCUS_MARGIN)
        layout.addWidget(self._label)
        layout.addWidget(self._bar)
        for part in (self._bar, self._label):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_storage(None)

    def minimumSizeHint(self) -> QSize:
        return self.layout().minimumSize()

    def sizeHint(self) -> QSize:
        return self.layout().sizeHint()

    def text(self) -> str:
        return str(self._label.text())

    def set_storage(self, storage: Optional[Storage]) -> None:
        """None where it is not known yet."""
        if storage is None:
            self._show(0, "", self.tr("Storage: not known yet"))
        elif storage.limit is None:
            used = self.tr("{0} used").format(formats.size(storage.used))
            self._show(0, used, self.tr("Storage: {0}, without a limit").format(used))
        else:
            share = storage.used / storage.limit if storage.limit else 1.0
            free = self.tr("Storage: {0} free").format(formats.size(storage.free or 0))
            self._show(share, formats.part_of(storage.used, storage.limit), free)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar draws itself; here is only where the keyboard is."""
        if not self.hasFocus():
            return
        option = QStyleOptionFocusRect()
        option.initFrom(self)
        option.rect = self.rect()
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter as well as Space: there is no default button in a dock."""
        if event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def _show(self, share: float, text: str, tooltip: str) -> None:
        self._bar.setValue(max(0, min(STEPS, round(share * STEPS))))
        self._label.setText(text)
        self.updateGeometry()
        self.setToolTip(self.tr("{0}. Click to see what fills it.").format(tooltip))
        self.setAccessibleDescription(f"{text} {tooltip}".strip())
