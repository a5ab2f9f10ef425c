"""The images of a mosaic as one typed polygon layer. Features: any thread; layers: main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.core import QgsFeature, QgsVectorLayer

from ..api.cancel import CancelToken
from ..api.models import Image, Mosaic
from . import field_types as types
from . import tables
from .geometry import read_footprint
from .properties import FOOTPRINTS, mark

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


def make_features(
    images: Sequence[Image], mosaic: Mosaic, cancel: Optional[CancelToken] = None
) -> list[QgsFeature]:
    """A feature for each image, in WGS 84; without a geometry where the footprint cannot be one."""
    fields = tables.make_fields(FIELDS)
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
    layer = tables.make_layer(name, FIELDS, "footprints")
    layer.setDisplayExpression('"filename"')
    mark(layer, FOOTPRINTS, mosaic.id if mosaic else "")
    update_layer(layer, features)
    return layer


def update_layer(layer: QgsVectorLayer, features: Sequence[QgsFeature]) -> None:
    """Puts `features` in place of what the layer holds; the layer, its style and its selection stay."""
    selected = {feature["id"] for feature in layer.getSelectedFeatures()}
    tables.replace(layer, features)
    if not selected:
        return
    found = [feature.id() for feature in layer.getFeatures() if feature["id"] in selected]
    is_news = len(found) != len(selected)
    was_blocked = layer.blockSignals(not is_news)  # the same images under other numbers are none
    layer.selectByIds(found)
    layer.blockSignals(was_blocked)


def _attributes(image: Image, mosaic: Mosaic) -> list[object]:
    """In the order of FIELDS; what is not known stays null."""
    pixel_x, pixel_y = image.pixel_size or (None, None)
    return [
        image.id,
        image.filename or None,
        tables.moment(image.uploaded_at),
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
