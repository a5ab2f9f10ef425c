"""The layer of search results: typed, nulls stay null, covers measured, saved whole with the project."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import (
    NULL,
    Qgis,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsGeometry,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.errors import Cancelled
from mapflow_data.api.models import CatalogItem
from mapflow_data.layers import aoi, field_types, keep, results, tables
from mapflow_data.layers.coverage import Coverage
from mapflow_data.layers.properties import KIND, RESULTS
from tests.rig.smooth import Stopwatch, smooth


def box(west: float, south: float, east: float, north: float) -> Any:
    return (((west, south), (east, south), (east, north), (west, north), (west, south)),)


AREA = (box(0, 45, 1, 46),)
SCENE = CatalogItem(
    "s-1", (box(0, 45, 0.5, 46),), datetime(2025, 7, 14, 10, 30, tzinfo=UTC), "Scene", "JL1GF03A",
    "JL1-sat", "CG", "B,G,R,NIR,PAN", 1.06, 2.4, 3.91, None, 5.0, "18", "png",
    "https://pictures.example/s-1.jpg",
)  # fmt: skip
BARE = CatalogItem("s-2", problems=("footprint",))


def layer_of(*items: CatalogItem, **options: Any) -> QgsVectorLayer:
    return results.make_layer("Search", results.make_features(items, AREA, **options))


def only(layer: QgsVectorLayer) -> Any:
    (feature,) = layer.getFeatures()
    return feature


def test_types(qgis_new_project: None) -> None:
    layer = layer_of(SCENE)
    assert [(f.name(), f.type()) for f in layer.fields()] == list(results.FIELDS)
    assert dict(results.FIELDS)["acquired_at"] == field_types.MOMENT
    assert layer.crs().authid() == "EPSG:4326"
    assert layer.customProperty(KIND) == RESULTS
    assert "password" not in layer.source()


def test_values(qgis_new_project: None) -> None:
    feature = only(layer_of(SCENE, linked=("cg",)))
    assert feature["acquired_at"].toUTC().toString(Qt.DateFormat.ISODate) == "2025-07-14T10:30:00Z"
    assert feature.attributes()[2:] == [
        "JL1GF03A", "JL1-sat", "CG", "scene", 2.4, 1.06, 3.91, pytest.approx(50.0), "on_request", 5.0,
        "B,G,R,NIR,PAN", "png", "18",
    ]  # fmt: skip
    assert feature.geometry().boundingBox() == QgsRectangle(0, 45, 0.5, 46)


def test_what_is_not_known_is_null_and_no_footprint_no_geometry(qgis_new_project: None) -> None:
    feature = only(layer_of(BARE))
    known = {f.name(): feature[f.name()] for f in feature.fields() if feature[f.name()] != NULL}
    assert known == {"id": "s-2", "product": "scene", "availability": "on_request"}
    assert not feature.hasGeometry()


def test_the_server_s_own_coverage_counts() -> None:
    (feature,) = results.make_features([CatalogItem("s", SCENE.footprint, coverage=12.34)], AREA)
    assert feature["covers"] == 12.34


@pytest.mark.parametrize(
    ("product", "provider", "linked", "url", "expected"),
    [
        ("Scene", "CG", None, "", "on_request"),
        ("Image", "CG", ("Cg",), "", "on_request"),
        ("Scene", "CG", (), "", "not_in_plan"),
        ("MOSAIC", "m", ("M",), "", "instant"),
        ("mosaic", "m", ("other",), "", "not_in_plan"),
        ("Mosaic", "m", None, "", NULL),
        ("Scene", "", ("CG",), "", "on_request"),  # whose it is was not told
        ("Mosaic", "", ("CG",), "", NULL),
        ("Image", "My imagery", ("CG",), "https://api.example/rest/rasters/image/i/preview/l", "instant"),
    ],
)
def test_availability(product: str, provider: str, linked: Any, url: str, expected: object) -> None:
    item = CatalogItem("i", product_type=product, provider=provider, preview_url=url)
    (feature,) = results.make_features([item], AREA, linked)
    assert feature["availability"] == expected


@pytest.mark.parametrize("seed", range(12))
def test_covers_is_a_share_of_ellipsoidal_areas(seed: int) -> None:
    """Against QGIS' own measure, for tilted scenes at any latitude and areas with a hole."""
    dice = random.Random(seed)
    x, y = dice.uniform(-170, 170), dice.uniform(-75, 75)
    hole = (
        (x + 0.2, y + 0.2),
        (x + 0.2, y + 0.3),
        (x + 0.3, y + 0.3),
        (x + 0.3, y + 0.2),
        (x + 0.2, y + 0.2),
    )
    area = ((*box(x, y, x + 0.5, y + 0.4), hole),)
    w, h, t = dice.uniform(0.1, 0.5), dice.uniform(0.1, 0.5), dice.uniform(-0.1, 0.1)
    ring = ((x - w, y - h + t), (x + w, y - h - t), (x + w + t, y + h), (x - w + t, y + h))
    footprint = (((*ring, ring[0]),),)
    whole, scene = geometry_of(area), geometry_of(footprint)
    expected = 100 * aoi.area_km2(whole.intersection(scene)) / aoi.area_km2(whole)
    assert Coverage(area).percent(footprint) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("footprint", "expected"),
    [
        ((box(-1, 44, 2, 47),), 100.0),
        ((box(5, 45, 6, 46),), 0.0),
        ((box(1, 45, 2, 46),), 0.0),  # side by side
        ((box(0, 45, 0.25, 46), box(0.5, 45, 0.75, 46)), 50.0),
        ((box(0, 45, 0.5, 46), box(0.25, 45, 0.5, 46)), 50.0),  # parts that overlap count once
        (((*box(-1, 44, 2, 47), box(0, 45, 0.5, 46)[0]),), 50.0),  # a hole
        ((), None),
    ],
)
def test_covers(footprint: Any, expected: float | None) -> None:
    assert Coverage(AREA).percent(footprint) == (None if expected is None else pytest.approx(expected))


