"""A dialog whose yes needs the server. Main thread."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtWidgets import QDialog, QPushButton, QWidget

from .online_only import set_possible


class OnlineDialog(QDialog):
    """While there is no server its button waits, and says why; all else stays as it is."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._is_online = True
        self._is_ready = True
        self._yes: Optional[QPushButton] = None

    def set_yes(self, button: QPushButton) -> None:
        self._yes = button

    def set_online(self, is_online: bool) -> None:
        self._is_online = is_online
        self._update_yes()

    def set_ready(self, is_ready: bool) -> None:
        """Whether all else is there that it takes."""
        self._is_ready = is_ready
        self._update_yes()

    def _update_yes(self) -> None:
        if self._yes is not None:
            set_possible(self._yes, self._is_ready, self._is_online)
