"""What can happen to a session in each of its states: what is seen then, and who was asked with which token.

Nothing of one account is seen by another, and no token goes where it does not belong.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt

from mapflow_data.gui.dock import MapflowDock
from mapflow_data.services.session import SessionService
from mapflow_data.settings import CredentialStore
from tests.gui.kit.docks import Docks, shelf_folder
from tests.gui.kit.tidying import notices
from tests.rig.account_server import AccountServer

LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 30_000


def token(who: str) -> str:
    return base64.b64encode(who.encode()).decode()


MINE, NEWER = token("me@example.org:old"), token("me@example.org:new")
YOURS, ELSEWHERE = token("you@example.org:secret"), token("me@elsewhere.example:secret")
NOBODY = token("nobody@example.org:x")


@dataclass
class Scene:
    docks: Docks
    qtbot: QtBot
    home: AccountServer
    other: AccountServer

    @property
    def dock(self) -> MapflowDock:
        return self.docks.workspace.dock

    @property
    def session(self) -> SessionService:
        return self.docks.workspace.services.session

    @property
    def names(self) -> list[str]:
        return [mosaic.name for mosaic in self.dock.imagery.model.mosaics()]

    @property
    def page(self) -> str:
        return "form" if self.dock.signInPage.isVisible() else "tabs"

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=PATIENCE_MS)

    def give(self, server: AccountServer, token: str) -> None:
        """At the form. Whoever comes finds nothing of who was there."""
        before, found = self.session.connection, []
        self.session.signed_in.connect(lambda new: found.append((new, self.names)))
        page = self.dock.signInPage
        if not page.isVisible():
            self.dock._on_ask_for_token()
        page.serverEdit.setText(server.url)
        page.tokenEdit.setText(token)
        self.qtbot.mouseClick(page.signInButton, LEFT)
        self.until(lambda: not self.session.is_running("sign_in"))
        self.settle()
        for new, names in found:
            assert names == [] or (before is not None and before.key == new.key)

    def settle(self) -> None:
        services = self.docks.workspace.services
        busy = (services.session, services.session.away, services.mosaics, services.images)
        self.until(lambda: not any(one.is_busy for one in busy))
        self.qtbot.wait(20)

    def retry(self) -> None:
        self.qtbot.mouseClick(self.dock.offlineBar.retryButton, LEFT)
        self.settle()


@pytest.fixture
def scene(docks: Docks, qtbot: QtBot) -> Iterator[Scene]:
    with (
        AccountServer({MINE: ["Mine"], NEWER: ["Mine"], YOURS: ["Yours"]}) as home,
        AccountServer({ELSEWHERE: ["Elsewhere"]}) as other,
    ):
        scene = Scene(docks, qtbot, home, other)
        docks.open(look_seconds=3600)
        yield scene
        docks.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=PATIENCE_MS)


# The states


def signed_in(scene: Scene) -> None:
    scene.give(scene.home, MINE)
    scene.until(lambda: scene.names == ["Mine"])
    scene.until(CredentialStore().has_token)
    scene.until(lambda: len(list(shelf_folder().rglob("*.jsonl"))) == 2)


def lost(scene: Scene) -> None:
    """The server went away since."""
    signed_in(scene)
    scene.home.is_away = True
    scene.qtbot.mouseClick(scene.dock.refreshButton, LEFT)
    scene.until(lambda: scene.session.state == "offline")
    scene.settle()


def away(scene: Scene) -> None:
    """It was away when QGIS was opened."""
    signed_in(scene)
    scene.home.is_away = True
    scene.docks.open(look_seconds=3600)
    scene.until(lambda: scene.session.state == "offline")
    scene.until(lambda: scene.names == ["Mine"])


STATES = {"signed in": signed_in, "lost": lost, "away": away}

# What happens


def sign_out(scene: Scene) -> None:
    scene.session.sign_out()


def newer_token(scene: Scene) -> None:
    scene.home.is_away = False
    scene.give(scene.home, NEWER)


def your_token(scene: Scene) -> None:
    scene.home.is_away = False
    scene.give(scene.home, YOURS)


def another_server(scene: Scene) -> None:
    """While the first one is still away, if it is."""
    scene.give(scene.other, ELSEWHERE)


def token_that_is_refused(scene: Scene) -> None:
    scene.give(scene.other, NOBODY)


def back(scene: Scene) -> None:
    scene.home.is_away = False
    scene.retry()


def back_and_revoked(scene: Scene) -> None:
    del scene.home.mosaics[MINE]
    back(scene)


def revoked(scene: Scene) -> None:
    del scene.home.mosaics[MINE]
    scene.qtbot.mouseClick(scene.dock.refreshButton, LEFT)
    scene.settle()


TABS = "tabs"
TABLE = [
    ("signed in", sign_out, "form", [], "signed_out"),
    ("signed in", newer_token, TABS, ["Mine"], "signed_in"),
    ("signed in", your_token, TABS, ["Yours"], "signed_in"),
    ("signed in", another_server, TABS, ["Elsewhere"], "signed_in"),
    ("signed in", token_that_is_refused, "form", ["Mine"], "signed_in"),
    ("signed in", revoked, TABS, ["Mine"], "signed_in"),
    ("lost", sign_out, "form", [], "signed_out"),
    ("lost", newer_token, TABS, ["Mine"], "signed_in"),
    ("lost", your_token, TABS, ["Yours"], "signed_in"),
    ("lost", another_server, TABS, ["Elsewhere"], "signed_in"),
    ("lost", token_that_is_refused, "form", ["Mine"], "offline"),
    ("lost", back, TABS, ["Mine"], "signed_in"),
    ("lost", back_and_revoked, TABS, ["Mine"], "signed_in"),
    ("away", sign_out, "form", [], "signed_out"),
    ("away", newer_token, TABS, ["Mine"], "signed_in"),
    ("away", your_token, TABS, ["Yours"], "signed_in"),
    ("away", another_server, TABS, ["Elsewhere"], "signed_in"),
    ("away", token_that_is_refused, "form", ["Mine"], "offline"),
    ("away", back, TABS, ["Mine"], "signed_in"),
    ("away", back_and_revoked, "form", [], "signed_out"),
]


@pytest.mark.parametrize(
    ("state", "event", "page", "names", "becomes"),
    TABLE,
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_what_is_seen_and_who_is_asked(
    scene: Scene, state: str, event: Callable[[Scene], None], page: str, names: list[str], becomes: str
) -> None:
    STATES[state](scene)
    before = len(scene.home.asked)
    event(scene)
    scene.settle()
    assert (scene.page, scene.session.state, scene.names) == (page, becomes, names)
    assert scene.dock.offlineBar.isVisible() is (becomes == "offline")
    assert scene.dock.imagery.uploadButton.isEnabled() is (becomes == "signed_in")
    after = {one.partition(" ")[2] for one in scene.home.asked[before:]}
    may_ask = {newer_token: {NEWER}, your_token: {YOURS}, sign_out: set(), another_server: set()}
    assert after <= may_ask.get(event, {MINE})
    assert {one.partition(" ")[2] for one in scene.other.asked} <= {ELSEWHERE, NOBODY}
    said = " ".join([*notices(scene.dock), scene.dock.signInPage.failureLabel.text()])
    is_refused = event in (revoked, back_and_revoked, token_that_is_refused)
    assert ("did not accept the token" in said) is is_refused
    if event is token_that_is_refused:
        scene.qtbot.mouseClick(scene.dock.signInPage.backButton, LEFT)
        assert (scene.page, scene.names) == ("tabs", ["Mine"])
