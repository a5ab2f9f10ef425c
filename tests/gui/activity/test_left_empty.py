"""A mosaic that is left empty because uploads were cancelled is told, with what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.gui.upload.dialog import UploadDialog
from mapflow_data.gui.workspace import Workspace
from mapflow_data.services.upload.jobs import State, UploadRequest
from mapflow_data.services.upload.uploads import Target
from mapflow_data.transfer.inspect import inspect
from mapflow_data.transfer.plan import Plan, make_plan
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.tidying import notices
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.script import Script, answer

LEFT = Qt.MouseButton.LeftButton
SILENT = Script(silent=True, delay=30)
MADE = answer({"id": "m-new", "name": "New"})

MAKING = ["GET /rest/rasters/mosaic", "POST /rest/rasters/mosaic"]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    facts = [inspect(str(make_raster(tmp_path / f"{number}.tif", value=number))) for number in (1, 2)]
    return make_plan(facts, None, (), frozenset(), lambda _: "")


def test_cancelled_before_anything_was_sent(
    signed_in: Workspace, client: MapflowClient, plan: Plan, qtbot: QtBot
) -> None:
    services, dock = signed_in.services, signed_in.dock
    with FaultServer([answer([]), MADE], then=Script(stall=True, delay=30)) as server:
        connection = make_connection(server.url, "YTpi")
        services.uploads.set_connection(connection)
        services.queue.set_connection(connection)
        with qtbot.waitSignal(services.uploads.started, timeout=PATIENCE_MS):
            services.uploads.start(plan, Target(name="New"))
        dock.show_activity()
        assert notices(dock) == []
        qtbot.mouseClick(dock.activity.cancelJobButton, LEFT)
        qtbot.waitUntil(lambda: bool(notices(dock)), timeout=PATIENCE_MS)
        assert [job.state for job in services.queue.jobs] == [State.CANCELLED] * 2
        (told,) = notices(dock)
        assert told.startswith(
            "The uploads were cancelled. The mosaic “New” was created for them and is empty: "
        )
        assert told.endswith("upload into it, or delete it in My imagery.")
    assert server.seen[:2] == MAKING


def test_one_in_which_something_has_arrived_is_not_called_empty(
    signed_in: Workspace, plan: Plan, qtbot: QtBot
) -> None:
    services, dock = signed_in.services, signed_in.dock
    with qtbot.waitSignal(services.uploads.started, timeout=PATIENCE_MS) as started:
        services.uploads.start(plan, Target(name="Filled"))
    qtbot.waitUntil(lambda: services.queue.is_idle, timeout=PATIENCE_MS)
    more = [UploadRequest(row.facts, started.args[0], "Filled") for row in plan.sendable]
    services.queue.cancel(services.queue.add(more))
    qtbot.waitUntil(lambda: services.queue.is_idle, timeout=PATIENCE_MS)
    states = [job.state for job in services.queue.jobs]
    assert states == [State.DONE] * 2 + [State.CANCELLED] * 2
    assert not [one for one in notices(dock) if "is empty" in one]


def test_a_dialog_that_is_closed_while_the_mosaic_is_made(
    signed_in: Workspace, tmp_path: Path, qtbot: QtBot
) -> None:
    services, dock = signed_in.services, signed_in.dock
    signed_in.upload([])
    (dialog,) = dock.parent().findChildren(UploadDialog)
    dialog.add_paths([str(make_raster(tmp_path / "a.tif"))])
    dialog.targetCombo.lineEdit().selectAll()
    qtbot.keyClicks(dialog.targetCombo.lineEdit(), "Half <b>made</b>")
    qtbot.waitUntil(dialog.uploadButton.isEnabled, timeout=PATIENCE_MS)
    with FaultServer([answer([])], then=SILENT) as server:
        services.uploads.set_connection(make_connection(server.url, "YTpi"))
        qtbot.mouseClick(dialog.uploadButton, LEFT)
        qtbot.waitUntil(lambda: len(server.requests) == 2, timeout=PATIENCE_MS)
        with qtbot.waitSignal(services.mosaics.mosaics_loaded, timeout=PATIENCE_MS):
            qtbot.mouseClick(dialog.cancelButton, LEFT)
    (told,) = notices(dock)
    assert told.startswith("The upload was cancelled while the mosaic “Half <b>made</b>” was being created. ")
    assert told.endswith("If My imagery shows it, it is empty: delete it there.")
    assert server.seen == MAKING
    assert services.queue.jobs == ()
