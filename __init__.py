"""Entry point of the plugin: QGIS calls classFactory, on the main thread. Nothing is imported before that."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .mapflow_data.plugin import MapflowDataPlugin

# QGIS overlooks some modules when it unloads a plugin: after an update, old code would run beside the new
for _name in [name for name in sys.modules if name.startswith(f"{__name__}.")]:
    del sys.modules[_name]


def classFactory(iface: QgisInterface) -> MapflowDataPlugin:
    from .mapflow_data.plugin import MapflowDataPlugin

    return MapflowDataPlugin(iface)
