"""All mosaics as outlines on the map: asked for, kept up with the list, linked with the rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QPoint, Qt

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from mapflow_data.gui.workspace import Workspace
from mapflow_data.layers.properties import FOOTPRINTS, MOSAICS, kind_of
from tests.gui.conftest import PATIENCE_MS
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.script import Script, answer

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def panel(stocked: Mosaic, signed_in: Workspace) -> ImageryPanel:
    return signed_in.dock.imagery


def layers(kind: str) -> list[QgsVectorLayer]:
    return [layer for layer in QgsProject.instance().mapLayers().values() if kind_of(layer) == kind]


def shown(panel: ImageryPanel, qtbot: QtBot) -> QgsVectorLayer:
    with qtbot.waitSignal(panel._services.mosaics.outlines_loaded, timeout=PATIENCE_MS):
        panel.commands.on_map.show_all_mosaics()
    (layer,) = layers(MOSAICS)
    return layer


def names(layer: QgsVectorLayer, is_selected: bool = False) -> list[str]:
    features = layer.selectedFeatures() if is_selected else layer.getFeatures()
    return sorted(feature["name"] for feature in features)


def click(
    panel: ImageryPanel, qtbot: QtBot, item: Mosaic | Image, keys: Qt.KeyboardModifier | None = None
) -> None:
    tree = panel.imageryTree
    row = tree.imagery.index_of(item.id, item.mosaic_id if isinstance(item, Image) else "")
    tree.scrollTo(row)
    at = QPoint(60, tree.visualRect(row).center().y())
    qtbot.mouseClick(tree.viewport(), LEFT, keys or Qt.KeyboardModifier.NoModifier, at)


def test_all_mosaics_come_with_their_facts(panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot) -> None:
    layer = shown(panel, qtbot)
    assert names(layer) == sorted(mosaic.name for mosaic in panel.model.mosaics())
    mine = next(feature for feature in layer.getFeatures() if feature["id"] == stocked.id)
    assert mine.geometry().area() > 0
    assert (mine["tags"], mine["size"]) == ("drone", stocked.size_bytes)


def test_the_layer_follows_the_list(
    panel: ImageryPanel, client: MapflowClient, qtbot: QtBot, tmp_path: Path
) -> None:
    layer = shown(panel, qtbot)
    made = client.mosaics.create("Made elsewhere")
    client.images.upload(made.id, str(make_raster(tmp_path / "new.tif", value=9)))
    with qtbot.waitSignal(panel._services.mosaics.outlines_loaded, timeout=PATIENCE_MS):
        panel.refresh()
    assert "Made elsewhere" in names(layer)
    client.mosaics.delete(made.id)
    with qtbot.waitSignal(panel._services.mosaics.outlines_loaded, timeout=PATIENCE_MS):
        panel.refresh()
    assert "Made elsewhere" not in names(layer)
    assert layers(MOSAICS) == [layer]


def test_nothing_is_read_for_a_layer_that_is_not_there(panel: ImageryPanel, qtbot: QtBot) -> None:
    told: list[object] = []
    panel._services.mosaics.outlines_loaded.connect(told.append)
    layer = shown(panel, qtbot)
    QgsProject.instance().removeMapLayer(layer.id())
    with qtbot.waitSignal(panel._services.mosaics.mosaics_loaded, timeout=PATIENCE_MS):
        panel.refresh()
    qtbot.waitUntil(lambda: not panel._services.mosaics.is_busy, timeout=PATIENCE_MS)
    assert len(told) == 1
    assert not layers(MOSAICS)


def test_the_number_of_images_is_told_once_it_is_known(
    panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(panel._services.images.images_loaded, timeout=PATIENCE_MS):
        panel._services.images.load(stocked.id)
    layer = shown(panel, qtbot)
    mine = next(feature for feature in layer.getFeatures() if feature["id"] == stocked.id)
    assert mine["images"] == 2


def test_rows_and_outlines_select_each_other(
    panel: ImageryPanel, stocked: Mosaic, client: MapflowClient, qtbot: QtBot
) -> None:
    other = client.mosaics.create("Another")
    panel.refresh()
    qtbot.waitUntil(lambda: panel.model.branch(other.id) is not None, timeout=PATIENCE_MS)
    layer = shown(panel, qtbot)
    click(panel, qtbot, stocked)
    assert names(layer, is_selected=True) == [stocked.name]
    click(panel, qtbot, other, CTRL)
    assert names(layer, is_selected=True) == sorted(["Another", stocked.name])
    layer.selectByExpression(f"id = '{other.id}'")
    assert [item.id for item in panel.imageryTree.selected_items()] == [other.id]
    layer.selectAll()
    assert {item.id for item in panel.imageryTree.selected_items()} >= {other.id, stocked.id}
    layer.removeSelection()
    assert panel.imageryTree.selected_items() == []
    client.mosaics.delete(other.id)


def test_images_and_mosaics_are_not_selected_together(
    panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot
) -> None:
    layer = shown(panel, qtbot)
    panel.commands.on_map.show_footprints([stocked])
    qtbot.waitUntil(lambda: bool(layers(FOOTPRINTS)), timeout=PATIENCE_MS)
    (images,) = layers(FOOTPRINTS)
    layer.selectByExpression(f"id = '{stocked.id}'")
    images.selectAll()
    assert {type(item) for item in panel.imageryTree.selected_items()} == {Image}
    assert layer.selectedFeatureCount() == 0
    layer.selectByExpression(f"id = '{stocked.id}'")
    assert images.selectedFeatureCount() == 0
    assert [item.id for item in panel.imageryTree.selected_items()] == [stocked.id]


def test_a_layer_whose_selection_stays_tells_nothing(
    panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot
) -> None:
    """QGIS' status bar says after each signal how many features are selected on that layer."""
    outlines = shown(panel, qtbot)
    panel.commands.on_map.show_footprints([stocked])
    qtbot.waitUntil(lambda: bool(layers(FOOTPRINTS)), timeout=PATIENCE_MS)
    (images,) = layers(FOOTPRINTS)
    told: list[tuple[str, int]] = []
    for layer in (outlines, images):
        layer.selectionChanged.connect(lambda ids, *_, one=layer: told.append((kind_of(one), len(ids))))
    tree = panel.imageryTree
    tree.expand(tree.imagery.index_of(stocked.id))
    shot = next(iter(panel.model.branch(stocked.id).images))
    click(panel, qtbot, shot)
    assert images.selectedFeatureCount() == 1
    assert told == [(FOOTPRINTS, 1)]
    told.clear()
    click(panel, qtbot, shot)
    assert told == []
    click(panel, qtbot, stocked)
    assert told == [(FOOTPRINTS, 0), (MOSAICS, 1)]
    told.clear()
    click(panel, qtbot, shot)
    assert sorted(told) == [(FOOTPRINTS, 1), (MOSAICS, 0)]


