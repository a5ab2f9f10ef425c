"""Many results put on the map at once: a few in each turn of the event loop, in the order of the results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QImage

from mapflow_data.gui.canvas.in_turns import AT_ONCE
from mapflow_data.gui.results.model import SHOWN
from mapflow_data.gui.search.panel import SearchPanel
from mapflow_data.gui.workspace import Workspace
from mapflow_data.layers.properties import QUICKLOOK, image_id_of, kind_of
from mapflow_data.settings import SEARCH_FILTERS
from tests.gui.kit.searching import PATIENCE_MS, found, layers, look_at
from tests.gui.kit.window import Window
from tests.rig.fault_server import FaultServer
from tests.rig.script import Script, answer

STORAGE = {"memoryLimit": 1000, "memoryUsed": 1, "memoryFree": 999}
MANY = 12


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FaultServer]:
    """A sign-in, a search, and its pictures, of which the first takes long."""
    scenes = [scene(number) for number in range(MANY)]
    picture = Script(body=make_picture(tmp_path), headers=(("Content-Type", "image/png"),))
    slow = replace(picture, delay=0.7)
    with FaultServer([answer(STORAGE), answer([]), Script(status=404)], then=picture) as server:
        for number, one in enumerate(scenes):
            one["previewUrl"] = f"{server.url}/{tmp_path.name}-{number}.png"
        server.add(answer(scenes), slow)
        yield server
    SEARCH_FILTERS.forget()


@pytest.fixture
def panel(workspace: Workspace, server: FaultServer, window: Window, qtbot: QtBot) -> SearchPanel:
    """Has found them."""
    session = workspace.services.session
    with qtbot.waitSignal(session.signed_in, timeout=PATIENCE_MS):
        session.sign_in(server.url, "dXNlcjpzZWNyZXQ=", False)
    qtbot.waitUntil(
        lambda: not session.is_busy and not workspace.services.mosaics.is_busy, timeout=PATIENCE_MS
    )
    look_at(window.canvas)
    panel = workspace.dock.show_search()
    panel.search_here()
    found(panel, qtbot)
    return panel


def scene(number: int) -> dict[str, object]:
    x, y = -105.7 + number / 100, 40.3
    ring = [[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]
    return {
        "id": f"s{number}",
        "footprint": {"type": "Polygon", "coordinates": [ring]},
        "productType": "Scene",
        "sensor": "GF2",
        "previewType": "png",
    }


def make_picture(folder: Path) -> bytes:
    image = QImage(16, 16, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    path = folder / "picture.png"
    assert image.save(str(path))
    return path.read_bytes()


class Turns(QObject):
    """How many layers came in each turn of the event loop."""

    came = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[int] = Counter()
        self._turn = 0
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_turn)
        self._timer.start(0)
        QgsProject.instance().layersAdded.connect(self._on_added)

    def close(self) -> None:
        QgsProject.instance().layersAdded.disconnect(self._on_added)
        self._timer.stop()

    def _on_turn(self) -> None:
        self._turn += 1

    def _on_added(self, added: list[object]) -> None:
        self.counts[self._turn] += len(added)
        self.came.emit()


@pytest.fixture
def turns() -> Iterator[Turns]:
    turns = Turns()
    yield turns
    turns.close()


def rows(panel: SearchPanel) -> list[object]:
    return [panel.model.row(number) for number in range(panel.model.rowCount())]


def shown(panel: SearchPanel, qtbot: QtBot) -> None:
    """All of them, each with its picture from the server or from the cache."""
    panel.result_actions.show(rows(panel))
    qtbot.waitUntil(
        lambda: all(panel.model.state_of(row.id) == SHOWN for row in rows(panel)), timeout=PATIENCE_MS
    )


def on_the_map() -> list[str]:
    """From top to bottom."""
    order = QgsProject.instance().layerTreeRoot().layerOrder()
    return [image_id_of(layer) for layer in order if kind_of(layer) == QUICKLOOK]


def test_the_layers_stand_as_the_results_do_whichever_picture_comes_first(
    panel: SearchPanel, qtbot: QtBot
) -> None:
    shown(panel, qtbot)
    assert on_the_map() == [row.item.id for row in rows(panel)]


def test_pictures_that_are_all_there_at_once_come_a_few_in_a_turn(
    panel: SearchPanel, qtbot: QtBot, turns: Turns
) -> None:
    shown(panel, qtbot)
    QgsProject.instance().removeMapLayers([layer.id() for layer in layers(QUICKLOOK)])
    turns.counts.clear()
    panel.result_actions.show(rows(panel))  # from the cache: all of them come before this returns
    assert layers(QUICKLOOK) == []
    qtbot.waitUntil(lambda: len(layers(QUICKLOOK)) == MANY, timeout=PATIENCE_MS)
    assert sum(turns.counts.values()) == MANY
    assert max(turns.counts.values()) <= AT_ONCE
    assert on_the_map() == [row.item.id for row in rows(panel)]


def test_a_new_project_in_between_gets_none_and_is_told_of_all(
    panel: SearchPanel, qtbot: QtBot, turns: Turns
) -> None:
    shown(panel, qtbot)
    all_rows = rows(panel)
    QgsProject.instance().removeMapLayers([layer.id() for layer in layers(QUICKLOOK)])
    dropped: list[str] = []
    panel.result_actions.dropped.connect(dropped.append)
    turns.counts.clear()
    ending = QTimer()
    ending.setSingleShot(True)
    ending.timeout.connect(QgsProject.instance().clear)
    turns.came.connect(lambda: ending.isActive() or ending.start(0))
    panel.result_actions.show(all_rows)
    qtbot.waitUntil(lambda: bool(dropped), timeout=PATIENCE_MS)
    there = sum(turns.counts.values())
    qtbot.wait(100)
    assert 0 < there < MANY
    assert len(dropped) == MANY - there
    assert sum(turns.counts.values()) == there
    assert layers(QUICKLOOK) == []
