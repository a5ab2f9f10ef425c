"""What is found out about a raster file: every layout, every fault, nothing on stderr."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from osgeo import gdal, ogr, osr

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.errors import Cancelled
from mapflow_data.transfer.crs import read_crs
from mapflow_data.transfer.inspect import RasterFacts, inspect
from tests.rig.geotiffs import UTM13, make_raster


@pytest.fixture(autouse=True)
def silence(capfd: pytest.CaptureFixture[str]) -> object:
    """No test here may leave a word of GDAL's on stderr."""
    yield
    assert capfd.readouterr().err == ""


def test_plain_geotiff(tmp_path: Path) -> None:
    path = make_raster(tmp_path / "plain.tif")
    facts = inspect(str(path))
    assert facts.error == ""
    assert (facts.path, facts.name, facts.driver) == (str(path), "plain.tif", "GTiff")
    assert (facts.size, facts.mtime) == (path.stat().st_size, path.stat().st_mtime)
    assert (facts.width, facts.height, facts.bands) == (64, 48, 3)
    assert facts.dtypes == ("uint8", "uint8", "uint8")
    assert facts.crs == "EPSG:32613"
    assert facts.geotransform == UTM13
    assert facts.pixel_size == (10.0, 10.0)
    assert facts.gsd_m == pytest.approx(10.0, rel=1e-3)


def test_footprint_is_the_outline_in_wgs84(tmp_path: Path) -> None:
    facts = inspect(str(make_raster(tmp_path / "a.tif")))
    west, east, south, north = ogr.CreateGeometryFromWkt(facts.footprint_wkt).GetEnvelope()
    assert (west, north) == pytest.approx((-105.0, 40.65085651557158), abs=1e-7)
    assert 0.007 < east - west < 0.008
    assert 0.004 < north - south < 0.005


@pytest.mark.parametrize(
    ("driver", "options"),
    [
        ("GTiff", ("TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16")),
        ("GTiff", ("TILED=YES", "COMPRESS=DEFLATE", "BLOCKXSIZE=32", "BLOCKYSIZE=32", "INTERLEAVE=BAND")),
        ("GTiff", ("BIGTIFF=YES",)),
        ("GTiff", ("COMPRESS=JPEG", "PHOTOMETRIC=YCBCR")),
        ("COG", ("COMPRESS=DEFLATE",)),
    ],
)
def test_every_layout_of_a_geotiff_is_whole(tmp_path: Path, driver: str, options: tuple[str, ...]) -> None:
    path = make_raster(tmp_path / "a.tif", size=(1100, 600), driver=driver, options=options)
    facts = inspect(str(path))
    assert (facts.error, facts.driver, facts.crs) == ("", "GTiff", "EPSG:32613")


def test_sparse_tiles_are_no_missing_tiles(tmp_path: Path) -> None:
    path = tmp_path / "sparse.tif"
    made = gdal.GetDriverByName("GTiff").Create(
        str(path), 600, 600, 1, options=["SPARSE_OK=TRUE", "TILED=YES"]
    )
    made.SetGeoTransform(UTM13)
    made = None
    assert inspect(str(path)).error == ""


def test_sixteen_bits_four_bands(tmp_path: Path) -> None:
    facts = inspect(str(make_raster(tmp_path / "a.tif", bands=4, dtype=gdal.GDT_UInt16)))
    assert (facts.bands, facts.dtypes) == (4, ("uint16",) * 4)


def test_rotated_geotransform(tmp_path: Path) -> None:
    turned = (500_000.0, 8.0, 6.0, 4_500_000.0, 6.0, -8.0)
    facts = inspect(str(make_raster(tmp_path / "a.tif", transform=turned)))
    assert facts.geotransform == turned
    assert facts.pixel_size == pytest.approx((10.0, 10.0))
    assert facts.gsd_m == pytest.approx(10.0, rel=1e-3)


@pytest.mark.parametrize(
    ("crs", "transform", "metres"),
    [
        (
            "EPSG:4326",
            (10.0, 1e-4, 0, 60.0, 0, -1e-4),
            11.14,
        ),  # a degree of latitude is the longer one at 60 N
        ("EPSG:4326", (10.0, 1e-4, 0, 0.0, 0, -1e-4), 11.13),
        ("EPSG:2232", (3_100_000.0, 1.0, 0, 1_700_000.0, 0, -1.0), 0.3048),  # US feet
        ("EPSG:3857", (1_000_000.0, 10.0, 0, 8_399_737.9, 0, -10.0), 5.0),  # 60 N: half of the nominal size
        ("EPSG:32613", (500_000.0, 2.0, 0, 4_500_000.0, 0, -6.0), 6.0),  # the coarser side
    ],
)
def test_gsd_is_in_metres_on_the_ground(
    tmp_path: Path, crs: str, transform: tuple[float, ...], metres: float
) -> None:
    facts = inspect(str(make_raster(tmp_path / "a.tif", crs=crs, transform=transform, size=(8, 8))))
    assert facts.crs == crs
    assert facts.gsd_m == pytest.approx(metres, rel=5e-3)


