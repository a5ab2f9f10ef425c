"""A line about what is under way, with a way to stop it: in sight once it lasts. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QCoreApplication, QTimer
from qgis.PyQt.QtWidgets import QHBoxLayout, QToolButton, QWidget

translate = QCoreApplication.translate

SHOWN_AFTER_MS = 300  # what is done by then would only flicker


class LateBar(QWidget):
    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_AFTER_MS)
        self._timer.timeout.connect(self.show)
        self.hide()

    @property
    def is_wanted(self) -> bool:
        """In sight, or about to be."""
        return bool(self._timer.isActive() or not self.isHidden())

    def show_soon(self) -> None:
        if not self.is_wanted:
            self._timer.start()

    def show_no_more(self) -> None:
        self._timer.stop()
        self.hide()

    def lay_out(self, label: QWidget, button: QToolButton) -> None:
        """In one line."""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label, 1)
        layout.addWidget(button)

    def make_cancel_button(self, name: str, tooltip: str, parent: Optional[QWidget] = None) -> QToolButton:
        button = QToolButton(parent or self)
        button.setObjectName(name)
        button.setText(translate("LateBar", "Cancel"))
        button.setToolTip(tooltip)
        return button
