"""Areas of interest: any CRS in, a valid polygon in WGS 84 out; areas against equal-area projections."""

from __future__ import annotations

import json
import math

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsRectangle,
    QgsVectorLayer,
)

from mapflow_data.api.errors import BadInput
from mapflow_data.layers import aoi

WORLD_KM2 = 510065621.72
ROUND_THE_SOUTH_POLE = "EPSG:3031"


def crs_of(code: str) -> QgsCoordinateReferenceSystem:
    crs = QgsCoordinateReferenceSystem(code)
    assert crs.isValid()
    return crs


def wkt(text: str) -> QgsGeometry:
    geometry = QgsGeometry.fromWkt(text)
    assert not geometry.isNull()
    return geometry


def box(west: float, south: float, east: float, north: float) -> QgsGeometry:
    return QgsGeometry.fromRect(QgsRectangle(west, south, east, north))


def prepared(geometry: QgsGeometry, code: str = "EPSG:4326") -> aoi.Prepared:
    found = aoi.prepare(geometry, crs_of(code))
    limits = found.geometry.boundingBox()
    assert found.geometry.isGeosValid()
    assert limits.xMinimum() >= -180
    assert limits.xMaximum() <= 180
    assert limits.yMinimum() >= -90
    assert limits.yMaximum() <= 90
    return found


def km2_by_equal_area(geometry: QgsGeometry, code: str, lat: float, lon: float) -> float:
    """The area in the plane of an equal-area projection centred nearby, with 500 vertices on each edge."""
    local = QgsCoordinateReferenceSystem.fromProj(
        f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"
    )
    fine = geometry.densifyByCount(500)
    fine.transform(QgsCoordinateTransform(crs_of(code), local, QgsCoordinateTransformContext()))
    return float(fine.area()) / 1e6


def box_km2(south: float, north: float, width: float) -> float:
    """Of a box of longitude and latitude on the WGS 84 ellipsoid, by the closed formula."""
    a, f = 6378137.0, 1 / 298.257223563
    e = math.sqrt(f * (2 - f))

    def up_to(latitude: float) -> float:
        s = math.sin(math.radians(latitude))
        return s / (1 - (e * s) ** 2) + math.atanh(e * s) / e

    return math.radians(width) * (a * (1 - f)) ** 2 / 2 * (up_to(north) - up_to(south)) / 1e6


@pytest.mark.parametrize(
    ("code", "rect", "lat", "lon"),
    [
        ("EPSG:3857", (4180000, 7500000, 4200000, 7520000), 55.8, 37.6),
        ("EPSG:3857", (4000000, 7000000, 6000000, 9000000), 58.0, 45.0),
        ("EPSG:32637", (400000, 6100000, 460000, 6150000), 55.3, 37.8),
        ("EPSG:32760", (300000, 4600000, 900000, 5200000), -46.0, 178.0),
        ("EPSG:2154", (300000, 6200000, 900000, 6900000), 46.0, 1.5),
        (ROUND_THE_SOUTH_POLE, (1000000, 1000000, 1500000, 1200000), -74.0, 48.0),
        ("EPSG:28407", (7450000, 6100000, 7500000, 6150000), 55.2, 38.6),
    ],
)
def test_area_of_a_projected_box_is_that_of_its_true_outline(
    code: str, rect: tuple[float, float, float, float], lat: float, lon: float
) -> None:
    drawn = box(*rect)
    assert prepared(drawn, code).area_km2 == pytest.approx(km2_by_equal_area(drawn, code, lat, lon), rel=2e-4)


@pytest.mark.parametrize(
    ("west", "south", "east", "north"),
    [(30, 50, 31, 51), (-170, -60, 170, 75), (-180, -90, 180, 90), (10, 60, 10.01, 60.02), (0, -90, 90, 0)],
)
def test_area_of_a_box_of_degrees(west: float, south: float, east: float, north: float) -> None:
    found = prepared(box(west, south, east, north))
    assert found.area_km2 == pytest.approx(box_km2(south, north, east - west), rel=1e-4)
    assert found.vertex_count == 5


