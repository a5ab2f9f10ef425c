"""Sixty images of a drone flight: the bad one is found, looked at and replaced; storage, tags, download, an
overview, a deletion. Run by `qgis --code`, see run.py.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, json.loads(os.environ["DEMO_FACTS"])["demo"])

from browse import NARROW, find_bad, look_closer, open_mosaic, pick, press_down, show_both
from flight import BAD, MOSAIC, TAGS, TEST_MOSAIC, TWICE
from look import (
    ALL_TILES,
    BUILD,
    COLOUR_TOLERANCE,
    ENOUGH,
    FACTS,
    IMAGE_CRS,
    PICTURES,
    READABLE,
    base_layers,
    button_named,
    calm,
    check_ground,
    child,
    choose_file,
    fill_screen,
    find,
    hide,
    image_row,
    mosaic_row,
    of_kind,
    on_map,
    requests,
    show,
    toolbar_button,
    zoom_to,
)
from probe import Ground, calm_points, shown, worst_difference
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QApplication, QLineEdit, QToolButton, QWidget
from qgis.utils import iface
from seen import Gallery
from service import Messages, images_of, mosaic_named, order_of_changes, sha1
from stage import Stage, Until, Walk

FLIGHT = Path(FACTS["flight"])
BETTER = FLIGHT / "again" / BAD.replace(".tif", "_again.tif")
DARK = 30  # of 255
NEW_TAG = "to deliver"


def walk(stage: Stage) -> Walk:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    gallery = Gallery(sorted((FLIGHT / "flight").iterdir()))
    dock = yield from open_project(stage)
    messages = Messages(dock.messageBar, iface.messageBar())
    yield from open_mosaic(stage, dock)
    yield from press_down(stage, dock, gallery)
    stage.check(not messages.texts, f"no message came{': '.join(['', *messages.texts])}")
    yield from find_bad(stage, dock, gallery)
    yield from look_closer(stage, dock, gallery)
    yield from show_both(stage, dock)
    yield from pick(stage, dock, gallery)
    yield from replace_bad(stage, dock, gallery, messages)
    yield from look_at_storage(stage, dock)
    yield from add_tag(stage, dock)
    yield from download(stage, dock)
    yield from show_all_mosaics(stage, dock)
    yield from delete_test(stage, dock)
    stage.check(not messages.warnings, f"all that was said: {' '.join(messages.texts)}")
    stage.say("".join(f"    QGIS itself: {text}\n" for text in messages.of_tasks))


def open_project(stage: Stage) -> Walk:
    stage.say("A project with the whole Landsat scene; the dock opens, signed in with the stored token")
    fill_screen()
    for path in ALL_TILES:
        iface.addRasterLayer(str(path), path.stem)
    yield from stage.drawn(iface.mapCanvas())
    yield from stage.click(toolbar_button("mMapflowDataPanelAction"))
    yield Until(lambda: find("imageryTree"), "the list is there")
    return find("MapflowDock")


def replace_bad(stage: Stage, dock: QWidget, gallery: Gallery, messages: Messages) -> Walk:
    stage.say("The bad image is replaced by a better file, while its mosaic is on the map as tiles")
    tree = child(dock, "imageryTree")
    yield from stage.click_row(tree, mosaic_row(tree, MOSAIC))
    yield from on_map(stage, dock, "Mosaic as tiles")
    yield Until(lambda: of_kind("tiles"), "the tiles are in the project")
    hide([*base_layers(), *of_kind("footprints")])
    iface.mapCanvas().setExtent(gallery.extents[BAD])
    # neighbours lie over the rest of it
    ground = gallery.only_there(BAD, calm_points(str(BETTER), cells=7, window=2))
    yield from stage.drawn(iface.mapCanvas())
    yield Until(lambda: brightest(ground) <= DARK, f"where only {BAD} lies the tiles are dark")
    stage.check(len(ground) >= ENOUGH, f"{len(ground)} ground points of {BAD} alone are dark in the tiles")
    stage.picture("tiles-before")
    (old,) = [image for image in images_of(MOSAIC) if image.filename == BAD]
    seen = len(requests())
    yield from stage.click_row(tree, image_row(tree, BAD))
    yield from answer_replace(stage, dock)
    yield Until(lambda: any("was replaced" in text for text in messages.texts), "it says that it is done", 60)
    stage.say(f"    {messages.texts[-1]}")
    check_replaced(stage, old.id, order_of_changes(requests()[seen:]))
    yield Until(lambda: is_like(ground), "the tiles show the new pixels by themselves")
    check_ground(stage, ground, f"{BETTER.name} in the tiles", COLOUR_TOLERANCE)
    yield from stage.drawn(iface.mapCanvas())
    stage.picture("tiles-after")
    hide(of_kind("tiles"))
    show([*base_layers(), *of_kind("footprints")])


def brightest(ground: list[Ground]) -> int:
    """The lightest channel that the map shows there."""
    colours = shown(iface.mapCanvas(), IMAGE_CRS, [point for point, _ in ground])
    return max(max(colour.red(), colour.green(), colour.blue()) for colour in colours)


def is_like(ground: list[Ground]) -> bool:
    return worst_difference(iface.mapCanvas(), IMAGE_CRS, ground) <= COLOUR_TOLERANCE


def answer_replace(stage: Stage, dock: QWidget) -> Walk:
    yield from stage.open_tool_menu(child(child(dock, "ImageryPanel"), "moreButton"))
    yield from stage.choose("Replace image")
    yield from choose_file(stage, BETTER)
    yield Until(lambda: find("ReplaceDialog"), "the Replace dialog is open")
    dialog = find("ReplaceDialog")
    yield Until(lambda: child(dialog, "compareGrid").isVisible(), "both images are compared")
    if child(dialog, "consentCheck").isVisible():  # 120 m a pixel is more than is known to be taken
        yield from stage.key(child(dialog, "consentCheck"), Qt.Key.Key_Space)
    yield from stage.key(child(dialog, "nameCheck"), Qt.Key.Key_Space)
    stage.picture("replace", dialog)
    yield from stage.click(button_named(dialog, "Replace image"))


def check_replaced(stage: Stage, old_id: str, changes: list[str]) -> None:
    (new,) = [image for image in images_of(MOSAIC) if image.filename == BAD]
    stage.check(
        changes == ["POST image", f"PUT {new.id}", f"DELETE {old_id}"],
        "in this order: the new file was uploaded, renamed, the old image deleted",
    )
    ids = {image.id for image in images_of(MOSAIC)}
    stage.check(len(ids) == 60 and old_id not in ids, "the service has sixty images, and not the old one")
    stage.check(new.checksum == sha1(BETTER), f"{new.filename} has the SHA-1 of {BETTER.name}")


def look_at_storage(stage: Stage, dock: QWidget) -> Walk:
    stage.say("What fills the storage")
    yield from stage.click(child(dock, "storageBar"))
    yield Until(lambda: find("StorageDialog"), "the Storage dialog is open")
    dialog = find("StorageDialog")
    view = child(dialog, "sizesView")
    yield Until(lambda: view.isVisible() and view.model().rowCount() == 3, "it lists three mosaics")
    stage.check(
        view.model().index(0, 0).data() == MOSAIC, f"the largest first: {view.model().index(0, 0).data()}"
    )
    stage.picture("storage", dialog)
    yield from stage.click_tab(child(dialog, "tabs"), 1)
    yield from stage.click(button_named(dialog, "Find exact duplicates"))
    found = child(dialog, "duplicatesView")
    yield Until(found.isVisible, "duplicates are found")
    groups = [found.model().index(row, 0) for row in range(found.model().rowCount())]
    stage.check(
        len(groups) == 1 and found.model().rowCount(groups[0]) == 2 and TWICE in groups[0].data(),
        f"one file is there twice: {groups[0].data()}",
    )
    stage.picture("duplicates", dialog)
    yield from stage.click(child(dialog, "closeButton"))


def add_tag(stage: Stage, dock: QWidget) -> Walk:
    stage.say("The mosaic gets one more tag")
    tree = child(dock, "imageryTree")
    yield from stage.click_row(tree, mosaic_row(tree, MOSAIC))
    yield from stage.open_tool_menu(child(child(dock, "ImageryPanel"), "moreButton"))
    yield from stage.choose("Edit mosaic")
    yield Until(lambda: find("MosaicDialog"), "the mosaic's dialog is open")
    dialog = find("MosaicDialog")
    field = child(dialog, "tagsEdit").findChild(QLineEdit, "tagEdit")
    yield from stage.type(field, f"{NEW_TAG},")
    stage.check(field.text() == "", "the comma makes a chip of what is typed")
    stage.picture("mosaic-dialog", dialog)
    yield from stage.click(button_named(dialog, "Save"))
    yield Until(lambda: set(mosaic_named(MOSAIC).tags) == {*TAGS, NEW_TAG}, "the service has it", 10)
    stage.say(f"  ✓ the service has the tags {', '.join(mosaic_named(MOSAIC).tags)}")


def download(stage: Stage, dock: QWidget) -> Walk:
    stage.say("One image comes back as a file")
    tree, source = child(dock, "imageryTree"), FLIGHT / "flight" / TWICE
    target = BUILD / "downloads" / TWICE
    target.parent.mkdir()
    yield from stage.click_row(tree, image_row(tree, TWICE))
    yield from stage.open_tool_menu(child(child(dock, "ImageryPanel"), "moreButton"))
    yield from stage.choose("Download")
    yield from choose_file(stage, target)
    yield Until(lambda: button_named(dock, "Open folder"), "it says that the file came")
    stage.check(sha1(target) == sha1(source), f"{target.name} has the SHA-1 of the file that was sent")
    stage.picture("downloaded", dock)


def show_all_mosaics(stage: Stage, dock: QWidget) -> Walk:
    stage.say("All mosaics as one layer")
    yield from on_map(stage, dock, "All mosaics")
    yield Until(lambda: of_kind("mosaics"), "their layer is in the project")
    (layer,) = of_kind("mosaics")
    stage.check(layer.featureCount() == 3, f"{layer.featureCount()} outlines")
    hide(of_kind("footprints"))
    yield from clear_away(stage, dock)
    fill_screen(READABLE)
    iface.mainWindow().resizeDocks([dock], [NARROW], Qt.Orientation.Horizontal)
    yield from stage.pause(0.5)
    yield from zoom_to(stage, layer)
    yield from calm(stage)
    stage.picture("all-mosaics", iface.mainWindow())


def clear_away(stage: Stage, dock: QWidget) -> Walk:
    """Closes what has been said."""
    yield from stage.click(child(dock, "closeDownloadsButton"))
    closer = next(b for b in dock.messageBar.findChildren(QToolButton) if b.toolTip() == "Close")
    while dock.messageBar.items():
        yield from stage.click(closer, at=QPoint(8, closer.height() // 2))


def delete_test(stage: Stage, dock: QWidget) -> Walk:
    stage.say(f"“{TEST_MOSAIC}” is deleted")
    tree, (layer,) = child(dock, "imageryTree"), of_kind("mosaics")
    yield from stage.click_row(tree, mosaic_row(tree, TEST_MOSAIC))
    yield from stage.click(child(dock, "deleteButton"))
    yield Until(lambda: find("DeleteDialog"), "it asks first")
    dialog = find("DeleteDialog")
    yield Until(lambda: "3" in child(dialog, "whatLabel").text(), "it tells how many images would go")
    stage.check(button_named(dialog, "Cancel").isDefault(), child(dialog, "whatLabel").text())
    stage.picture("delete", dialog)
    yield from stage.click(button_named(dialog, "Delete from Mapflow"))
    yield Until(lambda: mosaic_row(tree, TEST_MOSAIC) is None, "its row is gone")
    stage.check(not mosaic_named(TEST_MOSAIC), "the service does not have it any more")
    yield Until(lambda: layer.featureCount() == 2, "its outline is gone")


STAGE = Stage(iface, walk, PICTURES)
