"""The plugin as QGIS holds it: quick to start, quiet, and gone without a trace."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDockWidget, QMenu, QPushButton, QToolBar

from mapflow_data.api.models import Mosaic, TileJson
from mapflow_data.gui.workspace import Workspace
from mapflow_data.layers import tiles
from mapflow_data.plugin import MapflowDataPlugin
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.window import Window
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script

ROOT = Path(__file__).resolve().parents[2]
START_MS = 30.0  # 5 to 9 on a machine that has nothing else to do

START = """
import sys
sys.path.insert(0, {parent!r})
from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QMainWindow
import qgis.gui, qgis.utils
import base64, dataclasses, hashlib, json, pathlib, urllib.parse  # QGIS has loaded these for its own plugins
app = QgsApplication([], True)
app.initQgis()
sys.path.insert(0, {root!r})
from tests.gui.kit.window import Window
from tests.rig.smooth import Stopwatch, slowness
window = Window()
import importlib.util
watch = Stopwatch().__enter__()
spec = importlib.util.spec_from_file_location(
    "plugin_under_test", {root!r} + "/__init__.py", submodule_search_locations=[{root!r}])
module = importlib.util.module_from_spec(spec)
sys.modules["plugin_under_test"] = module
spec.loader.exec_module(module)
plugin = module.classFactory(window)
plugin.initGui()
watch.__exit__()
print("MS", watch.worst_ms / slowness())
heavy = [n for n in ("requests", "urllib3", "osgeo", "osgeo.gdal") if n in sys.modules]
ours = [n for n in sys.modules if n.startswith("plugin_under_test.") and ".services" in n]
print("HEAVY", heavy + ours)
sys.stdout.flush()
import os
os._exit(0)
"""


@pytest.fixture
def plugin(window: Window) -> Iterator[MapflowDataPlugin]:
    plugin = MapflowDataPlugin(window)
    plugin.initGui()
    yield plugin
    plugin.unload()


def add_raster(path: Path) -> QgsRasterLayer:
    layer = QgsRasterLayer(str(make_raster(path)), path.stem)
    QgsProject.instance().addMapLayer(layer)
    return layer


def dock_action(window: Window) -> object:
    return window.window.findChild(QToolBar, "MapflowDataToolBar").actions()[0]


def upload_action(window: Window) -> object:
    return window.window.findChild(QToolBar, "MapflowDataToolBar").actions()[1]


def start_once() -> tuple[float, str]:
    code = START.format(parent=str(ROOT.parent), root=str(ROOT))
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=90, check=True)
    facts = dict(line.split(" ", 1) for line in run.stdout.splitlines() if line.startswith(("MS", "HEAVY")))
    return float(facts["MS"]), facts["HEAVY"]


def test_start_is_quick_and_imports_nothing_heavy() -> None:
    runs = [start_once() for _ in range(3)]
    assert min(ms for ms, _ in runs) <= START_MS
    assert {heavy for _, heavy in runs} == {"[]"}


def test_registered_where_qgis_users_look(plugin: MapflowDataPlugin, window: Window) -> None:
    (menu,) = [m for m in window.raster_menu.findChildren(QMenu) if m.title() == "Mapflow Data"]
    texts = [action.text() for action in menu.actions()]
    searches = ["Search Mapflow imagery here", "Draw an area and search Mapflow imagery"]
    assert texts == ["Mapflow Data panel", "Upload to Mapflow…", *searches]
    assert [action.text() for action in window.layer_actions] == ["Upload to Mapflow…"]
    assert all(action.toolTip() and not action.icon().isNull() for action in menu.actions())


def test_nothing_is_built_before_the_first_use(plugin: MapflowDataPlugin, window: Window) -> None:
    assert window.window.findChild(QDockWidget, "MapflowDock") is None
    dock_action(window).trigger()
    assert window.window.findChild(QDockWidget, "MapflowDock").isVisible()


def test_the_action_and_the_dock_agree(plugin: MapflowDataPlugin, window: Window) -> None:
    action = dock_action(window)
    action.trigger()
    dock = plugin.workspace.dock
    dock.close()
    assert not action.isChecked()
    action.trigger()
    assert dock.isVisible()
    action.trigger()
    assert not dock.isVisible()


def test_a_dock_behind_another_panel_is_brought_to_the_front(
    plugin: MapflowDataPlugin, window: Window, qtbot: QtBot
) -> None:
    action = dock_action(window)
    action.trigger()
    dock = plugin.workspace.dock
    (layers,) = [d for d in window.window.findChildren(QDockWidget) if d.windowTitle() == "Layers"]
    window.window.tabifyDockWidget(dock, layers)
    layers.raise_()
    qtbot.waitUntil(lambda: not dock.isUserVisible())
    action.trigger()
    qtbot.waitUntil(dock.isUserVisible)
    assert action.isChecked()
    action.trigger()
    assert not dock.isVisible() and not action.isChecked()


def test_upload_is_for_selected_rasters(plugin: MapflowDataPlugin, window: Window, tmp_path: Path) -> None:
    raster = add_raster(tmp_path / "field.tif")
    lines = QgsVectorLayer("LineString?crs=EPSG:4326", "lines", "memory")
    QgsProject.instance().addMapLayer(lines)
    action = upload_action(window)
    window.select(lines)
    assert not action.isEnabled()
    window.select(raster)
    assert action.isEnabled()
    window.select(raster, lines)
    assert action.isEnabled()


def test_upload_asks_to_sign_in_first_and_then_goes_on(
    plugin: MapflowDataPlugin, window: Window, tmp_path: Path, sandbox: Sandbox, qtbot: QtBot
) -> None:
    window.select(add_raster(tmp_path / "field.tif"))
    upload_action(window).trigger()
    dock = plugin.workspace.dock
    assert dock.signInPage.isVisible()
    page = dock.signInPage
    page.rememberBox.setChecked(False)
    page.serverEdit.setText(sandbox.url)
    page.tokenEdit.setText(sandbox.token)
    qtbot.mouseClick(page.signInButton, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: plugin.workspace._dialog is not None, timeout=PATIENCE_MS)
    dialog = plugin.workspace._dialog
    assert dialog.isVisible()
    assert not dialog.isModal()
    dialog.close()
    qtbot.waitUntil(lambda: plugin.workspace._dialog is None, timeout=PATIENCE_MS)


def test_unload_leaves_nothing_and_may_be_repeated(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.wait(50)  # what earlier tests left to be deleted
    children = set(map(sip.unwrapinstance, window.window.children()))
    receivers = receivers_of_project()
    for _ in range(2):
        plugin = MapflowDataPlugin(window)
        plugin.initGui()
        plugin.initGui()
        window.select(add_raster(tmp_path / "field.tif"))
        dock_action(window).trigger()
        plugin.unload()
        plugin.unload()
        qtbot.wait(50)
        assert window.window.findChildren(QToolBar) == []
        assert window.window.findChild(QDockWidget, "MapflowDock") is None
        assert window.layer_actions == []
        assert window.raster_menu.actions() == []
        assert receivers_of_project() == receivers
        QgsProject.instance().clear()
    left = [child for child in window.window.children() if sip.unwrapinstance(child) not in children]
    assert [type(child).__name__ for child in left if not child.objectName().startswith("qt_")] == []
    assert QgsApplication.taskManager().countActiveTasks() == 0


def receivers_of_project() -> list[int]:
    project = QgsProject.instance()
    signals = (project.cleared, project.readProject, project.writeProject, project.layersAdded)
    return [project.receivers(signal) for signal in signals]


def test_unload_while_signing_in_is_quick(window: Window, qtbot: QtBot) -> None:

    plugin = MapflowDataPlugin(window)
    plugin.initGui()
    dock_action(window).trigger()
    with FaultServer(then=Script(delay=30)) as server:
        plugin.services.session.sign_in(server.url, "dG9r", False)
        qtbot.waitUntil(lambda: bool(server.requests), timeout=PATIENCE_MS)
        plugin.unload()
        manager = QgsApplication.taskManager()
        qtbot.waitUntil(lambda: manager.countActiveTasks() == 0, timeout=1000)


def saved_with_tiles(folder: Path) -> str:
    mosaic = Mosaic("m1", "North", tile_url="https://api.mapflow.ai/rest/t/{z}/{x}/{y}.png")
    layer = tiles.make_layer(mosaic, TileJson((10.0, 50.0, 10.1, 50.1), 0, 18), [])
    QgsProject.instance().addMapLayer(layer)
    path = str(folder / "p.qgz")
    QgsProject.instance().write(path)
    QgsProject.instance().clear()
    return path


def test_a_token_in_the_environment_signs_tiles_without_a_question(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAPFLOW_DATA_TOKEN", "dG9r")
    plugin = MapflowDataPlugin(window)
    plugin.initGui()
    QgsProject.instance().read(saved_with_tiles(tmp_path))
    assert window.bar.items() == []
    (layer,) = QgsProject.instance().mapLayers().values()
    assert (
        QgsCoordinateTransform(layer.crs(), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance())
        .transformBoundingBox(layer.extent())
        .xMinimum()
        > 9.9
    )
    plugin.unload()


def test_an_environment_that_cannot_be_used_does_not_stop_qgis(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAPFLOW_DATA_TOKEN", "dG9r")
    monkeypatch.setenv("MAPFLOW_DATA_URL", "ftp://nowhere")
    plugin = MapflowDataPlugin(window)
    plugin.initGui()
    dock_action(window).trigger()
    assert "https://" in plugin.workspace.dock.signInPage.failureLabel.text()
    plugin.unload()


def test_a_project_with_our_tiles_offers_to_sign_in_and_asks_nothing(
    plugin: MapflowDataPlugin, window: Window, tmp_path: Path
) -> None:
    path = saved_with_tiles(tmp_path)
    assert window.bar.items() == []
    QgsProject.instance().read(path)
    (item,) = window.bar.items()
    (button,) = item.findChildren(QPushButton)
    assert button.text() == "Sign in"
    assert window.window.findChild(QDockWidget, "MapflowDock") is None
    button.click()
    assert isinstance(plugin.workspace, Workspace)
    assert plugin.workspace.dock.signInPage.isVisible()
