"""My imagery, clicked as a person does, with a real service behind it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QModelIndex, QPoint, Qt
from qgis.PyQt.QtWidgets import QMenu

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.errors import ServerFailed
from mapflow_data.api.models import Mosaic
from mapflow_data.gui.imagery.model import ITEM_ROLE
from mapflow_data.gui.manage.waiting_bar import WaitingBar
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from mapflow_data.gui.workspace import Workspace
from mapflow_data.layers.properties import kind_of
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.window import Window
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import answer

LEFT_OF_ARROW = QPoint(8, 8)
LEFT = Qt.MouseButton.LeftButton
STORAGE = {"memoryLimit": 1000, "memoryUsed": 1, "memoryFree": 999}


@pytest.fixture
def panel(stocked: Mosaic, signed_in: Workspace) -> ImageryPanel:
    return signed_in.dock.imagery


def mosaic_row(panel: ImageryPanel, mosaic: Mosaic) -> QModelIndex:
    model = panel.imageryTree.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return next(row for row in rows if row.data(ITEM_ROLE).id == mosaic.id)


def click(panel: ImageryPanel, qtbot: QtBot, row: QModelIndex, double: bool = False) -> None:
    tree = panel.imageryTree
    tree.scrollTo(row)
    at = tree.visualRect(row).center()
    (qtbot.mouseDClick if double else qtbot.mouseClick)(tree.viewport(), LEFT, pos=at)


def open_mosaic(panel: ImageryPanel, qtbot: QtBot, mosaic: Mosaic) -> list[QModelIndex]:
    """Its rows, in the order shown."""
    row = mosaic_row(panel, mosaic)
    panel.imageryTree.expand(row)
    branch = panel.model.branch(mosaic.id)
    qtbot.waitUntil(lambda: bool(branch.images), timeout=PATIENCE_MS)
    model = panel.imageryTree.model()
    return [model.index(r, 0, row) for r in range(model.rowCount(row))]


def layers(kind: str) -> list[object]:
    return [layer for layer in QgsProject.instance().mapLayers().values() if kind_of(layer) == kind]


def choose(panel: ImageryPanel, name: str) -> None:
    menu: QMenu = panel.onMapButton.menu()
    next(action for action in menu.actions() if action.objectName() == name).trigger()


def test_mosaics_are_listed_and_images_only_asked_for_when_looked_at(
    panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot, sandbox: Sandbox
) -> None:
    row = mosaic_row(panel, stocked)
    assert row.data() == "Two <b>fields</b>"
    asked = [r for r in sandbox.requests() if r["path"].endswith("/image") and r["method"] == "GET"]
    names = [r.data() for r in open_mosaic(panel, qtbot, stocked)]
    assert names == ["field_1.tif", "field_2.tif"]
    now = [r for r in sandbox.requests() if r["path"].endswith("/image") and r["method"] == "GET"]
    assert len(now) == len(asked) + 1


def test_arrow_keys_open_a_mosaic(panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot) -> None:
    tree = panel.imageryTree
    tree.setCurrentIndex(mosaic_row(panel, stocked))
    qtbot.keyClick(tree, Qt.Key.Key_Right)
    assert tree.isExpanded(mosaic_row(panel, stocked))
    qtbot.waitUntil(lambda: bool(panel.model.branch(stocked.id).images), timeout=PATIENCE_MS)


def test_typing_filters(panel: ImageryPanel, stocked: Mosaic, client: MapflowClient, qtbot: QtBot) -> None:
    client.mosaics.create("Another one")
    with qtbot.waitSignal(panel._services.mosaics.mosaics_loaded, timeout=PATIENCE_MS):
        panel.refresh()
    before = panel.imageryTree.model().rowCount()
    qtbot.keyClicks(panel.filterEdit, "FIELDS")
    qtbot.waitUntil(lambda: panel.imageryTree.model().rowCount() < before, timeout=PATIENCE_MS)
    assert mosaic_row(panel, stocked).isValid()


def test_a_filter_in_vain_says_so_and_can_be_taken_back(
    panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot
) -> None:
    qtbot.keyClicks(panel.filterEdit, "<b>zzz")
    qtbot.waitUntil(lambda: panel.views.currentWidget() is panel.statePage, timeout=PATIENCE_MS)
    assert "<b>zzz" in panel.statePage.stateText.text()
    qtbot.mouseClick(panel.statePage.stateButton, LEFT)
    qtbot.waitUntil(lambda: panel.views.currentWidget() is panel.imageryTree, timeout=PATIENCE_MS)
    assert mosaic_row(panel, stocked).isValid()


@pytest.mark.parametrize("is_there", [True, False])
def test_nothing_found_is_said_only_when_all_was_looked_through(
    panel: ImageryPanel, signed_in: Workspace, qtbot: QtBot, is_there: bool
) -> None:
    title, services = panel.statePage.stateTitle, signed_in.services
    listed = [{"id": str(number), "filename": "DJI_1.tif"} for number in range(2)]
    slow = replace(answer(listed), delay=0.5)
    with FaultServer([answer([{"id": "m", "name": "Meadow"}])], then=slow) as server:
        connection = make_connection(server.url, "YTpi")
        for service in (services.mosaics, services.images, services.inventory):
            service.set_connection(connection)
        panel.refresh()
        qtbot.waitUntil(lambda: len(panel.model.mosaics()) == 1, timeout=PATIENCE_MS)
        qtbot.keyClicks(panel.filterEdit, "dji_1" if is_there else "dji_2")
        qtbot.waitUntil(lambda: title.text() == "Nothing found", timeout=PATIENCE_MS)
        said: list[str] = []
        panel.filter.looking.connect(lambda _: said.append(title.text()))
        qtbot.mouseClick(panel.findingBar.findButton, LEFT)
        assert title.text() == "Nothing found yet"
        assert "is being looked for in the mosaics that were not opened" in panel.statePage.stateText.text()
        if is_there:
            qtbot.waitUntil(lambda: panel.views.currentWidget() is panel.imageryTree, timeout=PATIENCE_MS)
            assert "Nothing found" not in said
        else:
            qtbot.waitUntil(lambda: title.text() == "Nothing found", timeout=PATIENCE_MS)
            assert "Nothing in any mosaic" in panel.findingBar.foundLabel.text()
        qtbot.waitUntil(lambda: not services.images.is_busy, timeout=PATIENCE_MS)


def test_a_mosaic_that_is_gone_says_so_and_leaves_the_list(
    panel: ImageryPanel, signed_in: Workspace, client: MapflowClient, qtbot: QtBot
) -> None:
    gone = client.mosaics.create("Gone")
    panel.refresh()
    qtbot.waitUntil(lambda: panel.model.branch(gone.id) is not None, timeout=PATIENCE_MS)
    client.mosaics.delete(gone.id)
    panel.imageryTree.select_mosaic(gone.id)
    panel._menu.footprints.trigger()
    qtbot.waitUntil(lambda: panel.model.branch(gone.id) is None, timeout=PATIENCE_MS)
    (item,) = signed_in.dock.messageBar.items()
    assert "no longer exists" in item.property("text")
    assert not layers("footprints")
    qtbot.mouseClick(signed_in.dock.refreshButton, LEFT)
    assert not signed_in.dock.messageBar.items()


def test_a_mosaic_without_images_is_told_and_makes_no_layer(
    panel: ImageryPanel, signed_in: Workspace, client: MapflowClient, qtbot: QtBot
) -> None:
    empty = client.mosaics.create("Empty")
    panel.refresh()
    qtbot.waitUntil(lambda: panel.model.branch(empty.id) is not None, timeout=PATIENCE_MS)
    panel.imageryTree.select_mosaic(empty.id)
    panel._menu.footprints.trigger()
    bar = signed_in.dock.messageBar
    qtbot.waitUntil(lambda: bool(bar.items()), timeout=PATIENCE_MS)
    assert bar.items()[0].property("text") == "“Empty” has no images yet: upload some first."
    assert not layers("footprints")


def test_previews_say_how_many_they_are(panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot) -> None:
    first, _ = open_mosaic(panel, qtbot, stocked)
    click(panel, qtbot, first)
    assert panel._menu.preview.text() == "Preview of the image"
    panel.imageryTree.selectAll()
    assert panel._menu.preview.text() == "Previews of the 2 images"
    assert panel._menu.preview.isEnabled()


def test_footprints_come_onto_the_map_once(panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot) -> None:
    click(panel, qtbot, mosaic_row(panel, stocked))
    for _ in range(2):
        choose(panel, "footprintsAction")
        qtbot.waitUntil(lambda: len(layers("footprints")) == 1, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not panel._services.images.is_busy, timeout=PATIENCE_MS)
    (layer,) = layers("footprints")
    assert layer.featureCount() == 2
    (group,) = QgsProject.instance().layerTreeRoot().findGroups()
    assert group.name() == "Mapflow Data"
    assert [node.layerId() for node in group.children()] == [layer.id()]


def test_the_button_itself_shows_what_is_selected(panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot) -> None:
    rows = open_mosaic(panel, qtbot, stocked)
    click(panel, qtbot, rows[0])
    qtbot.mouseClick(panel.onMapButton, LEFT, pos=LEFT_OF_ARROW)
    qtbot.waitUntil(lambda: len(layers("preview")) == 1, timeout=PATIENCE_MS)
    (preview,) = layers("preview")
    assert preview.isValid()
    assert preview.crs().authid() == "EPSG:32613"
    click(panel, qtbot, mosaic_row(panel, stocked))
    qtbot.mouseClick(panel.onMapButton, LEFT, pos=LEFT_OF_ARROW)
    qtbot.waitUntil(lambda: len(layers("tiles")) == 1, timeout=PATIENCE_MS)
    (tiles,) = layers("tiles")
    assert tiles.isValid()
    assert "authcfg" not in tiles.source()


def test_rows_and_footprints_select_each_other(panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot) -> None:
    rows = open_mosaic(panel, qtbot, stocked)
    click(panel, qtbot, mosaic_row(panel, stocked))
    choose(panel, "footprintsAction")
    qtbot.waitUntil(lambda: len(layers("footprints")) == 1, timeout=PATIENCE_MS)
    (layer,) = layers("footprints")
    click(panel, qtbot, rows[1])
    assert [f["filename"] for f in layer.selectedFeatures()] == ["field_2.tif"]
    first = next(f for f in layer.getFeatures() if f["filename"] == "field_1.tif")
    layer.selectByIds([first.id()])
    assert [i.filename for i in panel.imageryTree.selected_items()] == ["field_1.tif"]
    assert [f["filename"] for f in layer.selectedFeatures()] == ["field_1.tif"]
    layer.selectAll()
    assert len(panel.imageryTree.selected_items()) == 2
    QgsProject.instance().removeMapLayer(layer.id())
    click(panel, qtbot, rows[0])  # nothing is left that could break
    assert len(panel.imageryTree.selected_items()) == 1


def test_neighbours_are_selected_as_one_range(panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot) -> None:
    open_mosaic(panel, qtbot, stocked)
    tree = panel.imageryTree
    ids = {image.id for image in panel.model.branch(stocked.id).images}
    tree.select_images({stocked.id: ids})
    assert tree.selected_image_ids() == ids
    assert tree.selected_mosaics() == [panel.model.branch(stocked.id).mosaic]
    assert len(tree.selectionModel().selection()) == 1


def test_footprints_of_two_mosaics_are_selected_together(
    panel: ImageryPanel, stocked: Mosaic, client: MapflowClient, tmp_path: Path, qtbot: QtBot
) -> None:
    second = client.mosaics.create("Second")
    client.images.upload(second.id, str(make_raster(tmp_path / "other.tif", value=40)))
    with qtbot.waitSignal(panel._services.mosaics.mosaics_loaded, timeout=PATIENCE_MS):
        panel.refresh()
    for mosaic in (stocked, second):
        click(panel, qtbot, mosaic_row(panel, mosaic))
        choose(panel, "footprintsAction")
    qtbot.waitUntil(lambda: len(layers("footprints")) == 2, timeout=PATIENCE_MS)
    for layer in layers("footprints"):
        layer.selectAll()
    names = {item.filename for item in panel.imageryTree.selected_items()}
    assert names == {"field_1.tif", "field_2.tif", "other.tif"}
    assert sorted(layer.selectedFeatureCount() for layer in layers("footprints")) == [1, 2]


def test_zoom_goes_to_what_is_selected(
    panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot, window: Window
) -> None:
    rows = open_mosaic(panel, qtbot, stocked)
    click(panel, qtbot, rows[0])
    qtbot.mouseClick(panel.zoomButton, LEFT)
    extent = window.canvas.extent()
    assert extent.width() < 0.1
    assert -105.1 < extent.center().x() < -104.9
    assert 40.6 < extent.center().y() < 40.7


def test_a_new_mosaic_is_made_and_selected(panel: ImageryPanel, qtbot: QtBot, client: MapflowClient) -> None:
    qtbot.mouseClick(panel.newMosaicButton, LEFT)
    dialog = panel.commands.editing._dialog.current
    button = dialog.buttonBox.button(dialog.buttonBox.StandardButton.Ok)
    assert not button.isEnabled()
    qtbot.keyClicks(dialog.nameEdit, "Harbour & quay")
    qtbot.keyClicks(dialog.tagsEdit.edit, "drone, 2026,drone,")
    qtbot.keyClick(dialog.tagsEdit.edit, Qt.Key.Key_Return)
    tree = panel.imageryTree
    qtbot.waitUntil(
        lambda: [m.name for m in tree.selected_mosaics()] == ["Harbour & quay"], timeout=PATIENCE_MS
    )
    (made,) = [m for m in client.mosaics.list() if m.name == "Harbour & quay"]
    assert made.tags == ("drone", "2026")


def test_escape_makes_no_mosaic(panel: ImageryPanel, qtbot: QtBot, client: MapflowClient) -> None:
    before = len(client.mosaics.list())
    qtbot.mouseClick(panel.newMosaicButton, LEFT)
    qtbot.keyClicks(panel.commands.editing._dialog.current.nameEdit, "Not this one")
    qtbot.keyClick(panel.commands.editing._dialog.current.nameEdit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: panel.commands.editing._dialog.current is None, timeout=PATIENCE_MS)
    assert len(client.mosaics.list()) == before


def test_a_list_that_did_not_load_says_why_and_loads_again(workspace: Workspace, qtbot: QtBot) -> None:
    page = workspace.dock.imagery.statePage
    refused = answer({"detail": "not today"}, status=403)
    with FaultServer(then=refused) as server:
        server.add(answer(STORAGE))
        workspace.services.session.sign_in(server.url, "dG9r", False)
        qtbot.waitUntil(lambda: page.stateButton.text() == "Retry", timeout=PATIENCE_MS)
        assert "not loaded" in page.stateTitle.text()
        assert "no right" in page.stateText.text()
        server.then = answer([])
        qtbot.mouseClick(page.stateButton, LEFT)
        qtbot.waitUntil(lambda: page.stateTitle.text() == "No imagery yet", timeout=PATIENCE_MS)


def test_a_list_that_takes_long_can_be_cancelled_and_asked_for_again(
    workspace: Workspace, qtbot: QtBot
) -> None:
    panel = workspace.dock.imagery
    page = panel.statePage
    with FaultServer(then=answer([], delay=60.0)) as server:
        server.add(answer(STORAGE))
        workspace.services.session.sign_in(server.url, "dG9r", False)
        qtbot.waitUntil(lambda: page.stateButton.text() == "Cancel", timeout=PATIENCE_MS)
        assert page.stateProgress.isVisible()
        assert not panel.findChild(WaitingBar).isVisible()  # said once
        qtbot.mouseClick(page.stateButton, LEFT)
        assert not workspace.services.mosaics.is_running("mosaics")
        assert page.stateText.text() == "Loading it was cancelled."
        server.then = answer([])
        qtbot.mouseClick(page.stateButton, LEFT)
        qtbot.waitUntil(lambda: page.stateTitle.text() == "No imagery yet", timeout=PATIENCE_MS)


def test_a_failed_refresh_keeps_the_tree_and_says_so(
    panel: ImageryPanel, signed_in: Workspace, stocked: Mosaic, sandbox: Sandbox, qtbot: QtBot
) -> None:
    signed_in.services.mosaics.failed.emit("mosaics", ServerFailed(status=500))
    assert mosaic_row(panel, stocked).isValid()
    (item,) = signed_in.dock.messageBar.items()
    assert "list of mosaics was not loaded" in item.property("text")


def test_upload_knows_the_mosaic(panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot) -> None:
    panel.imageryTree.clearSelection()
    asked: list[str] = []
    panel.upload_requested.disconnect()
    panel.upload_requested.connect(asked.append)
    qtbot.mouseClick(panel.uploadButton, LEFT)
    click(panel, qtbot, mosaic_row(panel, stocked))
    qtbot.mouseClick(panel.uploadButton, LEFT)
    assert asked == ["", stocked.id]


def test_results_do_not_land_in_another_project(
    panel: ImageryPanel, signed_in: Workspace, stocked: Mosaic, qtbot: QtBot
) -> None:
    click(panel, qtbot, mosaic_row(panel, stocked))
    choose(panel, "footprintsAction")
    QgsProject.instance().clear()
    with qtbot.waitSignal(signed_in.services.images.images_loaded, timeout=PATIENCE_MS):
        pass
    assert layers("footprints") == []
    assert "another project" in signed_in.dock.messageBar.items()[-1].property("text")
