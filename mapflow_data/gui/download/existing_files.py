"""Asks once what becomes of files that are there already: skip, overwrite, keep both. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QAbstractButton, QMessageBox, QWidget

from ..widgets.icons import plugin_icon
from . import words

SKIP, OVERWRITE, KEEP_BOTH = "skip", "overwrite", "keep both"


class ExistingFiles(QMessageBox):
    """Emits `decided` with one of the three; nothing for Cancel."""

    decided = pyqtSignal(str)

    def __init__(self, names: Sequence[str], count: int, parent: Optional[QWidget] = None) -> None:
        """`names` of the files that are there, of `count` that are to come."""
        super().__init__(parent)
        self.setWindowTitle(words.folder_title(count))
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowIcon(plugin_icon())
        self.setWindowIcon(plugin_icon())
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(words.exist(names, count))
        self._choices = {
            self._add(self.tr("Skip these")): SKIP,
            self._add(self.tr("Overwrite")): OVERWRITE,
            self._add(self.tr("Keep both")): KEEP_BOTH,
        }
        cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(cancel)
        self.setEscapeButton(cancel)
        self.buttonClicked.connect(self._on_clicked)

    def _add(self, text: str) -> QAbstractButton:
        return self.addButton(text, QMessageBox.ButtonRole.ActionRole)

    def _on_clicked(self, button: QAbstractButton) -> None:
        choice = self._choices.get(button)
        if choice is not None:
            self.decided.emit(choice)
