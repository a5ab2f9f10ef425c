"""The tree of a thousand mosaics of sixty images: no stall while it fills, changes, is filtered, sorted and
gone through, and no memory that grows with what was looked at.

QGIS offscreen, a visible tree. Best of three, as a lone stall comes by itself now and then.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEventLoop, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QTreeView

from bench.measures import STALL_MS, Heartbeat, Measure, offscreen_qgis, report
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.imagery.cells import Column, title
from mapflow_data.gui.imagery.tree import FILTER_MS, ImageryTree

MOSAICS = 1000
IMAGES = 60
LARGE = 500
BROWSED = 200
STAY_OPEN = 100
OPEN = 15
SELECTED = 80  # mosaics that are open
RUNS = 3
SETTLE_MS = 60  # a view lays itself out in the next turn of the event loop
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
WKT = "POLYGON ((37.123456 55.123456, 37.223456 55.123456, 37.223456 55.223456, 37.123456 55.123456))"
TYPED = ("d", "dj", "dji", "dji_7", "dji_77", "dji_777", "dji_777_5", "mosaic 7", "no such", "tif", "")


def main() -> int:
    application = offscreen_qgis()
    code = report(_measures())
    for widget in application.topLevelWidgets():  # they go before the application
        sip.delete(widget)
    return code


def _measures() -> Iterator[Measure]:
    yield from _memory()  # first: what others leave behind would hide growth
    yield from _changing()
    yield from _large_ones()
    yield from _browsing()
    yield from _all_loaded()


# What is measured


def _changing() -> Iterator[Measure]:
    yield _stall(f"{MOSAICS} mosaics come", _Tree, lambda one: one.set(_mosaics()))
    changed = _mosaics()[50:]
    changed[:100] = [replace(mosaic, name=f"A new name {n}") for n, mosaic in enumerate(changed[:100])]
    changed += [Mosaic(f"new {n}", f"New {n}") for n in range(50)]
    yield _stall("a refresh: 50 gone, 50 new, 100 renamed", _filled, lambda one: one.set(changed))


def _large_ones() -> Iterator[Measure]:
    for count in (IMAGES, LARGE):
        yield from _one_mosaic(_images("m5", count))


def _one_mosaic(images: list[Image]) -> Iterator[Measure]:
    def closed() -> _Tree:
        tree = _filled()
        tree.imagery.set_images("m5", images)
        return tree

    def opened() -> _Tree:
        tree = closed()
        tree.open("m5")
        return tree

    def waiting() -> _Tree:
        tree = _filled()
        tree.open("m5")
        return tree

    count = len(images)
    others = [mosaic for mosaic in _mosaics() if mosaic.id != "m5"]
    yield _stall(f"a mosaic of {count} is opened", closed, lambda one: one.open("m5"))
    yield _stall(
        f"{count} images come into an open mosaic", waiting, lambda one: one.imagery.set_images("m5", images)
    )
    yield _stall(f"an open mosaic of {count} goes", opened, lambda one: one.set(others))


def _browsing() -> Iterator[Measure]:
    """The longest stall of any step."""
    yield _stall(f"{BROWSED} mosaics looked at one by one", _filled, lambda one: _browse(one, BROWSED))
    yield _stall(
        f"{STAY_OPEN} mosaics opened, all stay open",
        _filled,
        lambda one: _browse(one, STAY_OPEN, stay_open=True),
    )


def _all_loaded() -> Iterator[Measure]:
    """All images are there, some mosaics are open."""
    tree = _filled()
    tree.imagery.set_filter("mosaic")  # nothing is let go of meanwhile
    for number in range(MOSAICS):
        tree.imagery.set_images(f"m{number}", _images(f"m{number}", IMAGES))
    for number in range(OPEN):
        tree.open(f"m{number}")
    tree.imagery.set_filter("")
    loaded = sum(len(branch.images) for branch in tree.imagery.branches())
    if loaded != MOSAICS * IMAGES:
        raise SystemExit(f"{loaded} images are loaded instead of {MOSAICS * IMAGES}")
    yield _stall(f"typing a filter over {loaded} images", lambda: tree, _type)
    tree.selectAll()
    count = len(tree.selected_items())
    yield _stall(
        f"sort by {title(Column.SIZE)}, {count} selected", lambda: tree, lambda one: _sort(one, Column.SIZE)
    )
    yield from _selecting(tree)
    for column in Column:
        yield _stall(f"sort by {title(column)}, both ways", lambda: tree, lambda one, c=column: _sort(one, c))


def _memory() -> Iterator[Measure]:
    """Of going through mosaics; what nobody needs any more is let go of long before the 200th."""
    tree = _filled()
    sizes = []
    for count in (BROWSED, MOSAICS, MOSAICS):
        _browse(tree, count)
        gc.collect()
        sizes.append(_resident_mb())
    few, once, twice = sizes
    yield Measure(f"memory after {BROWSED} mosaics", few, "MB")
    yield Measure(f"memory after {MOSAICS} mosaics: more by", once - few, "MB", 10)
    yield Measure("memory after going through them twice, against once", twice / once, "x", 1.02)


def _selecting(tree: _Tree) -> Iterator[Measure]:
    """All rows that are open, by Ctrl+A; Qt's own tree over the same rows beside it."""
    opened = [mosaic.id for mosaic in tree.imagery.mosaics()[:SELECTED]]
    for one in opened:
        tree.open(one)
        tree.imagery.set_images(one, _images(one, IMAGES))
    plain = QTreeView()
    plain.setModel(tree.imagery)
    plain.setSelectionMode(tree.SelectionMode.ExtendedSelection)
    plain.setUniformRowHeights(True)
    plain.resize(tree.size())
    plain.show()
    for one in opened:
        plain.expand(tree.imagery.index_of(one))
    _wait(SETTLE_MS)
    qt, ours = (min(_selected(one) for _ in range(RUNS)) for one in (plain, tree))
    plain.close()
    count = len(tree.selected_items())
    yield Measure(f"{count} rows selected at once, against Qt's own tree", ours / qt, "x", 0.5)

    def cleared() -> _Tree:
        tree.clearSelection()
        return tree

    yield _stall(f"{count} rows selected at once", cleared, lambda one: one.selectAll())
    tree.clearSelection()


