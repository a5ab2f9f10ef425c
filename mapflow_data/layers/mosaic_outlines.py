"""The mosaics of the account as one typed polygon layer. Features: any thread; layers: main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer

from ..api.cancel import CancelToken
from ..api.models import Image, Mosaic
from . import field_types as types
from . import tables
from .geometry import read_footprint
from .properties import MOSAICS, mark

FIELDS = (
    ("id", types.TEXT),
    ("name", types.TEXT),
    ("tags", types.TEXT),  # with commas between them
    ("images", types.INTEGER),  # how many
    ("size", types.LONG),  # bytes
    ("created", types.MOMENT),  # UTC
)


def make_features(mosaics: Sequence[Mosaic], cancel: Optional[CancelToken] = None) -> list[QgsFeature]:
    """A feature for each mosaic, in WGS 84; without a geometry where its footprint cannot be one."""
    fields = tables.make_fields(FIELDS)
    features = []
    for mosaic in mosaics:
        if cancel is not None:
            cancel.check()
        feature = QgsFeature(fields)
        feature.setAttributes(_attributes(mosaic))
        geometry = _dissolved(read_footprint(mosaic.footprint))
        if not geometry.isNull():
            feature.setGeometry(geometry)
        features.append(feature)
    return features


def make_layer(name: str, features: Sequence[QgsFeature]) -> QgsVectorLayer:
    """A memory layer, styled and labelled."""
    layer = tables.make_layer(name, FIELDS, "mosaic_outlines")
    layer.setDisplayExpression('"name"')
    mark(layer, MOSAICS)
    update_layer(layer, features)
    return layer


def update_layer(layer: QgsVectorLayer, features: Sequence[QgsFeature]) -> None:
    """Puts `features` in place of what the layer holds; the layer, its style and its selection stay."""
    selected = {feature["id"] for feature in layer.getSelectedFeatures()}
    tables.replace(layer, features)
    found = [feature.id() for feature in layer.getFeatures() if feature["id"] in selected] if selected else []
    if layer.selectedFeatureCount() or found:
        layer.selectByIds(found)  # features of other mosaics may have got the numbers of those before


def remove(layer: QgsVectorLayer, mosaic_id: str) -> None:
    """Takes one mosaic out of the layer."""
    gone = [feature.id() for feature in layer.getFeatures() if feature["id"] == mosaic_id]
    if gone:
        layer.deselect(gone)
        layer.dataProvider().deleteFeatures(gone)
        tables.show(layer)


def is_of(layer: QgsVectorLayer, features: Sequence[QgsFeature]) -> bool:
    """Whether both are of one account: a project may have been saved by another one."""
    ids = {feature["id"] for feature in features}
    return not layer.featureCount() or any(feature["id"] in ids for feature in layer.getFeatures())


def missing(features: Sequence[QgsFeature]) -> int:
    """How many have no outline although they have, or may have, images."""
    bare = [feature for feature in features if not feature.hasGeometry()]
    return sum(feature["images"] != 0 and feature["size"] != 0 for feature in bare)


def footprint_of_images(images: Sequence[Image]) -> str:
    """The WKT of what they cover together, "" where none of them has a footprint. Any thread."""
    shapes = [shape for image in images if not (shape := read_footprint(image.footprint)).isNull()]
    return str(QgsGeometry.unaryUnion(shapes).asWkt(9)) if shapes else ""


def _dissolved(footprint: QgsGeometry) -> QgsGeometry:
    """Without the seams of images that overlap, as which a server may tell it."""
    if footprint.isNull() or len(footprint.asMultiPolygon()) < 2:
        return footprint
    whole = QgsGeometry.unaryUnion([footprint])
    return whole if whole.convertToMultiType() else footprint


def _attributes(mosaic: Mosaic) -> list[object]:
    """In the order of FIELDS; what is not known stays null."""
    return [
        mosaic.id,
        mosaic.name or None,
        ", ".join(mosaic.tags) or None,
        mosaic.image_count,
        mosaic.size_bytes,
        tables.moment(mosaic.created_at),
    ]
