"""What can be done while the server is away, and what says why it cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt

from mapflow_data.api.models import Mosaic
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.image.dialog import ImageDialog
from tests.gui.kit.docks import Docks, fill, wait_for_bar, wait_for_mosaics
from tests.gui.kit.samples import image
from tests.rig.fault_server import FaultServer

AWAY = "Not while the server cannot be reached"
PLACE = "POLYGON((37 55, 37 55.01, 37.02 55.01, 37.02 55, 37 55))"


@pytest.fixture
def offline(docks: Docks, qtbot: QtBot) -> MapflowDock:
    with FaultServer() as server:
        url = server.url
    fill(url, [Mosaic("m1", "Fields", image_count=1)])
    dock = docks.open(look_seconds=30)
    wait_for_bar(dock, qtbot)
    wait_for_mosaics(dock, qtbot, 1)
    return dock


def test_buttons_of_the_list_say_why_not(offline: MapflowDock) -> None:
    panel = offline.imagery
    panel.imageryTree.select_mosaic("m1")
    for button in (panel.uploadButton, panel.newMosaicButton, panel.deleteButton):
        assert not button.isEnabled()
        assert button.toolTip().endswith(f"\n{AWAY}")
    assert panel.onMapButton.toolTip() == f"Show the selected mosaic as tiles on the map\n{AWAY}"
    enabled = {action.objectName() for action in panel.onMapButton.menu().actions() if action.isEnabled()}
    assert "footprintsAction" in enabled
    assert not enabled & {"tilesAction", "previewAction", "allMosaicsAction"}
    assert {action.objectName() for action in panel.moreButton.menu().actions() if action.isEnabled()} == {
        "",  # lines between
        "copyIdAction",
        "copyJsonAction",
    }


def test_the_dialog_of_an_image_says_why_not(offline: MapflowDock, docks: Docks, qtbot: QtBot) -> None:
    panel, session = offline.imagery, docks.workspace.services.session
    one = replace(image(1, "m1"), footprint=PLACE)
    panel.model.set_images("m1", [one])
    panel.imageryTree.show_image(one)
    qtbot.keyClick(panel.imageryTree, Qt.Key.Key_Return)
    (dialog,) = panel.findChildren(ImageDialog)
    buttons = (dialog.onMapButton, dialog.downloadButton)
    for button in buttons:
        assert not button.isEnabled()
        assert AWAY in button.toolTip()
    assert dialog.zoomButton.isEnabled()
    session.away.found.emit(session.connection, session.storage)
    assert all(button.isEnabled() and not button.toolTip() for button in buttons)
