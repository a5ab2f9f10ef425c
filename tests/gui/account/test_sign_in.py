"""Signing in and out at the dock, by typing and clicking, against a real service and broken ones."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QApplication

from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.widgets.qt_compat import QAction
from mapflow_data.gui.workspace import Workspace
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.looks import settle
from tests.gui.kit.window import Window
from tests.gui.states.stage import CONNECTION, Stage
from tests.rig.fault_server import FaultServer, Script
from tests.rig.sandbox import Sandbox
from tests.rig.script import answer, html

STORAGE = {"memoryLimit": 1000, "memoryUsed": 1, "memoryFree": 999}


def type_into(qtbot: QtBot, edit: object, text: str) -> None:
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)


def fill(dock: MapflowDock, qtbot: QtBot, server: str, token: str) -> None:
    page = dock.signInPage
    page.rememberBox.setChecked(False)
    type_into(qtbot, page.serverEdit, server)
    type_into(qtbot, page.tokenEdit, token)


def wait_for_failure(dock: MapflowDock, qtbot: QtBot) -> str:
    page = dock.signInPage
    qtbot.waitUntil(page.failureLabel.isVisible, timeout=3 * PATIENCE_MS)  # a host is tried four times
    return str(page.failureLabel.text())


def test_the_first_page_asks_and_the_public_server_is_filled_in(dock: MapflowDock) -> None:
    assert dock.pages.currentWidget() is dock.signInPage
    assert not dock.headerBox.isVisible()
    assert dock.signInPage.serverEdit.text() == "https://api.mapflow.ai/rest"
    assert dock.signInPage.tokenEdit.text() == ""


def test_a_click_signs_in(dock: MapflowDock, qtbot: QtBot, sandbox: Sandbox) -> None:
    fill(dock, qtbot, sandbox.url, sandbox.token)
    qtbot.mouseClick(dock.signInPage.signInButton, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dock.tabs.isVisible, timeout=PATIENCE_MS)
    assert " of " in dock.storageBar.text()
    assert "@" in dock.accountButton.text()
    assert dock.signInPage.tokenEdit.text() == ""  # it does not stay in a widget


def test_enter_signs_in(dock: MapflowDock, qtbot: QtBot, sandbox: Sandbox) -> None:
    fill(dock, qtbot, sandbox.url, f"Basic {sandbox.token} ")
    qtbot.keyClick(dock.signInPage.tokenEdit, Qt.Key.Key_Return)
    qtbot.waitUntil(dock.tabs.isVisible, timeout=PATIENCE_MS)


def test_a_wrong_token_is_named_and_the_form_stays(dock: MapflowDock, qtbot: QtBot, sandbox: Sandbox) -> None:
    fill(dock, qtbot, sandbox.url, "bm90OnJpZ2h0")
    qtbot.keyClick(dock.signInPage.tokenEdit, Qt.Key.Key_Return)
    assert "did not accept the token" in wait_for_failure(dock, qtbot)
    assert dock.signInPage.serverEdit.text() == sandbox.url
    assert dock.signInPage.tokenEdit.text() == "bm90OnJpZ2h0"
    assert dock.signInPage.tokenEdit.hasFocus()
    assert dock.signInPage.signInButton.isVisible()


@pytest.mark.parametrize(
    ("server", "token", "words", "field"),
    [
        ("http://example.org", "dG9r", "must begin with https://", "serverEdit"),
        ("https://api.mapflow.ai/rest", "", "not a token", "tokenEdit"),
        ("http://127.0.0.1:9/rest", "dG9r", "cannot be reached", "serverEdit"),
    ],
)
def test_what_is_wrong_is_told_where_it_can_be_mended(
    dock: MapflowDock, qtbot: QtBot, server: str, token: str, words: str, field: str
) -> None:
    fill(dock, qtbot, server, token)
    qtbot.mouseClick(dock.signInPage.signInButton, Qt.MouseButton.LeftButton)
    assert words in wait_for_failure(dock, qtbot)
    assert getattr(dock.signInPage, field).hasFocus()


def test_a_site_that_is_no_mapflow_is_told_apart(dock: MapflowDock, qtbot: QtBot) -> None:
    with FaultServer(then=html()) as server:
        fill(dock, qtbot, server.url, "dG9r")
        qtbot.keyClick(dock.signInPage.tokenEdit, Qt.Key.Key_Return)
        assert "not a Mapflow server" in wait_for_failure(dock, qtbot)


def test_a_slow_answer_can_be_cancelled_at_once(dock: MapflowDock, qtbot: QtBot) -> None:
    page = dock.signInPage
    with FaultServer(then=Script(delay=30)) as server:
        fill(dock, qtbot, server.url, "dG9r")
        qtbot.keyClick(page.tokenEdit, Qt.Key.Key_Return)
        assert page.busyBox.isVisible()
        assert not page.tokenEdit.isEnabled()
        qtbot.waitUntil(lambda: bool(server.requests), timeout=PATIENCE_MS)
        qtbot.mouseClick(page.cancelButton, Qt.MouseButton.LeftButton)
        assert page.signInButton.isVisible()
        assert page.tokenEdit.text() == "dG9r"


def test_escape_cancels_too(dock: MapflowDock, qtbot: QtBot) -> None:
    page = dock.signInPage
    with FaultServer(then=Script(delay=30)) as server:
        fill(dock, qtbot, server.url, "dG9r")
        qtbot.keyClick(page.tokenEdit, Qt.Key.Key_Return)
        qtbot.keyClick(page.cancelButton, Qt.Key.Key_Escape)
        assert page.signInButton.isVisible()


def test_a_second_enter_while_checking_sends_nothing(dock: MapflowDock, qtbot: QtBot) -> None:
    with FaultServer(then=Script(delay=30)) as server:
        fill(dock, qtbot, server.url, "dG9r")
        for _ in range(3):
            qtbot.keyClick(dock.signInPage.tokenEdit, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(server.requests), timeout=PATIENCE_MS)
        qtbot.wait(200)
        assert len(server.requests) == 1
        dock.signInPage.cancel_requested.emit()


def test_signing_out_shows_the_form_and_nothing_of_the_account(
    signed_in: Workspace, qtbot: QtBot, stocked: object
) -> None:
    dock = signed_in.dock
    action = dock.accountButton.menu().findChild(QAction, "signOutAction")
    action.trigger()
    assert dock.pages.currentWidget() is dock.signInPage
    assert dock.imagery.model.mosaics() == []
    assert dock.storageBar.text() == ""
    assert not dock.headerBox.isVisible()
    assert not dock.signInPage.backButton.isVisible()  # there is nothing to go back to


def test_another_token_is_asked_for_when_this_one_is_refused(
    workspace: Workspace, qtbot: QtBot, sandbox: Sandbox
) -> None:
    dock, page = workspace.dock, workspace.dock.imagery.statePage
    with FaultServer([answer(STORAGE)], then=answer({}, status=401)) as server:
        fill(dock, qtbot, server.url, "dG9r")
        qtbot.keyClick(dock.signInPage.tokenEdit, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: page.stateButton.text() == "Sign in", timeout=PATIENCE_MS)
        qtbot.mouseClick(page.stateButton, Qt.MouseButton.LeftButton)
    assert dock.signInPage.isVisible()
    qtbot.keyClicks(dock.signInPage.tokenEdit, "dG9r")
    qtbot.mouseClick(dock.signInPage.backButton, Qt.MouseButton.LeftButton)
    assert dock.tabs.isVisible()  # with what was refused: nothing of it is lost
    assert dock.signInPage.tokenEdit.text() == ""
    qtbot.mouseClick(page.stateButton, Qt.MouseButton.LeftButton)
    fill(dock, qtbot, sandbox.url, sandbox.token)
    qtbot.keyClick(dock.signInPage.tokenEdit, Qt.Key.Key_Return)
    qtbot.waitUntil(dock.tabs.isVisible, timeout=PATIENCE_MS)


def test_one_message_asks_for_a_token_however_many_calls_were_refused(
    workspace: Workspace, qtbot: QtBot
) -> None:
    dock, services = workspace.dock, workspace.services
    with FaultServer([answer(STORAGE)], then=answer([{"id": "a", "name": "a"}])) as server:
        services.session.sign_in(server.url, "YTpi", False)
        qtbot.waitUntil(lambda: bool(dock.imagery.model.mosaics()), timeout=PATIENCE_MS)
        dock.imagery.imageryTree.expandAll()
        busy = (services.session, services.mosaics, services.images)
        qtbot.waitUntil(lambda: not any(one.is_busy for one in busy), timeout=PATIENCE_MS)
        dock.messageBar.clearWidgets()
        server.then = answer({"message": "no"}, 401)
        qtbot.mouseClick(dock.refreshButton, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(dock.messageBar.items()), timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not any(one.is_busy for one in busy), timeout=PATIENCE_MS)
    refused = {one.target for one in server.requests if one.method == "GET"}
    assert {"/rest/rasters/memory", "/rest/rasters/mosaic", "/rest/rasters/mosaic/a/image"} <= refused
    (item,) = dock.messageBar.items()
    assert "the server did not accept the token" in item.property("text")


def test_another_account_finds_nothing_of_the_one_before(
    signed_in: Workspace, qtbot: QtBot, stocked: object
) -> None:
    """Who is asked for another token need not sign out."""
    model, session = signed_in.dock.imagery.model, signed_in.services.session
    qtbot.waitUntil(lambda: len(model.mosaics()) > 0, timeout=PATIENCE_MS)
    with FaultServer([answer(STORAGE)], then=answer({"message": "broken"}, 409)) as server:
        with qtbot.waitSignal(session.signed_in, timeout=PATIENCE_MS):
            session.sign_in(server.url, "dG9rOnRvaw==", False)
        assert model.mosaics() == []
        qtbot.waitUntil(lambda: not signed_in.services.mosaics.is_busy, timeout=PATIENCE_MS)
        assert model.mosaics() == []  # although its own could not be read
        assert not [one.target for one in server.requests if "/image" in one.target]


@pytest.mark.parametrize("width", [340, 480, 700])
def test_as_much_of_the_account_is_shown_as_there_is_room_for(stage: Stage, width: int) -> None:
    dock = stage.sign_in()
    button = dock.accountButton
    dock.setFloating(True)
    dock.resize(width, 500)
    dock.show()
    for email in ("a@b.c", "someone@company.org", "someone.with.a.long.name@a.very.long.company.org"):
        button.set_connection(CONNECTION, email)
        settle(dock)
        name = button.text().replace(" ▾", "")
        needed = button.fontMetrics().horizontalAdvance(button.text())
        assert needed <= button.width() - 8
        assert name == email or ("…" in name and needed > button.width() - 40), "there was room for more"


def test_proxy_and_certificates_are_qgis_own(dock: MapflowDock, window: Window, qtbot: QtBot) -> None:
    link = dock.signInPage.networkLink
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton, pos=QPoint(12, link.height() // 2))
    assert window.options_pages == ["mOptionsPageNetwork"]


def test_one_tab_leads_to_a_link_and_enter_opens_it(dock: MapflowDock, window: Window, qtbot: QtBot) -> None:
    page = dock.signInPage
    page.signInButton.setFocus()
    assert page.signInButton.isDefault()
    qtbot.keyClick(page.signInButton, Qt.Key.Key_Tab)
    assert page.networkLink.hasFocus()
    assert not page.signInButton.isDefault()  # it would look as if it had the focus
    qtbot.keyClick(page.networkLink, Qt.Key.Key_Return)
    assert window.options_pages == ["mOptionsPageNetwork"]
    back, path = Qt.Key.Key_Backtab, []
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), back)
        path.append(QApplication.focusWidget().objectName())
    assert path == ["signInButton", "rememberBox", "tokenLink"]
    assert page.tokenLink.hasFocus()
    qtbot.keyClick(page.tokenLink, Qt.Key.Key_Tab)
    assert page.rememberBox.hasFocus()