def test_no_crs(tmp_path: Path) -> None:
    facts = inspect(str(make_raster(tmp_path / "a.tif", crs=None)))
    assert (facts.error, facts.crs, facts.crs_wkt, facts.gsd_m, facts.footprint_wkt) == ("", "", "", None, "")
    assert facts.geotransform == UTM13


def test_local_crs_is_no_crs(tmp_path: Path) -> None:
    local = 'LOCAL_CS["site",UNIT["metre",1]]'
    assert inspect(str(make_raster(tmp_path / "a.tif", crs=local))).crs == ""


def test_no_geotransform(tmp_path: Path) -> None:
    facts = inspect(str(make_raster(tmp_path / "a.tif", transform=None)))
    assert (facts.error, facts.crs, facts.geotransform, facts.gcps) == ("", "EPSG:32613", None, 0)


def test_ground_control_points_only(tmp_path: Path) -> None:
    gcps = [gdal.GCP(-105 + x / 1e3, 40 + y / 1e3, 0, x, y) for x, y in ((0, 0), (64, 0), (64, 48), (0, 48))]
    facts = inspect(str(make_raster(tmp_path / "a.tif", crs="EPSG:4326", gcps=gcps)))
    assert (facts.crs, facts.geotransform, facts.gcps) == ("EPSG:4326", None, 4)


def test_world_file_beside_a_tiff_does_not_count_but_is_told(tmp_path: Path) -> None:
    path = make_raster(tmp_path / "a.tif", transform=None)
    path.with_suffix(".tfw").write_text("10\n0\n0\n-10\n500005\n4499995\n")
    facts = inspect(str(path))
    assert facts.geotransform is None
    assert facts.has_sidecar
    assert not inspect(str(make_raster(tmp_path / "b.tif", transform=None))).has_sidecar


def test_crs_beside_a_tiff_does_not_count(tmp_path: Path) -> None:
    path = make_raster(tmp_path / "a.tif", crs=None)
    srs = make_raster(tmp_path / "b.png", driver="PNG").with_suffix(".png.aux.xml")
    srs.rename(tmp_path / "a.tif.aux.xml")
    assert inspect(str(path)).crs == ""


def test_corners_off_the_earth_have_no_footprint(tmp_path: Path) -> None:
    facts = inspect(
        str(make_raster(tmp_path / "a.tif", crs="EPSG:4326", transform=(500_000, 1, 0, 4e6, 0, -1)))
    )
    assert (facts.error, facts.footprint_wkt, facts.gsd_m) == ("", "", None)


def test_png_with_world_file(tmp_path: Path) -> None:
    path = make_raster(tmp_path / "a.png", driver="PNG", options=("WORLDFILE=YES",))
    facts = inspect(str(path))
    assert (facts.error, facts.driver, facts.geotransform) == ("", "PNG", UTM13)


