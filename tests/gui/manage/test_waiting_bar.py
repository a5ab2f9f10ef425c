"""A server that takes its time: what is waited for is said, and can be given up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtWidgets import QLabel

from mapflow_data.api.models import Mosaic
from mapflow_data.gui.imagery.model import ITEM_ROLE
from mapflow_data.gui.manage.rename_dialog import RenameDialog
from mapflow_data.gui.manage.waiting_bar import WaitingBar
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from mapflow_data.gui.workspace import Workspace
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.tidying import LEFT, click, dialog_of, layers, open_mosaic, row_of
from tests.rig.fault_proxy import FaultProxy
from tests.rig.sandbox import Sandbox


@pytest.fixture
def line(sandbox: Sandbox) -> Iterator[FaultProxy]:
    with FaultProxy(sandbox.url) as line:
        yield line


@pytest.fixture
def panel(
    mosaic: Mosaic, workspace: Workspace, sandbox: Sandbox, line: FaultProxy, qtbot: QtBot
) -> ImageryPanel:
    workspace.services.session.sign_in(line.url, sandbox.token, False)
    panel = workspace.dock.imagery
    qtbot.waitUntil(lambda: bool(panel.model.mosaics()), timeout=PATIENCE_MS)
    return panel


def bar_of(panel: ImageryPanel) -> WaitingBar:
    return panel.findChild(WaitingBar)


def wait_for_words(panel: ImageryPanel, qtbot: QtBot, text: str) -> None:
    bar = bar_of(panel)
    qtbot.waitUntil(lambda: bar.isVisible() and bar.findChild(QLabel).text() == text, timeout=PATIENCE_MS)


def test_a_slow_rename_is_said_and_given_up(
    panel: ImageryPanel, mosaic: Mosaic, line: FaultProxy, sandbox: Sandbox, qtbot: QtBot
) -> None:
    row = open_mosaic(panel, qtbot, mosaic)[0]
    services = panel._services
    qtbot.waitUntil(lambda: not services.images.is_busy and not services.mosaics.is_busy, timeout=PATIENCE_MS)
    assert not bar_of(panel).isVisible()
    click(panel, qtbot, row)
    line.freeze()
    panel._menu.more.rename.trigger()
    dialog = dialog_of(panel)
    assert isinstance(dialog, RenameDialog)
    dialog.nameEdit.selectAll()
    qtbot.keyClicks(dialog.nameEdit, "new.tif")
    qtbot.mouseClick(dialog.buttonBox.button(dialog.buttonBox.StandardButton.Ok), LEFT)
    wait_for_words(panel, qtbot, "Renaming the image…")
    qtbot.mouseClick(bar_of(panel).cancelButton, LEFT)
    assert not bar_of(panel).isVisible()
    assert not services.images.is_changing(row.data(ITEM_ROLE).id)
    sandbox.clear_requests()
    line.heal()
    asked = ("GET", f"/rest/rasters/mosaic/{mosaic.id}/image")  # what had left before may have arrived
    qtbot.waitUntil(
        lambda: asked in [(one["method"], one["path"]) for one in sandbox.requests()], timeout=PATIENCE_MS
    )


def test_tiles_that_were_given_up_do_not_come(
    panel: ImageryPanel, mosaic: Mosaic, line: FaultProxy, qtbot: QtBot
) -> None:
    click(panel, qtbot, row_of(panel, mosaic))
    line.freeze()
    panel._menu.tiles.trigger()
    wait_for_words(panel, qtbot, "Getting the tiles…")
    qtbot.mouseClick(bar_of(panel).cancelButton, LEFT)
    line.heal()
    mosaics = panel._services.mosaics
    qtbot.waitUntil(lambda: not mosaics.is_busy, timeout=3 * PATIENCE_MS)
    assert layers("tiles") == []
    panel._menu.tiles.trigger()
    qtbot.waitUntil(lambda: len(layers("tiles")) == 1, timeout=PATIENCE_MS)


def test_a_refresh_that_takes_long_is_given_up_and_the_list_stays(
    panel: ImageryPanel, workspace: Workspace, mosaic: Mosaic, line: FaultProxy, qtbot: QtBot
) -> None:
    mosaics = panel._services.mosaics
    qtbot.waitUntil(lambda: not mosaics.is_busy, timeout=PATIENCE_MS)
    line.freeze()
    qtbot.mouseClick(workspace.dock.refreshButton, LEFT)
    wait_for_words(panel, qtbot, "Loading your imagery again…")
    qtbot.mouseClick(bar_of(panel).cancelButton, LEFT)
    assert not mosaics.is_running("mosaics")
    assert not bar_of(panel).isVisible()
    assert row_of(panel, mosaic).isValid()
