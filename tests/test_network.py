"""Tiles of the API's origin are signed, in render threads too; nothing else is, nor a redirect."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from struct import pack

import pytest
from qgis.core import (
    QgsBlockingNetworkRequest,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize, QUrl
from qgis.PyQt.QtGui import QColor, QImage
from qgis.PyQt.QtNetwork import QNetworkRequest

from mapflow_data.api.connection import make_connection
from mapflow_data.layers import tiles
from mapflow_data.network import TileSigner

TOKEN = "cGVyc29uOnNlY3JldA=="
WORLD = QgsRectangle(-20037508, -20037508, 20037508, 20037508)
COLOUR = (200, 40, 90)


class Tiles(ThreadingHTTPServer):
    """Answers every path by one coloured tile, or by a redirect; keeps path and Authorization."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.seen: list[tuple[str, str | None]] = []
        self.redirect = ""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def headers_seen(self) -> set[str | None]:
        return {header for _, header in self.seen}


class _Answer(BaseHTTPRequestHandler):
    server: Tiles

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers.get("Authorization")))
        redirect = self.server.redirect
        self.send_response(302 if redirect else 200)
        body = b"" if redirect else _png()
        if redirect:
            self.send_header("Location", redirect + self.path)
        self.send_header("Content-Type", "image/png")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def running() -> Iterator[Tiles]:
    server = Tiles()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def api() -> Iterator[Tiles]:
    with running() as server:
        yield server


@pytest.fixture
def other() -> Iterator[Tiles]:
    with running() as server:
        yield server


@pytest.fixture
def signer(api: Tiles) -> Iterator[TileSigner]:
    signer = TileSigner()
    signer.install()
    signer.set_connection(make_connection(api.url, TOKEN))
    yield signer
    signer.remove()


def layer_of(server: Tiles, name: str) -> QgsRasterLayer:
    """The name keeps QGIS' cache of tiles, which goes by their addresses, out of the next test."""
    return QgsRasterLayer(
        tiles.make_uri(f"{server.url}/{name}/{{z}}/{{x}}/{{y}}.png?a=b&c=d", 0, 5), name, "wms"
    )


def draw(layer: QgsRasterLayer) -> QImage:
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(WORLD)
    settings.setOutputSize(QSize(256, 256))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def fetch(url: str, authorization: str = "") -> None:
    request = QNetworkRequest(QUrl(url))
    if authorization:
        request.setRawHeader(b"Authorization", authorization.encode())
    QgsBlockingNetworkRequest().get(request, True)


def test_tiles_are_drawn_and_signed(api: Tiles, signer: TileSigner) -> None:
    image = draw(layer_of(api, "signed"))
    assert image.pixelColor(128, 128).getRgb()[:3] == COLOUR
    assert api.headers_seen() == {f"Basic {TOKEN}"}
    assert all(path.endswith("?a=b&c=d") for path, _ in api.seen)


def test_another_origin_is_not_signed(api: Tiles, other: Tiles, signer: TileSigner) -> None:
    image = draw(layer_of(other, "elsewhere"))
    assert image.pixelColor(128, 128).getRgb()[:3] == COLOUR
    assert other.headers_seen() == {None}


def test_a_redirect_to_another_origin_is_not_signed(api: Tiles, other: Tiles, signer: TileSigner) -> None:
    api.redirect = other.url
    draw(layer_of(api, "redirected"))
    fetch(f"{api.url}/redirected")
    assert api.headers_seen() == {f"Basic {TOKEN}"}
    assert other.headers_seen() <= {None}


def test_a_header_of_somebody_else_is_kept(api: Tiles, signer: TileSigner) -> None:
    fetch(f"{api.url}/own", "Bearer theirs")
    assert api.headers_seen() == {"Bearer theirs"}


def test_the_connection_can_change(api: Tiles, other: Tiles, signer: TileSigner) -> None:
    signer.set_connection(make_connection(other.url, "a.b.c"))
    fetch(f"{api.url}/changed")
    fetch(f"{other.url}/changed")
    assert (api.headers_seen(), other.headers_seen()) == ({None}, {"Bearer a.b.c"})


@pytest.mark.parametrize("end", ["remove", "sign out"])
def test_no_header_after_the_end(api: Tiles, signer: TileSigner, end: str) -> None:
    fetch(f"{api.url}/before")
    if end == "remove":
        signer.remove()
    else:
        signer.set_connection(None)
    fetch(f"{api.url}/after")
    assert [header for _, header in api.seen] == [f"Basic {TOKEN}", None]


def test_install_and_remove_may_be_repeated(api: Tiles, signer: TileSigner) -> None:
    signer.install()
    signer.remove()
    signer.remove()
    fetch(f"{api.url}/repeated")
    assert api.headers_seen() == {None}


def test_the_project_holds_no_credential(api: Tiles, signer: TileSigner, tmp_path: Path) -> None:
    layer = layer_of(api, "saved")
    QgsProject.instance().addMapLayer(layer)
    draw(layer)
    path = tmp_path / "saved.qgs"
    assert QgsProject.instance().write(str(path))
    text = path.read_text("utf-8")
    QgsProject.instance().clear()
    assert "saved" in text
    assert not any(secret in text for secret in (TOKEN, "secret", "authcfg", "Authorization"))


def _png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + bytes(COLOUR) * 256) * 256
    header = pack(">IIBBBBB", 256, 256, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
