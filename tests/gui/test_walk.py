"""All that toolbars and menus can do, done with keys only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtWidgets import QMenu

from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.image.dialog import ImageDialog
from mapflow_data.gui.manage.delete_dialog import DeleteDialog
from mapflow_data.gui.manage.mosaic_dialog import MosaicDialog
from mapflow_data.gui.manage.rename_dialog import RenameDialog
from mapflow_data.gui.results.cells import Column as ResultColumn
from mapflow_data.gui.storage.dialog import StorageDialog
from mapflow_data.gui.upload.dialog import UploadDialog
from mapflow_data.gui.widgets.qt_compat import QAction
from mapflow_data.settings import IMAGERY_COLUMNS
from tests.gui.kit import samples
from tests.gui.kit.keyboard import CTRL, KEY, SHIFT, Keyboard
from tests.gui.kit.searching import look_at
from tests.gui.states.search import results
from tests.gui.states.stage import Stage


@pytest.fixture
def keys(qtbot: QtBot) -> Iterator[Keyboard]:
    IMAGERY_COLUMNS.forget()
    yield Keyboard(qtbot)
    IMAGERY_COLUMNS.forget()


@pytest.fixture
def dock(stage: Stage, qtbot: QtBot) -> MapflowDock:
    """Signed in, with mosaics and the images of the first; the focus is on the map."""
    dock = stage.sign_in()
    stage.services.mosaics.mosaics_loaded.emit(samples.mosaics())
    stage.services.images.images_loaded.emit("m1", samples.images(3), [])
    stage.window.window.activateWindow()
    stage.window.canvas.setFocus()
    return dock


def told_by(*actions: QAction) -> list[str]:
    told: list[str] = []
    for action in actions:
        action.triggered.connect(lambda _=False, one=action: told.append(one.objectName()))
    return told


# My imagery


def go_to_images(dock: MapflowDock, keys: Keyboard) -> None:
    """The first of the three, from anywhere in My imagery."""
    keys.tab_to("imageryTree")
    keys.press(KEY.Key_F, CTRL)
    keys.press(KEY.Key_Down)
    keys.press(KEY.Key_Home)
    while current(dock) != "m1":
        keys.press(KEY.Key_Down)
    keys.press(KEY.Key_Right)
    keys.press(KEY.Key_Right)
    assert dock.imagery.imageryTree.selected_image_ids() == {current(dock)}


def current(dock: MapflowDock) -> str:
    return dock.imagery.imageryTree.current_item().id


def test_toolbar_of_my_imagery(dock: MapflowDock, keys: Keyboard) -> None:
    keys.tab_to("uploadButton")
    keys.press(KEY.Key_Space)
    keys.escape_from(UploadDialog, dock)
    keys.tab_to("newMosaicButton")
    keys.press(KEY.Key_Space)
    keys.escape_from(MosaicDialog, dock)
    go_to_images(dock, keys)
    menu = dock.imagery._menu
    told = told_by(menu.preview, menu.footprints, menu.all_mosaics, menu.zoom, menu.more.copy_id)
    keys.tab_to("onMapButton")
    keys.press(KEY.Key_Space)
    for text in ("Footprints", "All mosaics"):
        keys.choose_from("onMapButton", KEY.Key_Down, text)
    keys.tab_to("zoomButton")
    keys.press(KEY.Key_Space)
    keys.choose_from("moreButton", KEY.Key_Space, "Copy id")
    assert told == ["previewAction", "footprintsAction", "allMosaicsAction", "zoomAction", "copyIdAction"]
    keys.tab_to("deleteButton")
    keys.press(KEY.Key_Space)
    keys.escape_from(DeleteDialog, dock)


@pytest.mark.parametrize("key", [(KEY.Key_Menu,), (KEY.Key_F10, SHIFT)], ids=["Menu", "Shift+F10"])
def test_context_menu_of_the_current_row(dock: MapflowDock, keys: Keyboard, key: tuple[object, ...]) -> None:
    go_to_images(dock, keys)
    tree = dock.imagery.imageryTree
    keys.press(*key)
    menu = keys.menu()
    top = tree.viewport().mapToGlobal(tree.visualRect(tree.currentIndex()).topLeft()).y()
    assert abs(menu.y() - top) < 2 * tree.rowHeight(tree.currentIndex())
    keys.press(KEY.Key_Escape)
    assert keys.focus == "imageryTree"
    keys.press(*key)
    keys.choose("Rename image")
    keys.escape_from(RenameDialog, dock)


def test_the_columns_of_the_list(dock: MapflowDock, keys: Keyboard) -> None:
    go_to_images(dock, keys)
    keys.press(KEY.Key_Space, CTRL)  # nothing is selected any more
    keys.press(KEY.Key_Menu)
    keys.choose("Resolution")
    assert "resolution" in IMAGERY_COLUMNS.get()


def test_contact_sheet_drawer_and_image(dock: MapflowDock, keys: Keyboard, qtbot: QtBot) -> None:
    go_to_images(dock, keys)
    first = current(dock)
    keys.press(KEY.Key_Return)
    keys.escape_from(ImageDialog, dock)
    keys.tab_to("nextButton")
    keys.press(KEY.Key_Space)
    assert current(dock) != first
    keys.tab_to("previousButton")
    keys.press(KEY.Key_Space)
    assert current(dock) == first
    keys.tab_to("titleButton")
    keys.press(KEY.Key_Space)
    assert not dock.imagery.imageDrawer.is_open
    keys.press(KEY.Key_Space)
    keys.tab_to("sheetButton")
    keys.press(KEY.Key_Space)
    keys.tab_to("contactSheet")
    keys.press(KEY.Key_Right)
    assert current(dock) != first
    keys.press(KEY.Key_Menu)
    keys.choose("Rename image")
    keys.escape_from(RenameDialog, dock)
    keys.tab_to("contactSheet")
    keys.press(KEY.Key_Return)
    keys.escape_from(ImageDialog, dock)
    keys.tab_to("backButton")
    keys.press(KEY.Key_Space)
    qtbot.waitUntil(dock.imagery.imageryTree.isVisible)


# The rest


def to_tab(keys: Keyboard, dock: MapflowDock, page: int) -> None:
    keys.tab_to("qt_tabwidget_tabbar")
    while dock.tabs.currentIndex() != page:
        keys.press(KEY.Key_Right)


def test_a_search_begins_with_keys(dock: MapflowDock, keys: Keyboard, stage: Stage) -> None:
    look_at(stage.window.canvas)
    to_tab(keys, dock, 1)
    keys.choose_from("areaButton", KEY.Key_Down, "What the map shows")
    assert dock.search.picker.area is not None
    for name in ("datesCombo", "cloudSpin", "searchButton", "zoomAreaButton", "clearAreaButton"):
        keys.tab_to(name)
    keys.press(KEY.Key_Space)
    assert dock.search.picker.area is None


def test_what_was_found(stage: Stage, keys: Keyboard) -> None:
    dock = results(stage)
    stage.window.window.activateWindow()
    wanted: list[int] = []
    dock.search.cardsView.map_requested.connect(lambda index: wanted.append(index.row()))
    keys.tab_to("cardsView")
    keys.press(KEY.Key_Home)
    keys.press(KEY.Key_Down)
    keys.press(KEY.Key_Return)
    assert wanted == [1]
    keys.press(KEY.Key_Menu)
    assert isinstance(keys.menu(), QMenu)
    keys.press(KEY.Key_Escape)
    keys.choose_from("sortButton", KEY.Key_Space, "Covers most")
    assert dock.search.model.order[0] == ResultColumn.COVERS
    keys.tab_to("tableButton")
    keys.press(KEY.Key_Space)
    assert dock.search.opener.table.isVisible()
    keys.tab_to("resultsView")
    keys.tab_to("editButton")
    keys.press(KEY.Key_Space)
    assert dock.search.searchForm.isVisible()


def test_activity(stage: Stage, keys: Keyboard) -> None:
    stage.services.queue.jobs_added.emit(samples.jobs())
    dock = stage.sign_in()
    stage.window.window.activateWindow()
    to_tab(keys, dock, 2)
    view = dock.activity.activityView
    keys.tab_to("activityView")
    keys.press(KEY.Key_A, CTRL)
    assert len(view.selectionModel().selectedRows()) == len(samples.jobs())
    for name in ("cancelJobButton", "retryButton", "clearButton"):
        keys.tab_to(name, KEY.Key_Backtab)


def test_storage(dock: MapflowDock, keys: Keyboard, qtbot: QtBot) -> None:
    keys.tab_to("storageBar")
    keys.press(KEY.Key_Return)
    (dialog,) = dock.window().findChildren(StorageDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    keys.tab_to("sizesView")
    keys.press(KEY.Key_Down)
    keys.press(KEY.Key_Return)
    qtbot.waitUntil(lambda: bool(dock.imagery.imageryTree.selected_mosaics()))
    dialog.activateWindow()
    keys.tab_to("qt_tabwidget_tabbar")
    keys.press(KEY.Key_Right)
    assert dialog.duplicatesPage.isVisible()
    keys.escape_from(StorageDialog, dock)