def test_the_closed_formula_knows_the_size_of_the_world() -> None:
    assert box_km2(-90, 90, 360) == pytest.approx(WORLD_KM2, rel=1e-6)


def test_only_edges_that_bend_get_vertices() -> None:
    assert prepared(box(4180000, 7500000, 4200000, 7520000), "EPSG:3857").vertex_count == 5
    assert prepared(box(400000, 6100000, 401000, 6101000), "EPSG:32637").vertex_count == 5
    assert 8 < prepared(box(400000, 6100000, 460000, 6150000), "EPSG:32637").vertex_count < 60


def test_a_small_drawing_keeps_its_corners() -> None:
    found = prepared(wkt("POLYGON((37.1 55.2, 37.3 55.2, 37.2 55.4, 37.1 55.2))"))
    assert aoi.to_geojson(found.geometry)["coordinates"] == [
        [[37.1, 55.2], [37.3, 55.2], [37.2, 55.4], [37.1, 55.2]]
    ]


def test_all_parts_and_holes_are_kept() -> None:
    drawn = wkt(
        "MULTIPOLYGON(((400000 6100000, 410000 6100000, 410000 6110000, 400000 6110000, 400000 6100000),"
        "(402000 6102000, 404000 6102000, 404000 6104000, 402000 6104000, 402000 6102000)),"
        "((420000 6100000, 430000 6100000, 430000 6110000, 420000 6110000, 420000 6100000)))"
    )
    found = prepared(drawn, "EPSG:32637")
    shapes = aoi.to_geojson(found.geometry)
    assert shapes["type"] == "MultiPolygon"
    assert sorted(len(rings) for rings in shapes["coordinates"]) == [1, 2]
    assert found.area_km2 == pytest.approx(196 / 0.9996**2, rel=1e-3)
    assert found.changed_share == 0


def test_heights_measures_and_curves_are_dropped() -> None:
    drawn = wkt("CURVEPOLYGON Z (CIRCULARSTRING Z (0 1 9, 1 0 9, 0 -1 9, -1 0 9, 0 1 9))")
    found = prepared(drawn)
    assert found.geometry.wkbType() == wkt("POLYGON((0 0,1 0,1 1,0 0))").wkbType()
    assert found.geometry.area() == pytest.approx(math.pi, rel=1e-3)


def test_bow_tie_keeps_both_wings_and_says_that_it_changed() -> None:
    found = prepared(wkt("POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))"))
    assert aoi.to_geojson(found.geometry)["type"] == "MultiPolygon"
    assert found.geometry.area() == pytest.approx(50)
    assert found.changed_share > 0.01


def test_a_tiny_loop_changes_less_than_what_is_asked_about() -> None:
    found = prepared(wkt("POLYGON((0 0, 10 0, 10 10, 0.01 10, 0 9.99, 0.01 9.99, 0 10, 0 0))"))
    assert 0 <= found.changed_share < 0.01


def test_overlapping_parts_are_merged_and_are_no_change() -> None:
    found = prepared(wkt("MULTIPOLYGON(((0 0, 2 0, 2 2, 0 2, 0 0)), ((1 1, 3 1, 3 3, 1 3, 1 1)))"))
    assert found.geometry.area() == pytest.approx(7)
    assert found.changed_share == 0


@pytest.mark.parametrize(
    ("code", "rect", "south", "north"),
    [
        ("EPSG:4326", (175, 10, 185, 20), 10, 20),
        ("EPSG:4326", (-185, 10, -175, 20), 10, 20),
        ("EPSG:4269", (175, 10, 185, 20), 10, 20),
        ("EPSG:3857", (19480910.888, 1118889.975, 20594105.802, 2273030.927), 10, 20),
        ("EPSG:3857", (-20594105.802, 1118889.975, -19480910.888, 2273030.927), 10, 20),
    ],
)
def test_across_the_antimeridian_it_is_cut_in_two(
    code: str, rect: tuple[float, float, float, float], south: float, north: float
) -> None:
    found = prepared(box(*rect), code)
    parts = aoi.to_geojson(found.geometry)["coordinates"]
    assert aoi.to_geojson(found.geometry)["type"] == "MultiPolygon"
    spans = sorted((min(x for x, _ in part[0]), max(x for x, _ in part[0])) for part in parts)
    assert spans == [
        (-180, pytest.approx(-175, abs=1e-4)),
        (pytest.approx(175, abs=1e-4), 180),
    ]
    assert found.area_km2 == pytest.approx(box_km2(south, north, 10), rel=1e-4)


