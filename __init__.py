"""Entry point of the plugin: QGIS calls classFactory, on the main thread. Nothing is imported before that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .mapflow_data.plugin import MapflowDataPlugin


def classFactory(iface: QgisInterface) -> MapflowDataPlugin:
    from .mapflow_data.plugin import MapflowDataPlugin

    return MapflowDataPlugin(iface)
