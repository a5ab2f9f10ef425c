"""What all our polygon layers share: typed fields, features added in chunks. Main thread, but for values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Optional

from qgis.core import QgsFeature, QgsFeatureSink, QgsFields, QgsVectorLayer, QgsVectorLayerUtils
from qgis.PyQt.QtCore import QDateTime, QObject, QTimer, pyqtSignal

from . import field_types as types

REPAINT_MS = 1000  # at least between two drawings while features keep coming: each begins anew
CHUNK = 1000  # features at once: a few ms, so that a list of any length holds up no frame
STYLES = Path(__file__).parent / "styles"

_EPOCH = QDateTime.fromMSecsSinceEpoch(0).toUTC()  # its time zone is the one of what is added to it

FieldList = Sequence[tuple[str, int]]  # name and one of field_types


def make_fields(fields: FieldList) -> QgsFields:
    """Any thread."""
    made = QgsFields()
    for name, kind in fields:
        made.append(types.field(name, kind))
    return made


def moment(value: Optional[datetime]) -> Optional[QDateTime]:
    """In UTC. Any thread."""
    if value is None:
        return None
    return _EPOCH.addMSecs(round(value.timestamp() * 1000))


def make_layer(name: str, fields: FieldList, style: str) -> QgsVectorLayer:
    """An empty memory layer in WGS 84. `style` is the name of one in `styles/`."""
    layer = QgsVectorLayer("MultiPolygon?crs=EPSG:4326", name, "memory")
    layer.dataProvider().addAttributes(list(make_fields(fields)))
    layer.updateFields()
    layer.loadNamedStyle(str(STYLES / f"{style}.qml"))
    layer.setCustomProperty("skipMemoryLayersCheck", 1)  # it can be had again: QGIS need not ask at its end
    return layer


def replace(layer: QgsVectorLayer, features: Sequence[QgsFeature]) -> None:
    """Puts `features` in place of what the layer holds; the layer, its style and its place stay."""
    layer.dataProvider().truncate()
    for chunk in chunks(features):
        add(layer, chunk)
    show(layer)


def add(layer: QgsVectorLayer, features: Sequence[QgsFeature]) -> None:
    """Without telling anyone: `show` does that, once for all."""
    layer.dataProvider().addFeatures(_fitted(features, layer), QgsFeatureSink.Flag.FastInsert)


def show(layer: QgsVectorLayer) -> None:
    layer.updateExtents()
    layer.triggerRepaint()


def chunks(features: Sequence[QgsFeature]) -> Iterator[list[QgsFeature]]:
    for start in range(0, len(features), CHUNK):
        yield list(features[start : start + CHUNK])


class Feeder(QObject):
    """Adds features to a layer, a chunk in each turn of the event loop; ends with the layer.

    Emits `drained` when all that was handed over is in the layer; it is drawn then, or within a second.
    """

    drained = pyqtSignal()

    def __init__(self, layer: QgsVectorLayer, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._layer: Optional[QgsVectorLayer] = layer
        self._waiting: list[list[QgsFeature]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_turn)
        self._repaint = QTimer(self)
        self._repaint.setSingleShot(True)
        self._repaint.setInterval(REPAINT_MS)
        self._repaint.timeout.connect(self._on_pause_over)
        self._is_stale = False
        layer.willBeDeleted.connect(self._on_layer_gone)

    def feed(self, features: Sequence[QgsFeature]) -> None:
        if self._layer is not None:
            self._waiting += chunks(features)
            self._timer.start()

    def stop(self) -> None:
        """What is not in the layer yet will not get there; what is there is drawn."""
        if self._layer is not None and self._is_stale:
            show(self._layer)
        self._on_layer_gone()

    def _on_layer_gone(self) -> None:
        self._layer = None
        self._waiting = []
        self._timer.stop()
        self._repaint.stop()

    def _on_turn(self) -> None:
        layer = self._layer
        if layer is not None and self._waiting:
            add(layer, self._waiting.pop(0))
            layer.updateExtents()
        if not self._waiting:
            self._timer.stop()
            self._is_stale = True
            if not self._repaint.isActive():
                self._on_pause_over()
            if layer is not None:
                self.drained.emit()

    def _on_pause_over(self) -> None:
        if self._layer is not None and self._is_stale:
            self._is_stale = False
            self._repaint.start()
            show(self._layer)


def _fitted(features: Sequence[QgsFeature], layer: QgsVectorLayer) -> list[QgsFeature]:
    """The features with the layer's own fields: a GeoPackage has one more, the `fid`, and it comes first."""
    if layer.fields().indexOf("fid") < 0:
        return list(features)
    return [part for f in features for part in QgsVectorLayerUtils.makeFeatureCompatible(f, layer)]