def test_covers_by_a_scene_that_crosses_180_or_itself() -> None:
    area = (box(179, 10, 180, 11), box(-180, 10, -179, 11))
    crossing = ((((179.5, 9), (-179, 9), (-179, 12), (179.5, 12), (179.5, 9)),),)
    assert Coverage(area).percent(crossing) == pytest.approx(75)
    bow_tie = ((((0, 45), (1, 46), (1, 45), (0, 46), (0, 45)),),)
    assert Coverage(AREA).percent(bow_tie) == pytest.approx(50, abs=0.5)
    assert Coverage(((((0, 45), (1, 45), (0, 45), (0, 45)),),)).percent(SCENE.footprint) is None


def test_ten_thousand_scenes_are_measured_within_the_time_for_a_page() -> None:
    dice = random.Random(1)
    items = []
    for number in range(10_000):
        x, y = dice.uniform(0, 1), dice.uniform(45, 46)
        ring = ((x - 0.9, y - 0.8), (x + 0.9, y - 0.9), (x + 1.1, y + 0.9), (x - 0.8, y + 0.9))
        items.append(CatalogItem(str(number), (((*ring, ring[0]),),)))
    for watch in smooth(Stopwatch, 2000):
        with watch:
            features = results.make_features(items, AREA)
    assert 0 < min(f["covers"] for f in features) < max(f["covers"] for f in features) == 100


def test_cancel() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        results.make_features([SCENE], AREA, cancel=token)


def test_chunks_come_turn_by_turn_and_end_with_the_layer(qgis_new_project: None, qtbot: QtBot) -> None:
    layer = layer_of()
    QgsProject.instance().addMapLayer(layer)
    feeder = tables.Feeder(layer)
    features = results.make_features([SCENE] * 2500, AREA)
    counts: list[int] = []
    layer.repaintRequested.connect(lambda: counts.append(layer.featureCount()))
    feeder.feed(features[:500])
    with qtbot.waitSignal(feeder.drained, timeout=3000):
        feeder.feed(features[500:])
    assert counts == [2500]
    assert layer.extent() == QgsRectangle(0, 45, 0.5, 46)
    with qtbot.waitSignal(feeder.drained, timeout=3000):
        feeder.feed(features[:10])
    assert counts == [2500]  # not drawn again so soon
    feeder.stop()
    assert counts == [2500, 2510]