def test_vrt_is_recognised_and_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"  # whatever its name says
    path.write_text(
        '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        '<SourceFilename relativeToVRT="0">/vsicurl/http://127.0.0.1:9/x.tif</SourceFilename>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    facts = inspect(str(path))
    assert (facts.error, facts.driver, facts.width) == ("", "VRT", 0)


@pytest.mark.parametrize("cut", [8, 100, 9_000])
@pytest.mark.parametrize("layout", ["plain", "tiled", "COG", "band"])
def test_cut_short(tmp_path: Path, cut: int, layout: str) -> None:
    options = {"tiled": ("TILED=YES", "COMPRESS=DEFLATE"), "band": ("INTERLEAVE=BAND",)}.get(layout, ())
    driver = "COG" if layout == "COG" else "GTiff"
    path = make_raster(tmp_path / "a.tif", size=(1100, 600), driver=driver, options=options)
    os.truncate(path, path.stat().st_size - cut)
    facts = inspect(str(path))
    assert facts.driver == ""
    assert facts.error


def test_cut_within_the_header(tmp_path: Path) -> None:
    path = make_raster(tmp_path / "a.tif")
    os.truncate(path, 100)
    assert inspect(str(path)).error


def test_garbage_in_the_last_block(tmp_path: Path) -> None:
    path = make_raster(
        tmp_path / "a.tif", size=(512, 512), bands=1, options=("COMPRESS=DEFLATE", "TILED=YES")
    )
    with path.open("r+b") as file:
        file.seek(-40, os.SEEK_END)
        file.write(b"\xff" * 40)
    assert inspect(str(path)).error


def test_a_large_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.tif"
    options = ["TILED=YES", "SPARSE_OK=TRUE", "BIGTIFF=YES"]
    made = gdal.GetDriverByName("GTiff").Create(str(path), 60_000, 60_000, 3, options=options)
    made.SetGeoTransform(UTM13)
    made.GetRasterBand(1).WriteRaster(59_999, 59_999, 1, 1, b"x")
    made = None
    assert inspect(str(path)).error == ""


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "zero.tif"
    path.touch()
    facts = inspect(str(path))
    assert (facts.size, facts.driver) == (0, "")
    assert facts.error


def test_what_cannot_be_read(tmp_path: Path) -> None:
    loop = tmp_path / "loop.tif"
    loop.symlink_to(loop)
    pipe = tmp_path / "pipe.tif"
    os.mkfifo(pipe)
    text = tmp_path / "text.tif"
    text.write_text("II*, but no TIFF")
    bad = [loop, pipe, text, tmp_path, tmp_path / "missing.tif", tmp_path / ("n" * 256)]
    for path in bad:
        facts = inspect(str(path))
        assert (facts.driver, facts.width) == ("", 0), path
        assert facts.error, path


@pytest.mark.parametrize(
    "path", ["/vsicurl/http://127.0.0.1:9/x.tif", "http://127.0.0.1:9/x.tif", "a\0b", ""]
)
def test_addresses_are_no_files(path: str) -> None:
    assert inspect(path).error


@pytest.mark.parametrize(
    "name",
    [
        "Ортофото № 1.tif",
        "衛星画像.tif",
        "صورة.tif",
        "a 'b' \"c\" & d;e%20.tif",
        "line\nbreak.tif",
        "é" * 125 + ".tif",
    ],
)
def test_names_in_any_script(tmp_path: Path, name: str) -> None:
    facts = inspect(str(make_raster(tmp_path / name)))
    assert (facts.error, facts.name) == ("", name)


def test_name_is_composed_and_the_path_is_untouched(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Übersicht é.tif")
    facts = inspect(str(make_raster(tmp_path / decomposed)))
    assert facts.error == ""
    assert facts.name == unicodedata.normalize("NFC", decomposed) != decomposed
    assert facts.path == str(tmp_path / decomposed)


def test_name_of_255_bytes(tmp_path: Path) -> None:
    name = "n" * 251 + ".tif"
    assert inspect(str(make_raster(tmp_path / name))).error == ""


def test_name_that_is_no_text(tmp_path: Path) -> None:
    good = make_raster(tmp_path / "a.tif")
    bad = os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.tif")
    good.rename(bad)
    assert inspect(bad).error


def test_cancelled_before_it_begins(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        inspect(str(make_raster(tmp_path / "a.tif")), token)


def test_exceptions_switched_on_by_another_plugin(tmp_path: Path) -> None:
    good = make_raster(tmp_path / "good.tif")
    bad = tmp_path / "bad.tif"
    bad.write_bytes(good.read_bytes()[:200])
    off = make_raster(tmp_path / "off.tif", crs="EPSG:4326", transform=(5e5, 1, 0, 4e6, 0, -1))
    try:
        gdal.UseExceptions()
        osr.UseExceptions()
        assert inspect(str(good)).error == ""
        assert inspect(str(bad)).error
        assert (inspect(str(off)).error, inspect(str(off)).footprint_wkt) == ("", "")
        assert read_crs("EPSG:999999") is None
    finally:
        osr.DontUseExceptions()  # the last one first
        gdal.DontUseExceptions()


def test_no_file_is_left_beside(tmp_path: Path) -> None:
    inspect(str(make_raster(tmp_path / "a.tif")))
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]


def test_facts_are_a_value(tmp_path: Path) -> None:
    path = str(make_raster(tmp_path / "a.tif"))
    assert inspect(path) == inspect(path)
    assert isinstance(hash(inspect(path)), int)
    assert RasterFacts(path="p", name="n").driver == ""
