"""Dialogs, panels and item models; with processing/ the only place with words for people. Main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .workspace import Workspace


def make_workspace(iface: QgisInterface) -> Workspace:
    """Imports what is heavy at the first use only: QGIS starts without it."""
    from .workspace import Workspace

    return Workspace(iface)
