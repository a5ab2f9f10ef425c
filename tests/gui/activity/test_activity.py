"""Activity: a queue that really uploads, its rows, and what can be done about them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QToolButton

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.errors import BadRequest
from mapflow_data.gui.activity.model import PERCENT_ROLE, SECOND_LINE_ROLE, TIME_LEFT_ROLE, ActivityModel
from mapflow_data.gui.activity.panel import ActivityPanel
from mapflow_data.gui.activity.words import state_name, summary
from mapflow_data.gui.workspace import Workspace
from mapflow_data.layers.properties import kind_of
from mapflow_data.services.upload.jobs import Job, Note, State, Summary, UploadRequest
from mapflow_data.transfer.inspect import inspect
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.window import Window
from tests.rig.geotiffs import make_raster

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(signed_in: Workspace) -> ActivityPanel:
    signed_in.dock.show_activity()
    return signed_in.dock.activity


def upload(workspace: Workspace, client: MapflowClient, *paths: Path) -> str:
    mosaic = client.mosaics.create("Uploads")
    requests = [UploadRequest(inspect(str(path)), mosaic.id, mosaic.name) for path in paths]
    workspace.services.queue.add(requests)
    return mosaic.id


def job(number: int, state: State, **more: object) -> Job:
    return Job(number, f"/data/{number}.tif", f"{number}.tif", "m1", "North", 1000, state=state, **more)


def test_with_nothing_under_way_it_says_what_would_be_here(
    panel: ActivityPanel, signed_in: Workspace, qtbot: QtBot
) -> None:
    assert panel.views.currentWidget() is panel.statePage
    for button in (panel.cancelJobButton, panel.retryButton, panel.clearButton):
        assert not button.isEnabled()
    with qtbot.waitSignal(signed_in.dock.upload_requested) as asked:
        qtbot.mouseClick(panel.statePage.stateButton, LEFT)
    assert asked.args == [""]


def test_a_batch_runs_through_and_its_footprints_show_themselves(
    panel: ActivityPanel, signed_in: Workspace, client: MapflowClient, tmp_path: Path, qtbot: QtBot
) -> None:
    good = make_raster(tmp_path / "good.tif", value=90)
    gone = UploadRequest(inspect(str(make_raster(tmp_path / "gone.tif", value=91))), "", "Uploads")
    (tmp_path / "gone.tif").unlink()
    mosaic_id = upload(signed_in, client, good)
    signed_in.services.queue.add([replace(gone, mosaic_id=mosaic_id)])
    tabs = signed_in.dock.tabs
    place = tabs.indexOf(panel)
    assert tabs.tabText(place) == "Activity (2)"
    qtbot.waitUntil(lambda: signed_in.services.queue.is_idle, timeout=PATIENCE_MS)
    assert tabs.tabText(place) == "Activity"
    lines = {
        j.name: panel.model.index(row, 0).data(SECOND_LINE_ROLE) for row, j in enumerate(panel.model.jobs)
    }
    assert lines["good.tif"].startswith("Uploaded · ")
    assert lines["gone.tif"].startswith("The file cannot be read")
    assert panel.summaryLabel.text().startswith("1 of 2 uploaded · 1 needs you")

    def shown() -> list[object]:
        return [x for x in QgsProject.instance().mapLayers().values() if kind_of(x) == "footprints"]

    qtbot.waitUntil(lambda: len(shown()) == 1, timeout=PATIENCE_MS)
    assert shown()[0].featureCount() == 1
    assert signed_in.dock.imagery.model.branch(mosaic_id) is not None


def test_the_end_of_a_batch_is_told_where_its_list_is_not_seen(
    panel: ActivityPanel, signed_in: Workspace, client: MapflowClient, tmp_path: Path, qtbot: QtBot
) -> None:
    dock = signed_in.dock
    dock.tabs.setCurrentWidget(dock.imagery)
    upload(signed_in, client, make_raster(tmp_path / "a.tif", value=60))
    qtbot.waitUntil(lambda: bool(dock.messageBar.items()), timeout=PATIENCE_MS)
    assert dock.messageBar.items()[0].property("text") == "1 of 1 uploaded"


def test_what_needs_somebody_leads_to_the_list_also_while_the_dock_is_closed(
    panel: ActivityPanel,
    signed_in: Workspace,
    client: MapflowClient,
    tmp_path: Path,
    qtbot: QtBot,
    window: Window,
) -> None:
    signed_in.dock.tabs.setCurrentWidget(signed_in.dock.imagery)
    signed_in.dock.close()
    path = make_raster(tmp_path / "gone.tif", value=61)
    facts = inspect(str(path))
    path.unlink()
    mosaic = client.mosaics.create("Uploads")
    signed_in.services.queue.add([UploadRequest(facts, mosaic.id, mosaic.name)])
    qtbot.waitUntil(lambda: bool(window.bar.items()), timeout=PATIENCE_MS)
    (item,) = window.bar.items()
    assert item.property("text") == "0 of 1 uploaded · 1 needs you"
    next(b for b in item.findChildren(QToolButton) if b.text() == "Show").click()
    assert panel.isVisible()


def test_what_failed_before_is_no_news_at_the_end_of_another_batch(
    panel: ActivityPanel, signed_in: Workspace, client: MapflowClient, tmp_path: Path, qtbot: QtBot
) -> None:
    dock, queue = signed_in.dock, signed_in.services.queue
    dock.tabs.setCurrentWidget(dock.imagery)
    path = make_raster(tmp_path / "gone.tif", value=62)
    facts, mosaic = inspect(str(path)), client.mosaics.create("Uploads")
    path.unlink()

    def wait_for(text: str) -> None:
        qtbot.waitUntil(
            lambda: text in [one.property("text") for one in dock.messageBar.items()], timeout=PATIENCE_MS
        )
        dock.messageBar.clearWidgets()

    (gone,) = queue.add([UploadRequest(facts, mosaic.id, mosaic.name)])
    wait_for("0 of 1 uploaded · 1 needs you")
    upload(signed_in, client, make_raster(tmp_path / "a.tif", value=63))
    wait_for("1 of 1 uploaded")
    queue.retry([gone])
    wait_for("0 of 1 uploaded · 1 needs you")


def test_clear_takes_away_what_is_done_and_selected_failures(
    panel: ActivityPanel, signed_in: Workspace, client: MapflowClient, tmp_path: Path, qtbot: QtBot
) -> None:
    paths = [make_raster(tmp_path / "a.tif", value=80), make_raster(tmp_path / "b.tif", value=81)]
    missing = inspect(str(make_raster(tmp_path / "gone.tif", value=82)))
    (tmp_path / "gone.tif").unlink()
    mosaic_id = upload(signed_in, client, *paths)
    signed_in.services.queue.add([UploadRequest(missing, mosaic_id, "Uploads")])
    qtbot.waitUntil(lambda: signed_in.services.queue.is_idle, timeout=PATIENCE_MS)
    qtbot.mouseClick(panel.clearButton, LEFT)
    assert [j.name for j in panel.model.jobs] == ["gone.tif"]
    assert not panel.clearButton.isEnabled()
    panel.activityView.selectAll()
    assert "gone.tif: the file cannot be read" in panel.summaryLabel.text()
    qtbot.mouseClick(panel.clearButton, LEFT)
    assert panel.views.currentWidget() is panel.statePage


def test_cancel_and_retry(
    panel: ActivityPanel, signed_in: Workspace, client: MapflowClient, tmp_path: Path, qtbot: QtBot
) -> None:
    upload(signed_in, client, make_raster(tmp_path / "a.tif", value=70))
    qtbot.mouseClick(panel.cancelJobButton, LEFT)
    qtbot.waitUntil(lambda: signed_in.services.queue.is_idle, timeout=PATIENCE_MS)
    assert [j.state for j in panel.model.jobs] == [State.CANCELLED]
    assert not panel.retryButton.isEnabled()  # it was wished: only who selects it wants it back
    panel.activityView.selectAll()
    qtbot.mouseClick(panel.retryButton, LEFT)
    qtbot.waitUntil(lambda: panel.model.jobs[0].state is State.DONE, timeout=PATIENCE_MS)


def test_a_row_tells_state_progress_and_reason() -> None:
    error = BadRequest(
        code="FileValidationFailed",
        parameters={"param_name": "crs", "got_param": "EPSG:32638", "expected_param": "EPSG:32637"},
    )
    model = ActivityModel()
    jobs = [
        job(1, State.UPLOADING, sent=400, started=0.0),
        job(2, State.WORKING),
        job(3, State.FAILED, error=error),
        job(4, State.WAITING, note=Note.NETWORK),
        job(5, State.UPLOADING, note=Note.RETRY, wait_s=4.0),
    ]
    model.add(jobs)
    percents = [model.index(row, 0).data(PERCENT_ROLE) for row in range(5)]
    assert percents == [40, -1, None, None, 0]
    lines = [model.index(row, 0).data(SECOND_LINE_ROLE) for row in range(5)]
    assert lines[0] == "400 of 1000 B" or "of" in lines[0]
    assert lines[2].startswith("Its CRS is EPSG:32638")
    assert lines[3] == "Waiting for the network"
    assert lines[4] == "Next try in 4 s"
    assert model.index(0, 0).data(TIME_LEFT_ROLE) != ""
    spoken = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("1.tif: 400 B of 1 KB, 40 %, ")


def test_changes_reach_one_row_and_removals_the_right_ones() -> None:
    model = ActivityModel()
    model.add([job(n, State.WAITING) for n in (1, 2, 3)])
    changed: list[int] = []
    model.dataChanged.connect(lambda top, bottom, *_: changed.append(top.row()))
    model.change(job(2, State.DONE))
    model.change(job(9, State.DONE))
    assert changed == [1]
    model.remove([1, 3, 9])
    assert [j.id for j in model.jobs] == [2]


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.name)
def test_every_state_has_a_name(state: State) -> None:
    assert state_name(state)


def test_the_summary_says_what_matters() -> None:
    assert summary(Summary(total=60, done=38, failed=2, active=2, seconds_left=15_600.0)) == (
        "38 of 60 uploaded · 2 need you · 4 h 20 min left"
    )
    assert summary(Summary(total=2, unconfirmed=1)) == "0 of 2 uploaded · 1 needs you"
    assert "waiting for the network since" in summary(Summary(total=2, waiting_since=1_700_000_000.0))