def _selected(tree: QTreeView) -> float:
    """Milliseconds of this thread's own."""
    tree.clearSelection()
    _wait(SETTLE_MS)
    begun = time.thread_time()
    QTest.keyClick(tree, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    return (time.thread_time() - begun) * 1000


# What a person and the service do


class _Tree(ImageryTree):
    def __init__(self) -> None:
        super().__init__()
        self.setSelectionMode(ImageryTree.SelectionMode.ExtendedSelection)
        self.setSortingEnabled(True)
        self.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.resize(340, 900)
        self.show()
        _wait(SETTLE_MS)

    def set(self, mosaics: list[Mosaic]) -> None:
        self.imagery.set_mosaics(mosaics)

    def open(self, mosaic_id: str) -> None:
        """As by a click and a key."""
        row = self.imagery.index_of(mosaic_id)
        self.setCurrentIndex(row)
        self.expand(row)


def _filled() -> _Tree:
    tree = _Tree()
    tree.set(_mosaics())
    _wait(SETTLE_MS)
    return tree


def _browse(tree: _Tree, count: int, stay_open: bool = False) -> None:
    for number in range(count):
        mosaic_id = f"m{number}"
        tree.open(mosaic_id)
        _wait(1)
        tree.imagery.set_images(mosaic_id, _images(mosaic_id, IMAGES))
        _wait(1)
        if not stay_open:
            tree.collapse(tree.imagery.index_of(mosaic_id))


def _type(tree: _Tree) -> None:
    for text in TYPED:
        tree.filter_later(text)
        _wait(FILTER_MS + SETTLE_MS)


def _sort(tree: _Tree, column: Column) -> None:
    tree.setColumnHidden(column, False)
    for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
        tree.sortByColumn(column, order)
        _wait(SETTLE_MS)


def _mosaics() -> list[Mosaic]:
    return [
        Mosaic(
            f"m{n}",
            f"Mosaic {n}",
            ("drone", f"flight {n % 7}"),
            BEGUN + timedelta(hours=n * 7 % 1000),
            WKT,
            None if n % 2 else n * 10**6,
            IMAGES,
        )
        for n in range(MOSAICS)
    ]


def _images(mosaic_id: str, count: int) -> list[Image]:
    """New ones each time, as answers are."""
    return [
        Image(
            id=f"{mosaic_id}-{n:03}-0123-4567-89ab-cdef01234567",
            mosaic_id=mosaic_id,
            filename=f"DJI_{mosaic_id[1:]}_{n}.tif",
            uploaded_at=BEGUN + timedelta(minutes=n * 37 % 1000),
            size_bytes=n * 10**5,
            footprint=f"{WKT[:-2]}, {n}.{mosaic_id[1:]} 55))",
            checksum=f"{mosaic_id}{n}".rjust(40, "0"),
            crs=f"EPSG:{32600 + n % 60}",
            bands=3,
            width=4000 + n,
            height=3000,
            dtypes=("uint8", "uint8", "uint8"),
            pixel_size=(0.05 + n / 1000, 0.05),
        )
        for n in range(count)
    ]


# Measuring


def _stall(name: str, make: Callable[[], _Tree], act: Callable[[_Tree], object]) -> Measure:
    worst = []
    for _ in range(RUNS):
        tree = make()
        gc.collect()  # one that was due before is no work of this
        _wait(SETTLE_MS)
        with Heartbeat() as heart:
            _wait(SETTLE_MS)
            act(tree)
            _wait(SETTLE_MS)
        worst.append(heart.worst_ms)
    return Measure(f"{name}: longest stall", min(worst), "ms", STALL_MS)


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


if __name__ == "__main__":
    sys.exit(main())
