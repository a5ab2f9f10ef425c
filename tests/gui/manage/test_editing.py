"""Changing in My imagery, clicked as a person does, and how its dialogs look."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication, QDialog, QLineEdit

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.imagery.model import ITEM_ROLE
from mapflow_data.gui.manage.delete_dialog import DeleteDialog
from mapflow_data.gui.manage.delete_words import Doomed
from mapflow_data.gui.manage.mosaic_dialog import MosaicDialog
from mapflow_data.gui.manage.rename_dialog import RenameDialog
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from mapflow_data.gui.widgets.chip import Chip
from mapflow_data.gui.workspace import Workspace
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.looks import assert_nothing_clipped
from tests.gui.kit.tidying import (
    GB,
    LEFT,
    LONG,
    click,
    dialog_of,
    layers,
    notices,
    open_mosaic,
    row_of,
    show_footprints,
)


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
    gone = "no longer exists on the server; refresh the list."
    assert image == f"The image “1.tif” was not renamed: the image {gone}"
    assert whole == f"The mosaic “To tidy <b>up</b>” was not changed: the mosaic {gone}"


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
