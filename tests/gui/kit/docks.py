"""The dock as it is opened, closed and opened again, and what is on the shelf meanwhile."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path

from pytestqt.qtbot import QtBot

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.imagery.model import Loading
from mapflow_data.gui.workspace import Workspace
from mapflow_data.services.offline.records import MOSAICS
from mapflow_data.services.offline.shelf import Shelf
from mapflow_data.settings import SERVER, CredentialStore, cache_folder
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.window import Window
from tests.rig.sandbox import Sandbox

TOKEN = base64.b64encode(b"person@example.org:verysecret").decode()


def shelf_folder() -> Path:
    """Of the profile that QGIS has by then."""
    return Path(cache_folder()) / "shelf"


class Docks:
    """One after the other, as QGIS is closed and opened again."""

    def __init__(self, window: Window, qtbot: QtBot) -> None:
        self._window = window
        self._qtbot = qtbot
        self._open: Workspace | None = None

    def open(self, look_seconds: float = 0.2) -> MapflowDock:
        self.close()
        self._open = Workspace(self._window)
        self._open.services.session.away.seconds = look_seconds
        self._open.open_dock()
        return self._open.dock

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
            self._qtbot.wait(20)

    @property
    def workspace(self) -> Workspace:
        assert self._open is not None
        return self._open


def row_of(dock: MapflowDock, name: str) -> Mosaic:
    return next(mosaic for mosaic in dock.imagery.model.mosaics() if mosaic.name == name)


def open_mosaic(dock: MapflowDock, qtbot: QtBot, name: str, state: Loading = Loading.LOADED) -> list[Image]:
    mosaic = row_of(dock, name)
    dock.imagery.imageryTree.expand(dock.imagery.model.index_of(mosaic.id))
    qtbot.waitUntil(lambda: dock.imagery.model.branch(mosaic.id).state is state, timeout=PATIENCE_MS)
    return list(dock.imagery.model.branch(mosaic.id).images)


def use_online(docks: Docks, qtbot: QtBot, box: Sandbox, token: str = "") -> MapflowDock:
    """Signed in with a token that is kept; one mosaic was looked into; all of it is on the shelf."""
    dock = docks.open()
    docks.workspace.services.session.sign_in(box.url, token or box.token)
    qtbot.waitUntil(lambda: len(dock.imagery.model.mosaics()) > 0, timeout=PATIENCE_MS)
    open_mosaic(dock, qtbot, "Two fields")
    qtbot.waitUntil(CredentialStore().has_token)
    qtbot.waitUntil(lambda: len(sheets(box, token)) == 3, timeout=PATIENCE_MS)
    return dock


def lose(docks: Docks, qtbot: QtBot, box: Sandbox) -> None:
    """The service goes away while somebody is signed in, and it is noticed."""
    box.stop()
    docks.workspace.dock.refreshButton.click()
    qtbot.waitUntil(docks.workspace.dock.offlineBar.isVisible, timeout=30_000)


def sheets(box: Sandbox, token: str = "") -> list[Path]:
    key = make_connection(box.url, token or box.token).key
    return list((shelf_folder() / key).glob("*.jsonl"))


def fill(url: str, mosaics: list[Mosaic]) -> None:
    """A token that is kept, and what is known of its account."""
    SERVER.set(url)
    assert CredentialStore().store(url, TOKEN)
    key, moment = make_connection(url, TOKEN).key, datetime(2026, 6, 14, 18, 3, tzinfo=UTC)
    Shelf(str(shelf_folder())).put(key, MOSAICS, "", moment, mosaics, CancelToken())


def wait_for_mosaics(dock: MapflowDock, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: len(dock.imagery.model.mosaics()) == count, timeout=PATIENCE_MS)


def wait_for_bar(dock: MapflowDock, qtbot: QtBot) -> str:
    qtbot.waitUntil(dock.offlineBar.isVisible, timeout=PATIENCE_MS)
    return str(dock.offlineBar.offlineLabel.text())
