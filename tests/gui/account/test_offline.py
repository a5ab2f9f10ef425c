"""The dock without a network: what was known last, marked as such, until the server is back."""

from __future__ import annotations

import base64

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import Qt

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Mosaic
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.imagery.model import Loading
from mapflow_data.gui.widgets.qt_compat import QAction
from mapflow_data.layers.properties import FOOTPRINTS, kind_of
from mapflow_data.services.offline.shelf import Shelf
from mapflow_data.settings import CredentialStore
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.docks import (
    TOKEN,
    Docks,
    fill,
    lose,
    open_mosaic,
    row_of,
    sheets,
    shelf_folder,
    use_online,
    wait_for_bar,
    wait_for_mosaics,
)
from tests.gui.kit.looks import assert_nothing_clipped
from tests.gui.kit.window import Window
from tests.rig.fault_server import FaultServer
from tests.rig.heartbeat import Heartbeat
from tests.rig.sandbox import Sandbox
from tests.rig.script import answer, html
from tests.rig.smooth import smooth

STORAGE = {"memoryLimit": 1000, "memoryUsed": 1, "memoryFree": 999}


@pytest.fixture
def offline(docks: Docks, qtbot: QtBot, box: Sandbox) -> MapflowDock:
    """QGIS is opened again, the service is gone."""
    use_online(docks, qtbot, box)
    docks.close()
    box.stop()
    dock = docks.open(look_seconds=30)
    wait_for_bar(dock, qtbot)
    wait_for_mosaics(dock, qtbot, 2)
    return dock


