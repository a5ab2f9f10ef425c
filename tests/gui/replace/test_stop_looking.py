"""A new image that is sent and not listed: what one waits for is said, and the wait can be ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.gui.workspace import Workspace
from mapflow_data.services.upload.jobs import State
from mapflow_data.settings import UPLOAD_FOLDER
from tests.gui.kit.docks import open_mosaic
from tests.gui.kit.file_dialogs import choose
from tests.gui.kit.tidying import dialog_of, notices, press
from tests.rig.fault_proxy import FaultProxy
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox

LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 30_000
LOOKING = "Replacing “old.tif”: sent; looking for it in the mosaic…"
TOLD = (
    "“old.tif” was not replaced, as you stopped looking for the new image. "
    "The old image is there, the new one may be there, too."
)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """Lists a new image after ten minutes; the old one is listed."""
    service = Sandbox(tmp_path / "service").start()
    with MapflowClient(make_connection(service.url, service.token)) as client:
        mosaic = client.mosaics.create("Field")
        client.images.upload(mosaic.id, str(make_raster(tmp_path / "old.tif")))
    service.stop()
    service.options["ready_delay"] = 600
    yield service.start()
    service.stop()
    UPLOAD_FOLDER.forget()


def is_upload(request: dict[str, Any]) -> bool:
    return request["method"] == "POST" and request["path"].endswith("/image")


@pytest.mark.parametrize("is_answered", [True, False])
def test_both_stay_and_that_is_said(
    workspace: Workspace, box: Sandbox, tmp_path: Path, qtbot: QtBot, is_answered: bool
) -> None:
    dock = workspace.dock
    panel = dock.imagery
    with FaultProxy(box.url) as line:
        workspace.services.session.sign_in(line.url, box.token, False)
        qtbot.waitUntil(lambda: len(panel.model.mosaics()) == 1, timeout=PATIENCE_MS)
        (old,) = open_mosaic(dock, qtbot, "Field")
        panel.imageryTree.show_image(old)
        panel._menu.more.replace.trigger()
        choose(panel, qtbot, make_raster(tmp_path / "new.tif", size=(2000, 1500), value=99))
        dialog = dialog_of(panel)
        qtbot.waitUntil(dialog.replace_button.isEnabled, timeout=PATIENCE_MS)
        if not is_answered:
            line.throttle(1_000_000)
        qtbot.mouseClick(dialog.replace_button, LEFT)
        bar = panel.commands.replacing.bar
        if not is_answered:
            jobs = workspace.services.queue
            qtbot.waitUntil(
                lambda: [job.state for job in jobs.jobs] == [State.UPLOADING], timeout=PATIENCE_MS
            )
            line.swallow_answers()
            line.throttle(None)
            qtbot.waitUntil(lambda: any(map(is_upload, box.requests())), timeout=PATIENCE_MS)
            line.heal()
        qtbot.waitUntil(lambda: bar.isVisible() and bar.label.text() == LOOKING, timeout=PATIENCE_MS)
        assert bar.cancelButton.text() == "Stop looking"
        qtbot.mouseClick(bar.cancelButton, LEFT)
        assert notices(dock) == [TOLD]
        assert not bar.isVisible()
        with MapflowClient(make_connection(box.url, box.token)) as client:
            (mosaic,) = client.mosaics.list()
            assert [one.filename for one in client.images.list(mosaic.id)] == ["old.tif"]
        qtbot.waitUntil(lambda: len(list(filter(is_upload, box.requests()))) == 1, timeout=PATIENCE_MS)
        uploads = list(filter(is_upload, box.requests()))
        qtbot.wait(100)  # the message has its place by then
        press(qtbot, dock, "Retry")  # looks again, and sends nothing twice
        qtbot.waitUntil(lambda: bar.isVisible() and bar.label.text() == LOOKING, timeout=PATIENCE_MS)
        assert list(filter(is_upload, box.requests())) == uploads
        qtbot.mouseClick(bar.cancelButton, LEFT)
        qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=PATIENCE_MS)
        assert [one for one in box.requests() if one["method"] == "DELETE"] == []
