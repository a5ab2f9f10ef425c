"""What is under way at a sign-out is told at once where one is, and nothing half done stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.settings import DOWNLOAD_FOLDER
from tests.gui.kit.docks import Docks, open_mosaic, row_of
from tests.gui.kit.file_dialogs import choose
from tests.gui.kit.tidying import notices
from tests.rig.fault_proxy import FaultProxy
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox

LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 30_000
SIZE = 600  # px, about a megabyte
TOLD = "You signed out: 1 of 2 images were downloaded to “from Mapflow”, 1 not; nothing half done was kept."


@pytest.fixture
def dock(docks: Docks, qtbot: QtBot, box: Sandbox, tmp_path: Path) -> MapflowDock:
    """Of a mosaic with two images."""
    with MapflowClient(make_connection(box.url, box.token)) as client:
        mosaic = next(one for one in client.mosaics.list() if one.name == "Two fields")
        big = make_raster(tmp_path / "z_big.tif", size=(SIZE, SIZE), value=3)
        client.images.upload(mosaic.id, str(big))
    return docks.open()


def sign_in(docks: Docks, qtbot: QtBot, url: str, token: str) -> None:
    session = docks.workspace.services.session
    with qtbot.waitSignal(session.signed_in, timeout=PATIENCE_MS):
        session.sign_in(url, token, False)


def test_a_download(dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "from Mapflow"
    folder.mkdir()
    downloads = docks.workspace.services.downloads
    try:
        sign_in(docks, qtbot, box.url, box.token)
        qtbot.waitUntil(lambda: len(dock.imagery.model.mosaics()) == 2, timeout=PATIENCE_MS)
        open_mosaic(dock, qtbot, "Two fields")
        dock.imagery.imageryTree.select_mosaic(row_of(dock, "Two fields").id)
        downloads.outcome.connect(lambda _: docks.workspace.services.session.sign_out())
        dock.imagery._menu.more.download.trigger()
        choose(dock.imagery, qtbot, folder)
        qtbot.waitUntil(dock.signInPage.isVisible, timeout=PATIENCE_MS)
        assert notices(dock) == [TOLD]
        assert dock.messageBar.isVisible()
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=PATIENCE_MS)
        assert [one.name for one in folder.iterdir()] == ["field_1.tif"]
        sign_in(docks, qtbot, box.url, box.other_token)
        assert notices(dock) == []  # that was another one's
        assert not dock.imagery.commands.downloading.bar.isVisible()
    finally:
        DOWNLOAD_FOLDER.forget()


@pytest.mark.parametrize("is_signed_out", [True, False])
def test_a_deletion(dock: MapflowDock, docks: Docks, qtbot: QtBot, box: Sandbox, is_signed_out: bool) -> None:
    """Also where another account comes without a sign-out: then it is the last word on the first one."""
    services = docks.workspace.services
    with FaultProxy(box.url) as line:
        sign_in(docks, qtbot, line.url, box.token)
        qtbot.waitUntil(lambda: len(dock.imagery.model.mosaics()) == 2, timeout=PATIENCE_MS)
        dock.imagery.imageryTree.select_mosaic(row_of(dock, "Two fields").id)
        line.freeze()
        assert services.deletions.delete(dock.imagery.imageryTree.selected_mosaics())
        if is_signed_out:
            services.session.sign_out()
        else:
            sign_in(docks, qtbot, box.url, box.other_token)
        told = ["You signed out: 0 deleted, 1 not, or not for certain; look into the list."]
        assert notices(dock) == told
        if is_signed_out:
            sign_in(docks, qtbot, box.url, box.other_token)
            assert notices(dock) == []
        with MapflowClient(make_connection(box.url, box.token)) as client:
            assert len(client.mosaics.list()) == 2
