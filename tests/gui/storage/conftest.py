"""A Storage dialog behind which a service is, and one that has found duplicates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.models import Image, Mosaic
from tests.gui.kit.storing import FULL, MB, A, B, Desk, raw, some
from tests.rig.fault_server import FaultServer
from tests.rig.script import answer


@pytest.fixture
def desk(qgis_app: QgsApplication, qtbot: QtBot) -> Iterator[Desk]:
    font = qgis_app.font()
    font.setPointSize(9)
    qgis_app.setFont(font)
    desk = Desk(qtbot)
    yield desk
    desk.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Signing in asks for storage and status."""
    with FaultServer([answer(FULL), answer({"email": "a@b.c"})]) as server:
        yield server


@pytest.fixture
def found(desk: Desk, server: FaultServer) -> Desk:
    desk.sign_in(server.url)
    lists = {"m0": [raw("old", A, 100 * MB, 1), raw("x", B, 900 * MB, 2)], "m1": [raw("y", B, 900 * MB, 1)]}
    lists |= {"m2": [raw("new", A, 100 * MB, 3)], "m3": [raw("mid", A, 100 * MB, 2), raw("only", "c" * 40)]}
    for mosaic_id, items in lists.items():
        desk.inventory.know(mosaic_id, [Image.from_json(item, mosaic_id) for item in items])
    mosaics = [Mosaic(m.id, m.name, size_bytes=m.size_bytes) for m in some()]
    desk.dialog.open_with(mosaics)
    desk.find()
    desk.until_found()
    assert len(server.requests) == 2  # all of it was known
    return desk
