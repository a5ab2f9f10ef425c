"""My imagery without a mouse: to the filter, into the list and back, renaming, refreshing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDialog, QWidget

from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.manage.mosaic_dialog import MosaicDialog
from mapflow_data.gui.manage.rename_dialog import RenameDialog
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from mapflow_data.gui.widgets.name_label import NameLabel
from mapflow_data.gui.widgets.qt_compat import QAction
from tests.gui.states.stage import Stage

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier
FIRST, SECOND = Mosaic("a", "Autumn"), Mosaic("b", "Barley")


@pytest.fixture
def panel(stage: Stage) -> Iterator[ImageryPanel]:
    """Two mosaics of four images each, both closed; the focus is nowhere in the dock."""
    panel = stage.sign_in().imagery
    stage.services.mosaics.mosaics_loaded.emit([FIRST, SECOND])
    for mosaic in (FIRST, SECOND):
        images = [Image(f"{mosaic.id}{n}", mosaic.id, f"{mosaic.name} {n}.tif") for n in range(4)]
        stage.services.images.images_loaded.emit(mosaic.id, images, [])
    stage.window.window.activateWindow()
    stage.window.canvas.setFocus()
    yield panel


def press(panel: ImageryPanel, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
    """As the window system does: to what has the focus, after shortcuts."""
    QTest.keyClick(panel.window().windowHandle(), key, modifier)


def type_text(panel: ImageryPanel, text: str) -> None:
    for letter in text:
        QTest.keyClick(panel.window().windowHandle(), letter)


def go_to_filter(panel: ImageryPanel) -> None:
    panel.imageryTree.setFocus()
    press(panel, KEY.Key_F, CTRL)
    assert focus() is panel.filterEdit


def focus() -> QWidget:
    return QApplication.focusWidget()


def current(panel: ImageryPanel) -> str:
    item = panel.imageryTree.current_item()
    return item.id if item else ""


@pytest.mark.parametrize("key", [KEY.Key_Down, KEY.Key_Return, KEY.Key_Enter])
def test_from_the_filter_into_the_list_and_back(panel: ImageryPanel, key: Qt.Key) -> None:
    go_to_filter(panel)
    type_text(panel, "barley 2")
    press(panel, key)  # before typing has come to rest
    assert focus() is panel.imageryTree
    assert current(panel) == "b2"
    assert panel.imageryTree.selected_image_ids() == {"b2"}
    press(panel, KEY.Key_Up)
    assert (focus(), current(panel)) == (panel.imageryTree, "b")
    press(panel, KEY.Key_Up)
    assert focus() is panel.filterEdit
    press(panel, KEY.Key_A)  # what was typed is selected
    assert panel.filterEdit.text() == "a"


def test_without_a_filter_one_is_where_one_was(panel: ImageryPanel) -> None:
    panel.imageryTree.show_image(panel.model.images_of("a")[3])
    go_to_filter(panel)
    press(panel, KEY.Key_Down)
    assert (focus(), current(panel)) == (panel.imageryTree, "a3")
    press(panel, KEY.Key_Up, SHIFT)
    assert panel.imageryTree.selected_image_ids() == {"a2", "a3"}


def test_a_mosaic_that_is_found_by_its_own_name_comes_first(panel: ImageryPanel) -> None:
    go_to_filter(panel)
    type_text(panel, "barley")
    press(panel, KEY.Key_Down)
    assert current(panel) == "b"


def test_esc_empties_the_filter(panel: ImageryPanel) -> None:
    go_to_filter(panel)
    type_text(panel, "zzz")
    press(panel, KEY.Key_Down)
    assert panel.views.currentWidget() is panel.statePage
    assert focus() is panel.filterEdit
    press(panel, KEY.Key_Escape)
    assert panel.filterEdit.text() == ""
    assert panel.views.currentWidget() is panel.imageryTree
    assert focus() is panel.filterEdit
    press(panel, KEY.Key_Escape)
    press(panel, KEY.Key_Down)
    assert (focus(), current(panel)) == (panel.imageryTree, "a")


def test_the_contact_sheet_is_a_list_as_well(panel: ImageryPanel, qtbot: QtBot) -> None:
    panel.imageryTree.select_mosaic("b")
    panel.sheetButton.setFocus()
    press(panel, KEY.Key_Space)
    assert panel.sheetButton.isChecked()
    go_to_filter_from_sheet(panel)
    type_text(panel, "ley 2")
    press(panel, KEY.Key_Down)
    assert (focus(), current(panel)) == (panel.contactSheet, "b2")
    title = panel.sheetPage.findChild(NameLabel)
    assert title.text().endswith("1 of 4 images")
    press(panel, KEY.Key_Up)
    assert focus() is panel.filterEdit
    press(panel, KEY.Key_Escape)
    assert title.text().endswith("4 images")
    assert " of " not in title.text()
    press(panel, KEY.Key_Down)
    press(panel, KEY.Key_End)
    qtbot.waitUntil(lambda: current(panel) == "b3")
    assert focus() is panel.contactSheet


def go_to_filter_from_sheet(panel: ImageryPanel) -> None:
    panel.contactSheet.setFocus()
    press(panel, KEY.Key_F, CTRL)
    assert focus() is panel.filterEdit


@pytest.mark.parametrize(("chosen", "dialog"), [("a1", RenameDialog), ("a", MosaicDialog)])
def test_f2_renames(panel: ImageryPanel, qtbot: QtBot, chosen: str, dialog: type) -> None:
    if chosen == "a":
        panel.imageryTree.select_mosaic("a")
    else:
        panel.imageryTree.select_images({"a": {chosen}})
    panel.imageryTree.setFocus()
    press(panel, KEY.Key_F2)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in panel.window().findChildren(dialog)))
    (opened,) = [one for one in panel.window().findChildren(QDialog) if one.isVisible()]
    QTest.keyClick(opened, KEY.Key_Escape)
    qtbot.waitUntil(lambda: not opened.isVisible())


def test_keys_are_ours_only_while_the_focus_is_in_the_dock(panel: ImageryPanel, stage: Stage) -> None:
    """QGIS has some of them, too: F5 draws the map again."""
    told: list[str] = []
    for key in ("F5", "F2", "Ctrl+F"):
        action = QAction(stage.window.window)
        action.setShortcut(key)
        action.triggered.connect(lambda _, key=key: told.append(key))
        stage.window.window.addAction(action)
    asked = []
    stage.dock.refreshButton.clicked.connect(asked.append)
    for widget in (panel.imageryTree, stage.window.canvas):
        widget.setFocus()
        for key, modifier in ((KEY.Key_F5, NO_KEY), (KEY.Key_F2, NO_KEY), (KEY.Key_F, CTRL)):
            press(panel, key, modifier)
        if widget is panel.imageryTree:
            assert (told, asked, focus()) == ([], [False], panel.filterEdit)
    assert (told, asked) == (["F5", "F2", "Ctrl+F"], [False])
