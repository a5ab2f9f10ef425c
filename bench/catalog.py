"""Ten thousand results, in pages and as one bare list: layer and table soon after the last byte, no stall.

The real service and client, QGIS offscreen, a visible map and table. Best of three, as a lone stall comes
by itself now and then.
"""

from __future__ import annotations

import gc
import math
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from qgis.core import QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QEventLoop, QTimer
from qgis.PyQt.QtWidgets import QTableView

from bench.measures import STALL_MS, Heartbeat, Measure, fail, offscreen_qgis, report
from bench.relay import Relay
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import CatalogItem, SearchPage
from mapflow_data.api.query import CatalogQuery
from mapflow_data.gui.results.model import ResultsModel
from mapflow_data.layers import results
from mapflow_data.layers.coverage import Coverage
from mapflow_data.layers.tables import Feeder
from mapflow_data.services.catalog import PAGE, CatalogService
from tests.rig.sandbox import Sandbox

MANY = 10_000
SOON = 1.0  # seconds after the last byte
RUNS = 3
GIVE_UP_MS = 120_000
AREA = ((((-105.8, 40.3), (-105.6, 40.3), (-105.6, 40.45), (-105.8, 40.45), (-105.8, 40.3)),),)
SHAPES = {f"pages of {PAGE}": "data-catalog", "one bare list": "data-api"}


class Run:
    """One search from the click to the last row, with the map and the table that show it."""

    def __init__(self, connection: Any) -> None:
        self.items = 0
        self.seconds_to_first = self.ended = math.nan
        self._layer = results.make_layer("Search")
        QgsProject.instance().addMapLayer(self._layer)
        self._canvas = QgsMapCanvas()
        self._canvas.setLayers([self._layer])
        self._canvas.show()
        self._model = ResultsModel()
        self._table = QTableView()
        self._table.setModel(self._model)
        self._table.show()
        self._feeder = Feeder(self._layer)
        self._feeder.drained.connect(self._look)
        self._catalog = CatalogService()
        self._catalog.set_connection(connection)
        self._catalog.page_loaded.connect(self._on_page)
        self._catalog.search_finished.connect(self._look)
        self._catalog.failed.connect(self._on_failed)
        self._loop = QEventLoop()
        self.problem = ""

    def go(self) -> Heartbeat:
        QTimer.singleShot(GIVE_UP_MS, self._loop.quit)
        QTimer.singleShot(300, self._start)  # after the first drawing of map and table
        self._begun = math.nan
        with Heartbeat() as heart:
            self._heart = heart
            self._loop.exec()
        QTimer.singleShot(500, self._loop.quit)  # the map is drawn
        with heart:
            self._loop.exec()
        self._catalog.close()
        QgsProject.instance().clear()
        return heart

    def _start(self) -> None:
        self._heart.late_ms.clear()
        self._begun = time.perf_counter()
        self._catalog.search(CatalogQuery(AREA), pages=math.inf)

    def _on_page(self, page: SearchPage, features: list[Any]) -> None:
        if not self.items:
            self.seconds_to_first = time.perf_counter() - self._begun
            self._canvas.setExtent(features[0].geometry().boundingBox())
        self.items += len(page.items)
        self._feeder.feed(features)
        self._model.append(
            (item, feature["covers"], feature["availability"]) for item, feature in zip(page.items, features)
        )

    def _look(self, *_: object) -> None:
        is_whole = self._layer.featureCount() == self._model.rowCount() == self.items > 0
        if is_whole and not self._catalog.is_searching:
            self.ended = time.perf_counter()
            self._loop.quit()

    def _on_failed(self, what: str, error: Exception) -> None:
        self.problem = f"{what}: {error!r}"
        self._loop.quit()


def main() -> int:
    _application = offscreen_qgis()
    code = 0
    for shape, dialect in SHAPES.items():
        with (
            tempfile.TemporaryDirectory() as folder,
            Sandbox(Path(folder), many=MANY, dialect=dialect, search_area_limit=5000) as box,
            Relay(box.port) as relay,
        ):
            code |= _bench(shape, box, relay)
    return code | report(_coverage())


def _bench(shape: str, box: Sandbox, relay: Relay) -> int:
    connection = make_connection(box.url.replace(f":{box.port}/", f":{relay.port}/"), box.token)
    waits, stalls, p99s = [], [], []
    for _ in range(RUNS):
        gc.collect()  # one that was due before is no work of a search
        run = Run(connection)
        heart = run.go()
        if run.problem or run.items != MANY:
            return fail(f"catalog, {shape}: {run.items} of {MANY} items came. {run.problem}")
        waits.append(run.ended - relay.last_byte)
        stalls.append(heart.worst_ms)
        p99s.append(sorted(heart.late_ms)[int(len(heart.late_ms) * 0.99)])
    return report(_measures(shape, waits, stalls, p99s))


def _measures(shape: str, waits: list[float], stalls: list[float], p99s: list[float]) -> Iterator[Measure]:
    yield Measure(f"{MANY} results, {shape}: last byte to layer and table", min(waits), "s", SOON)
    yield Measure(f"{MANY} results, {shape}: longest stall", min(stalls), "ms", STALL_MS)
    yield Measure(f"{MANY} results, {shape}: 99 % of beats late by less than", min(p99s), "ms")
    print(
        f"    all runs: {', '.join(f'{w:.2f} s' for w in waits)}; {', '.join(f'{s:.0f} ms' for s in stalls)}"
    )


def _coverage() -> Iterator[Measure]:
    """What a server that tells no coverage adds: it is measured here."""
    items, coverage, seconds = _tilted(MANY), Coverage(AREA), []
    for _ in range(RUNS):
        start = time.perf_counter()
        for item in items:
            results.covers(item, coverage)
        seconds.append(time.perf_counter() - start)
    yield Measure(f"{MANY} results: what each covers, where it is not told", min(seconds), "s", 0.5)


def _tilted(count: int) -> list[CatalogItem]:
    dice = random.Random(1)
    found = []
    for number in range(count):
        x, y = dice.uniform(-105.8, -105.6), dice.uniform(40.3, 40.45)
        w, h, t = 0.14, 0.13, dice.uniform(0.1, 0.5)
        ring = (
            (x - w, y + h),
            (x + w, y + h + t * w),
            (x + w + t * h, y - h),
            (x - w + t * h, y - h - t * w),
        )
        found.append(CatalogItem(str(number), (((*ring, ring[0]),),)))
    return found


if __name__ == "__main__":
    sys.exit(main())
