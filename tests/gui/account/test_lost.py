"""The server goes away under somebody at work: nothing is lost, and what needs the server waits for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QToolButton

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.image.dialog import ImageDialog
from mapflow_data.gui.imagery.model import Loading
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from mapflow_data.gui.storage.dialog import StorageDialog
from mapflow_data.gui.upload.dialog import UploadDialog
from mapflow_data.gui.widgets.qt_compat import QAction
from mapflow_data.services.upload.jobs import State
from tests.gui.kit.docks import Docks, lose, open_mosaic, row_of, use_online
from tests.gui.kit.tidying import dialog_of, notices, press
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox

LEFT = Qt.MouseButton.LeftButton
AWAY = "Not while the server cannot be reached"
PATIENCE_MS = 30_000


@pytest.fixture
def dock(docks: Docks, qtbot: QtBot, box: Sandbox) -> MapflowDock:
    dock = use_online(docks, qtbot, box)
    dock.imagery.imageryTree.select_mosaic(row_of(dock, "Two fields").id)
    docks.workspace.services.session.away.seconds = 3600  # it comes back when the test says so
    return dock


def come_back(dock: MapflowDock, qtbot: QtBot, box: Sandbox) -> None:
    box.start()
    qtbot.mouseClick(dock.offlineBar.retryButton, LEFT)
    qtbot.waitUntil(lambda: not dock.offlineBar.isVisible(), timeout=PATIENCE_MS)


def grey(panel: ImageryPanel) -> dict[str, str]:
    """What cannot be done, and what it says of that."""
    buttons = [panel.uploadButton, panel.newMosaicButton, panel.deleteButton]
    menu = panel._menu
    actions = [menu.tiles, menu.all_mosaics, menu.upload, menu.delete, menu.more.edit, menu.more.download]
    parts: list[QToolButton | QAction] = [*buttons, *actions]
    return {part.objectName(): part.toolTip() for part in parts if not part.isEnabled()}


def test_what_needs_the_server_is_grey_until_it_is_back(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    panel = dock.imagery
    panel.filterEdit.setText("field")
    assert grey(panel) == {}
    lose(docks, qtbot, box)
    told = grey(panel)
    assert set(told) == {
        "uploadButton",
        "newMosaicButton",
        "deleteButton",
        "tilesAction",
        "allMosaicsAction",
        "uploadIntoAction",
        "deleteAction",
        "editAction",
        "downloadAction",
    }
    assert all(tip.endswith(AWAY) for tip in told.values())
    assert panel._menu.context.toolTipsVisible()
    assert panel.zoomButton.isEnabled()
    assert panel._menu.footprints.isEnabled()
    assert AWAY in dock.search.searchForm.searchButton.toolTip()
    come_back(dock, qtbot, box)
    assert grey(panel) == {}
    assert panel.uploadButton.toolTip().count("\n") == 0
    assert AWAY not in dock.search.searchForm.searchButton.toolTip()
    assert panel.filterEdit.text() == "field"
    assert [one.name for one in panel.imageryTree.selected_mosaics()] == ["Two fields"]
    assert not dock.messageBar.items()


def test_looking_into_all_mosaics_waits_too(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    """Under the filter, and in the storage dialog."""
    panel = dock.imagery
    panel.filterEdit.setText("field")
    panel.commands.show_storage()
    (storage,) = [one for one in panel.findChildren(StorageDialog) if one.isVisible()]
    find = storage.duplicatesPage.statePage.stateButton
    button = panel.findingBar.findButton
    qtbot.waitUntil(lambda: button.isVisible() and find.text() == "Find exact duplicates")
    tip = button.toolTip()
    lose(docks, qtbot, box)
    for one in (button, find, storage.sizesPage.readButton, storage.duplicatesPage.againButton):
        assert not one.isEnabled()
        assert one.toolTip().endswith(AWAY)
    panel.filterEdit.setText("fields")  # another offer is no other state
    qtbot.wait(50)
    assert not button.isEnabled()
    come_back(dock, qtbot, box)
    assert button.isEnabled()
    assert button.toolTip() == tip
    assert find.isEnabled()


def test_a_mosaic_never_opened_says_at_once_that_it_is_not_known(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    lose(docks, qtbot, box)
    open_mosaic(dock, qtbot, "Two fields")  # from the shelf
    open_mosaic(dock, qtbot, "Never opened", Loading.FAILED)
    come_back(dock, qtbot, box)
    branch = dock.imagery.model.branch(row_of(dock, "Never opened").id)
    qtbot.waitUntil(lambda: branch.state is Loading.LOADED, timeout=PATIENCE_MS)


def test_what_is_typed_waits_for_the_server(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    dock.imagery.moreButton.menu().edit.trigger()
    dialog = dialog_of(dock.imagery)
    qtbot.keyClick(dialog.nameEdit, Qt.Key.Key_End)
    qtbot.keyClicks(dialog.nameEdit, " and a barn")
    assert dialog.ok_button.isEnabled()
    lose(docks, qtbot, box)
    assert not dialog.ok_button.isEnabled()
    assert dialog.ok_button.toolTip() == AWAY
    qtbot.keyClicks(dialog.nameEdit, "s")  # typing goes on, and does not wake the button
    assert not dialog.ok_button.isEnabled()
    come_back(dock, qtbot, box)
    assert dialog.isVisible()
    assert not dialog.ok_button.toolTip()
    qtbot.mouseClick(dialog.ok_button, LEFT)
    with MapflowClient(make_connection(box.url, box.token)) as client:
        qtbot.waitUntil(
            lambda: "Two fields and a barns" in [one.name for one in client.mosaics.list()],
            timeout=PATIENCE_MS,
        )


@pytest.mark.parametrize("what", ["edit", "create", "rename"])
def test_what_could_not_be_sent_is_there_again_as_it_was_typed(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox, what: str
) -> None:
    """The server went when somebody had just said yes."""
    if what == "rename":
        dock.imagery.imageryTree.show_image(*open_mosaic(dock, qtbot, "Two fields"))
    more = dock.imagery.moreButton.menu()
    {"edit": more.edit.trigger, "create": dock.imagery.newMosaicButton.click, "rename": more.rename.trigger}[
        what
    ]()
    dialog = dialog_of(dock.imagery)
    dialog.nameEdit.selectAll()
    qtbot.keyClicks(dialog.nameEdit, "Typed")
    box.stop()
    qtbot.mouseClick(dialog.ok_button, LEFT)
    qtbot.waitUntil(
        lambda: [one for one in notices(dock) if "cannot be reached" in one] != [], timeout=60_000
    )
    again = dialog_of(dock.imagery)
    assert again is not dialog
    assert again.nameEdit.text() == "Typed"
    assert not again.ok_button.isEnabled()
    come_back(dock, qtbot, box)
    qtbot.mouseClick(again.ok_button, LEFT)
    with MapflowClient(make_connection(box.url, box.token)) as client:
        fields = row_of(dock, "Two fields").id

        def names() -> list[str]:
            named = client.images.list(fields) if what == "rename" else client.mosaics.list()
            return [getattr(one, "filename", "") or getattr(one, "name", "") for one in named]

        qtbot.waitUntil(lambda: "Typed" in names(), timeout=PATIENCE_MS)


def test_it_is_noticed_by_whatever_is_asked(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    """Before all tries of the call are spent, which could take a minute."""
    (image,) = open_mosaic(dock, qtbot, "Two fields")
    dock.imagery.imageryTree.show_image(image)
    box.stop()
    dock.imagery._menu.preview.trigger()
    qtbot.waitUntil(dock.offlineBar.isVisible, timeout=PATIENCE_MS)
    assert docks.workspace.services.images.is_running(("preview", image.id, "l"))


def test_one_call_that_fails_is_not_a_server_that_is_away(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    """The message that was put off is said then."""
    services = docks.workspace.services
    with FaultServer() as gone:
        elsewhere = make_connection(gone.url, box.token)
    services.images.set_connection(elsewhere)  # a gateway in front of some calls, say
    services.images.load(row_of(dock, "Never opened").id)
    qtbot.waitUntil(lambda: notices(dock) != [], timeout=PATIENCE_MS)
    assert notices(dock)[0].startswith("Images were not loaded: ")
    assert not dock.offlineBar.isVisible()
    assert services.session.is_online


def test_the_large_picture_comes_as_soon_as_the_server_is_back(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    (image,) = open_mosaic(dock, qtbot, "Two fields")
    lose(docks, qtbot, box)
    dock.imagery.commands.details.open(image)
    (dialog,) = dock.imagery.findChildren(ImageDialog)
    qtbot.waitUntil(dialog.failureBox.isVisible, timeout=PATIENCE_MS)
    assert not dialog.retryButton.isEnabled()
    assert dialog.retryButton.toolTip() == AWAY
    come_back(dock, qtbot, box)
    qtbot.waitUntil(lambda: dialog._has_large, timeout=PATIENCE_MS)
    assert not dialog.failureBox.isVisible()


def test_who_types_another_token_goes_on_when_the_server_is_back(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    lose(docks, qtbot, box)
    dock._on_ask_for_token()
    qtbot.keyClicks(dock.signInPage.tokenEdit, "half a tok")
    box.start()
    docks.workspace.services.session.away.look()
    qtbot.waitUntil(lambda: docks.workspace.services.session.is_online, timeout=PATIENCE_MS)
    assert dock.signInPage.isVisible()
    assert dock.signInPage.tokenEdit.text() == "half a tok"


def test_a_token_that_was_revoked_meanwhile_leaves_everything_where_it_is(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    dock.imagery.moreButton.menu().edit.trigger()
    dialog = dialog_of(dock.imagery)
    lose(docks, qtbot, box)
    box.options["token"] = box.other_token  # of another account: the first one's is refused
    box.start()
    qtbot.mouseClick(dock.offlineBar.retryButton, LEFT)
    qtbot.waitUntil(lambda: notices(dock) != [], timeout=PATIENCE_MS)
    assert "did not accept the token" in notices(dock)[0]
    assert not dock.offlineBar.isVisible()
    assert dialog.isVisible()
    assert len(dock.imagery.model.mosaics()) == 2
    press(qtbot, dock, "Sign in")
    assert dock.signInPage.isVisible()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=PATIENCE_MS)


def test_files_that_are_to_be_uploaded_wait_in_their_dialog(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox, tmp_path: Path
) -> None:
    layer = QgsRasterLayer(str(make_raster(tmp_path / "new.tif", value=99)), "new")
    QgsProject.instance().addMapLayer(layer)
    docks.workspace.upload([layer], row_of(dock, "Two fields").id)
    (dialog,) = dock.window().findChildren(UploadDialog)
    qtbot.waitUntil(dialog.uploadButton.isEnabled, timeout=PATIENCE_MS)
    lose(docks, qtbot, box)
    assert not dialog.uploadButton.isEnabled()
    assert AWAY in dialog.uploadButton.toolTip()
    come_back(dock, qtbot, box)
    qtbot.waitUntil(dialog.uploadButton.isEnabled, timeout=PATIENCE_MS)
    qtbot.mouseClick(dialog.uploadButton, LEFT)
    queue = docks.workspace.services.queue
    qtbot.waitUntil(lambda: [job.state for job in queue.jobs] == [State.DONE], timeout=PATIENCE_MS)
