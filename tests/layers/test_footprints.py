"""The layer of footprints: typed, with nulls where nothing is known, styled, and saved without a secret."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from qgis.core import (
    NULL,
    QgsFeature,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDateTime, QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.errors import Cancelled
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.layers import field_types, footprints
from mapflow_data.layers.properties import KIND, MOSAIC_ID

MOSAIC = Mosaic("m-1", "Fields")
FULL = Image(
    id="i-1", mosaic_id="m-1", filename="ortho.tif",
    uploaded_at=datetime(2023, 1, 26, 13, 58, 32, 122000, tzinfo=UTC), size_bytes=6_841_743_900,
    footprint="POLYGON ((0 0, 0.4 0, 0.4 0.3, 0 0.3, 0 0))",
    checksum="9d2d9e9bd347fc5204e5fd1add0982aadff21f17",
    crs="EPSG:32631", bands=3, width=5589, height=4079, pixel_size=(0.3, 0.4),
)  # fmt: skip
BARE = Image(id="i-2")


@pytest.fixture
def layer(qgis_new_project: None) -> QgsVectorLayer:
    layer = footprints.make_layer("Fields footprints", footprints.make_features([FULL, BARE], MOSAIC), MOSAIC)
    QgsProject.instance().addMapLayer(layer)
    return layer


def feature_of(layer: QgsVectorLayer, image_id: str) -> QgsFeature:
    return next(feature for feature in layer.getFeatures() if feature["id"] == image_id)


def test_types(layer: QgsVectorLayer) -> None:
    assert [(f.name(), f.type()) for f in layer.fields()] == list(footprints.FIELDS)
    assert layer.crs().authid() == "EPSG:4326"
    assert dict(footprints.FIELDS)["size"] == field_types.LONG


def test_values(layer: QgsVectorLayer) -> None:
    feature = feature_of(layer, "i-1")
    moment: QDateTime = feature["uploaded_at"]
    assert moment.toUTC().toString(Qt.DateFormat.ISODateWithMs) == "2023-01-26T13:58:32.122Z"
    assert feature["size"] == 6_841_743_900
    assert [feature[name] for name in ("filename", "crs", "bands", "width", "height", "pixel_x", "pixel_y"
    )] == [
        "ortho.tif", "EPSG:32631", 3, 5589, 4079, 0.3, 0.4,
    ]  # fmt: skip
    assert feature["mosaic"] == "Fields"
    assert feature.geometry().boundingBox() == QgsRectangle(0, 0, 0.4, 0.3)


def test_what_is_not_known_is_null(layer: QgsVectorLayer) -> None:
    feature = feature_of(layer, "i-2")
    known = {name for name, _ in footprints.FIELDS if feature[name] != NULL}
    assert known == {"id", "mosaic"}
    assert not feature.hasGeometry()


def test_numbers_past_all_bounds_lose_only_themselves(qgis_new_project: None) -> None:
    huge = {"width": 10**12, "height": 10**30, "count": 2**40, "pixel_size": [1e-320, 1e300]}
    odd = Image.from_json(
        {"id": "odd\ud800", "file_size": 10**30, "filename": "\udfff.tif", "meta_data": huge}
    )
    layer = footprints.make_layer("odd", footprints.make_features([odd, FULL], MOSAIC))
    assert [f["id"] for f in layer.getFeatures()] == ["odd?", "i-1"]
    assert [feature_of(layer, "odd?")[name] for name in ("size", "width", "height", "bands")] == [NULL] * 4


def test_it_tells_what_it_is(layer: QgsVectorLayer) -> None:
    assert (layer.customProperty(KIND), layer.customProperty(MOSAIC_ID)) == ("footprints", "m-1")
    assert layer.metadata().title() == "Fields footprints"
    assert layer.metadata().rights() == ["Mapflow"]
    assert layer.displayExpression() == '"filename"'


def test_update_keeps_the_layer(layer: QgsVectorLayer) -> None:
    before = layer.id()
    footprints.update_layer(layer, footprints.make_features([Image(id="new")], MOSAIC))
    assert [f["id"] for f in layer.getFeatures()] == ["new"]
    assert layer.id() == before
    footprints.update_layer(layer, [])
    assert layer.featureCount() == 0


def test_the_selection_stays_with_its_images(layer: QgsVectorLayer) -> None:
    told: list[list[int]] = []
    layer.selectByIds([feature_of(layer, "i-1").id()])
    layer.selectionChanged.connect(lambda ids, *_: told.append(ids))
    footprints.update_layer(layer, footprints.make_features([BARE, FULL], MOSAIC))
    assert [feature["id"] for feature in layer.selectedFeatures()] == ["i-1"]
    assert told == []  # nothing that rows would have to follow
    footprints.update_layer(layer, footprints.make_features([BARE], MOSAIC))
    assert (layer.selectedFeatureCount(), told) == (0, [[]])


def test_many_images(qgis_new_project: None) -> None:
    images = [Image(id=str(i), footprint=FULL.footprint) for i in range(2500)]
    layer = footprints.make_layer("many", footprints.make_features(images, MOSAIC))
    assert {f["id"] for f in layer.getFeatures()} == {image.id for image in images}


def test_cancel() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        footprints.make_features([FULL], MOSAIC, cancel)


def test_outline_and_label_are_drawn_and_the_inside_is_left_free(layer: QgsVectorLayer) -> None:
    image = draw(layer)
    assert image.pixelColor(200, 40) == QColor("black")  # inside, off the label
    colours = {image.pixelColor(200, y).name() for y in range(10, 30)}
    assert len(colours) > 2  # band, casing, line
    label = [image.pixelColor(x, 150).lightness() for x in range(150, 250)]
    assert max(label) > 200


def test_selection_stands_out_and_hides_no_image(layer: QgsVectorLayer) -> None:
    layer.selectByExpression("id = 'i-1'")
    image = draw(layer)
    assert image.pixelColor(200, 40) == QColor("black")
    assert QColor("yellow") in [image.pixelColor(200, y) for y in range(10, 30)]


def draw(layer: QgsVectorLayer) -> QImage:
    """The full footprint fills the picture but for a margin of about 15 pixels."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(QgsRectangle(-0.02, -0.02, 0.42, 0.32))
    settings.setOutputSize(QSize(400, 309))
    settings.setBackgroundColor(QColor("black"))
    settings.setSelectionColor(QColor("yellow"))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()
