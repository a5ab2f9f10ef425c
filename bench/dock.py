"""The whole dock with a thousand mosaics of sixty images and their pictures: no stall in what people do with
it, and no memory that grows with what was looked at.

The real services over a server in a process of its own, QGIS offscreen, a visible window with a map.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDialog, QPushButton

from bench.desk import KEY_MS, Desk, clear_project, hold, mosaic_id, stall, type_in, until, wait
from bench.measures import Measure, offscreen_qgis, report
from mapflow_data.gui.image.dialog import ImageDialog
from mapflow_data.gui.storage.dialog import StorageDialog
from tests.gui.kit.window import Window
from tests.rig.volume_server import VolumeServer

MOSAICS, IMAGES, LARGE = 1000, 60, 500
BROWSED = 200
ONE_BY_ONE = 15
OPEN = 15
MANY = 0  # the number of the large mosaic
FIRST_MS = 300.0  # what is built at its first use
TYPED = "dji_0777"
TYPED_MS = 260  # the filter sets in between the letters
FRAME_MS = 16


def main() -> int:
    os.environ["QT_LOGGING_RULES"] = "default.warning=false"  # what the display that is none cannot do
    application = offscreen_qgis()
    assert QgsApplication.authManager().setMasterPassword("only for the bench", True)
    window = Window()
    with VolumeServer(MOSAICS, IMAGES, LARGE) as server:
        desk = Desk(window, server.url)
        code = report(_measures(desk))
        desk.close()
    window.close()
    del application
    return code


def _measures(desk: Desk) -> Iterator[Measure]:
    for part in (_account, _one_by_one, _sheet, _map, _dialogs, _all_known, _memory):
        begun = time.perf_counter()
        yield from part(desk)
        if os.environ.get("BENCH_RUNS"):
            print(f"    {part.__name__}: {time.perf_counter() - begun:.0f} s")


def _account(desk: Desk) -> Iterator[Measure]:
    desk.sign_in(MOSAICS)
    yield stall(f"sign-out from {MOSAICS} mosaics", desk.sign_out, lambda: desk.sign_in(MOSAICS))
    yield stall(
        f"sign-in: {MOSAICS} mosaics come and go onto the shelf",
        lambda: desk.sign_in(MOSAICS),
        desk.sign_out,
    )
    yield stall("the same list again", lambda: desk.refresh(()))


def _one_by_one(desk: Desk) -> Iterator[Measure]:
    """The drawer is open, so that pictures come as well."""
    numbers = iter(range(100, 100 + 10 * ONE_BY_ONE))

    def browse() -> None:
        for _ in range(ONE_BY_ONE):
            number = next(numbers)
            desk.open(number)
            hold(desk.tree, Qt.Key.Key_Down, 2)
            desk.collapse(number)

    yield stall(f"{ONE_BY_ONE} mosaics opened one by one", browse)
    desk.open(1)
    yield stall(
        f"Down held through {IMAGES} images",
        lambda: hold(desk.tree, Qt.Key.Key_Down, IMAGES - 1),
        lambda: desk.go_to_first(1),
    )
    desk.collapse(1)


def _sheet(desk: Desk) -> Iterator[Measure]:
    yield stall("list and contact sheet in turn", desk.switch_views)
    desk.panel.sheetButton.setChecked(True)
    for number, count in ((2, IMAGES), (MANY, LARGE)):
        yield stall(
            f"contact sheet of {count} opened", lambda n=number: desk.choose(n), lambda: desk.choose(5)
        )
        yield stall(f"contact sheet of {count} scrolled", lambda: _scroll(desk))
    desk.panel.sheetButton.setChecked(False)
    desk.collapse(MANY)


def _scroll(desk: Desk) -> None:
    bar = desk.panel.contactSheet.verticalScrollBar()
    until(lambda: bar.maximum() > 0)
    for way in (1, -1):
        for _ in range(60):
            bar.setValue(bar.value() + way * max(bar.maximum() // 60, 1))
            wait(FRAME_MS)
        wait(200)


def _map(desk: Desk) -> Iterator[Measure]:
    yield stall(f"{LARGE} footprints onto the map", lambda: desk.put_footprints(MANY), clear_project)
    yield stall(f"{LARGE} footprints on the map brought up to date", lambda: desk.put_footprints(MANY))
    desk.open(MANY)
    desk.panel.commands.on_map.zoom_to([desk.mosaic(MANY)])
    wait(500)
    yield stall(f"all {LARGE} rows selected, and one again", lambda: _select_all(desk))
    yield stall(
        f"a mosaic with {LARGE} footprints on the map selected",
        lambda: desk.tree.select_mosaic(mosaic_id(MANY)),
        lambda: desk.tree.select_mosaic(mosaic_id(5)),
    )
    yield stall(
        f"Down held through {IMAGES} of {LARGE} images on the map",
        lambda: hold(desk.tree, Qt.Key.Key_Down, IMAGES),
        lambda: desk.go_to_first(MANY),
    )
    numbers = [MANY, *range(10, 10 + OPEN)]
    for number in numbers:
        desk.open(number)
    yield stall(f"refresh with {len(numbers)} mosaics open", lambda: desk.refresh(numbers))
    for number in numbers:
        desk.collapse(number)
    clear_project()


def _select_all(desk: Desk) -> None:
    desk.go_to_first(MANY)
    QTest.keyClick(desk.tree, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    wait(300)
    desk.go_to_first(MANY)


def _dialogs(desk: Desk) -> Iterator[Measure]:
    desk.open(1)
    details = desk.panel.commands.details

    def open_image() -> None:
        details.open(desk.images(1)[0])
        wait(500)

    def close_image() -> None:
        desk.go_to_first(1)
        details.close()

    yield stall("Image dialog, for the first time", open_image, runs=1, limit=FIRST_MS)
    yield stall("Image dialog", open_image, close_image)
    yield stall(
        f"Image dialog: through {IMAGES} images",
        lambda: _browse_dialog(desk),
        lambda: (close_image(), open_image()),
    )
    details.close()
    desk.collapse(1)
    show = desk.panel.commands.show_storage
    yield stall(f"Storage with {MOSAICS} rows, for the first time", show, runs=1, limit=FIRST_MS)
    yield stall(f"Storage with {MOSAICS} rows", show, lambda: _dialog(desk, StorageDialog).close())
    _dialog(desk, StorageDialog).close()


def _browse_dialog(desk: Desk) -> None:
    dialog = _dialog(desk, ImageDialog)
    for _ in range(IMAGES - 1):
        dialog.nextButton.click()
        wait(KEY_MS)
    if not dialog.isVisible() or dialog.image != desk.images(1)[-1]:
        raise SystemExit("the dialog does not show the last image")


def _dialog(desk: Desk, kind: type) -> QDialog:
    return next(iter(desk.dock.window().findChildren(kind)))


def _all_known(desk: Desk) -> Iterator[Measure]:
    """At first some lists, then those of all mosaics have been read."""
    inventory, edit = desk.services.inventory, desk.panel.filterEdit

    def type_it() -> None:
        type_in(edit, TYPED, TYPED_MS)
        wait(500)

    def read() -> None:
        inventory.load(desk.panel.model.mosaics(), desk)
        until(lambda: not inventory.is_reading)

    yield stall("typing a filter", type_it, edit.clear)
    edit.clear()
    gc.disable()  # a full collection of Python's holds all threads for as long as QGIS has objects: 50 ms
    yield stall(f"reading the lists of {MOSAICS} mosaics", read, lambda: inventory.keep_only(()), runs=2)
    gc.enable()
    yield stall(f"typing a filter, {MOSAICS * IMAGES} images known", type_it, edit.clear)
    yield stall("the filter is cleared", edit.clear, type_it)
    desk.panel.commands.show_storage()
    storage = _dialog(desk, StorageDialog)
    yield stall("files that are there twice are looked for", lambda: _look_for_duplicates(storage), runs=1)
    storage.close()


def _look_for_duplicates(storage: StorageDialog) -> None:
    storage.tabs.setCurrentWidget(storage.duplicatesPage)
    wait(100)
    storage.duplicatesPage.statePage.findChild(QPushButton).click()
    until(lambda: storage.duplicatesPage.has_result)
    wait(300)


def _memory(desk: Desk) -> Iterator[Measure]:
    """In use: what the C library keeps for later is given back first, as it comes and goes by 100 MB."""
    sizes = []
    for _ in range(2):
        for number in range(1, 1 + BROWSED):
            desk.open(number)
            desk.have_pictures(desk.images(number)[:9])
            desk.collapse(number)
        gc.collect()
        if sys.platform == "linux":
            ctypes.CDLL(None).malloc_trim(0)
        sizes.append(_resident_mb())
    once, twice = sizes
    yield Measure(f"memory after {BROWSED} mosaics with their pictures", once, "MB")
    yield Measure("memory after going through them twice, against once", twice / once, "x", 1.02)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


if __name__ == "__main__":
    sys.exit(main())
