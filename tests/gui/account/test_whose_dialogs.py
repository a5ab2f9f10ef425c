"""What is open when another token is given: it closes with its account, and not with a token."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from tests.gui.kit.docks import Docks, open_mosaic, row_of, use_online
from tests.gui.kit.file_dialogs import choose
from tests.gui.kit.tidying import dialog_of
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox

LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 30_000
Ask = Callable[[ImageryPanel], None]


ASKED: dict[str, Ask] = {
    "edit": lambda panel: panel._menu.more.edit.trigger(),
    "new": lambda panel: panel.newMosaicButton.click(),
    "rename": lambda panel: panel._menu.more.rename.trigger(),
    "delete": lambda panel: panel.deleteButton.click(),
    "replace": lambda panel: panel._menu.more.replace.trigger(),
    "download": lambda panel: panel._menu.more.download.trigger(),
}


@pytest.fixture
def dock(docks: Docks, qtbot: QtBot, box: Sandbox) -> MapflowDock:
    return use_online(docks, qtbot, box)


def ask(dock: MapflowDock, qtbot: QtBot, what: str) -> QDialog:
    tree = dock.imagery.imageryTree
    if what == "edit":
        tree.select_mosaic(row_of(dock, "Two fields").id)
    else:
        (image,) = open_mosaic(dock, qtbot, "Two fields")
        tree.show_image(image)
    ASKED[what](dock.imagery)
    return dialog_of(dock.imagery)


def give_token(docks: Docks, qtbot: QtBot, url: str, token: str) -> None:
    """At the form, where the refusal of the old one leads."""
    dock = docks.workspace.dock
    dock._on_ask_for_token()
    page = dock.signInPage
    page.serverEdit.setText(url)
    qtbot.keyClicks(page.tokenEdit, token)
    with qtbot.waitSignal(docks.workspace.services.session.signed_in, timeout=PATIENCE_MS):
        qtbot.mouseClick(page.signInButton, LEFT)


def renewed(box: Sandbox) -> str:
    """Another token of the same account, in the place of the old one."""
    email = base64.b64decode(box.token).partition(b":")[0]
    box.stop()
    box.options["token"] = base64.b64encode(email + b":renewed").decode()
    box.start()
    return str(box.options["token"])


@pytest.mark.parametrize("what", ASKED)
def test_it_stays_with_another_token_of_the_same_account(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox, what: str
) -> None:
    dialog = ask(dock, qtbot, what)
    give_token(docks, qtbot, box.url, renewed(box))
    assert dialog.isVisible()
    assert dialog_of(dock.imagery) is dialog


@pytest.mark.parametrize("how", ["sign out", "another account"])
@pytest.mark.parametrize("what", ASKED)
def test_it_goes_with_its_account(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox, what: str, how: str
) -> None:
    dialog = ask(dock, qtbot, what)
    accepted: list[bool] = []
    dialog.accepted.connect(lambda: accepted.append(True))
    if how == "sign out":
        docks.workspace.services.session.sign_out()
    else:
        give_token(docks, qtbot, box.url, box.other_token)
    assert [one for one in dock.imagery.findChildren(QDialog) if one.isVisible()] == []
    assert accepted == []


def test_what_is_saved_with_the_new_token_is_signed_with_it(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox
) -> None:
    dialog = ask(dock, qtbot, "edit")
    qtbot.keyClicks(dialog.nameEdit, "Both of the ")
    token = renewed(box)
    give_token(docks, qtbot, box.url, token)
    qtbot.mouseClick(dialog.ok_button, LEFT)
    with MapflowClient(make_connection(box.url, token)) as client:
        qtbot.waitUntil(
            lambda: "Both of the Two fields" in [one.name for one in client.mosaics.list()],
            timeout=PATIENCE_MS,
        )


def test_a_replacement_that_is_asked_for_goes_with_its_account(
    dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox, tmp_path: Path
) -> None:
    ask(dock, qtbot, "replace")
    choose(dock.imagery, qtbot, make_raster(tmp_path / "new.tif", value=9))
    dialog = dialog_of(dock.imagery)
    qtbot.waitUntil(dialog.replace_button.isEnabled, timeout=PATIENCE_MS)
    token = renewed(box)
    give_token(docks, qtbot, box.url, token)
    assert dialog.isVisible()
    assert dialog.replace_button.isEnabled()
    docks.workspace.services.session.sign_out()
    assert not dialog.isVisible()
    with MapflowClient(make_connection(box.url, token)) as client:
        mosaic = next(one for one in client.mosaics.list() if one.name == "Two fields")
        assert [one.filename for one in client.images.list(mosaic.id)] == ["field_1.tif"]
