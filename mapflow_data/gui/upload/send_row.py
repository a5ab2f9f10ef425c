"""The Upload dialog's last row: what will be sent or why nothing can be, and the buttons. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QDialogButtonBox, QLabel, QProgressBar, QPushButton

from ..words.plain import as_tooltip
from . import words as upload_words
from .status import Status


class SendRow(QObject):
    """The logic of the widgets it is given; they stay the dialog's."""

    def __init__(self, label: QLabel, bar: QProgressBar, box: QDialogButtonBox) -> None:
        super().__init__(box)
        self._label, self._bar = label, bar
        self.upload_button: QPushButton = box.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self.upload_button.setObjectName("uploadButton")
        self.upload_button.setDefault(True)
        self.cancel_button: QPushButton = box.button(QDialogButtonBox.StandardButton.Cancel)
        self.cancel_button.setObjectName("cancelButton")
        self.cancel_button.setAutoDefault(False)

    def show_status(self, status: Status) -> None:
        self.upload_button.setText(upload_words.upload_button(status.count))
        self.upload_button.setEnabled(not status.why_not)
        self.upload_button.setToolTip(as_tooltip(status.why_not))
        self._label.setText(status.text)

    def show_progress(self, done: Optional[int], total: int) -> None:
        """`done` is None where nothing is under way, `total` 0 where it cannot be told how much is left."""
        self._bar.setVisible(done is not None)
        self._bar.setRange(0, total)
        self._bar.setValue(done or 0)
