"""A page that says why there is nothing to see and what to do next. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget

from ..words.plain import sentence
from .forms import load_ui
from .icons import icon

ICON_SIZE = 32  # logical px


class StatePage(QWidget):
    """Empty, loading, signed out, failed: one look for all."""

    button_clicked = pyqtSignal()

    stateIcon: QLabel
    stateTitle: QLabel
    stateText: QLabel
    stateProgress: QProgressBar
    stateButton: QPushButton

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        load_ui(self, "widgets/state_page")
        font = self.stateTitle.font()
        font.setBold(True)
        self.stateTitle.setFont(font)
        self.stateButton.clicked.connect(self.button_clicked)

    def show_state(
        self, title: str, text: str = "", *, icon_name: str = "", button: str = "", is_busy: bool = False
    ) -> None:
        """All texts are plain. Without `button` there is none."""
        self.stateTitle.setText(title)
        self.stateText.setText(sentence(text))
        self.stateText.setVisible(bool(text))
        self.stateIcon.setVisible(bool(icon_name))
        if icon_name:
            self.stateIcon.setPixmap(icon(icon_name).pixmap(ICON_SIZE, ICON_SIZE))
        self.stateProgress.setVisible(is_busy)
        self.stateButton.setText(button)
        self.stateButton.setVisible(bool(button))
