"""Footprints as maps draw them: any CRS, both sides of ±180°, and nonsense."""

from __future__ import annotations

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsGeometry,
    QgsRectangle,
)

from mapflow_data.layers.drawn import Plane, gather, halves
from mapflow_data.layers.geometry import read_footprint
from tests.rig.smooth import Stopwatch, smooth

SQUARE = "POLYGON ((10 50, 10.1 50, 10.1 50.1, 10 50.1, 10 50))"


def plane(code: str) -> Plane:
    return Plane(QgsCoordinateReferenceSystem(code), QgsCoordinateTransformContext())


def extent(*footprints: str) -> tuple[float, ...]:
    box = plane("EPSG:4326").extent(gather(footprints))
    return box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()


@pytest.mark.parametrize(
    "wkt",
    [
        SQUARE,
        "polygon((10 50,10.1 50,10.1 50.1,10 50.1,10 50))",
        "  POLYGON ((1e1 +50, 10.1 5.0E1, 10.1 50.1, 10 50.1, 10 50)) ",
        "POLYGON Z ((10 50 7, 10.1 50 7, 10.1 50.1 7, 10 50.1 7, 10 50 7))",
        "POLYGON ((10 50 7, 10.1 50 7, 10.1 50.1 7, 10 50.1 7, 10 50 7))",
        "MULTIPOLYGON (((10 50, 10.05 50, 10.05 50.1, 10 50)), ((10.05 50, 10.1 50, 10.1 50.1, 10.05 50)))",
        "POLYGON ((10 50, 10.1 50, 10.1 50.1, 10 50.1, 10 50), (10.01 50, 10.02 50, 10.02 50.02, 10.01 50))",
    ],
)  # fmt: skip
def test_one_footprint_however_it_is_written(wkt: str) -> None:
    assert extent(wkt) == pytest.approx((10, 50, 10.1, 50.1))
    assert extent(wkt, "", "nonsense", "POLYGON ((1 2, - 3, 4 5, 1 2))", wkt) == pytest.approx(
        (10, 50, 10.1, 50.1)
    )


@pytest.mark.parametrize(
    "wkt",
    ["", "POLYGON EMPTY", "POLYGON ((0 0, 1 95, 2 0, 0 0))", "POLYGON ((0 0, 1 nan, 2 0, 0 0))",
     "POLYGON ((500000 0, 600000 0, 600000 10, 500000 0))", "POLYGON ((0 0, 1 1e999, 2 0, 0 0))"],
)  # fmt: skip
def test_what_cannot_be_a_footprint_has_no_extent(wkt: str) -> None:
    assert gather([wkt]) == []
    assert plane("EPSG:3857").extent(gather([wkt])).isNull()


def test_several_in_a_turned_crs_are_all_in_the_extent() -> None:
    """In a plane at the pole, a box of longitudes and latitudes is none of the map."""
    shapes = [f"POLYGON (({x} 80, {x + 1} 80, {x + 1} 81, {x} 81, {x} 80))" for x in (0, 90)]
    polar = plane("EPSG:3995")
    whole = polar.extent(gather(shapes))
    for shape in shapes:
        assert whole.contains(polar.shape(read_footprint(shape)).boundingBox())
    assert not whole.contains(polar.shape(QgsGeometry.fromWkt("POINT (180 80)")).boundingBox())


@pytest.mark.parametrize(
    ("code", "is_cut"),
    [
        ("EPSG:4326", True),
        ("EPSG:3857", True),
        ("EPSG:3832", False),
        ("EPSG:3995", False),
        ("EPSG:32660", False),
    ],
)
def test_where_the_map_ends(code: str, is_cut: bool) -> None:
    assert plane(code).is_cut_at_180(10) is is_cut


def test_the_sides_of_what_lies_astride_180() -> None:
    across = read_footprint("POLYGON ((178 10, 181 10, 181 12, 178 12, 178 10))")
    sides = halves(across)
    assert sides is not None
    assert [side.boundingBox() for side in sides] == [
        QgsRectangle(178, 10, 180, 12),
        QgsRectangle(-180, 10, -179, 12),
    ]
    beside = "MULTIPOLYGON (((178 1, 179 1, 179 2, 178 1)), ((-179 1, -178 1, -178 2, -179 1)))"
    assert halves(read_footprint(beside)) is not None
    for other in (SQUARE, "MULTIPOLYGON (((-90 1, -80 1, -80 2, -90 1)), ((70 1, 80 1, 80 2, 70 1)))"):
        assert halves(read_footprint(other)) is None


def test_what_lies_past_the_ends_of_the_world_is_clipped() -> None:
    area = QgsGeometry.fromRect(QgsRectangle(170, 0, 190, 10))
    assert plane("EPSG:4326").clipped(area).boundingBox() == QgsRectangle(170, 0, 180, 10)
    assert plane("EPSG:3832").clipped(area) is area
    inside = QgsGeometry.fromRect(QgsRectangle(170, 0, 175, 10))
    assert plane("EPSG:4326").clipped(inside) is inside


def test_ten_thousand_are_gathered_at_once() -> None:
    multi = SQUARE.replace("POLYGON ((", "MultiPolygon (((").replace("))", ")))")  # as QGIS writes it
    shapes = [SQUARE, multi] * 5_000
    for watch in smooth(Stopwatch, 200):
        with watch:
            (line,) = gather(shapes)
    assert line.constGet().nCoordinates() == 50_000
