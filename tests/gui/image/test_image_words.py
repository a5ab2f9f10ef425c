"""An image's facts in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from qgis.core import QgsCoordinateReferenceSystem
from qgis.PyQt.QtWidgets import QApplication

from mapflow_data.api.models import Image
from mapflow_data.gui.image import words as image_words

NO_BREAK = "\u00a0"
FULL = Image(
    "1f0e",
    "m1",
    "field_07.tif",
    datetime(2026, 6, 14, 10, 22, 5, tzinfo=UTC),
    683 * 1024**2,
    "POLYGON((37 55, 37 55.01, 37.02 55.01, 37.02 55, 37 55))",
    "a" * 40,
    "EPSG:32637",
    3,
    12_400,
    11_800,
    ("uint8",) * 3,
    0.0,
    (0.05, 0.05),
)


def plain(text: str) -> str:
    """As every locale has it: without what stands between thousands."""
    return text.replace(",", "").replace("\u00a0", "").replace("\u202f", "")


def test_four_lines(qgis_app: QApplication) -> None:
    assert [plain(line) for line in image_words.fact_lines(FULL)] == [
        "Uploaded 14 Jun 2026",
        "683 MB · EPSG:32637",
        "0.05 m · 3 bands uint8",
        "12400 × 11800 px",
    ]


def test_what_is_not_known_is_left_out(qgis_app: QApplication) -> None:
    assert image_words.fact_lines(Image("x")) == []
    assert image_words.fact_lines(Image("x", crs="EPSG:32637", bands=1)) == ["EPSG:32637", "1 band"]
    assert image_words.fact_lines(Image("x", size_bytes=5, dtypes=("int16",))) == ["5 B", "int16"]
    labels = [label for label, _ in image_words.facts(Image("x"))]
    assert labels == ["Status", "Image id"]


def test_an_image_that_is_not_ready_says_so_first(qgis_app: QApplication) -> None:
    failed = replace(FULL, state="FAILED", error="no <b>CRS</b>\n in it")
    lines = image_words.fact_lines(failed)
    assert lines[0] == "Failed: no <b>CRS</b> in it"
    assert len(lines) == 4
    assert dict(image_words.facts(failed))["Status"] == lines[0]
    assert image_words.fact_lines(Image("x", state="ODD")) == ["ODD"]


@pytest.mark.parametrize(
    ("crs", "pixel", "text"),
    [
        ("EPSG:4326", (4.5e-6, 4.5e-6), "0.0000045°"),
        ("EPSG:4326", (0.0015, 0.0015), "0.0015°"),
        ("EPSG:2263", (1.5, 1.5), "1.5 ft"),
        ("EPSG:32637", (0.3, 0.4), "0.3 × 0.4 m"),
        ("EPSG:32637", (0.29999999, 0.3), "0.3 m"),
        ("/etc/passwd", (0.5, 0.5), "0.5"),
        ("", (30.0, 30.0), "30"),
        ("EPSG:32637", None, ""),
    ],
)
def test_resolution_has_the_unit_of_the_crs(
    qgis_app: QApplication, crs: str, pixel: tuple[float, float] | None, text: str
) -> None:
    assert image_words.resolution(Image("x", crs=crs, pixel_size=pixel)) == text


def test_a_crs_in_wkt_is_told_by_id_or_name(qgis_app: QApplication) -> None:
    utm = QgsCoordinateReferenceSystem("EPSG:32637")
    assert image_words.short_crs(utm.toWkt()) == "EPSG:32637"
    own = QgsCoordinateReferenceSystem.fromProj("+proj=tmerc +lon_0=37.5 +x_0=7 +datum=WGS84").toWkt()
    assert image_words.short_crs(own.replace("unknown", "City grid", 1)) == "City grid"
    assert image_words.short_crs("nonsense") == "own CRS"


def test_all_facts(qgis_app: QApplication) -> None:
    found = {label: plain(value) for label, value in image_words.facts(FULL, "Fields")}
    extent = dict(image_words.facts(FULL))["Extent, WGS 84"]
    assert extent.replace(NO_BREAK, " ") == "37.00000, 55.00000 : 37.02000, 55.01000"
    assert found["CRS"] == "EPSG:32637 · WGS 84 / UTM zone 37N"
    assert found["Size"] == "683 MB (716177408 bytes)"
    assert found["Uploaded"] == "14 Jun 2026 10:22:05 UTC"
    assert found["Footprint area"] == "1.42 km²"  # 1.279 by 1.113 km
    assert (found["Mosaic"], found["No data value"], found["Data type"]) == ("Fields", "0", "uint8")
    assert "Download" not in found
    assert next(iter(found)) == "Name"
    offered = dict(image_words.facts(replace(FULL, is_downloadable=False)))
    assert offered["Download"] == "Not offered by the server"


def test_a_footprint_at_180_degrees_is_not_the_whole_world(qgis_app: QApplication) -> None:
    ring = "POLYGON((179.9 60, -179.9 60, -179.9 60.1, 179.9 60.1, 179.9 60))"
    found = dict(image_words.facts(replace(FULL, footprint=ring)))
    extent = found["Extent, WGS 84"].replace(NO_BREAK, " ")
    assert extent == "179.90000, 60.00000 : -179.90000, 60.10000"
    assert found["Footprint area"].startswith("124")
    for nothing in ("POLYGON((0 0", "POINT(1 2)", "POLYGON((900 900, 901 900, 901 901, 900 900))"):
        assert "Footprint area" not in dict(image_words.facts(replace(FULL, footprint=nothing)))


def test_types_of_bands_that_differ_are_all_told(qgis_app: QApplication) -> None:
    mixed = replace(FULL, dtypes=("uint8", "uint16"), bands=2)
    assert image_words.bands_and_type(mixed) == "2 bands, uint8, uint16"
