"""Dialogs, panels and item models; with processing/ the only place with words for people. Main thread."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer
    from qgis.gui import QgisInterface

    from .workspace import Workspace


def make_workspace(iface: QgisInterface) -> Workspace:
    """Imports what is heavy at the first use only: QGIS starts without it."""
    with _nothing_tidied_up():
        from .workspace import Workspace

        return Workspace(iface)


@contextmanager
def _nothing_tidied_up() -> Iterator[None]:
    """Hundreds of modules leave no garbage, but Python looks for it 70 times meanwhile, in all that QGIS'
    Python holds: a sixth of the time, and more the more plugins there are."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def restore_tiles(layers: Iterable[QgsMapLayer]) -> None:
    """Gives tile layers of a saved project their extent back, which QGIS does not keep."""
    from ..layers.tiles import restore_extent

    for layer in layers:
        restore_extent(layer)