def test_what_was_known_last_is_seen_and_marked(
    offline: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    assert docks.workspace.services.session.state == "offline"
    text = offline.offlineBar.offlineLabel.text()
    assert text.startswith("Offline since ")
    assert "what you see is as of" in text
    assert text.endswith("Looking again every 30 s.")
    assert "cannot be reached" in offline.offlineBar.toolTip()
    assert offline.tabs.isVisible()
    assert " of " in offline.storageBar.text()
    assert "@" in offline.accountButton.text()
    (image,) = open_mosaic(offline, qtbot, "Two fields")
    assert (image.filename, image.bands) == ("field_1.tif", 3)
    assert not offline.messageBar.items()


def test_what_was_not_looked_into_says_so_and_leaves_the_rest(offline: MapflowDock, qtbot: QtBot) -> None:
    open_mosaic(offline, qtbot, "Never opened", Loading.FAILED)
    mosaic = row_of(offline, "Never opened")
    line = offline.imagery.model.index(0, 0, offline.imagery.model.index_of(mosaic.id))
    assert "cannot be reached" in line.data()
    assert len(offline.imagery.model.mosaics()) == 2
    assert not offline.messageBar.items()


def test_the_filter_and_the_map_work(offline: MapflowDock, docks: Docks, qtbot: QtBot) -> None:
    open_mosaic(offline, qtbot, "Two fields")
    offline.imagery.filterEdit.setText("drone")
    qtbot.waitUntil(lambda: offline.imagery.model.rowCount() == 1, timeout=PATIENCE_MS)
    offline.imagery.imageryTree.select_mosaic(row_of(offline, "Two fields").id)
    actions = offline.imagery.onMapButton.menu().actions()
    next(action for action in actions if action.objectName() == "footprintsAction").trigger()
    layers = QgsProject.instance().mapLayers
    qtbot.waitUntil(lambda: [kind_of(one) for one in layers().values()] == [FOOTPRINTS], timeout=PATIENCE_MS)
    (layer,) = layers().values()
    (feature,) = layer.getFeatures()
    assert (feature["filename"], feature["mosaic"]) == ("field_1.tif", "Two fields")


def test_pictures_that_were_seen_are_seen_again(docks: Docks, qtbot: QtBot, box: Sandbox) -> None:
    dock = use_online(docks, qtbot, box)
    for is_first in (True, False):
        (image,) = open_mosaic(dock, qtbot, "Two fields")
        pictures = docks.workspace.services.pictures
        pictures.want([image], "test")
        qtbot.waitUntil(lambda: pictures.small(image) is not None, timeout=PATIENCE_MS)  # noqa: B023
        if is_first:
            docks.close()
            box.stop()
            dock = docks.open(look_seconds=30)
            wait_for_mosaics(dock, qtbot, 2)
    assert docks.workspace.services.session.state == "offline"


def test_the_server_comes_back_and_all_is_as_ever(docks: Docks, qtbot: QtBot, box: Sandbox) -> None:
    use_online(docks, qtbot, box)
    docks.close()
    box.stop()
    dock = docks.open()
    wait_for_bar(dock, qtbot)
    wait_for_mosaics(dock, qtbot, 2)
    open_mosaic(dock, qtbot, "Two fields")
    box.start()
    with MapflowClient(make_connection(box.url, box.token)) as client:
        client.mosaics.create("Made meanwhile")
    qtbot.waitUntil(lambda: not dock.offlineBar.isVisible(), timeout=PATIENCE_MS)
    assert docks.workspace.services.session.state == "signed_in"
    wait_for_mosaics(dock, qtbot, 3)
    assert dock.tabs.isVisible()
    wanted = f"/mosaic/{row_of(dock, 'Two fields').id}/image"  # what is open is loaded again, too
    qtbot.waitUntil(
        lambda: any(entry["path"].endswith(wanted) for entry in box.requests()), timeout=PATIENCE_MS
    )


def test_retry_looks_at_once(offline: MapflowDock, qtbot: QtBot, box: Sandbox) -> None:
    box.start()
    qtbot.mouseClick(offline.offlineBar.retryButton, Qt.MouseButton.LeftButton)
    assert not offline.offlineBar.retryButton.isEnabled()
    qtbot.waitUntil(lambda: not offline.offlineBar.isVisible(), timeout=PATIENCE_MS)


def test_refresh_looks_at_once_too(offline: MapflowDock, qtbot: QtBot, box: Sandbox) -> None:
    box.start()
    qtbot.mouseClick(offline.refreshButton, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not offline.offlineBar.isVisible(), timeout=PATIENCE_MS)


def test_a_closed_dock_looks_for_nothing(docks: Docks, qtbot: QtBot) -> None:
    with FaultServer(then=html()) as server:
        fill(server.url, [Mosaic("m", "Fields")])
        dock = docks.open(look_seconds=0.05)
        wait_for_bar(dock, qtbot)
        qtbot.waitUntil(lambda: len(server.requests) > 3, timeout=PATIENCE_MS)
        dock.setUserVisible(False)
        qtbot.waitUntil(lambda: not docks.workspace.services.session.away.is_busy)
        count = len(server.requests)
        qtbot.wait(300)
        assert len(server.requests) == count
        dock.setUserVisible(True)
        qtbot.waitUntil(lambda: len(server.requests) > count, timeout=PATIENCE_MS)


def test_a_token_that_the_server_no_longer_takes_ends_at_the_sign_in_page(
    docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    use_online(docks, qtbot, box)
    docks.close()
    box.stop()
    dock = docks.open()
    wait_for_bar(dock, qtbot)
    box.options["token"] = base64.b64encode(b"person@example.org:renewed").decode()
    box.start()
    qtbot.waitUntil(dock.signInPage.failureLabel.isVisible, timeout=PATIENCE_MS)
    assert "did not accept the token" in dock.signInPage.failureLabel.text()
    assert not dock.offlineBar.isVisible()
    assert dock.imagery.model.mosaics() == []
    assert CredentialStore().has_token()


def test_signing_out_offline_leaves_nothing(offline: MapflowDock, qtbot: QtBot, box: Sandbox) -> None:
    assert len(sheets(box)) == 3
    offline.accountButton.menu().findChild(QAction, "signOutAction").trigger()
    assert offline.signInPage.isVisible()
    assert not offline.offlineBar.isVisible()
    assert offline.imagery.model.mosaics() == []
    qtbot.waitUntil(lambda: list(shelf_folder().iterdir()) == [], timeout=PATIENCE_MS)


def test_signing_out_leaves_nothing_even_where_qgis_ends_at_once(
    docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    use_online(docks, qtbot, box)
    docks.workspace.services.session.sign_out()
    docks.close()
    assert list(shelf_folder().iterdir()) == []


def test_who_is_not_to_be_remembered_leaves_nothing(docks: Docks, qtbot: QtBot, box: Sandbox) -> None:
    use_online(docks, qtbot, box)
    docks.workspace.services.session.sign_in(box.url, box.token, False)
    qtbot.waitUntil(lambda: list(shelf_folder().iterdir()) == [], timeout=PATIENCE_MS)
    qtbot.wait(800)  # longer than what is written waits for more
    assert list(shelf_folder().iterdir()) == []


def test_accounts_never_see_each_other_s(docks: Docks, qtbot: QtBot, box: Sandbox) -> None:
    dock = use_online(docks, qtbot, box)
    session = docks.workspace.services.session
    session.sign_in(box.url, box.other_token)
    qtbot.waitUntil(lambda: dock.imagery.model.mosaics() == [], timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: len(sheets(box, box.other_token)) == 2, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not session.is_busy)
    docks.close()
    box.stop()
    dock = docks.open()
    wait_for_bar(dock, qtbot)
    qtbot.waitUntil(lambda: dock.imagery.statePage.stateTitle.text() == "No imagery yet")
    assert dock.imagery.model.mosaics() == []
    assert len(sheets(box)) == 3  # of the first account, untouched


@pytest.mark.parametrize("left", [40, -5])
def test_a_damaged_shelf_is_no_shelf(docks: Docks, qtbot: QtBot, left: int) -> None:
    with FaultServer(then=html()) as portal:
        fill(portal.url, [Mosaic("m", "Fields")])
        for path in shelf_folder().rglob("*.jsonl"):
            path.write_bytes(path.read_bytes()[:left])
        dock = docks.open()
        qtbot.waitUntil(dock.signInPage.failureLabel.isVisible, timeout=PATIENCE_MS)
    assert "not a Mapflow server" in dock.signInPage.failureLabel.text()
    assert not dock.offlineBar.isVisible()


def test_no_token_is_on_the_shelf(docks: Docks, qtbot: QtBot, box: Sandbox) -> None:
    use_online(docks, qtbot, box)
    secret = base64.b64decode(box.token).partition(b":")[2]
    files = [path for path in shelf_folder().rglob("*") if path.is_file()]
    assert len(files) == 3
    for path in files:
        data = path.read_bytes()
        assert box.token.encode() not in data
        assert secret not in data
        assert b"/tiles/" not in data
        assert b"{z}" not in data


def test_what_is_changed_is_known_offline(docks: Docks, qtbot: QtBot, box: Sandbox) -> None:
    dock = use_online(docks, qtbot, box)
    services = docks.workspace.services
    (image,) = open_mosaic(dock, qtbot, "Two fields")
    key = make_connection(box.url, box.token).key
    shelf = Shelf(str(shelf_folder()))
    services.images.rename(image, "renamed.tif")
    services.mosaics.update(row_of(dock, "Never opened"), "Renamed", ())
    qtbot.waitUntil(
        lambda: (
            [one.filename for one in shelf.images(key, image.mosaic_id, CancelToken()) or ()]
            == ["renamed.tif"]
            and "Renamed" in [one.name for one in shelf.mosaics(key, CancelToken()) or ()]
        ),
        timeout=PATIENCE_MS,
    )


def test_what_was_read_without_being_opened_is_known_offline(
    docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    dock = use_online(docks, qtbot, box)
    mosaics = dock.imagery.model.mosaics()
    assert docks.workspace.services.inventory.load(mosaics, afresh=True)
    qtbot.waitUntil(lambda: len(sheets(box)) == 4, timeout=PATIENCE_MS)


def test_the_network_goes_away_while_signed_in(docks: Docks, qtbot: QtBot, box: Sandbox) -> None:
    """What is seen stays, and one line says as of when, in the place of a message for each call."""
    dock = use_online(docks, qtbot, box)
    services = docks.workspace.services
    services.session.away.seconds = 30
    box.stop()
    qtbot.mouseClick(dock.refreshButton, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dock.offlineBar.isVisible, timeout=30_000)
    text = dock.offlineBar.offlineLabel.text()
    assert text.startswith("Offline since ")
    assert text.endswith("Looking again every 30 s.")
    assert services.session.state == "offline"
    assert len(dock.imagery.model.mosaics()) == 2
    qtbot.waitUntil(lambda: not services.images.is_busy, timeout=30_000)
    assert not dock.messageBar.items()
    box.start()
    qtbot.mouseClick(dock.offlineBar.retryButton, Qt.MouseButton.LeftButton)
    assert not dock.offlineBar.retryButton.isEnabled()
    qtbot.waitUntil(lambda: not dock.offlineBar.isVisible(), timeout=PATIENCE_MS)
    assert services.session.state == "signed_in"
    (image,) = open_mosaic(dock, qtbot, "Two fields")
    assert image.filename == "field_1.tif"


def test_the_network_comes_back_by_itself(docks: Docks, qtbot: QtBot, box: Sandbox) -> None:
    """Only the cheapest call looks for it; all that is open is loaded again as soon as it is there."""
    dock = use_online(docks, qtbot, box)
    session = docks.workspace.services.session
    lose(docks, qtbot, box)
    box.start()
    box.clear_requests()
    qtbot.waitUntil(lambda: not dock.offlineBar.isVisible(), timeout=PATIENCE_MS)
    assert session.state == "signed_in"
    wanted = f"/mosaic/{row_of(dock, 'Two fields').id}/image"
    qtbot.waitUntil(
        lambda: any(entry["path"].endswith(wanted) for entry in box.requests()), timeout=PATIENCE_MS
    )
    qtbot.waitUntil(lambda: not session.is_busy and not docks.workspace.services.images.is_busy)
    paths = [entry["path"] for entry in box.requests()]
    assert paths[0].endswith("/rasters/memory")
    assert not paths[1].endswith("/rasters/memory")


def test_a_change_that_fails_is_still_said_in_a_message(docks: Docks, qtbot: QtBot, box: Sandbox) -> None:
    dock = use_online(docks, qtbot, box)
    with FaultServer(then=html()) as portal:
        services = docks.workspace.services
        services.mosaics.set_connection(make_connection(portal.url, TOKEN))
        services.mosaics.create("New")
        qtbot.waitUntil(lambda: bool(dock.messageBar.items()), timeout=PATIENCE_MS)
    assert "The mosaic “New” was not created" in dock.messageBar.items()[0].property("text")
    assert not dock.offlineBar.isVisible()


def test_a_thousand_mosaics_hold_nothing_up(docks: Docks, qtbot: QtBot) -> None:
    """From the server onto the shelf, and from the shelf onto the screen."""
    many = [{"id": f"m{n}", "name": f"Mosaic {n}", "tags": ["a"], "image_count": n} for n in range(1000)]
    for heart in smooth(Heartbeat):
        with FaultServer([answer(STORAGE)], then=answer(many)) as server:
            dock = docks.open()
            with heart:
                docks.workspace.services.session.sign_in(server.url, TOKEN)
                wait_for_mosaics(dock, qtbot, len(many))
                heart.restart()  # what it costs to show a first list is measured elsewhere
                target = shelf_folder() / make_connection(server.url, TOKEN).key / "mosaics.jsonl"
                qtbot.waitUntil(target.exists, timeout=PATIENCE_MS)
            qtbot.waitUntil(CredentialStore().has_token)
            server.then = html()
            dock = docks.open(look_seconds=30)
            with heart:
                wait_for_mosaics(dock, qtbot, len(many))
            assert docks.workspace.services.session.state == "offline"


@pytest.mark.parametrize("size", [9, 18])
def test_the_bar_at_340_px(offline: MapflowDock, window: Window, qtbot: QtBot, size: int) -> None:
    font = QgsApplication.instance().font()
    font.setPointSize(size)
    QgsApplication.instance().setFont(font)
    window.window.resizeDocks([offline], [340], Qt.Orientation.Horizontal)
    qtbot.wait(50)
    assert_nothing_clipped(offline.offlineBar)
    assert offline.offlineBar.minimumSizeHint().width() <= 330
