"""A label that is a link: one Tab leads to it, as to a button. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFocusEvent
from qgis.PyQt.QtWidgets import QLabel, QWidget


class LinkLabel(QLabel):
    """Qt by itself needs a second Tab for the link in the label, shows nothing of the first, and lets nobody
    out again who goes backwards.
    """

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            super().focusNextPrevChild(True)  # to the link

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """There is but one link."""
        return bool(QWidget.focusNextPrevChild(self, is_next))
