"""The line at the end of a field for tags, where the next one is typed. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QFocusEvent, QKeyEvent
from qgis.PyQt.QtWidgets import QLineEdit

from .keys import ENTER

STAYING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)


class TagEdit(QLineEdit):
    entered = pyqtSignal()
    left = pyqtSignal()
    back_wanted = pyqtSignal(bool)  # to the last chip; True where it is to be typed anew

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_empty = not self.text()
        if event.key() in ENTER and not is_empty:
            self.entered.emit()  # and the dialog is not accepted yet
        elif is_empty and event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Left):
            self.back_wanted.emit(event.key() == Qt.Key.Key_Backspace)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in STAYING:
            self.left.emit()