def test_a_layer_that_is_removed_takes_no_more(qgis_new_project: None, qtbot: QtBot) -> None:
    layer = layer_of()
    QgsProject.instance().addMapLayer(layer)
    feeder, features = tables.Feeder(layer), results.make_features([SCENE] * 2500, AREA)
    feeder.feed(features)
    QgsProject.instance().removeMapLayer(layer.id())
    qtbot.wait(50)
    feeder.feed(features)
    qtbot.wait(50)


def test_it_follows_the_temporal_controller(qgis_new_project: None) -> None:
    layer = layer_of(SCENE)
    time_of = layer.temporalProperties()
    assert time_of.isActive()
    assert time_of.mode() == Qgis.VectorTemporalMode.FeatureDateTimeInstantFromField
    assert time_of.startField() == "acquired_at"


def test_display_name_is_no_html(qgis_new_project: None) -> None:
    layer = layer_of(CatalogItem("s", sensor="<b>JL1</b>", cloud=2.4, acquired_at=SCENE.acquired_at))
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(only(layer))
    assert QgsExpression(layer.displayExpression()).evaluate(context) == "2025-07-14 bJL1/b 2 %"


@pytest.mark.parametrize(
    ("item", "colour"),
    [
        ({"cloud": 3.0}, (194, 37, 92)),
        ({"cloud": 20.0}, (222, 102, 144)),
        ({"cloud": 80.0}, (134, 142, 150)),
        ({"product_type": "Mosaic"}, (103, 65, 217)),
        ({}, (194, 37, 92)),
    ],
)
def test_colours(qgis_new_project: None, item: dict[str, Any], colour: tuple[int, ...]) -> None:
    assert QColor(*colour).rgb() in colours_of(layer_of(CatalogItem("s", SCENE.footprint, **item)))


def test_selected_is_told_apart_and_what_lies_below_is_seen(qgis_new_project: None) -> None:
    layer = layer_of(SCENE)
    layer.selectAll()
    image = drawn(layer)
    assert QColor(255, 255, 0).rgb() in colours_of(layer)
    assert image.pixelColor(image.width() // 2, image.height() // 4) == QColor(255, 255, 255)


def test_saved_with_the_project(qgis_new_project: None, tmp_path: Path) -> None:
    layer = layer_of(SCENE, BARE)
    QgsProject.instance().addMapLayer(layer)
    assert keep.can_be_kept(layer)
    keep.keep(layer, tmp_path / "kept", QgsProject.instance().transformContext())
    assert (layer.providerType(), layer.featureCount(), layer.isValid()) == ("ogr", 2, True)
    assert layer.renderer().type() == "RuleRenderer"
    assert layer.temporalProperties().isActive()
    feature = next(f for f in layer.getFeatures() if f["id"] == "s-1")
    assert feature["acquired_at"].toUTC().toString(Qt.DateFormat.ISODate) == "2025-07-14T10:30:00Z"
    results.update_layer(layer, results.make_features([SCENE], AREA))
    assert only(layer)["sensor"] == "JL1GF03A"


def geometry_of(polygons: Any) -> QgsGeometry:
    parts = [",".join("(" + ",".join(f"{x} {y}" for x, y in ring) + ")" for ring in p) for p in polygons]
    return QgsGeometry.fromWkt("MULTIPOLYGON (" + ",".join(f"({part})" for part in parts) + ")")


def drawn(layer: QgsVectorLayer) -> QImage:
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(QgsRectangle(-0.1, 44.9, 0.6, 46.1))
    settings.setOutputSize(QSize(280, 480))
    settings.setSelectionColor(QColor(255, 255, 0))
    settings.setBackgroundColor(QColor(255, 255, 255))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def colours_of(layer: QgsVectorLayer) -> set[int]:
    image = drawn(layer)
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
