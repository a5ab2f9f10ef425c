"""The source of a tile layer: nothing cut off, nothing secret in it, and an extent that is right."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from qgis.core import QgsDataSourceUri, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QUrl

from mapflow_data.api.errors import BadInput
from mapflow_data.api.models import Image, Mosaic, TileJson
from mapflow_data.layers import tiles
from mapflow_data.layers.properties import KIND, MOSAIC_ID, TILES, kind_of

URL = "https://api.example.org/tiles/{z}/{x}/{y}.png"
MOSAIC = Mosaic("m-1", "Fields", tile_url=URL + "?uri=s3://bucket/a%20b&rescale=0,255")
DENVER = "POLYGON ((-105.9 40, -105.2 40, -105.2 40.6, -105.9 40.6, -105.9 40))"


def url_in(uri: str) -> str:
    """As the running QGIS reads and then asks for it."""
    source = QgsDataSourceUri()
    source.setEncodedUri(uri)
    return bytes(QUrl(source.param("url")).toEncoded()).decode().replace("%7B", "{").replace("%7D", "}")


@pytest.mark.parametrize(
    "url",
    [
        URL + "?uri=s3://bucket/a%20b&rescale=0,255&x=%C3%A9",
        URL + "?file=s3%3A%2F%2Fbucket%2Fa+b.tif%3Fv&bidx=[1]",
        "https://app.example.org/tiles/provider/{z}/{x}/{-y}.png?year=2022",
        "http://127.0.0.1:8095/{q}.png",
    ],
)
def test_url_is_kept_whole(url: str) -> None:
    uri = tiles.make_uri(url, 0, 18)
    assert url_in(uri) == url
    assert uri.count("&") == 3
    assert uri.endswith("&zmin=0&zmax=18")


@pytest.mark.parametrize(
    "url",
    [
        "", "nonsense", "file:///tmp/{z}/{x}/{y}.png", "ftp://example.org/{z}/{x}/{y}.png", "https://example.org/a.png",
        "https://example.org/{z}/{x}.png", URL + "?token={token}", URL + "?a={usage}", "https:///{z}/{x}/{y}.png",
        "https://user:secret@example.org/{z}/{x}/{y}.png", "/vsicurl/http://example.org/{z}/{x}/{y}.png",
        "https://[/{z}/{x}/{y}.png",
    ],
)  # fmt: skip
def test_what_is_no_template_is_refused(url: str) -> None:
    with pytest.raises(BadInput) as caught:
        tiles.make_uri(url, 0, 18)
    assert caught.value.code == "tiles"


@pytest.mark.parametrize(
    "extra",
    [
        "authcfg=abc1234",
        "username=a&password=b",
        "token=abc",
        "access_token=abc",
        "API_KEY=abc",
        "apikey=abc",
    ],
)
def test_no_credential_is_taken_over(extra: str) -> None:
    for url in (f"{URL}?{extra}", f"{URL}?{extra}&year=2022", f"{URL}?year=2022&{extra}"):
        kept = url_in(tiles.make_uri(url, 0, 18))
        assert kept in (URL, URL + "?year=2022")
        assert QgsRasterLayer(tiles.make_uri(url, 0, 18), "x", "wms").isValid()


def test_layer_of_tilejson(qgis_new_project: None) -> None:
    layer = tiles.make_layer(MOSAIC, TileJson((-105.9, 40.0, -105.2, 40.6), 7, 14))
    assert layer.isValid()
    assert (layer.name(), layer.crs().authid()) == ("Fields", "EPSG:3857")
    assert (layer.customProperty(KIND), layer.customProperty(MOSAIC_ID)) == ("tiles", "m-1")
    box = layer.extent()
    assert (box.xMinimum(), box.yMinimum()) == pytest.approx((-11_788_734, 4_865_942), abs=1)
    assert "zmin=0&zmax=14" in layer.source()


@pytest.mark.parametrize(
    "bounds", [None, (10.0, 50.0, 5.0, 60.0), (0.0, 0.0, 500_000.0, 4_000_000.0), (5.0, 5.0, 5.0, 5.0)]
)
def test_bounds_that_cannot_be_give_way_to_footprints(bounds: tuple[float, ...] | None) -> None:
    layer = tiles.make_layer(MOSAIC, TileJson(bounds, None, 14), [Image("a", footprint=DENVER)])
    assert layer.extent().width() == pytest.approx(0.7 / 360 * 2 * 20_037_508, rel=1e-4)


def test_mosaic_s_own_footprint_gives_the_extent() -> None:
    mosaic = Mosaic("m", "M", tile_url=URL, footprint=DENVER)
    assert tiles.make_layer(mosaic, None).extent().width() == pytest.approx(77_924, abs=1)


def test_nothing_known_is_the_whole_world() -> None:
    layer = tiles.make_layer(MOSAIC, None)
    assert layer.isValid()
    assert layer.extent().width() > 40_000_000
    assert "zmax=19" in layer.source()


@pytest.mark.parametrize(
    ("crs", "pixel", "footprint", "zoom"),
    [
        ("EPSG:32631", 0.3, "POLYGON ((2 48.7, 2.1 48.7, 2.1 48.8, 2 48.8, 2 48.7))", 19),
        ("EPSG:32613", 120.0, DENVER, 10),
        ("EPSG:3857", 0.597, DENVER, 18),
        ("EPSG:4326", 0.0015, DENVER, 10),
        ("unknown", 1.0, DENVER, 19),
        ("EPSG:32613", 1e-320, DENVER, 24),
        ("EPSG:32613", 1e300, DENVER, 1),
    ],
)
def test_zoom_from_pixel_size(crs: str, pixel: float, footprint: str, zoom: int) -> None:
    image = Image("a", crs=crs, pixel_size=(pixel, pixel), footprint=footprint)
    assert f"zmax={zoom}" in tiles.make_layer(MOSAIC, None, [image]).source()


def test_finest_image_gives_the_zoom() -> None:
    images = [
        Image("a", crs="EPSG:32613", pixel_size=(size, size), footprint=DENVER) for size in (120.0, 0.6, 30.0)
    ]
    assert "zmax=18" in tiles.make_layer(MOSAIC, None, images).source()


def test_extent_survives_a_saved_project(tmp_path: Path, qgis_new_project: None) -> None:
    project = QgsProject.instance()
    layer = tiles.make_layer(MOSAIC, TileJson((-105.9, 40.0, -105.2, 40.6), 7, 14))
    project.addMapLayer(layer)
    extent = layer.extent()
    assert project.write(str(tmp_path / "p.qgs"))
    project.clear()
    assert project.read(str(tmp_path / "p.qgs"))
    (again,) = project.mapLayers().values()
    assert tiles.restore_extent(again)
    assert again.extent().toString(0) == extent.toString(0)
    assert not tiles.restore_extent(QgsRasterLayer(tiles.make_uri(URL, 0, 5), "other", "wms"))


def drawn_address(layer: QgsRasterLayer) -> str:
    return url_in(layer.source())


def test_refreshed_tiles_have_another_address_and_all_else_as_it_was(
    tmp_path: Path, qgis_new_project: None
) -> None:
    project = QgsProject.instance()
    layer = tiles.make_layer(MOSAIC, TileJson((-105.9, 40.0, -105.2, 40.6), 7, 14))
    project.addMapLayer(layer)
    layer.setOpacity(0.5)
    for _ in range(2):
        before, extent = drawn_address(layer), layer.extent().toString(0)
        time.sleep(0.002)
        tiles.refresh(layer)
        assert drawn_address(layer) != before
        assert drawn_address(layer).rpartition("&")[0] == MOSAIC.tile_url
        assert {"type=xyz", "zmin=0", "zmax=14"} <= set(layer.source().split("&"))
        assert layer.extent().toString(0) == extent
        assert layer.isValid()
        assert layer.opacity() == 0.5
        assert kind_of(layer) == TILES
        assert project.write(str(tmp_path / "p.qgz"))
        project.clear()
        assert project.read(str(tmp_path / "p.qgz"))
        (layer,) = project.mapLayers().values()
        tiles.restore_extent(layer)


def test_refreshed_tiles_of_an_address_without_parameters() -> None:
    layer = tiles.make_layer(Mosaic("m", "M", tile_url=URL), None)
    tiles.refresh(layer)
    base, _, query = drawn_address(layer).partition("?")
    assert base == URL
    assert query.startswith(f"{tiles.AS_OF}=")
    assert "&" not in query


def test_refreshed_tiles_reach_as_far_as_new_images() -> None:
    layer = tiles.make_layer(MOSAIC, TileJson((-105.9, 40.0, -105.2, 40.6), 7, 14))
    width, height = layer.extent().width(), layer.extent().height()
    east = "POLYGON ((-105 40, -104.5 40, -104.5 40.6, -105 40.6, -105 40))"
    tiles.refresh(layer, [Image("a", footprint=DENVER), Image("b", footprint=east), Image("c")])
    assert layer.extent().width() == pytest.approx(2 * width, rel=1e-4)
    assert layer.extent().height() == pytest.approx(height, rel=1e-4)
