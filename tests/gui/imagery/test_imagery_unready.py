"""An image that the service is still at, from upload to ready, in the tree that somebody has open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mapflow_data.api.client import MapflowClient
from mapflow_data.gui.imagery.cells import Column
from mapflow_data.gui.workspace import Workspace
from tests.gui.conftest import PATIENCE_MS
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox

DELAY = 6  # seconds until an image is ready
AGAIN_MS = 300


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("slow"), ready_delay=DELAY) as service:
        yield service


def test_an_image_under_way_is_shown_and_becomes_ready_by_itself(
    signed_in: Workspace, client: MapflowClient, sandbox: Sandbox, tmp_path: Path, qtbot: QtBot
) -> None:
    panel = signed_in.dock.imagery
    tree = panel.imageryTree
    tree.watch.timer.setInterval(AGAIN_MS)
    mosaic = client.mosaics.create("Slow")
    client.images.upload(mosaic.id, str(make_raster(tmp_path / "late.tif", value=7)))
    panel.refresh()
    qtbot.waitUntil(lambda: panel.model.branch(mosaic.id) is not None, timeout=PATIENCE_MS)
    tree.expand(panel.model.index_of(mosaic.id))
    texts: list[str] = []

    def text() -> str:
        images = panel.model.images_of(mosaic.id)
        row = panel.model.index_of(images[0].id, mosaic.id) if images else None
        shown = str(row.siblingAtColumn(Column.STATUS).data()) if row else ""
        if shown and shown not in texts:
            texts.append(shown)
        return shown

    qtbot.waitUntil(lambda: text() == "Waiting to be processed", timeout=PATIENCE_MS)
    tree.select_images({mosaic.id: {panel.model.images_of(mosaic.id)[0].id}})
    qtbot.waitUntil(lambda: text() == "Ready", timeout=PATIENCE_MS)
    assert texts == ["Waiting to be processed", "Being processed", "Ready"]
    assert [item.filename for item in tree.selected_items()] == ["late.tif"]  # all the way
    qtbot.waitUntil(lambda: not signed_in.services.images.is_busy, timeout=PATIENCE_MS)
    sandbox.clear_requests()
    qtbot.wait(3 * AGAIN_MS)
    paths = [one["path"] for one in sandbox.requests()]
    assert not [path for path in paths if path.endswith(("/image", "/status"))]  # none is left to wait for
    assert not signed_in.dock.messageBar.items()
