"""Dialogs, panels and item models; with processing/ the only place with words for people. Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer
    from qgis.gui import QgisInterface

    from .workspace import Workspace


def make_workspace(iface: QgisInterface) -> Workspace:
    """Imports what is heavy at the first use only: QGIS starts without it."""
    from .workspace import Workspace

    return Workspace(iface)


def restore_tiles(layers: Iterable[QgsMapLayer]) -> None:
    """Gives tile layers of a saved project their extent back, which QGIS does not keep."""
    from ..layers.tiles import restore_extent

    for layer in layers:
        restore_extent(layer)
