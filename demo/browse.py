"""Looking through sixty images for the bad one: key by key, on the contact sheet, and on the map."""

from __future__ import annotations

import statistics
import time
from typing import Any

from flight import BAD, COLUMNS, HEIGHT, MOSAIC, WIDTH
from look import (
    READABLE,
    calm,
    child,
    fill_screen,
    find,
    fold_legends,
    image_row,
    mosaic_row,
    of_kind,
    on_map,
    zoom_to,
)
from qgis.core import QgsPointXY
from qgis.PyQt.QtCore import QPoint, QPointF, QSize, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QWidget
from qgis.utils import iface
from seen import Gallery, brightness, in_frame, sheet_frame
from stage import Stage, Until, Walk

SHAPE = QSize(WIDTH, HEIGHT)
QUICK_MS = 5
NARROW, WIDE = 340, 600  # px of the dock; at the wider there are four pictures side by side
BESIDE_MAP = 470  # px of the dock with the sheet in a smaller window
LAKE = "DJI_0470.tif"


def open_mosaic(stage: Stage, dock: QWidget) -> Walk:
    stage.say(f"“{MOSAIC}” is opened by a click, its footprints go onto the map")
    tree = child(dock, "imageryTree")
    yield from stage.click(child(dock, "refreshButton"))
    yield Until(lambda: mosaic_row(tree, MOSAIC), "the list shows the new mosaic")
    at = tree.visualRect(mosaic_row(tree, MOSAIC))
    yield from stage.click(tree.viewport(), at=QPoint(at.left() - tree.indentation() // 2, at.center().y()))
    yield Until(lambda: tree.model().rowCount(mosaic_row(tree, MOSAIC)) > 1, "its images are listed")
    yield from stage.click_row(tree, mosaic_row(tree, MOSAIC))
    yield from on_map(stage, dock, "Footprints")
    yield Until(lambda: of_kind("footprints"), "the footprints are on the map")
    (layer,) = of_kind("footprints")
    yield from zoom_to(stage, layer)
    listed = tree.model().rowCount(mosaic_row(tree, MOSAIC))
    stage.check(listed == layer.featureCount() == 60, f"{listed} images in the list, as many on the map")


def press_down(stage: Stage, dock: QWidget, gallery: Gallery) -> Walk:
    """What is counted is what can be seen: the pixels of the drawer, and what stands out on the map."""
    stage.say("The first image by a click, all others by the key Down")
    tree, pane, names = child(dock, "imageryTree"), child(dock, "picturePane"), sorted(gallery.extents)
    shown: list[str] = []
    flashed: list[str] = []
    waited: list[float] = []
    held: list[float] = []

    def is_seen(name: str) -> bool:
        is_shown = gallery.name_of(in_frame(pane, pane.rect(), SHAPE)) == name
        is_flashing = name in gallery.flashing(iface.mapCanvas())
        return is_shown and is_flashing

    yield from stage.click_row(tree, image_row(tree, names[0]))
    yield Until(lambda: is_seen(names[0]), f"{names[0]} is in the drawer and flashes")
    for name in names[1:]:
        started = time.monotonic()
        QTest.keyClick(tree, Qt.Key.Key_Down)
        held.append(time.monotonic() - started)
        yield Until(lambda name=name: is_seen(name), f"{name} is in the drawer and flashes", 5, QUICK_MS)
        waited.append(time.monotonic() - started)
        shown.append(gallery.name_of(in_frame(pane, pane.rect(), SHAPE)))
        flashed += gallery.flashing(iface.mapCanvas())
    stage.check(shown == names[1:], f"{len(set(shown))} keys, after each its own picture in the drawer")
    stage.check(flashed == names[1:], f"{len(set(flashed))} footprints flashed, each alone and in its turn")
    stage.say(
        f"    from key to picture and flash {_ms(statistics.median(waited))} (at most {_ms(max(waited))}), "
        f"QGIS was held for {_ms(statistics.median(held))} (at most {_ms(max(held))})"
    )
    stage.check(
        child(dock, "positionLabel").text() == "60 of 60",
        f"the drawer says {child(dock, 'positionLabel').text()}",
    )
    yield from stage.drawn(iface.mapCanvas())
    stage.picture("drawer", dock)


def find_bad(stage: Stage, dock: QWidget, gallery: Gallery) -> Walk:
    """As an eye does it: by the darkest picture of the sheet."""
    stage.say("The bad image is found on the contact sheet")
    iface.mainWindow().resizeDocks([dock], [WIDE], Qt.Orientation.Horizontal)
    yield from stage.click(child(dock, "sheetButton"))
    sheet = child(dock, "contactSheet")
    yield Until(sheet.isVisible, "the contact sheet is shown")
    bar, light = sheet.verticalScrollBar(), {}
    yield Until(bar.maximum, "the sheet is laid out")
    for top in [*range(0, bar.maximum(), sheet.viewport().height() // 2), bar.maximum()]:
        bar.setValue(top)
        yield Until(lambda: _is_whole(sheet, gallery), "all pictures in sight are their images' own")
        for index in _in_sight(sheet):
            light[index.data()] = brightness(_picture(sheet, index))
    darkest = min(light, key=lambda name: light[name])
    others = min(value for name, value in light.items() if name != darkest)
    stage.check(len(light) == len(gallery.extents), f"{len(light)} pictures, each its image's own")
    stage.check(
        darkest == BAD,
        f"{darkest} is the dark one: {light[darkest]:.0f} of 255, all others above {others:.0f}",
    )
    yield from click_cell(stage, sheet, darkest)
    stage.picture("contact-sheet", dock)


def show_both(stage: Stage, dock: QWidget) -> Walk:
    """For the first page: pictures and footprints side by side, in a window that is smaller."""
    stage.say("Contact sheet and map, one selection")
    window, (layer,) = iface.mainWindow(), of_kind("footprints")
    fill_screen(READABLE)
    yield from stage.click(child(dock, "sheetButton"))
    window.resizeDocks([dock], [BESIDE_MAP], Qt.Orientation.Horizontal)
    fold_legends()
    yield from stage.pause(0.5)
    yield from zoom_to(stage, layer)
    yield from click_cell(stage, child(dock, "contactSheet"), LAKE)
    yield Until(lambda: _selected(layer) == [LAKE], f"{LAKE} is selected on the map, too")
    yield from calm(stage)
    stage.picture("overview", window)
    yield from stage.click(child(child(dock, "ImageryPanel"), "backButton"))
    fill_screen()
    window.resizeDocks([dock], [NARROW], Qt.Orientation.Horizontal)
    yield from stage.pause(0.5)
    yield from zoom_to(stage, layer)


def click_cell(stage: Stage, sheet: Any, name: str) -> Walk:
    model, root = sheet.model(), sheet.rootIndex()
    cells = [model.index(row, 0, root) for row in range(model.rowCount(root))]
    index = next(cell for cell in cells if cell.data() == name)
    sheet.scrollTo(index)
    yield from stage.pause(0.2)
    yield from stage.click(sheet.viewport(), at=sheet.visualRect(index).center())
    yield Until(lambda: sheet.currentIndex() == index, f"{name} is the current one")


def look_closer(stage: Stage, dock: QWidget, gallery: Gallery) -> Walk:
    stage.say("Enter opens the image, Right goes on to the next")
    names = sorted(gallery.extents)
    yield from stage.key(child(dock, "contactSheet"), Qt.Key.Key_Return)
    yield Until(lambda: find("ImageDialog"), "the image's dialog is open")
    dialog = find("ImageDialog")
    # there is no window manager that gives a new window the keys
    yield Until(lambda: dialog.isActiveWindow() or dialog.activateWindow(), "it takes the keys")
    label = child(dialog, "pictureLabel")

    def shown() -> str:
        is_loading = child(dialog, "loadingBar").isVisible()
        return "" if is_loading else gallery.name_of(label.grab(label.place).toImage())

    yield Until(lambda: shown() == BAD, "its large picture is there")
    stage.check(BAD in dialog.windowTitle(), f"the dialog is about {dialog.windowTitle()}")
    place = names.index(BAD)
    for name in names[place + 1 : place + 4]:
        yield from stage.key(dialog, Qt.Key.Key_Right)
        yield Until(lambda name=name: name in dialog.windowTitle() and shown() == name, f"{name} is shown")
        stage.check(
            child(dock, "contactSheet").currentIndex().data() == name, f"{name}, current on the sheet, too"
        )
    stage.picture("next-image", dialog)
    yield from stage.click(child(dialog, "closeButton"))
    yield Until(lambda: not dialog.isVisible(), "the dialog is closed")
    yield from stage.click(child(child(dock, "ImageryPanel"), "backButton"))
    yield Until(child(dock, "imageryTree").isVisible, "the list is back")
    iface.mainWindow().resizeDocks([dock], [NARROW], Qt.Orientation.Horizontal)
    yield from stage.drawn(iface.mapCanvas())


def pick(stage: Stage, dock: QWidget, gallery: Gallery) -> Walk:
    stage.say("Clicks on the map where footprints overlap")
    canvas, tree = iface.mapCanvas(), child(dock, "imageryTree")
    (layer,) = of_kind("footprints")
    before = canvas.mapTool()
    yield from stage.click(child(dock, "pickButton"))
    yield Until(lambda: canvas.mapTool() is not before, "the tool is on")
    point = crossing(gallery)
    there = {name for name, extent in gallery.extents.items() if extent.contains(point)}
    at = canvas.getCoordinateTransform().transform(point)
    picked: list[str] = []
    for _ in range(len(there) + 1):
        last = picked[-1:]
        yield from stage.click(canvas.viewport(), at=QPointF(at.x(), at.y()).toPoint())
        yield Until(
            lambda last=last: layer.selectedFeatureCount() == 1 and _selected(layer) != last, "one more"
        )
        picked += _selected(layer)
        newest = picked[-1]
        yield Until(lambda row=newest: tree.currentIndex().data() == row, f"the row of {newest} is current")
    stage.check(
        len(there) == 4 and set(picked) == there and picked[0] == picked[-1],
        f"{len(picked)} clicks at one place: {', '.join(name[4:8] for name in picked)}; the rows follow",
    )
    stage.picture("pick")
    yield from stage.key(canvas, Qt.Key.Key_Escape)
    stage.check(canvas.mapTool() is before, "Esc brings the map tool from before back")


def crossing(gallery: Gallery) -> QgsPointXY:
    """The middle of where four images of two neighbouring strips overlap."""
    names = sorted(gallery.extents)
    first, last = gallery.extents[names[1]], gallery.extents[names[2 * COLUMNS - 3]]
    return first.intersect(last).center()


def _selected(layer: Any) -> list[str]:
    return [feature["filename"] for feature in layer.selectedFeatures()]


def _in_sight(sheet: Any) -> list[Any]:
    """Those whose picture is in sight as a whole."""
    model, root, room = sheet.model(), sheet.rootIndex(), sheet.viewport().rect()
    cells = [model.index(row, 0, root) for row in range(model.rowCount(root))]
    return [cell for cell in cells if room.contains(sheet_frame(sheet.visualRect(cell)))]


def _picture(sheet: Any, index: Any) -> Any:
    return in_frame(sheet.viewport(), sheet_frame(sheet.visualRect(index)), SHAPE)


def _is_whole(sheet: Any, gallery: Gallery) -> bool:
    cells = _in_sight(sheet)
    return bool(cells) and all(gallery.name_of(_picture(sheet, cell)) == cell.data() for cell in cells)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"
