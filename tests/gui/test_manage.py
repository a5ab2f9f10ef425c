"""Deleting and changing in My imagery, clicked as a person does, with a real service behind it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QModelIndex, Qt
from qgis.PyQt.QtWidgets import QApplication, QDialog, QLineEdit, QToolButton

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.chip import Chip
from mapflow_data.gui.delete_dialog import DeleteDialog
from mapflow_data.gui.delete_words import Doomed
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.imagery_model import ITEM_ROLE
from mapflow_data.gui.imagery_panel import ImageryPanel
from mapflow_data.gui.mosaic_dialog import MosaicDialog
from mapflow_data.gui.rename_dialog import RenameDialog
from mapflow_data.gui.workspace import Workspace
from mapflow_data.layers.properties import kind_of
from tests.gui.conftest import PATIENCE_MS
from tests.gui.looks import assert_nothing_clipped
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer

LEFT = Qt.MouseButton.LeftButton
GB = 1024**3
LONG = "an_orthophoto_with_a_name_that_nobody_ever_shortened_2026-06-14_final_v2"
STORAGE = {"memoryLimit": 1000, "memoryUsed": 1, "memoryFree": 999}


@pytest.fixture
def mosaic(client: MapflowClient, tmp_path: Path) -> Mosaic:
    """Of its own for each test, with two images."""
    mosaic = client.mosaics.create("To tidy <b>up</b>", ("drone",))
    for number in (1, 2):
        transform = (500_000.0 + number * 700, 10.0, 0.0, 4_500_000.0, 0.0, -10.0)
        client.images.upload(mosaic.id, str(make_raster(tmp_path / f"{number}.tif", transform=transform)))
    return client.mosaics.get(mosaic.id)


@pytest.fixture
def panel(mosaic: Mosaic, signed_in: Workspace) -> ImageryPanel:
    return signed_in.dock.imagery


def row_of(panel: ImageryPanel, mosaic: Mosaic) -> QModelIndex:
    model = panel.imageryTree.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return next(row for row in rows if row.data(ITEM_ROLE).id == mosaic.id)


def open_mosaic(panel: ImageryPanel, qtbot: QtBot, mosaic: Mosaic) -> list[QModelIndex]:
    row = row_of(panel, mosaic)
    panel.imageryTree.expand(row)
    qtbot.waitUntil(lambda: bool(panel.model.branch(mosaic.id).images), timeout=PATIENCE_MS)
    model = panel.imageryTree.model()
    return [model.index(r, 0, row) for r in range(model.rowCount(row))]


def click(panel: ImageryPanel, qtbot: QtBot, *rows: QModelIndex) -> None:
    """The first alone, the others with Ctrl."""
    for row in rows:
        panel.imageryTree.scrollTo(row)
        at = panel.imageryTree.visualRect(row).center()
        how = Qt.KeyboardModifier.NoModifier if row is rows[0] else Qt.KeyboardModifier.ControlModifier
        qtbot.mouseClick(panel.imageryTree.viewport(), LEFT, how, at)


def dialog_of(panel: ImageryPanel) -> QDialog:
    """The one that is open."""
    (dialog,) = [one for one in panel.findChildren(QDialog) if one.isVisible()]
    return dialog


def ask_to_delete(panel: ImageryPanel, qtbot: QtBot, *rows: QModelIndex) -> DeleteDialog:
    click(panel, qtbot, *rows)
    qtbot.mouseClick(panel.deleteButton, LEFT)
    dialog = dialog_of(panel)
    assert isinstance(dialog, DeleteDialog)
    return dialog


def notices(dock: MapflowDock) -> list[str]:
    return [item.property("text") for item in dock.messageBar.items()]


def press(qtbot: QtBot, dock: MapflowDock, text: str) -> None:
    """A button in the newest message."""
    buttons = dock.messageBar.items()[-1].findChildren(QToolButton)
    qtbot.mouseClick(next(one for one in buttons if one.text() == text), LEFT)


def layers(kind: str) -> list[object]:
    return [layer for layer in QgsProject.instance().mapLayers().values() if kind_of(layer) == kind]


def show_footprints(panel: ImageryPanel, qtbot: QtBot, mosaic: Mosaic) -> None:
    click(panel, qtbot, row_of(panel, mosaic))
    panel._menu.footprints.trigger()
    qtbot.waitUntil(lambda: len(layers("footprints")) == 1, timeout=PATIENCE_MS)


# Delete


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Space])
@pytest.mark.parametrize("where", ["as it opens", "in the names", "on the Delete button"])
def test_no_key_pressed_in_a_hurry_deletes(qtbot: QtBot, where: str, key: Qt.Key) -> None:
    dialog = DeleteDialog([Doomed(Mosaic("m", "M"), 2, 5)])
    qtbot.addWidget(dialog)
    dialog.show()
    focus = {"in the names": dialog.namesView, "on the Delete button": dialog.delete_button}.get(where)
    if focus is not None:
        focus.setFocus()
    accepted: list[bool] = []
    dialog.accepted.connect(lambda: accepted.append(True))
    qtbot.keyClick(dialog.focusWidget(), key)
    # whoever walks to the button by Tab can press it as any other
    assert accepted == ([True] if (where, key) == ("on the Delete button", Qt.Key.Key_Space) else [])


def test_the_del_key_does_nothing(panel: ImageryPanel, mosaic: Mosaic, qtbot: QtBot) -> None:
    click(panel, qtbot, row_of(panel, mosaic))
    qtbot.keyClick(panel.imageryTree, Qt.Key.Key_Delete)
    qtbot.keyClick(panel.imageryTree, Qt.Key.Key_Backspace)
    assert [one for one in panel.findChildren(QDialog) if one.isVisible()] == []
    assert panel._menu.delete.shortcut().isEmpty()


def test_a_mosaic_is_named_with_images_and_bytes_and_stays_after_cancel(
    panel: ImageryPanel, mosaic: Mosaic, qtbot: QtBot, sandbox: Sandbox
) -> None:
    sandbox.clear_requests()
    dialog = ask_to_delete(panel, qtbot, row_of(panel, mosaic))
    text = dialog.whatLabel.text
    qtbot.waitUntil(lambda: text().startswith("1 mosaic with 2 images, "), timeout=PATIENCE_MS)
    assert "<b>up</b> · 2 images" in dialog.namesView.toPlainText()
    assert "cannot be restored" in dialog.warningLabel.text()
    qtbot.mouseClick(dialog.buttonBox.button(dialog.buttonBox.StandardButton.Cancel), LEFT)
    qtbot.wait(50)
    assert [one for one in sandbox.requests() if one["method"] == "DELETE"] == []
    assert row_of(panel, mosaic).isValid()


def test_a_mosaic_goes_with_its_row_and_its_layers(
    panel: ImageryPanel, mosaic: Mosaic, signed_in: Workspace, client: MapflowClient, qtbot: QtBot
) -> None:
    show_footprints(panel, qtbot, mosaic)
    dialog = ask_to_delete(panel, qtbot, row_of(panel, mosaic))
    used = signed_in.services.session.storage.used
    with qtbot.waitSignal(signed_in.services.session.storage_loaded, timeout=PATIENCE_MS):
        qtbot.mouseClick(dialog.delete_button, LEFT)
        assert not panel.deleteButton.isEnabled()
    assert panel.model.branch(mosaic.id) is None
    assert layers("footprints") == []
    assert signed_in.services.session.storage.used < used
    assert notices(signed_in.dock) == ["“To tidy <b>up</b>” was deleted from Mapflow."]
    assert mosaic.id not in {one.id for one in client.mosaics.list()}


def test_an_image_goes_from_the_tree_and_the_map(
    panel: ImageryPanel, mosaic: Mosaic, client: MapflowClient, qtbot: QtBot
) -> None:
    rows = open_mosaic(panel, qtbot, mosaic)
    show_footprints(panel, qtbot, mosaic)
    dialog = ask_to_delete(panel, qtbot, rows[0])
    assert dialog.whatLabel.text().startswith("1 image, ")
    qtbot.mouseClick(dialog.delete_button, LEFT)
    (layer,) = layers("footprints")
    qtbot.waitUntil(lambda: layer.featureCount() == 1, timeout=PATIENCE_MS)
    assert [image.filename for image in panel.model.branch(mosaic.id).images] == ["2.tif"]
    assert [image.filename for image in client.images.list(mosaic.id)] == ["2.tif"]


def test_what_is_gone_already_counts_as_deleted(
    panel: ImageryPanel, mosaic: Mosaic, signed_in: Workspace, client: MapflowClient, qtbot: QtBot
) -> None:
    rows = open_mosaic(panel, qtbot, mosaic)
    dialog = ask_to_delete(panel, qtbot, *rows)
    client.images.delete(rows[0].data(ITEM_ROLE).id)
    qtbot.mouseClick(dialog.delete_button, LEFT)
    qtbot.waitUntil(lambda: bool(notices(signed_in.dock)), timeout=PATIENCE_MS)
    assert notices(signed_in.dock) == ["2 images deleted from Mapflow."]
    assert panel.model.branch(mosaic.id).images == []


@pytest.fixture
def foreign(sandbox: Sandbox, tmp_path: Path) -> Iterator[Image]:
    """An image of another account."""
    with MapflowClient(make_connection(sandbox.url, sandbox.other_token)) as other:
        theirs = other.mosaics.create("Theirs")
        other.images.upload(theirs.id, str(make_raster(tmp_path / "theirs.tif")))
        yield other.images.list(theirs.id)[0]


def test_what_failed_is_named_and_tried_again_alone(
    panel: ImageryPanel,
    mosaic: Mosaic,
    foreign: Image,
    signed_in: Workspace,
    sandbox: Sandbox,
    qtbot: QtBot,
) -> None:
    open_mosaic(panel, qtbot, mosaic)
    images = panel.model.branch(mosaic.id).images
    stranger = Image(foreign.id, mosaic.id, foreign.filename)
    panel.model.set_images(mosaic.id, [*images, stranger])
    dialog = ask_to_delete(panel, qtbot, *open_mosaic(panel, qtbot, mosaic))
    assert dialog.whatLabel.text() == "3 images"  # one size is not known
    dock = signed_in.dock
    qtbot.mouseClick(dialog.delete_button, LEFT)
    qtbot.waitUntil(lambda: bool(notices(dock)), timeout=PATIENCE_MS)
    (text,) = notices(dock)
    assert text.startswith("2 deleted, 1 failed. “theirs.tif”: your account has no right to this")
    qtbot.waitUntil(lambda: not signed_in.services.deletions.is_busy)
    sandbox.clear_requests()
    press(qtbot, dock, "Retry")
    qtbot.waitUntil(lambda: bool(notices(dock)), timeout=PATIENCE_MS)
    assert notices(dock)[0].startswith("“theirs.tif” was not deleted: ")
    deleted = [one["path"] for one in sandbox.requests() if one["method"] == "DELETE"]
    assert [path.rpartition("/")[2] for path in deleted] == [foreign.id]


def test_a_long_deletion_shows_how_far_it_is_and_stops(workspace: Workspace, qtbot: QtBot) -> None:
    listed = [{"id": name, "name": name} for name in "abc"]
    dock, panel = workspace.dock, workspace.dock.imagery
    with FaultServer([answer(STORAGE)], then=answer(listed)) as server:
        workspace.services.session.sign_in(server.url, "YTpi", False)
        qtbot.waitUntil(lambda: bool(panel.model.mosaics()), timeout=PATIENCE_MS)
        panel.imageryTree.selectAll()
        qtbot.mouseClick(panel.deleteButton, LEFT)
        qtbot.waitUntil(lambda: not workspace.services.images.is_busy, timeout=PATIENCE_MS)
        server.add(Script(status=204), Script(silent=True, delay=30))
        qtbot.mouseClick(dialog_of(panel).delete_button, LEFT)
        button = panel.findChild(QToolButton, "cancelDeletionButton")
        qtbot.waitUntil(button.isVisible, timeout=PATIENCE_MS)
        assert_nothing_clipped(dock)
        qtbot.waitUntil(lambda: len(panel.model.mosaics()) == 2, timeout=PATIENCE_MS)
        qtbot.mouseClick(button, LEFT)
        assert notices(dock) == ["Cancelled: 1 deleted, 2 not."]
        assert not button.isVisible()
        workspace.services.session.sign_out()


def test_a_refused_token_is_told_with_a_way_to_another(workspace: Workspace, qtbot: QtBot) -> None:
    dock, panel = workspace.dock, workspace.dock.imagery
    with FaultServer([answer(STORAGE)], then=answer([{"id": "a", "name": "a"}])) as server:
        workspace.services.session.sign_in(server.url, "YTpi", False)
        qtbot.waitUntil(lambda: bool(panel.model.mosaics()), timeout=PATIENCE_MS)
        panel.imageryTree.selectAll()
        qtbot.mouseClick(panel.deleteButton, LEFT)
        qtbot.waitUntil(lambda: not workspace.services.images.is_busy, timeout=PATIENCE_MS)
        server.add(*[answer({"message": "no"}, 401)] * 4)  # it is asked again whether that is so
        qtbot.mouseClick(dialog_of(panel).delete_button, LEFT)
        qtbot.waitUntil(lambda: bool(notices(dock)), timeout=PATIENCE_MS)
        assert notices(dock)[0].startswith("“a” was not deleted: the server did not accept the token")
        press(qtbot, dock, "Sign in")
        assert dock.pages.currentWidget() is dock.signInPage
        workspace.services.session.sign_out()


def test_another_account_is_not_asked(
    panel: ImageryPanel, mosaic: Mosaic, signed_in: Workspace, qtbot: QtBot
) -> None:
    dialog = ask_to_delete(panel, qtbot, row_of(panel, mosaic))
    signed_in.services.session.sign_out()
    assert not dialog.isVisible()


# Edit, rename


def save(qtbot: QtBot, dialog: QDialog) -> None:
    assert dialog.ok_button.isEnabled()
    qtbot.mouseClick(dialog.ok_button, LEFT)


def type_over(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.selectAll()
    qtbot.keyClicks(field, text)


def edit(panel: ImageryPanel, qtbot: QtBot, mosaic: Mosaic) -> MosaicDialog:
    click(panel, qtbot, row_of(panel, mosaic))
    panel.moreButton.menu().edit.trigger()
    dialog = dialog_of(panel)
    assert isinstance(dialog, MosaicDialog)
    return dialog


def test_a_mosaic_gets_another_name_and_tags(
    panel: ImageryPanel, mosaic: Mosaic, client: MapflowClient, qtbot: QtBot
) -> None:
    dialog = edit(panel, qtbot, mosaic)
    assert (dialog.nameEdit.text(), dialog.tagsEdit.tags()) == ("To tidy <b>up</b>", ("drone",))
    assert not dialog.ok_button.isEnabled()  # nothing to save yet
    type_over(qtbot, dialog.nameEdit, "Tidy")
    qtbot.keyClicks(dialog.tagsEdit.edit, '"a, b", drone')
    save(qtbot, dialog)
    qtbot.waitUntil(lambda: row_of(panel, mosaic).data() == "Tidy", timeout=PATIENCE_MS)
    found = client.mosaics.get(mosaic.id)
    assert (found.name, found.tags) == ("Tidy", ("drone", "a, b"))
    qtbot.waitUntil(lambda: not panel._services.mosaics.is_busy, timeout=PATIENCE_MS)
    again = edit(panel, qtbot, mosaic)
    assert again.tags == ("drone", "a, b")
    assert [chip.tag for chip in again.tagsEdit.findChildren(Chip)] == ["drone", "a, b"]


def test_what_others_wrote_meanwhile_is_shown_and_kept(
    panel: ImageryPanel, mosaic: Mosaic, client: MapflowClient, qtbot: QtBot
) -> None:
    dialog = edit(panel, qtbot, mosaic)
    type_over(qtbot, dialog.nameEdit, "Mine")
    client.mosaics.update(mosaic.id, "Theirs", ("new",))
    save(qtbot, dialog)
    qtbot.waitUntil(lambda: row_of(panel, mosaic).data() == "Theirs", timeout=PATIENCE_MS)
    again = dialog_of(panel)
    assert isinstance(again, MosaicDialog)
    assert (again.nameEdit.text(), again.tagsEdit.tags()) == ("Theirs", ("new",))
    assert "changed elsewhere" in again.explanationLabel.text()
    assert "“Mine”, tags drone" in again.explanationLabel.text()
    assert client.mosaics.get(mosaic.id).name == "Theirs"
    type_over(qtbot, again.nameEdit, "Both")
    save(qtbot, again)
    qtbot.waitUntil(lambda: row_of(panel, mosaic).data() == "Both", timeout=PATIENCE_MS)
    assert client.mosaics.get(mosaic.id).tags == ("new",)


def test_an_image_gets_another_name(
    panel: ImageryPanel, mosaic: Mosaic, client: MapflowClient, qtbot: QtBot
) -> None:
    rows = open_mosaic(panel, qtbot, mosaic)
    show_footprints(panel, qtbot, mosaic)
    click(panel, qtbot, rows[0])
    panel._menu.more.rename.trigger()
    dialog = dialog_of(panel)
    assert isinstance(dialog, RenameDialog)
    assert dialog.nameEdit.selectedText() == "1"
    assert not dialog.ok_button.isEnabled()
    type_over(qtbot, dialog.nameEdit, " " * 3)
    assert not dialog.ok_button.isEnabled()
    type_over(qtbot, dialog.nameEdit, "x" * 300)
    assert len(dialog.name) == 255
    type_over(qtbot, dialog.nameEdit, "first & best.tif")
    qtbot.keyClick(dialog.nameEdit, Qt.Key.Key_Return)
    (layer,) = layers("footprints")
    wanted = {"first & best.tif", "2.tif"}
    qtbot.waitUntil(lambda: {f["filename"] for f in layer.getFeatures()} == wanted, timeout=PATIENCE_MS)
    assert {image.filename for image in panel.model.branch(mosaic.id).images} == wanted
    assert {image.filename for image in client.images.list(mosaic.id)} == wanted


def test_what_is_gone_cannot_be_changed_and_leaves_the_tree(
    panel: ImageryPanel, mosaic: Mosaic, signed_in: Workspace, client: MapflowClient, qtbot: QtBot
) -> None:
    rows = open_mosaic(panel, qtbot, mosaic)
    click(panel, qtbot, rows[0])
    panel._menu.more.rename.trigger()
    dialog = dialog_of(panel)
    type_over(qtbot, dialog.nameEdit, "other.tif")
    client.images.delete(rows[0].data(ITEM_ROLE).id)
    save(qtbot, dialog)
    branch = panel.model.branch(mosaic.id)
    qtbot.waitUntil(lambda: [one.filename for one in branch.images] == ["2.tif"], timeout=PATIENCE_MS)
    dialog = edit(panel, qtbot, mosaic)
    type_over(qtbot, dialog.nameEdit, "Other")
    client.mosaics.delete(mosaic.id)
    save(qtbot, dialog)
    qtbot.waitUntil(lambda: panel.model.branch(mosaic.id) is None, timeout=PATIENCE_MS)
    whole, image = notices(signed_in.dock)
    assert image.startswith("The image was not renamed: ")
    assert whole.startswith("The mosaic was not changed: ")


def test_one_thing_is_edited_at_a_time(panel: ImageryPanel, mosaic: Mosaic, qtbot: QtBot) -> None:
    rows = open_mosaic(panel, qtbot, mosaic)
    more = panel._menu.more
    panel.imageryTree.clearSelection()
    assert not panel.moreButton.isEnabled()
    assert not panel.deleteButton.isEnabled()
    click(panel, qtbot, row_of(panel, mosaic))
    assert (more.edit.isEnabled(), more.rename.isEnabled()) == (True, False)
    click(panel, qtbot, rows[0])
    assert (more.edit.isEnabled(), more.rename.isEnabled()) == (False, True)
    click(panel, qtbot, *rows)
    assert (more.edit.isEnabled(), more.rename.isEnabled()) == (False, False)


# Copy


def test_ids_and_json_are_copied(panel: ImageryPanel, mosaic: Mosaic, qtbot: QtBot) -> None:
    rows = open_mosaic(panel, qtbot, mosaic)
    clipboard = QApplication.clipboard()
    click(panel, qtbot, row_of(panel, mosaic))
    panel._menu.more.copy_id.trigger()
    assert clipboard.text() == mosaic.id
    panel._menu.more.copy_json.trigger()
    assert json.loads(clipboard.text())["name"] == "To tidy <b>up</b>"
    click(panel, qtbot, *rows)
    panel._menu.more.copy_id.trigger()
    assert clipboard.text().split("\n") == [row.data(ITEM_ROLE).id for row in rows]
    panel._menu.more.copy_json.trigger()
    assert [one["filename"] for one in json.loads(clipboard.text())] == ["1.tif", "2.tif"]


# Looks


def delete_dialog() -> QDialog:
    mosaics = [Doomed(Mosaic(str(n), f"{LONG}_{n}"), 30 + n, 20 * GB) for n in range(2)]
    return DeleteDialog([*mosaics, Doomed(Image("i", "m", f"{LONG}.tif"), size=683 * 1024**2)])


def edit_dialog() -> QDialog:
    return MosaicDialog(None, Mosaic("m", LONG, ("drone", "2026")))


def tagged_dialog() -> QDialog:
    return MosaicDialog(None, Mosaic("m", LONG, (*(f"tag {n}" for n in range(30)), LONG)))


def moved_on_dialog() -> QDialog:
    return MosaicDialog(None, Mosaic("m", LONG, ("drone",)), f"Changed meanwhile. You had: “{LONG}”")


def rename_dialog() -> QDialog:
    return RenameDialog(f"{LONG}.tif")


DIALOGS = [delete_dialog, edit_dialog, tagged_dialog, moved_on_dialog, rename_dialog]


@pytest.mark.parametrize("make", DIALOGS, ids=lambda make: make.__name__)
def test_nothing_is_cut_in_the_dialogs(
    qtbot: QtBot, qgis_app: QApplication, make: Callable[[], QDialog]
) -> None:
    dialog = make()
    qtbot.addWidget(dialog)
    dialog.show()
    assert_nothing_clipped(dialog)
    dialog.resize(340, dialog.height())
    assert_nothing_clipped(dialog)
    assert dialog.width() == 340