def test_a_failure_is_told_and_what_was_asked_for_is_forgotten(
    panel: ImageryPanel, signed_in: Workspace, qtbot: QtBot
) -> None:
    asked = [{"id": str(number), "name": str(number)} for number in range(3)]
    with FaultServer([answer(asked)], then=answer({"message": "no"}, 409)) as server:
        mosaics = signed_in.services.mosaics
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        with qtbot.waitSignal(mosaics.mosaics_loaded, timeout=PATIENCE_MS):
            mosaics.load()
        with qtbot.waitSignal(mosaics.failed, timeout=PATIENCE_MS):
            panel.commands.on_map.show_all_mosaics()
    (item,) = signed_in.dock.messageBar.items()
    assert item.property("text").startswith("The outlines of the mosaics were not shown")
    assert not layers(MOSAICS)
    assert panel.commands.on_map._wanted == {}


def test_another_project_gets_no_outlines_that_it_did_not_ask_for(
    panel: ImageryPanel, signed_in: Workspace, qtbot: QtBot
) -> None:
    asked = [{"id": "1", "name": "1"}]
    dropped: list[str] = []
    panel.commands.on_map.dropped.connect(dropped.append)
    with FaultServer([answer(asked)], then=Script(status=404, delay=0.5)) as server:
        mosaics = signed_in.services.mosaics
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        with qtbot.waitSignal(mosaics.mosaics_loaded, timeout=PATIENCE_MS):
            mosaics.load()
        with qtbot.waitSignal(mosaics.outlines_loaded, timeout=PATIENCE_MS):
            panel.commands.on_map.show_all_mosaics()
            QgsProject.instance().clear()
    assert dropped == ["Mosaics"]
    assert not layers(MOSAICS)


def test_mosaics_without_an_outline_are_counted(
    panel: ImageryPanel, signed_in: Workspace, qtbot: QtBot
) -> None:
    square = "POLYGON ((10 50, 11 50, 11 51, 10 51, 10 50))"
    asked = [{"id": str(number), "name": str(number), "footprint": square} for number in range(2)]
    asked.append({"id": "bare", "name": "bare", "sizeInBytes": 7})
    with FaultServer([answer(asked)]) as server:
        mosaics = signed_in.services.mosaics
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        with qtbot.waitSignal(mosaics.mosaics_loaded, timeout=PATIENCE_MS):
            mosaics.load()
        with qtbot.waitSignal(panel.commands.on_map.outlines_missing, timeout=PATIENCE_MS) as told:
            panel.commands.on_map.show_all_mosaics()
    assert told.args == [1]
    assert names(layers(MOSAICS)[0]) == ["0", "1", "bare"]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"sizeInBytes": 7}, "Mosaics were not shown as one layer, as the server tells the outline of none"),
        ({"sizeInBytes": 0}, "No mosaic has images yet, so none has an outline: upload some first"),
    ],
    ids=["the server tells none", "all are empty"],
)
def test_without_any_outline_there_is_no_layer_but_a_message(
    panel: ImageryPanel, signed_in: Workspace, qtbot: QtBot, facts: dict[str, int], words: str
) -> None:
    asked = [{"id": str(number), "name": str(number), **facts} for number in range(3)]
    with FaultServer([answer(asked)]) as server:
        mosaics = signed_in.services.mosaics
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        with qtbot.waitSignal(mosaics.mosaics_loaded, timeout=PATIENCE_MS):
            mosaics.load()
        with qtbot.waitSignal(mosaics.outlines_loaded, timeout=PATIENCE_MS):
            panel._menu.all_mosaics.trigger()
        assert len(server.requests) == 1
    assert not layers(MOSAICS)
    (item,) = signed_in.dock.messageBar.items()
    assert item.property("text").startswith(words)
    assert panel.commands.on_map._wanted == {}


def test_a_layer_that_is_there_follows_although_no_outline_is_told(
    panel: ImageryPanel, signed_in: Workspace, stocked: Mosaic, qtbot: QtBot
) -> None:
    layer = shown(panel, qtbot)
    with FaultServer([answer([{"id": stocked.id, "name": "bare", "sizeInBytes": 7}])]) as server:
        mosaics = signed_in.services.mosaics
        mosaics.set_connection(make_connection(server.url, "YTpi"))
        with qtbot.waitSignal(mosaics.outlines_loaded, timeout=PATIENCE_MS):
            mosaics.load()
        with qtbot.waitSignal(panel.commands.on_map.no_outlines, timeout=PATIENCE_MS):
            panel.commands.on_map.show_all_mosaics()
    assert layers(MOSAICS) == [layer]
    assert names(layer) == ["bare"]