def test_a_hole_across_the_antimeridian_stays_a_hole() -> None:
    found = prepared(
        wkt("POLYGON((170 0, 190 0, 190 20, 170 20, 170 0), (178 8, 178 12, 182 12, 182 8, 178 8))"),
        "EPSG:4269",
    )
    assert found.geometry.area() == pytest.approx(400 - 16, rel=1e-4)


def test_an_area_up_to_the_antimeridian_stays_one() -> None:
    assert aoi.to_geojson(prepared(box(170, 0, 180, 10)).geometry)["type"] == "Polygon"
    edge = 20037508.342789244
    one = prepared(box(edge - 1e6, 0, edge, 1e6), "EPSG:3857")
    assert aoi.to_geojson(one.geometry)["type"] == "Polygon"


def test_a_map_that_shows_the_world_several_times_covers_it_once() -> None:
    edge = 20037508.342789244
    for turns in (1.0, 2.0, 4.0, 4.3):
        found = prepared(box(-edge * turns, -edge / 2, edge * turns, edge / 2), "EPSG:3857")
        assert found.geometry.boundingBox().width() == pytest.approx(360)
        assert found.area_km2 == pytest.approx(box_km2(-66.5132604, 66.5132604, 360), rel=1e-4)
    assert prepared(box(-400, -100, 400, 100)).area_km2 == pytest.approx(WORLD_KM2, rel=1e-4)


@pytest.mark.parametrize(
    ("code", "pole"), [(ROUND_THE_SOUTH_POLE, -90), ("EPSG:3413", 90), ("EPSG:3995", 90), ("EPSG:3576", 90)]
)
def test_a_pole_within_the_area_is_covered(code: str, pole: int) -> None:
    drawn = box(-1e6, -0.5e6, 1.2e6, 1e6)
    found = prepared(drawn, code)
    assert found.geometry.boundingBox().width() == pytest.approx(360)
    assert found.geometry.intersects(QgsGeometry.fromPointXY(QgsPointXY(10, pole)))
    assert found.area_km2 == pytest.approx(km2_by_equal_area(drawn, code, pole, 0), rel=5e-4)


def test_a_hole_round_a_pole_stays_a_hole() -> None:
    shell, hole = box(-1e6, -1e6, 1e6, 1e6), box(-4e5, -4e5, 4e5, 4e5)
    drawn = shell.difference(hole)
    found = prepared(drawn, ROUND_THE_SOUTH_POLE)
    assert not found.geometry.intersects(QgsGeometry.fromPointXY(QgsPointXY(10, -89.9)))
    assert found.area_km2 == pytest.approx(km2_by_equal_area(drawn, ROUND_THE_SOUTH_POLE, -90, 0), rel=1e-3)


@pytest.mark.parametrize("south", [-1e5, -1000.0, -0.001, 0.0, 0.001, 1000.0, 1e5])
def test_an_edge_through_or_beside_a_pole(south: float) -> None:
    drawn = box(-1e6, south, 1e6, 1e6)
    found = prepared(drawn, "EPSG:3413")
    assert found.area_km2 == pytest.approx(km2_by_equal_area(drawn, "EPSG:3413", 90, 0), rel=1e-3)


@pytest.mark.parametrize("geometry", ["POINT(1 1)", "POLYGON((0 0, 1 1, 2 2, 0 0))", "POLYGON EMPTY"])
def test_no_area_is_refused(geometry: str) -> None:
    with pytest.raises(BadInput) as caught:
        aoi.to_wgs84(QgsGeometry.fromWkt(geometry), crs_of("EPSG:4326"))
    assert caught.value.code == "aoi_empty"
    with pytest.raises(BadInput):
        aoi.to_wgs84(QgsGeometry(), crs_of("EPSG:4326"))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:3857"])
