"""Qt's own file dialog, used as a person does."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialogButtonBox, QFileDialog, QLineEdit, QWidget


def open_file_dialog(parent: QWidget) -> QFileDialog:
    (dialog,) = [one for one in parent.findChildren(QFileDialog) if one.isVisible()]
    return dialog


def choose(parent: QWidget, qtbot: QtBot, path: Path) -> None:
    """Types a path and presses the button that takes it."""
    dialog = open_file_dialog(parent)
    dialog.findChild(QLineEdit, "fileNameEdit").setText(str(path))
    box = dialog.findChild(QDialogButtonBox)
    accept = [one for one in box.buttons() if box.buttonRole(one) == QDialogButtonBox.ButtonRole.AcceptRole]
    qtbot.waitUntil(accept[0].isEnabled, timeout=5000)
    qtbot.mouseClick(accept[0], Qt.MouseButton.LeftButton)
