"""Footprints as servers send them: any ring, any part of the world, and nonsense."""

from __future__ import annotations

import math
from itertools import permutations

import pytest

from mapflow_data.layers import corners, geometry

SQUARE = "POLYGON ((10 50, 10.1 50, 10.1 50.1, 10 50.1, 10 50))"


@pytest.mark.parametrize(
    "wkt",
    [
        "",
        "not wkt",
        "POINT (1 2)",
        "LINESTRING (0 0, 1 1, 1 0, 0 0)",
        "POLYGON EMPTY",
        "POLYGON ((0 0, 1 1, 0 0))",
        "POLYGON ((0 0, 1 1, 2 2, 0 0))",
        "POLYGON ((0 0, 500000 0, 500000 4000000, 0 0))",
        "POLYGON ((0 0, 1 91, 2 0, 0 0))",
        "POLYGON ((0 0, 1 nan, 2 0, 0 0))",
        "GEOMETRYCOLLECTION (POINT (1 1))",
    ],
)
def test_odd_footprint_is_none(wkt: str) -> None:
    assert geometry.read_footprint(wkt).isNull()
    assert geometry.outline(wkt) == []


def test_plain_footprint_is_kept() -> None:
    box = geometry.read_footprint(SQUARE).boundingBox()
    assert (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()) == (10, 50, 10.1, 50.1)


@pytest.mark.parametrize(
    "wkt",
    [
        "POLYGON ((-179 -80, 179 -80, 0 -70, -179 -80))",
        "POLYGON ((179 10, -179 10, -179 12, 180 12, 180 13, 180 12, 179 12, 179 10))",
        "POLYGON ((179 10, -179 12, -179 10, 179 12, 179 10))",
    ],
)
def test_rings_that_fold_or_cross_at_180_do_no_harm(wkt: str) -> None:
    assert geometry.read_footprint(wkt).area() > 0


def test_third_dimension_is_dropped() -> None:
    assert geometry.outline("POLYGON Z ((0 0 5, 1 0 5, 1 1 5, 0 0 5))") == [(0, 0), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    "wkt",
    [
        "POLYGON ((179 10, -179 10, -179 12, 179 12, 179 10))",
        "POLYGON ((179 10, 181 10, 181 12, 179 12, 179 10))",
        "POLYGON ((-181 10, -179 10, -179 12, -181 12, -181 10))",
        "MULTIPOLYGON (((179 10,180 10,180 12,179 12,179 10)), ((-180 10,-179 10,-179 12,-180 12,-180 10)))",
    ],
)
def test_the_line_at_180(wkt: str) -> None:
    drawn = geometry.read_footprint(wkt)
    assert drawn.area() == pytest.approx(4)
    parts = sorted(part.boundingBox().xMinimum() for part in drawn.asGeometryCollection())
    assert parts == pytest.approx([-180, 179])
    ring = geometry.outline(wkt)
    xmin, _, xmax, _ = corners.bounds(ring)
    assert xmax - xmin == pytest.approx(2)


def test_largest_part_stands_for_the_footprint() -> None:
    wkt = "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)), ((5 5, 9 5, 9 9, 5 9, 5 5)))"
    assert corners.bounds(geometry.outline(wkt)) == (5, 5, 9, 9)


@pytest.mark.parametrize(
    ("longitude", "latitude", "authid"),
    [(2, 48.7, "EPSG:32631"), (-105.6, 40.3, "EPSG:32613"), (180, -40, "EPSG:32701"), (181, 10, "EPSG:32601"),
     (-179.9, 10, "EPSG:32601"), (0, -1, "EPSG:32731")],
)  # fmt: skip
def test_utm_zone(longitude: float, latitude: float, authid: str) -> None:
    assert geometry.metric_crs(longitude, latitude).authid() == authid


@pytest.mark.parametrize("latitude", [88.0, -88.0])
def test_north_is_up_near_the_poles(latitude: float) -> None:
    crs = geometry.metric_crs(120, latitude)
    here, north = geometry.project([(120, latitude), (120, latitude + 0.01)], geometry.wgs84(), crs)
    assert abs(north[0] - here[0]) < 1
    assert north[1] - here[1] == pytest.approx(1116, abs=3)


@pytest.mark.parametrize(
    ("text", "authid"),
    [("EPSG:32631", "EPSG:32631"), ("epsg:3857", "EPSG:3857"), ("32613", "EPSG:32613"),
     (" EPSG:4326 ", "EPSG:4326")],
)  # fmt: skip
def test_crs_is_read(text: str, authid: str) -> None:
    crs = geometry.read_crs(text)
    assert crs is not None
    assert crs.authid() == authid


def test_crs_is_read_from_wkt() -> None:
    known = geometry.read_crs("EPSG:32613")
    assert known is not None
    assert geometry.read_crs(known.toWkt()) == known


@pytest.mark.parametrize(
    "text", ["", "EPSG:999999", "/etc/passwd", "http://127.0.0.1/crs", "+proj=longlat", "nonsense"]
)
def test_crs_that_cannot_be_told(text: str) -> None:
    assert geometry.read_crs(text) is None


RECTANGLE = [(0.0, 0.0), (2000.0, 0.0), (2000.0, 1000.0), (0.0, 1000.0)]
IN_ORDER = [(0.0, 1000.0), (2000.0, 1000.0), (2000.0, 0.0), (0.0, 0.0)]


@pytest.mark.parametrize(
    "ring", [list(p) for p in permutations(RECTANGLE) if abs(corners.signed_area(p)) == 2e6]
)
def test_any_ring_order_gives_one_picture(ring: list[geometry.Point]) -> None:
    assert corners.in_picture_order(corners.corners(ring), 2.0) == IN_ORDER


@pytest.mark.parametrize("degrees", [-40, -12, 0, 12, 40])
def test_rotated_scene(degrees: float) -> None:
    turned = [_turn(p, degrees) for p in RECTANGLE]
    found = corners.in_picture_order(corners.corners(turned[2:] + turned[:2]), 2.0)
    assert found[0] == pytest.approx(_turn((0, 1000), degrees))
    assert found[1] == pytest.approx(_turn((2000, 1000), degrees))


def test_square_scene_goes_by_its_angle() -> None:
    square = [_turn(p, 20) for p in [(0, 0), (900, 0), (900, 900), (0, 900)]]
    assert corners.in_picture_order(corners.corners(square), 1.0)[0] == pytest.approx(_turn((0, 900), 20))


def test_points_along_sides_are_no_corners() -> None:
    ring = [
        (0.0, 0.0),
        (700.0, 3.0),
        (2000.0, 0.0),
        (2000.0, 400.0),
        (2000.0, 1000.0),
        (900.0, 999.0),
        (0.0, 1000.0),
    ]
    assert corners.in_picture_order(corners.corners(ring), 2.0) == IN_ORDER


def test_many_corners_stand_for_their_rectangle() -> None:
    ring = [(0.0, 0.0), (2000.0, 0.0), (2000.0, 800.0), (1800.0, 1000.0), (0.0, 1000.0)]
    assert corners.bounds(corners.corners(ring)) == pytest.approx((0, 0, 2000, 1000))


def test_no_area_no_corners() -> None:
    assert corners.corners([(0, 0), (1, 1), (2, 2), (3, 3)]) == []


def _turn(point: tuple[float, float], degrees: float) -> tuple[float, float]:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return point[0] * c - point[1] * s, point[0] * s + point[1] * c
