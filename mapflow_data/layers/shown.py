"""Which features of a layer the map shows now, as an expression. Main thread."""

from __future__ import annotations

from qgis.core import QgsMapSettings, QgsVectorLayer, QgsVectorLayerTemporalContext


def condition(layer: QgsVectorLayer, settings: QgsMapSettings) -> str:
    """While the temporal controller is on, a layer that follows it shows those of its time; "" is all."""
    time = layer.temporalProperties()
    if not settings.isTemporal() or not time.isActive():
        return ""
    context = QgsVectorLayerTemporalContext()
    context.setLayer(layer)
    return str(time.createFilterString(context, settings.temporalRange()))
