"""Buttons and menu entries that need the server: without one they are grey and say why. Main thread."""

from __future__ import annotations

from typing import Union

from qgis.PyQt.QtWidgets import QAbstractButton

from ..words.offline import not_online
from .qt_compat import QAction


def set_possible(
    part: Union[QAbstractButton, QAction], is_possible: bool, is_online: bool, tip: str = ""
) -> None:
    """`tip` is what it says of itself."""
    part.setEnabled(is_possible and is_online)
    part.setToolTip("\n".join(filter(None, (tip, "" if is_online else not_online()))))
