"""The layer of all mosaics: typed, with nulls where nothing is known, styled, its selection kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from qgis.core import (
    NULL,
    QgsGeometry,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.errors import Cancelled
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.layers import field_types, mosaic_outlines, properties

FULL = Mosaic(
    "m-1", "Fields <b>north</b>", ("drone", "2025"), datetime(2025, 6, 1, 10, tzinfo=UTC),
    "POLYGON ((0 0, 0.4 0, 0.4 0.3, 0 0.3, 0 0))", 6_841_743_900, 60,
)  # fmt: skip
TWO_PARTS = Mosaic(
    "m-2", "Two", footprint="MULTIPOLYGON (((1 0, 2 0, 2 1, 1 0)), ((3 0, 4 0, 4 1, 3 0)))", size_bytes=0
)
BARE = Mosaic("m-3", "")


@pytest.fixture
def layer(qgis_new_project: None) -> QgsVectorLayer:
    features = mosaic_outlines.make_features([FULL, TWO_PARTS, BARE])
    layer = mosaic_outlines.make_layer("Mosaics", features)
    QgsProject.instance().addMapLayer(layer)
    return layer


def values(layer: QgsVectorLayer, mosaic_id: str) -> dict[str, object]:
    feature = next(feature for feature in layer.getFeatures() if feature["id"] == mosaic_id)
    return {name: feature[name] for name, _ in mosaic_outlines.FIELDS if feature[name] != NULL}


def selected(layer: QgsVectorLayer) -> list[str]:
    return sorted(feature["id"] for feature in layer.selectedFeatures())


def test_types_and_what_it_tells_of_itself(layer: QgsVectorLayer) -> None:
    assert [(f.name(), f.type()) for f in layer.fields()] == list(mosaic_outlines.FIELDS)
    assert dict(mosaic_outlines.FIELDS)["size"] == field_types.LONG
    assert properties.kind_of(layer) == "mosaics"
    assert layer.crs().authid() == "EPSG:4326"
    assert layer.metadata().rights() == ["Mapflow"]
    assert layer.displayExpression() == '"name"'


def test_values(layer: QgsVectorLayer) -> None:
    found = values(layer, "m-1")
    assert found.pop("created").toUTC().toString(Qt.DateFormat.ISODate) == "2025-06-01T10:00:00Z"
    assert found == {
        "id": "m-1",
        "name": "Fields <b>north</b>",
        "tags": "drone, 2025",
        "images": 60,
        "size": 6_841_743_900,
    }
    assert values(layer, "m-2") == {"id": "m-2", "name": "Two", "size": 0}
    assert values(layer, "m-3") == {"id": "m-3"}


def test_one_outline_for_each_and_none_for_what_has_none(layer: QgsVectorLayer) -> None:
    outlines = {feature["id"]: feature.geometry() for feature in layer.getFeatures()}
    assert outlines["m-1"].boundingBox() == QgsRectangle(0, 0, 0.4, 0.3)
    assert len(outlines["m-2"].asMultiPolygon()) == 2
    assert outlines["m-3"].isNull()


def test_images_that_overlap_are_one_outline() -> None:
    wkt = "MULTIPOLYGON (((0 0, 2 0, 2 1, 0 1, 0 0)), ((1 0, 3 0, 3 1, 1 1, 1 0)), ((5 0, 6 0, 6 1, 5 0)))"
    (feature,) = mosaic_outlines.make_features([Mosaic("m", "", footprint=wkt)])
    assert feature.geometry().wkbType() == QgsWkbTypes.Type.MultiPolygon
    areas = [QgsGeometry.fromPolygonXY(part).area() for part in feature.geometry().asMultiPolygon()]
    assert sorted(areas) == pytest.approx([0.5, 3])


def test_those_without_an_outline_are_counted_unless_they_are_empty() -> None:
    empty = [Mosaic("a", "", image_count=0), Mosaic("b", "", size_bytes=0)]
    features = mosaic_outlines.make_features([*empty, BARE, FULL, Mosaic("c", "", image_count=3)])
    assert mosaic_outlines.missing(features) == 2


def test_the_selection_stays_with_its_mosaics(layer: QgsVectorLayer) -> None:
    layer.selectByExpression("id = 'm-2' or id = 'm-1'")
    mosaic_outlines.update_layer(layer, mosaic_outlines.make_features([TWO_PARTS, BARE]))
    assert selected(layer) == ["m-2"]
    mosaic_outlines.update_layer(layer, mosaic_outlines.make_features([BARE, FULL]))
    assert selected(layer) == []
    assert layer.featureCount() == 2


def test_a_mosaic_is_taken_out(layer: QgsVectorLayer) -> None:
    layer.selectAll()
    mosaic_outlines.remove(layer, "m-2")
    mosaic_outlines.remove(layer, "unknown")
    assert sorted(feature["id"] for feature in layer.getFeatures()) == selected(layer) == ["m-1", "m-3"]


def test_another_account_s_layer_is_told_apart(layer: QgsVectorLayer) -> None:
    theirs = mosaic_outlines.make_features([Mosaic("x", "Theirs")])
    assert not mosaic_outlines.is_of(layer, theirs)
    assert mosaic_outlines.is_of(layer, [*theirs, *mosaic_outlines.make_features([BARE])])
    assert mosaic_outlines.is_of(mosaic_outlines.make_layer("new", []), theirs)


def test_what_images_cover_together() -> None:
    squares = [f"POLYGON (({x} 0, {x + 1} 0, {x + 1} 1, {x} 1, {x} 0))" for x in (0, 1)]
    images = [Image(str(n), footprint=square) for n, square in enumerate(squares)]
    wkt = mosaic_outlines.footprint_of_images([*images, Image("bare")])
    (feature,) = mosaic_outlines.make_features([Mosaic("m", "", footprint=wkt)])
    assert feature.geometry().area() == pytest.approx(2)
    assert mosaic_outlines.footprint_of_images([Image("bare")]) == ""


def test_cancel() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        mosaic_outlines.make_features([FULL], cancel)


def test_an_outline_in_a_colour_of_its_own_and_nothing_inside(layer: QgsVectorLayer) -> None:
    image = draw(layer)
    assert image.pixelColor(200, 40) == QColor("black")  # inside, off the label
    line = [image.pixelColor(200, y) for y in range(8, 24)]
    assert any(colour.red() > 180 and colour.blue() < 60 for colour in line)
    assert max(image.pixelColor(x, 150).lightness() for x in range(120, 280)) > 200  # the label


def test_seen_from_afar_the_name_is_beside_the_outline(layer: QgsVectorLayer) -> None:
    image = draw(layer, QgsRectangle(-90, -90, 90, 90))
    assert image.pixelColor(200, 154).red() > 180  # the mosaic, a dot in the middle
    light = [(x, y) for x in range(400) for y in range(309) if image.pixelColor(x, y).lightness() > 240]
    assert light
    assert all(abs(x - 200) > 1 or abs(y - 154) > 1 for x, y in light)


WHOLE = QgsRectangle(-0.02, -0.02, 0.42, 0.32)  # with a margin of about 15 pixels


def draw(layer: QgsVectorLayer, extent: QgsRectangle = WHOLE) -> QImage:
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(extent)
    settings.setOutputSize(QSize(400, 309))
    settings.setBackgroundColor(QColor("black"))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()
