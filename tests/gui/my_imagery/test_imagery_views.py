"""The parts of My imagery as they stand together, clicked as a person does, with a real service behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject
from qgis.gui import QgsRubberBand
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QAbstractItemView

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.image.dialog import ImageDialog
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from mapflow_data.gui.storage.dialog import StorageDialog
from mapflow_data.gui.widgets.name_label import NameLabel
from mapflow_data.gui.workspace import Workspace
from mapflow_data.layers.properties import FOOTPRINTS, kind_of
from mapflow_data.settings import DRAWER_OPEN
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.file_dialogs import choose
from tests.gui.kit.window import Window
from tests.rig.geotiffs import make_raster

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def as_at_first() -> Iterator[None]:
    DRAWER_OPEN.forget()
    yield
    DRAWER_OPEN.forget()


@pytest.fixture
def panel(stocked: Mosaic, signed_in: Workspace) -> ImageryPanel:
    return signed_in.dock.imagery


def open_mosaic(panel: ImageryPanel, mosaic: Mosaic, qtbot: QtBot) -> list[Image]:
    panel.imageryTree.expand(panel.model.index_of(mosaic.id))
    qtbot.waitUntil(lambda: bool(panel.model.images_of(mosaic.id)), timeout=PATIENCE_MS)
    return panel.model.images_of(mosaic.id)


def click_image(panel: ImageryPanel, image: Image, qtbot: QtBot, double: bool = False) -> None:
    tree = panel.imageryTree
    row = panel.model.index_of(image.id, image.mosaic_id)
    tree.scrollTo(row)
    at = tree.visualRect(row).center()
    qtbot.mouseClick(tree.viewport(), LEFT, pos=at)
    if double:
        qtbot.mouseDClick(tree.viewport(), LEFT, pos=at)


def footprints() -> list[object]:
    return [layer for layer in QgsProject.instance().mapLayers().values() if kind_of(layer) == FOOTPRINTS]


def dialogs(workspace: Workspace, kind: type) -> list[object]:
    return [one for one in workspace.dock.window().findChildren(kind) if one.isVisible()]


def test_the_drawer_shows_the_image_that_is_clicked(
    panel: ImageryPanel, stocked: Mosaic, signed_in: Workspace, qtbot: QtBot
) -> None:
    first, second = open_mosaic(panel, stocked, qtbot)
    click_image(panel, first, qtbot)
    pictures = signed_in.services.pictures
    qtbot.waitUntil(lambda: pictures.small(first) is not None, timeout=PATIENCE_MS)
    assert panel.imageDrawer.positionLabel.text() == "1 of 2"
    qtbot.keyClick(panel.imageryTree, Qt.Key.Key_Down)
    assert panel.imageDrawer.positionLabel.text() == "2 of 2"
    assert panel.imageryTree.selected_items() == [second]


def test_the_dialog_goes_on_to_the_next_image_and_closes_with_the_last_one(
    signed_in: Workspace, client: MapflowClient, tmp_path: Path, qtbot: QtBot
) -> None:
    mosaic = client.mosaics.create("Short-lived")
    for number in (1, 2):
        client.images.upload(mosaic.id, str(make_raster(tmp_path / f"{number}.tif", value=number)))
    panel, services = signed_in.dock.imagery, signed_in.services
    panel.refresh()
    qtbot.waitUntil(lambda: panel.model.index_of(mosaic.id).isValid(), timeout=PATIENCE_MS)
    first, second = open_mosaic(panel, mosaic, qtbot)
    click_image(panel, first, qtbot, double=True)
    (dialog,) = dialogs(signed_in, ImageDialog)
    for image, title in ((first, "2.tif · Short-lived"), (second, "")):
        with qtbot.waitSignal(services.deletions.ended, timeout=PATIENCE_MS):
            services.deletions.delete([image])
        assert dialog.isVisible() == bool(title)
        assert not title or dialog.windowTitle() == title


def test_keys_flash_footprints_on_the_map(
    panel: ImageryPanel, stocked: Mosaic, window: Window, qtbot: QtBot
) -> None:
    first, second = open_mosaic(panel, stocked, qtbot)
    panel.commands.on_map.zoom_to([stocked])
    click_image(panel, first, qtbot)
    qtbot.keyClick(panel.imageryTree, Qt.Key.Key_Down)
    bands = [item for item in window.canvas.scene().items() if isinstance(item, QgsRubberBand)]
    (band,) = [band for band in bands if band.isVisible() and not band.asGeometry().isEmpty()]
    crs = window.canvas.mapSettings().destinationCrs()
    shape = QgsGeometry.fromWkt(second.footprint)
    shape.transform(
        QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), crs, QgsProject.instance())
    )
    assert band.asGeometry().boundingBox().intersects(shape.boundingBox())
    assert band.asGeometry().centroid().distance(shape.centroid()) < shape.length() / 1000


def test_list_and_contact_sheet_are_one_selection(panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot) -> None:
    first, second = open_mosaic(panel, stocked, qtbot)
    click_image(panel, first, qtbot)
    qtbot.mouseClick(panel.sheetButton, LEFT)
    sheet = panel.contactSheet
    assert panel.views.currentWidget() is panel.sheetPage
    assert sheet.model().rowCount(sheet.rootIndex()) == 2
    qtbot.waitUntil(lambda: not sheet.visualRect(sheet.currentIndex()).isEmpty(), timeout=PATIENCE_MS)
    row = panel.model.index_of(second.id, stocked.id)
    qtbot.mouseClick(sheet.viewport(), LEFT, pos=sheet.visualRect(row).center())
    assert panel.imageryTree.selected_items() == [second]
    assert panel.deleteButton.isEnabled()
    qtbot.mouseClick(panel.sheetPage.findChild(type(panel.sheetButton), "backButton"), LEFT)
    assert panel.views.currentWidget() is panel.imageryTree
    assert not panel.sheetButton.isChecked()


def test_the_way_back_to_the_list_has_a_name(panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot) -> None:
    title = panel.sheetPage.findChild(NameLabel)
    qtbot.mouseClick(panel.sheetButton, LEFT)
    assert title.text() == "All mosaics"
    panel.imageryTree.select_mosaic(stocked.id)
    assert title.text().startswith(stocked.name)


def test_a_closed_drawer_stays_closed(workspace: Workspace, window: Window, qtbot: QtBot) -> None:
    workspace.dock.imagery.imageDrawer.set_open(False)
    another = Workspace(window)
    try:
        assert not another.dock.imagery.imageDrawer.is_open
    finally:
        another.close()


def test_another_account_begins_with_its_list(
    panel: ImageryPanel, stocked: Mosaic, signed_in: Workspace, qtbot: QtBot
) -> None:
    click_image(panel, open_mosaic(panel, stocked, qtbot)[0], qtbot)
    qtbot.mouseClick(panel.sheetButton, LEFT)
    signed_in.services.session.sign_out()
    assert not panel.sheetButton.isChecked()
    assert not panel.imageDrawer.isVisibleTo(panel)  # there is nothing to tell of


def test_a_double_click_shows_all_that_is_known_and_browses(
    panel: ImageryPanel, stocked: Mosaic, signed_in: Workspace, qtbot: QtBot
) -> None:
    first, second = open_mosaic(panel, stocked, qtbot)
    click_image(panel, first, qtbot, double=True)
    (dialog,) = dialogs(signed_in, ImageDialog)
    assert dialog.image == first
    qtbot.mouseClick(dialog.nextButton, LEFT)
    assert dialog.image == second
    assert panel.imageryTree.selected_items() == [second]
    signed_in.services.session.sign_out()
    assert dialogs(signed_in, ImageDialog) == []


def test_the_filter_looks_into_mosaics_that_were_never_opened(
    panel: ImageryPanel, client: MapflowClient, tmp_path: Path, qtbot: QtBot
) -> None:
    mosaic = client.mosaics.create("Never opened")
    client.images.upload(mosaic.id, str(make_raster(tmp_path / "needle_77.tif", value=77)))
    panel.refresh()
    qtbot.waitUntil(lambda: panel.model.branch(mosaic.id) is not None, timeout=PATIENCE_MS)
    qtbot.keyClicks(panel.filterEdit, "needle_77")
    bar = panel.findingBar
    qtbot.waitUntil(lambda: panel.views.currentWidget() is panel.statePage, timeout=PATIENCE_MS)
    assert bar.isVisible()
    qtbot.mouseClick(bar.findButton, LEFT)
    qtbot.waitUntil(lambda: bool(panel.model.images_of(mosaic.id)), timeout=PATIENCE_MS)
    assert panel.views.currentWidget() is panel.imageryTree
    assert bar.foundLabel.text() == "1 image in 1 mosaic"
    assert panel.imageryTree.is_open(mosaic.id)
    panel.filterEdit.clear()
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=PATIENCE_MS)


def test_the_storage_bar_opens_what_fills_it_and_leads_back(
    panel: ImageryPanel, stocked: Mosaic, signed_in: Workspace, qtbot: QtBot
) -> None:
    panel.filterEdit.setText("nothing has this")
    qtbot.waitUntil(lambda: panel.views.currentWidget() is panel.statePage, timeout=PATIENCE_MS)
    qtbot.mouseClick(signed_in.dock.storageBar, LEFT)
    (dialog,) = dialogs(signed_in, StorageDialog)
    dialog.mosaic_chosen.emit(stocked.id)
    assert panel.imageryTree.selected_items() == [panel.model.branch(stocked.id).mosaic]
    assert panel.filterEdit.text() == ""
    dialog.close()


def test_picking_on_the_map_selects_rows(
    panel: ImageryPanel, stocked: Mosaic, window: Window, qtbot: QtBot
) -> None:
    first, _ = open_mosaic(panel, stocked, qtbot)
    panel.commands.on_map.show_footprints([stocked])
    qtbot.waitUntil(lambda: bool(footprints()), timeout=PATIENCE_MS)
    # the first layer of a project makes QGIS zoom to all of it, once it is on the canvas
    qtbot.waitUntil(lambda: bool(window.canvas.layers()), timeout=PATIENCE_MS)
    panel.commands.on_map.zoom_to([first])
    qtbot.mouseClick(panel.pickButton, LEFT)
    viewport = window.canvas.viewport()
    qtbot.mouseClick(viewport, LEFT, pos=QPoint(viewport.width() // 2, viewport.height() // 2))
    assert panel.imageryTree.selected_items() == [first]
    qtbot.mouseClick(panel.pickButton, LEFT)
    assert not panel.pickButton.isChecked()


def test_footprints_that_come_late_are_selected_as_their_rows_are(
    panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot
) -> None:
    first, _ = open_mosaic(panel, stocked, qtbot)
    click_image(panel, first, qtbot)
    panel.commands.on_map.show_footprints([stocked])
    qtbot.waitUntil(lambda: bool(footprints()), timeout=PATIENCE_MS)
    (layer,) = footprints()
    assert [feature["id"] for feature in layer.selectedFeatures()] == [first.id]


def many(panel: ImageryPanel, mosaic: Mosaic, qtbot: QtBot) -> list[Image]:
    """More than there is room for."""
    open_mosaic(panel, mosaic, qtbot)
    images = [Image(f"i{number}", mosaic.id, f"DJI_{number:04}.tif") for number in range(60)]
    panel.model.set_images(mosaic.id, images)
    return images


def is_in_sight(view: QAbstractItemView) -> bool:
    place = view.visualRect(view.currentIndex())
    return place.isValid() and view.viewport().rect().contains(place.center())


def test_the_last_row_is_not_behind_the_drawer_that_it_fills(
    panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot
) -> None:
    images, tree = many(panel, stocked, qtbot), panel.imageryTree
    last = panel.model.index_of(images[-1].id, stocked.id)
    qtbot.waitUntil(lambda: tree.visualRect(last).isValid())
    before = tree.viewport().height()
    tree.show_image(images[-1])  # as a click on the map does
    assert is_in_sight(tree)
    qtbot.waitUntil(lambda: tree.viewport().height() < before - 10, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: is_in_sight(tree), timeout=2000)


@pytest.mark.parametrize("is_sheet", [False, True])
def test_what_was_found_is_in_sight_when_the_filter_is_gone(
    panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot, is_sheet: bool
) -> None:
    images = many(panel, stocked, qtbot)
    qtbot.keyClicks(panel.filterEdit, "0057")
    qtbot.waitUntil(lambda: panel.model.rowCount(panel.model.index_of(stocked.id)) == 1)
    click_image(panel, images[57], qtbot)
    if is_sheet:
        qtbot.mouseClick(panel.sheetButton, LEFT)
    for _ in "0057":
        qtbot.keyClick(panel.filterEdit, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: panel.model.rowCount(panel.model.index_of(stocked.id)) == 60)
    view = panel.contactSheet if is_sheet else panel.imageryTree
    qtbot.waitUntil(lambda: view.isVisible() and is_in_sight(view), timeout=1000)
    assert view.currentIndex().data() == "DJI_0057.tif"


def test_the_image_that_takes_anothers_place_is_selected_in_its_stead(
    panel: ImageryPanel, signed_in: Workspace, client: MapflowClient, tmp_path: Path, qtbot: QtBot
) -> None:
    mosaic = client.mosaics.create("To be replaced")
    client.images.upload(mosaic.id, str(make_raster(tmp_path / "old.tif", value=71)))
    client.images.upload(mosaic.id, str(make_raster(tmp_path / "stays.tif", value=72)))
    panel.refresh()
    qtbot.waitUntil(lambda: panel.model.branch(mosaic.id) is not None, timeout=PATIENCE_MS)
    old = next(one for one in open_mosaic(panel, mosaic, qtbot) if one.filename == "old.tif")
    click_image(panel, old, qtbot)
    replacements = signed_in.services.replacements
    with qtbot.waitSignal(replacements.prepared, timeout=PATIENCE_MS) as told:
        replacements.prepare(old, str(make_raster(tmp_path / "new.tif", value=73)))
    replacements.replace(told.args[0])
    selected = panel.imageryTree.selected_items
    qtbot.waitUntil(lambda: [one.filename for one in selected()] == ["new.tif"], timeout=PATIENCE_MS)
    assert panel.deleteButton.isEnabled()
    texts = [item.property("text") for item in signed_in.dock.messageBar.items()]
    assert texts == ["“old.tif” was replaced by “new.tif”."]
    assert footprints() == []  # none was on the map


def test_a_mosaic_is_downloaded_with_all_its_images_whatever_the_filter_hides(
    panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot, tmp_path: Path
) -> None:
    action = panel.moreButton.menu().download
    open_mosaic(panel, stocked, qtbot)
    qtbot.keyClicks(panel.filterEdit, "field_1")
    qtbot.waitUntil(lambda: len(panel.model.images_of(stocked.id)) == 1)
    assert not action.isEnabled()
    tree = panel.imageryTree
    qtbot.mouseClick(tree.viewport(), LEFT, pos=tree.visualRect(panel.model.index_of(stocked.id)).center())
    assert action.isEnabled()
    action.trigger()
    choose(panel, qtbot, tmp_path)
    files = ["field_1.tif", "field_2.tif"]
    qtbot.waitUntil(lambda: sorted(one.name for one in tmp_path.iterdir()) == files, timeout=PATIENCE_MS)


def test_a_mosaic_can_be_downloaded_once_its_images_are_known(
    panel: ImageryPanel, stocked: Mosaic, qtbot: QtBot
) -> None:
    panel.imageryTree.select_mosaic(stocked.id)
    action = panel.moreButton.menu().download
    assert not action.isEnabled()
    qtbot.waitUntil(action.isEnabled, timeout=PATIENCE_MS)
