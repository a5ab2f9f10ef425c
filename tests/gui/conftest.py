"""A small QGIS with the plugin's dock, signed in to a running sandbox or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QApplication

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Mosaic
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.workspace import Workspace
from mapflow_data.settings import SERVER
from tests.gui.kit.pictures import Album
from tests.gui.kit.window import Window
from tests.gui.states.stage import Stage
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox

PATIENCE_MS = 10_000


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", metavar="DIR", help="draw all states of the plugin into this folder")


@pytest.fixture(scope="session")
def album(request: pytest.FixtureRequest) -> Iterator[Album]:
    album = Album(request.config.getoption("--pictures", default=None))
    yield album
    album.bind()


@pytest.fixture
def window(qgis_app: QApplication, qtbot: QtBot) -> Iterator[Window]:
    QgsProject.instance().clear()
    SERVER.forget()
    font = qgis_app.font()
    font.setPointSize(9)
    qgis_app.setFont(font)
    window = Window()
    yield window
    window.close()
    QgsProject.instance().clear()


@pytest.fixture
def stage(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[Stage]:
    """What a state is made on, in the colours and words of the test's variant if it has one."""
    if "variant" in request.fixturenames:
        request.getfixturevalue("variant")
    stage = Stage(request.getfixturevalue("window"))
    yield stage
    stage.close()


@pytest.fixture
def workspace(window: Window) -> Iterator[Workspace]:
    workspace = Workspace(window)
    workspace.open_dock()
    yield workspace
    workspace.close()


@pytest.fixture
def dock(workspace: Workspace) -> MapflowDock:
    return workspace.dock


@pytest.fixture
def signed_in(workspace: Workspace, sandbox: Sandbox, qtbot: QtBot) -> Workspace:
    """The list of mosaics has come."""
    mosaics = workspace.services.mosaics
    with qtbot.waitSignal(mosaics.mosaics_loaded, timeout=PATIENCE_MS):
        workspace.services.session.sign_in(sandbox.url, sandbox.token, False)
    return workspace


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Iterator[MapflowClient]:
    """To put things there, and to see what came of a click."""
    with MapflowClient(make_connection(sandbox.url, sandbox.token)) as client:
        yield client


@pytest.fixture(scope="module")
def stocked(client: MapflowClient, tmp_path_factory: pytest.TempPathFactory) -> Mosaic:
    """A mosaic of two images side by side."""
    folder: Path = tmp_path_factory.mktemp("stock")
    mosaic = client.mosaics.create("Two <b>fields</b>", ("drone",))
    for number in (1, 2):
        transform = (500_000.0 + number * 700, 10.0, 0.0, 4_500_000.0, 0.0, -10.0)
        path = make_raster(folder / f"field_{number}.tif", transform=transform, value=number)
        client.images.upload(mosaic.id, str(path))
    return client.mosaics.get(mosaic.id)
