"""QGIS was killed: the dock says so after the sign-in, once, and does what is clicked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QToolButton

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.workspace import Workspace
from mapflow_data.services.upload.jobs import State, UploadRequest
from mapflow_data.settings import journal_folder
from mapflow_data.transfer.inspect import inspect
from tests.gui.kit.window import Window
from tests.rig.fault_proxy import FaultProxy
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.services.interruptions.interrupting import killed
from tests.services.replacing import add, names

LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 60_000


@pytest.fixture
def folder(qgis_app: QgsApplication) -> Iterator[Path]:
    path = Path(journal_folder())
    shutil.rmtree(path, ignore_errors=True)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def line(sandbox: Sandbox) -> Iterator[FaultProxy]:
    with FaultProxy(sandbox.url) as line:
        yield line


@pytest.fixture
def way(line: FaultProxy, sandbox: Sandbox) -> Connection:
    return make_connection(line.url, sandbox.token)


@pytest.fixture
def mosaic_id(client: MapflowClient) -> str:
    return client.mosaics.create("Fields").id


@pytest.fixture
def uploads(
    folder: Path, way: Connection, line: FaultProxy, mosaic_id: str, tmp_path: Path
) -> Iterator[list[Path]]:
    """Three files, on their way when QGIS was killed."""
    paths = [make_raster(tmp_path / f"{name}.tif", size=(1500, 1000), value=ord(name)) for name in "abc"]
    line.throttle(300_000)
    killed(way, folder, mosaic_id, "uploading", *paths)
    line.heal()
    yield paths


def sign_in(workspace: Workspace, connection: Connection, qtbot: QtBot) -> None:
    services = workspace.services
    services.session.sign_in(connection.server, connection.authorization, False)

    def is_in() -> bool:
        session = services.session
        is_this = session.connection is not None and session.connection.key == connection.key
        return is_this and session.state == "signed_in" and not services.interruptions.is_busy

    qtbot.waitUntil(is_in, timeout=PATIENCE_MS)


def said(dock: MapflowDock) -> list[str]:
    return [item.property("text") for item in dock.messageBar.items()]


def click(dock: MapflowDock, text: str, qtbot: QtBot) -> None:
    buttons = dock.messageBar.items()[0].findChildren(QToolButton)
    qtbot.mouseClick(next(button for button in buttons if button.text() == text), LEFT)


def test_nothing_is_said_after_a_day_like_any_other(
    folder: Path, workspace: Workspace, way: Connection, qtbot: QtBot
) -> None:
    sign_in(workspace, way, qtbot)
    assert said(workspace.dock) == []
    assert not folder.exists()


def test_continue_sends_them(
    uploads: list[Path], workspace: Workspace, way: Connection, client: MapflowClient, mosaic_id: str,
    folder: Path, qtbot: QtBot,
) -> None:  # fmt: skip
    dock = workspace.dock
    sign_in(workspace, way, qtbot)
    assert said(dock) == ["QGIS was closed while 3 files were being uploaded to “Fields”."]
    assert [job.state for job in dock.activity.model.jobs] == [State.INTERRUPTED] * 3
    assert dock.tabs.tabText(dock.tabs.indexOf(dock.activity)) == "Activity"  # nothing is under way
    assert names(client, mosaic_id) == []
    click(dock, "Continue", qtbot)
    qtbot.waitUntil(lambda: workspace.services.queue.is_idle, timeout=PATIENCE_MS)
    assert names(client, mosaic_id) == ["a.tif", "b.tif", "c.tif"]
    assert said(dock) == ["3 of 3 uploaded"]
    qtbot.waitUntil(lambda: not list(folder.glob("*.jsonl")), timeout=PATIENCE_MS)


def test_discard_forgets_them(
    uploads: list[Path], workspace: Workspace, way: Connection, client: MapflowClient, mosaic_id: str,
    folder: Path, qtbot: QtBot,
) -> None:  # fmt: skip
    sign_in(workspace, way, qtbot)
    click(workspace.dock, "Discard", qtbot)
    assert workspace.dock.activity.model.jobs == ()
    assert said(workspace.dock) == []
    qtbot.waitUntil(lambda: not list(folder.glob("*.jsonl")), timeout=PATIENCE_MS)
    assert names(client, mosaic_id) == []


def test_the_list_goes_on_with_those_that_are_chosen_and_a_file_that_is_gone_is_named(
    uploads: list[Path], workspace: Workspace, way: Connection, client: MapflowClient, mosaic_id: str,
    qtbot: QtBot,
) -> None:  # fmt: skip
    uploads[0].unlink()
    sign_in(workspace, way, qtbot)
    dock = workspace.dock
    dock.show_activity()
    panel = dock.activity
    assert panel.summaryLabel.text() == "0 of 3 uploaded · 3 interrupted"
    panel.activityView.setCurrentIndex(panel.model.index(0, 0))
    qtbot.mouseClick(panel.retryButton, LEFT)
    qtbot.waitUntil(lambda: panel.model.jobs[0].state is State.FAILED, timeout=PATIENCE_MS)
    assert panel.summaryLabel.text().startswith("a.tif: the file cannot be read (No such file or directory)")
    assert len(said(dock)) >= 1  # the others still wait for an answer
    panel.activityView.clearSelection()
    qtbot.mouseClick(panel.retryButton, LEFT)
    qtbot.waitUntil(lambda: not any("QGIS was closed" in text for text in said(dock)), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: workspace.services.queue.is_idle, timeout=PATIENCE_MS)
    assert names(client, mosaic_id) == ["b.tif", "c.tif"]


def test_it_stays_until_it_is_answered(
    uploads: list[Path], workspace: Workspace, window: Window, way: Connection, sandbox: Sandbox,
    line: FaultProxy, qtbot: QtBot,
) -> None:  # fmt: skip
    dock = workspace.dock
    sign_in(workspace, way, qtbot)
    text = said(dock)
    qtbot.mouseClick(dock.refreshButton, LEFT)  # which clears what was said
    assert said(dock) == text
    other = make_connection(line.url, sandbox.other_token)
    sign_in(workspace, other, qtbot)
    qtbot.waitUntil(lambda: said(dock) == [], timeout=PATIENCE_MS)
    assert dock.activity.model.jobs == ()
    sign_in(workspace, way, qtbot)
    qtbot.waitUntil(lambda: said(dock) == text, timeout=PATIENCE_MS)
    workspace.services.session.sign_out()
    qtbot.waitUntil(lambda: said(dock) == [], timeout=PATIENCE_MS)
    sign_in(workspace, way, qtbot)
    assert said(dock) == text


@pytest.mark.parametrize("answer", ["Delete old one", "Keep both"])
def test_of_a_replacement_both_images_are_named(
    folder: Path, workspace: Workspace, client: MapflowClient, mosaic_id: str, tmp_path: Path,
    way: Connection, qtbot: QtBot, answer: str,
) -> None:  # fmt: skip
    old = add(client, mosaic_id, make_raster(tmp_path / "old.tif"))
    killed(way, folder, mosaic_id, "finding", make_raster(tmp_path / "new.tif", value=9), old=old.id)
    sign_in(workspace, way, qtbot)
    dock = workspace.dock
    text = "QGIS was closed while “old.tif” was being replaced by “new.tif”."
    assert said(dock) == [f"{text} Both images are there, and the new one is verified."]
    click(dock, answer, qtbot)
    if answer == "Delete old one":
        qtbot.waitUntil(lambda: names(client, mosaic_id) == ["new.tif"], timeout=PATIENCE_MS)
        expected = ["“old.tif” was replaced by “new.tif”."]
        qtbot.waitUntil(lambda: said(dock) == expected, timeout=PATIENCE_MS)
    else:
        assert names(client, mosaic_id) == ["new.tif", "old.tif"]
    qtbot.waitUntil(lambda: not list(folder.glob("*.jsonl")), timeout=PATIENCE_MS)


def test_damaged_notes_are_told_and_kept(
    folder: Path, uploads: list[Path], workspace: Workspace, way: Connection, qtbot: QtBot
) -> None:
    (path,) = folder.glob("*.jsonl")
    path.write_text(path.read_text()[:-30])
    sign_in(workspace, way, qtbot)
    texts = said(workspace.dock)
    assert "QGIS was closed while 2 files were being uploaded to “Fields”." in texts
    (aside,) = folder.glob("*.damaged")
    assert any(str(aside) in text for text in texts)


def test_notes_that_cannot_be_written_are_told_once_and_hold_nothing_up(
    folder: Path, workspace: Workspace, way: Connection, client: MapflowClient, mosaic_id: str,
    tmp_path: Path, qtbot: QtBot,
) -> None:  # fmt: skip
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    try:
        sign_in(workspace, way, qtbot)
        paths = [make_raster(tmp_path / f"{name}.tif", value=ord(name)) for name in "ab"]
        requests = [UploadRequest(inspect(str(path)), mosaic_id, "Fields") for path in paths]
        workspace.services.queue.add(requests)
        qtbot.waitUntil(lambda: workspace.services.queue.is_idle, timeout=PATIENCE_MS)
        assert names(client, mosaic_id) == ["a.tif", "b.tif"]
        told = [text for text in said(workspace.dock) if "not noted" in text]
        assert len(told) == 1
        assert "make room or check its rights" in told[0]
    finally:
        folder.unlink()
