"""Tiles and WMS of catalog items: rows counted right, query strings kept, nothing secret in the source."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsDataSourceUri,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize, QUrl
from qgis.PyQt.QtGui import QColor, QImage

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.errors import BadInput
from mapflow_data.api.models import CatalogItem
from mapflow_data.api.query import CatalogQuery
from mapflow_data.layers import catalog_tiles, tiles
from mapflow_data.layers.properties import IMAGE_ID, KIND, TILES
from tests.rig.sandbox import Sandbox

AREA = (((( -105.75, 40.3), (-105.6, 40.3), (-105.6, 40.4), (-105.75, 40.4), (-105.75, 40.3)),),)  # fmt: skip
PLACE = "{z}/{x}/{y}"
WMS = "https://maps.example/wms?map=a%20b&layers=whole&styles=&format=image/png&crs=EPSG:3857"


def item(kind: str, url: str, **facts: Any) -> CatalogItem:
    return CatalogItem("m-1", AREA, preview_type=kind, preview_url=url, sensor="JL1", **facts)


def fields_of(uri: str) -> dict[str, list[str]]:
    """As the running QGIS reads them, but with the URL's escapes as it asks for it."""
    source = QgsDataSourceUri()
    source.setEncodedUri(uri)
    names = set(parse_qs(uri, keep_blank_values=True)) | {"authcfg", "username", "password"}
    fields = {name: source.params(name) for name in names if source.hasParam(name)}
    return {**fields, "url": [_encoded(url) for url in fields["url"]]}


def _encoded(url: str) -> str:
    return bytes(QUrl(url).toEncoded()).decode().replace("%7B", "{").replace("%7D", "}")


@pytest.mark.parametrize(
    ("kind", "url", "expected"),
    [
        ("xyz", "https://t.example/{z}/{x}/{-y}.png?year=2022", "{z}/{x}/{-y}.png?year=2022"),
        ("tms", "https://t.example/{z}/{x}/{-y}.png?year=2021", "{z}/{x}/{-y}.png?year=2021"),
        ("tms", f"https://t.example/{PLACE}.png?a=1&b=c%20d", "{z}/{x}/{-y}.png?a=1&b=c%20d"),
        ("xyz", f"https://t.example/{PLACE}.png?year=2020&v=1", f"{PLACE}.png?year=2020&v=1"),
        ("", f"https://t.example/{PLACE}", PLACE),
        ("png", f"https://t.example/{PLACE}.png", f"{PLACE}.png"),
        ("xyz", f"https://t.example/{PLACE}?a=1&authcfg=mapflow&token=x&%74oken=y&b=2", f"{PLACE}?a=1&b=2"),
    ],
)
def test_tile_urls(kind: str, url: str, expected: str) -> None:
    uri = catalog_tiles.make_uri(item(kind, url))
    assert fields_of(uri)["url"] == ["https://t.example/" + expected]
    assert fields_of(uri)["type"] == ["xyz"]
    assert "authcfg" not in unquote(uri)


@pytest.mark.parametrize(("zoom", "deepest"), [("18", 18), ("", 19), ("99", 24), ("deep", 19), ("0", 19)])
def test_zoom(zoom: str, deepest: int) -> None:
    uri = catalog_tiles.make_uri(item("xyz", f"https://t.example/{PLACE}", zoom=zoom))
    assert fields_of(uri)["zmax"] == [str(deepest)]


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("xyz", f"file:///etc/{PLACE}"),
        ("xyz", f"https://t.example/{{token}}/{PLACE}.png"),
        ("xyz", "https://t.example/a.png"),
        ("png", "https://t.example/a.png"),
        ("", ""),
        ("wms", "https://maps.example/wms"),
        ("wms", "https://maps.example/wms?layers="),
        ("wms", "ftp://maps.example/wms?layers=a"),
        ("wms", "https://user:pw@maps.example/wms?layers=a"),
        ("wms", "https://maps.example/{token}?layers=a"),
        ("wms", "https://maps.example/wms?layers=a&key2={token}"),
        ("wms", "https://maps.example/wms?layers=a&key2=%7Btoken%7D"),
        ("wms", "/vsicurl/http://maps.example/wms?layers=a"),
    ],
)
def test_what_leads_to_no_tiles_is_refused(kind: str, url: str) -> None:
    with pytest.raises(BadInput) as caught:
        catalog_tiles.make_uri(item(kind, url))
    assert caught.value.code == "tiles"


