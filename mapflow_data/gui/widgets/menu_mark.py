"""A button with a menu says so beside its words: the mark of some styles hangs below them. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QToolButton

MARK = "▾"


def set_marked_text(button: QToolButton, text: str) -> None:
    button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
    button.setText(f"{text} {MARK}")
