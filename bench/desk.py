"""A person at QGIS with the dock open: what a bench does to it, and how long the main thread stalls then."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QEventLoop, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QWidget

from bench.measures import STALL_MS, Heartbeat, Measure
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.imagery.model import Loading
from mapflow_data.gui.workspace import Workspace
from mapflow_data.layers.properties import FOOTPRINTS
from mapflow_data.settings import cache_folder
from tests.gui.kit.window import Window

TOKEN = "dXNlckBleGFtcGxlLmNvbTpwYXNzd29yZA=="
RUNS = 3
SETTLE_MS = 150  # what is put off by a timer is done
KEY_MS = 33  # a key that is held
PATIENCE_MS = 30_000


class Desk:
    def __init__(self, window: Window, url: str) -> None:
        self.window = window
        self._url = url
        self.workspace = Workspace(window)
        self.workspace.open_dock()
        self.dock = self.workspace.dock
        self.panel = self.dock.imagery
        self.tree = self.panel.imageryTree
        self.services = self.workspace.services

    # The account

    def sign_in(self, count: int, remember: bool = True) -> None:
        """Until the list is there, and on the shelf."""
        self.services.session.sign_in(self._url, TOKEN, remember)
        until(lambda: len(self.panel.model.mosaics()) == count)
        if remember:
            until(lambda: any(Path(cache_folder(), "shelf").glob("*/*.jsonl")))

    def sign_out(self) -> None:
        self.services.session.sign_out()
        until(lambda: not self.panel.model.mosaics())

    def close(self) -> None:
        self.workspace.close()
        wait(SETTLE_MS)

    # My imagery

    def mosaic(self, number: int) -> Mosaic:
        branch = self.panel.model.branch(mosaic_id(number))
        assert branch is not None
        return branch.mosaic

    def images(self, number: int) -> list[Image]:
        return self.panel.model.images_of(mosaic_id(number))

    def open(self, number: int) -> None:
        """By a click and a key, until its images are there."""
        self.tree.setCurrentIndex(self.panel.model.index_of(mosaic_id(number)))
        QTest.keyClick(self.tree, Qt.Key.Key_Right)
        until(lambda: self._is_loaded(number))

    def choose(self, number: int) -> None:
        """Its row is the current one, and its images are there."""
        self.tree.select_mosaic(mosaic_id(number))
        until(lambda: self._is_loaded(number))

    def collapse(self, number: int) -> None:
        self.tree.collapse(self.panel.model.index_of(mosaic_id(number)))

    def go_to_first(self, number: int) -> None:
        """Alone selected, its picture there."""
        self.tree.show_image(self.images(number)[0])
        wait(SETTLE_MS)

    def refresh(self, open_ones: Iterable[int]) -> None:
        told: set[str] = set()
        self.panel.model.images_told.connect(told.add)
        self.dock.refreshButton.click()
        until(lambda: told >= {mosaic_id(number) for number in open_ones})
        self.panel.model.images_told.disconnect(told.add)

    def switch_views(self) -> None:
        for _ in range(4):
            self.panel.sheetButton.click()
            wait(100)

    def put_footprints(self, number: int) -> None:
        shown: list[str] = []
        self.services.images.images_loaded.connect(lambda one, *_: shown.append(one))
        self.panel.commands.on_map.show_footprints([self.mosaic(number)])
        until(lambda: mosaic_id(number) in shown)
        until(lambda: self.workspace.presenter.find(FOOTPRINTS, mosaic_id(number)) is not None)
        wait(SETTLE_MS)
        until(lambda: not self.window.canvas.isDrawing())

    def have_pictures(self, images: Iterable[Image]) -> None:
        """The small pictures of all of them were loaded, in sight or not."""
        wanted = list(images)
        self.services.pictures.want(wanted, "bench")
        until(lambda: all(self.services.pictures.small(image) is not None for image in wanted))
        self.services.pictures.want([], "bench")

    def _is_loaded(self, number: int) -> bool:
        branch = self.panel.model.branch(mosaic_id(number))
        return branch is not None and branch.state is Loading.LOADED


def mosaic_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def hold(widget: QWidget, key: Qt.Key, times: int) -> None:
    for _ in range(times):
        QTest.keyClick(widget, key)
        wait(KEY_MS)


def type_in(widget: QWidget, text: str, pause_ms: int) -> None:
    for letter in text:
        QTest.keyClicks(widget, letter)
        wait(pause_ms)


def stall(
    name: str,
    act: Callable[[], object],
    before: Callable[[], object] = lambda: None,
    *,
    runs: int = RUNS,
    limit: float | None = STALL_MS,
) -> Measure:
    """The longest one; the best of a few runs, as a lone stall comes by itself now and then."""
    worst = []
    for _ in range(runs):
        before()
        gc.collect()  # one that was due before is no work of this
        wait(SETTLE_MS)
        with Heartbeat() as heart:
            act()
            wait(SETTLE_MS)
        worst.append(heart.worst_ms)
    if os.environ.get("BENCH_RUNS"):
        print("    runs:", ", ".join(f"{one:.0f} ms" for one in worst))
    return Measure(f"{name}: longest stall", min(worst), "ms", limit)


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(is_so: Callable[[], bool]) -> None:
    loop, ticks = QEventLoop(), QTimer()
    ticks.timeout.connect(lambda: loop.quit() if is_so() else None)
    ticks.start(20)
    QTimer.singleShot(PATIENCE_MS, loop.quit)
    loop.exec()
    if not is_so():
        raise SystemExit("what was waited for did not come")


def clear_project() -> None:
    QgsProject.instance().clear()