def test_wms() -> None:
    found = fields_of(catalog_tiles.wms_uri(WMS))
    assert found["url"] == ["https://maps.example/wms?map=a%20b"]
    assert (found["layers"], found["styles"]) == (["whole"], [""])
    assert (found["crs"], found["format"]) == (["EPSG:3857"], ["image/png"])


def test_wms_from_a_template_of_a_whole_request() -> None:
    url = (
        "http://127.0.0.1:80/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=a,b&STYLES=x&SRS=epsg:4326"
        "&FORMAT=text/html&BBOX={bbox}&WIDTH={width}&HEIGHT={height}&TRANSPARENT=true"
        "&authcfg=abc1234&Username=u&password=p&api_key=k&year=2019"
    )
    uri = catalog_tiles.wms_uri(url)
    found = fields_of(uri)
    assert found["url"] == ["http://127.0.0.1:80/wms?year=2019"]
    assert (found["layers"], found["styles"]) == (["a", "b"], ["x", ""])
    assert (found["crs"], found["format"]) == (["EPSG:4326"], ["image/png"])
    assert {"authcfg", "username", "password"}.isdisjoint(found)


def test_no_field_can_be_smuggled_in_by_a_value() -> None:
    found = fields_of(
        catalog_tiles.wms_uri("https://m.example/wms?layers=a%26authcfg%3Dabc1234&crs=x%26url%3Dy")
    )
    assert found["layers"] == ["a&authcfg=abc1234"]
    assert "authcfg" not in found
    assert found["crs"] == ["EPSG:3857"]


def test_layer(qgis_new_project: None) -> None:
    layer = catalog_tiles.make_layer(item("xyz", f"https://t.example/{PLACE}", zoom="17", cloud=3.0))
    assert layer.isValid()
    assert layer.name() == "JL1 3 %"
    assert (layer.customProperty(KIND), layer.customProperty(IMAGE_ID)) == (TILES, "m-1")
    assert layer.extent().width() == pytest.approx(0.15 * 111_319.49, rel=1e-4)
    layer.setExtent(QgsRectangle(0, 0, 1, 1))
    assert tiles.restore_extent(layer)
    assert layer.extent().width() == pytest.approx(0.15 * 111_319.49, rel=1e-4)


@pytest.fixture(scope="module")
def mosaics(sandbox: Sandbox) -> dict[str, CatalogItem]:
    with MapflowClient(make_connection(sandbox.url, sandbox.token)) as client:
        found = [
            i for page in client.catalog.search(CatalogQuery(AREA, products=("MOSAIC",))) for i in page.items
        ]
    return {one.id: one for one in found}


@pytest.mark.parametrize("year", [2022, 2021, 2020, 2019])
def test_all_kinds_show_the_same_ground(
    mosaics: dict[str, CatalogItem], qtbot: QtBot, qgis_new_project: None, year: int
) -> None:
    """Tiles from the south, from the north, and a WMS, of one raster: drawn by QGIS, pixel by pixel alike."""
    shown, wanted = (drawn(made(mosaics[f"JL1_mosaic_{y}"], qtbot), qtbot) for y in (year, 2020))
    places = [(x, y) for x in range(8, 200, 8) for y in range(8, 200, 8)]
    assert sum(difference(shown, wanted, *place) for place in places) / len(places) < 40
    assert len({wanted.pixel(x, x) for x in range(8, 200, 8)}) > 10


def difference(one: QImage, other: QImage, x: int, y: int) -> int:
    a, b = one.pixelColor(x, y), other.pixelColor(x, y)
    return abs(a.red() - b.red()) + abs(a.green() - b.green()) + abs(a.blue() - b.blue())


def made(one: CatalogItem, qtbot: QtBot) -> QgsRasterLayer:
    """On a worker thread, as the service makes them; it comes to the main thread with its provider."""
    home = QgsApplication.instance().thread()
    layers: list[QgsRasterLayer] = []
    worker = threading.Thread(target=lambda: layers.append(catalog_tiles.make_layer(one, home)))
    worker.start()
    qtbot.waitUntil(lambda: not worker.is_alive(), timeout=5000)
    (layer,) = layers
    assert layer.isValid()
    assert layer.thread() == layer.dataProvider().thread() == home
    return layer


def drawn(layer: QgsRasterLayer, qtbot: QtBot) -> QImage:
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(-11_765_000, 4_905_000, -11_755_000, 4_915_000))
    settings.setOutputSize(QSize(200, 200))
    settings.setBackgroundColor(QColor("black"))
    job = QgsMapRendererParallelJob(settings)
    with qtbot.waitSignal(job.finished, timeout=10_000):
        job.start()
    return job.renderedImage()