def test_a_corner_without_a_place_is_refused(bad: float, code: str) -> None:
    ring = [QgsPointXY(0, 0), QgsPointXY(1, bad), QgsPointXY(1, 1), QgsPointXY(0, 0)]
    with pytest.raises(BadInput):
        aoi.to_wgs84(QgsGeometry.fromPolygonXY([ring]), crs_of(code))


@pytest.mark.parametrize("crs", ["", "IAU_2015:30100"])
def test_a_missing_crs_is_refused(crs: str) -> None:
    with pytest.raises(BadInput) as caught:
        aoi.to_wgs84(box(500000, 6000000, 500100, 6000100), QgsCoordinateReferenceSystem(crs))
    assert caught.value.code == "crs"


@pytest.mark.parametrize(
    ("code", "rect"),
    [
        ("EPSG:4326", (500000, 6000000, 500100, 6000100)),
        ("EPSG:4326", (10, 91, 20, 95)),
        ("EPSG:32637", (-3e7, -3e7, 3e7, 3e7)),
        ("EPSG:32637", (4e5, 1.9e7, 5e5, 2e7)),
        ("EPSG:2154", (5e5, 1.9e7, 7e5, 2e7)),
        ("ESRI:54009", (1e7, 0, 1.9e7, 1e6)),
        ("EPSG:3035", (1e7, 1e7, 3e7, 3e7)),
    ],
)
def test_what_lies_out_of_range_is_refused(code: str, rect: tuple[float, float, float, float]) -> None:
    with pytest.raises(BadInput) as caught:
        aoi.to_wgs84(box(*rect), crs_of(code))
    assert caught.value.code == "aoi_outside"


def test_latitudes_are_clipped() -> None:
    limits = prepared(box(-20, -120, 20, 120)).geometry.boundingBox()
    assert (limits.yMinimum(), limits.yMaximum()) == (-90, 90)


def test_geojson_turns_shells_left_and_holes_right() -> None:
    clockwise = wkt("POLYGON((0 0, 0 10, 10 10, 10 0, 0 0), (2 2, 8 2, 8 8, 2 8, 2 2))")
    shell, hole = aoi.to_geojson(clockwise)["coordinates"]
    assert shell == [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
    assert hole == [[2, 2], [2, 8], [8, 8], [8, 2], [2, 2]]


def test_geojson_has_seven_decimals_and_plain_lists() -> None:
    shapes = aoi.to_geojson(wkt("POLYGON((0.123456789 -0.00000001, 1 0, 1 0.00000001, 1 1, 0.123456789 0))"))
    assert json.loads(json.dumps(shapes)) == shapes
    assert shapes["coordinates"][0][0] == [0.1234568, 0.0]
    assert "-0.0" not in json.dumps(shapes)
    assert len(shapes["coordinates"][0]) == 4


def memory_layer(*geometries: str, kind: str = "Polygon") -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{kind}?crs=EPSG:32637&field=name:string", "areas", "memory")
    features = []
    for text in geometries:
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt(text))
        features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]
    return layer


TWO_PARTS_AND_A_HOLE = (
    "MULTIPOLYGON(((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 4 2, 4 4, 2 4, 2 2)),"
    "((20 0, 30 0, 30 10, 20 10, 20 0)))"
)
PARCELS = (
    TWO_PARTS_AND_A_HOLE,
    "MULTIPOLYGON(((40 0, 50 0, 50 10, 40 10, 40 0)))",
    "MULTIPOLYGON(((45 0, 60 0, 60 10, 45 10, 45 0)))",
)


def test_a_speck_that_the_decimals_cannot_tell_is_refused() -> None:
    speck = QgsGeometry.fromRect(QgsRectangle(10, 10, 10 + 3e-8, 10 + 3e-8))
    with pytest.raises(BadInput) as caught:
        prepared(speck, "EPSG:4326")
    assert caught.value.code == "aoi_empty"


