"""The images of a mosaic as one typed polygon layer. Features: any thread; layers: main thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Optional

from qgis.core import QgsFeature, QgsFeatureSink, QgsFields, QgsVectorLayer, QgsVectorLayerUtils
from qgis.PyQt.QtCore import QDateTime

from ..api.cancel import CancelToken
from ..api.models import Image, Mosaic
from . import field_types as types
from .geometry import read_footprint
from .properties import FOOTPRINTS, mark

STYLE = Path(__file__).parent / "styles" / "footprints.qml"
CHUNK = 1000  # features at once: a few ms, so that a list of any length holds up no frame

FIELDS = (
    ("id", types.TEXT),
    ("filename", types.TEXT),
    ("uploaded_at", types.MOMENT),  # UTC
    ("size", types.LONG),  # bytes
    ("crs", types.TEXT),
    ("bands", types.INTEGER),
    ("width", types.INTEGER),  # pixels
    ("height", types.INTEGER),
    ("pixel_x", types.REAL),  # units of crs
    ("pixel_y", types.REAL),
    ("checksum", types.TEXT),  # SHA-1
    ("mosaic", types.TEXT),  # its name
)


def make_fields() -> QgsFields:
    fields = QgsFields()
    for name, kind in FIELDS:
        fields.append(types.field(name, kind))
    return fields


def make_features(
    images: Sequence[Image], mosaic: Mosaic, cancel: Optional[CancelToken] = None
) -> list[QgsFeature]:
    """A feature for each image, in WGS 84; without a geometry where the footprint cannot be one."""
    fields = make_fields()
    features = []
    for image in images:
        if cancel is not None:
            cancel.check()
        feature = QgsFeature(fields)
        feature.setAttributes(_attributes(image, mosaic))
        geometry = read_footprint(image.footprint)
        if not geometry.isNull():
            feature.setGeometry(geometry)
        features.append(feature)
    return features


def make_layer(name: str, features: Sequence[QgsFeature], mosaic: Optional[Mosaic] = None) -> QgsVectorLayer:
    """A memory layer, styled and labelled. With `mosaic` it tells whose images it shows."""
    layer = QgsVectorLayer("MultiPolygon?crs=EPSG:4326", name, "memory")
    layer.dataProvider().addAttributes(list(make_fields()))
    layer.updateFields()
    layer.setDisplayExpression('"filename"')
    layer.loadNamedStyle(str(STYLE))
    mark(layer, FOOTPRINTS, mosaic.id if mosaic else "")
    layer.setCustomProperty("skipMemoryLayersCheck", 1)  # it can be had again: QGIS need not ask at its end
    update_layer(layer, features)
    return layer


def update_layer(layer: QgsVectorLayer, features: Sequence[QgsFeature]) -> None:
    """Puts `features` in place of what the layer holds; the layer, its style and its place stay."""
    provider = layer.dataProvider()
    provider.truncate()
    for chunk in _chunks(features):
        provider.addFeatures(_fitted(chunk, layer), QgsFeatureSink.Flag.FastInsert)
    layer.updateExtents()
    layer.triggerRepaint()


def _fitted(features: list[QgsFeature], layer: QgsVectorLayer) -> list[QgsFeature]:
    """The features with the layer's own fields: a GeoPackage has one more, the `fid`, and it comes first."""
    if layer.fields().names() == [name for name, _ in FIELDS]:
        return features
    return [part for f in features for part in QgsVectorLayerUtils.makeFeatureCompatible(f, layer)]


def _chunks(features: Sequence[QgsFeature]) -> Iterator[list[QgsFeature]]:
    for start in range(0, len(features), CHUNK):
        yield list(features[start : start + CHUNK])


def _attributes(image: Image, mosaic: Mosaic) -> list[object]:
    """In the order of FIELDS; what is not known stays null."""
    pixel_x, pixel_y = image.pixel_size or (None, None)
    return [
        image.id,
        image.filename or None,
        _moment(image),
        image.size_bytes,
        image.crs or None,
        image.bands,
        image.width,
        image.height,
        pixel_x,
        pixel_y,
        image.checksum or None,
        mosaic.name or None,
    ]


def _moment(image: Image) -> Optional[QDateTime]:
    if image.uploaded_at is None:
        return None
    return QDateTime.fromMSecsSinceEpoch(round(image.uploaded_at.timestamp() * 1000)).toUTC()
