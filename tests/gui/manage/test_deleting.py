"""Deleting in My imagery, clicked as a person does, with a real service behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog, QToolButton

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.imagery.model import ITEM_ROLE
from mapflow_data.gui.manage.delete_dialog import DeleteDialog
from mapflow_data.gui.manage.delete_words import Doomed
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from mapflow_data.gui.workspace import Workspace
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.looks import assert_nothing_clipped
from tests.gui.kit.tidying import (
    LEFT,
    STORAGE,
    ask_to_delete,
    click,
    dialog_of,
    layers,
    notices,
    open_mosaic,
    press,
    row_of,
    show_footprints,
)
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer


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
    qtbot.waitUntil(lambda: text().startswith("Delete 1 mosaic with 2 images, "), timeout=PATIENCE_MS)
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
    assert dialog.whatLabel.text().startswith("Delete 1 image, ")
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
    assert dialog.whatLabel.text() == "Delete 3 images?"  # one size is not known
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