def test_layer_gives_all_features_or_the_selected_ones(qgis_app: object) -> None:
    layer = memory_layer(*PARCELS, kind="MultiPolygon")
    assert len(aoi.reader(layer, selected_only=False)().asMultiPolygon()) == 4
    layer.selectByIds([1])
    chosen = aoi.reader(layer, selected_only=True)()
    assert len(chosen.asMultiPolygon()) == 2
    assert chosen.area() == 196
    assert len(aoi.reader(layer, selected_only=False)().asMultiPolygon()) == 4


def test_layer_without_polygons_is_refused(qgis_app: object) -> None:
    for layer, code in (
        (memory_layer("POINT(0 0)", kind="Point"), "aoi_not_polygons"),
        (memory_layer(), "aoi_empty"),
    ):
        with pytest.raises(BadInput) as caught:
            aoi.reader(layer, selected_only=False)()
        assert caught.value.code == code
    with pytest.raises(BadInput) as caught:
        aoi.reader(memory_layer(*PARCELS, kind="MultiPolygon"), selected_only=True)()
    assert caught.value.code == "aoi_empty"


def test_neighbours_of_a_layer_are_merged(qgis_app: object) -> None:
    moved = QgsGeometry(aoi.reader(memory_layer(*PARCELS, kind="MultiPolygon"), selected_only=False)())
    moved.translate(500000, 6000000)
    found = prepared(moved, "EPSG:32637")
    assert len(found.geometry.asMultiPolygon()) == 3
    assert found.area_km2 * 1e6 == pytest.approx((96 + 100 + 200) / 0.9996**2, rel=1e-3)


def test_an_extent_without_area_is_refused() -> None:
    assert aoi.from_extent(QgsRectangle(0, 0, 2, 1)).area() == 2
    for rect in (QgsRectangle(), QgsRectangle(0, 0, 0, 5), QgsRectangle(0, 0, math.inf, 5)):
        with pytest.raises(BadInput) as caught:
            aoi.from_extent(rect)
        assert caught.value.code == "aoi_empty"


def test_bounds_take_the_narrow_way_round() -> None:
    across = prepared(box(175, 10, 185, 20)).geometry
    boxes = [QgsGeometry.fromPolygonXY(part).boundingBox() for part in aoi.bounds(across).asMultiPolygon()]
    assert sorted((part.xMinimum(), part.xMaximum()) for part in boxes) == [(-180, -175), (175, 180)]
    assert aoi.bounds(wkt("POLYGON((-1 0, 1 0, 0 3, -1 0))")).boundingBox() == QgsRectangle(-1, 0, 1, 3)


def test_simplified_has_no_more_vertices_than_allowed_and_nearly_the_area() -> None:
    circle = QgsGeometry.fromPointXY(QgsPointXY(30, 50)).buffer(1, 500)
    coarse = aoi.simplified(circle, 100)
    assert 30 < coarse.constGet().nCoordinates() <= 100
    assert coarse.isGeosValid()
    assert coarse.area() == pytest.approx(circle.area(), rel=0.01)
    assert aoi.simplified(coarse, 100).equals(coarse)


def test_simplified_falls_back_to_the_bounds() -> None:
    many = QgsGeometry.collectGeometry([box(x, 0, x + 0.5, 1) for x in range(50)])
    assert aoi.simplified(many, 20).equals(box(0, 0, 49.5, 1))


def test_a_detailed_area_is_prepared_in_good_time() -> None:
    shore = [
        QgsPointXY(5e5 + (1e5 + 500 * math.sin(90 * a)) * math.cos(a), 6e6 + 1e5 * math.sin(a))
        for a in (math.tau * step / 20000 for step in range(20000))
    ]
    found = prepared(QgsGeometry.fromPolygonXY([[*shore, shore[0]]]), "EPSG:32637")
    assert found.area_km2 == pytest.approx(math.pi * 1e4, rel=0.01)
