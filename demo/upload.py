"""The main job, as an analyst does it: two layers of the project become images of a mosaic, and come back
as footprints, a preview and tiles. Run by `qgis --code`, see run.py.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, json.loads(os.environ["DEMO_FACTS"])["demo"])

from look import (
    BUILD,
    FACTS,
    PICTURES,
    READABLE,
    TILES,
    button_named,
    calm,
    check_colours,
    child,
    choose_file,
    fill_screen,
    find,
    fold_legends,
    footprints,
    hide,
    image_row,
    layers,
    mosaic_row,
    of_kind,
    on_map,
    requests,
    save_project,
    show,
    to_wgs84,
    toolbar_button,
    zoom_to,
)
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QApplication, QDialog, QWidget
from qgis.utils import iface, plugins
from stage import CTRL, NO_KEY, Stage, Until, Walk

UNFIT = Path(FACTS["imagery"]).parent / "odd"
UNFIT_NAMES = ("no_georeference.tif", "picture.png")


def walk(stage: Stage) -> Walk:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    yield from open_project(stage)
    dock = yield from sign_in(stage)
    dialog = yield from ask_to_upload(stage)
    yield from upload(stage, dock, dialog)
    yield from look_at_footprints(stage, dock)
    yield from look_at_preview(stage, dock)
    yield from look_at_tiles(stage, dock)
    yield from look_at_details(stage, dock)
    yield from look_at_storage(stage, dock)
    show(layers())
    yield from save_project(stage, "demo", "footprints")


def open_project(stage: Stage) -> Walk:
    stage.say("A project with two Landsat rasters")
    stage.check("mapflow_data" in plugins, "QGIS has loaded the plugin")
    fill_screen(READABLE)
    for path in TILES:
        iface.addRasterLayer(str(path), path.stem)
    fold_legends()
    yield from stage.drawn(iface.mapCanvas())
    stage.check(
        [layer.isValid() for layer in layers()] == [True, True],
        f"{len(TILES)} rasters in {iface.mapCanvas().mapSettings().destinationCrs().authid()}",
    )
    stage.check(requests() == [], "starting QGIS sent nothing")


def sign_in(stage: Stage) -> Walk:
    stage.say("Sign in")
    yield from stage.click(toolbar_button("mMapflowDataPanelAction"))
    yield Until(lambda: find("MapflowDock"), "the dock is open")
    dock = find("MapflowDock")
    stage.picture("sign-in", dock)
    yield from stage.type(child(dock, "serverEdit"), FACTS["url"])
    yield from stage.type(child(dock, "tokenEdit"), "bm90OnJpZ2h0")
    yield from stage.click(child(dock, "signInButton"))
    yield Until(lambda: child(dock, "failureLabel").isVisible(), "a wrong token is refused")
    stage.check("token" in child(dock, "failureLabel").text().lower(), "a wrong token is named as the reason")
    stage.picture("sign-in-refused", dock)
    yield from stage.type(child(dock, "tokenEdit"), os.environ["DEMO_TOKEN"])
    yield from stage.click(child(dock, "signInButton"))
    yield from set_master_password(stage)
    yield Until(lambda: child(dock, "tabs").isVisible(), "signed in")
    yield Until(lambda: plugins["mapflow_data"].services.session.storage, "the storage is known")
    stage.check(child(dock, "accountButton").text().startswith("analyst@"), "signed in, the account is named")
    return dock


def set_master_password(stage: Stage) -> Walk:
    """QGIS asks for one when it first stores a token. The second QGIS takes it from the profile's file."""
    yield Until(lambda: find("leMasterPass"), "QGIS asks for a master password")
    field = find("leMasterPass")
    password = (BUILD / "profile" / "password").read_text().strip()
    for name in ("leMasterPass", "leMasterPassVerify"):
        yield from stage.type(child(field.window(), name), password)
    keyring = child(field.window(), "chkbxPasswordHelperEnable")
    if keyring.isChecked():
        yield from stage.click(keyring, at=keyring.rect().center() - QPoint(keyring.width() // 2 - 8, 0))
    yield from stage.key(field, Qt.Key.Key_Return)


def ask_to_upload(stage: Stage) -> Walk:
    stage.say("Two layers, selected in the layer tree, go to a new mosaic")
    tree = iface.layerTreeView()
    first, second = (
        tree.node2index(QgsProject.instance().layerTreeRoot().findLayer(layer)) for layer in layers()
    )
    yield from stage.click_row(tree, first)
    yield from stage.click_row(tree, second, keys=CTRL)
    stage.check(len(tree.selectedLayers()) == 2, "two layers are selected")
    yield from stage.open_menu(tree, second)
    stage.picture("layer-menu")
    yield from stage.choose("Upload to Mapflow")
    yield Until(lambda: find("UploadDialog"), "the Upload dialog is open")
    dialog = find("UploadDialog")
    button = child(dialog, "uploadButton")
    yield Until(lambda: button_named(dialog, "Send as they are"), "both files are checked")
    stage.check(not button.isEnabled(), "the dialog warns of 120 m a pixel, more than is known to be taken")
    stage.picture("upload-warning", dialog)
    yield from stage.click(button_named(dialog, "Send as they are"))
    yield Until(lambda: button.isEnabled() and "2" in button.text(), "both files can be sent")
    yield from stage.type(child(dialog, "targetCombo").lineEdit(), "Rocky Mountain")
    yield from stage.pause(0.6)
    yield Until(button.isEnabled, "the button is ready")
    yield from add_unfit(stage, dialog)
    stage.check(
        button.text().replace("&", "") == f"Upload {len(TILES)} files",
        f"the button says “{button.text().replace('&', '')}”",
    )
    return dialog


def add_unfit(stage: Stage, dialog: QDialog) -> Walk:
    view = child(dialog, "fileTree")
    for count, name in enumerate(UNFIT_NAMES, 1):
        yield from stage.click(child(dialog, "addFilesButton"))
        yield from choose_file(stage, UNFIT / name)
        yield Until(lambda count=count: _group(view, f"Cannot be sent ({count})"), f"{name} is told apart")
    yield from stage.pause(0.5)
    stage.picture("upload-dialog", dialog)
    group = _group(view, "Cannot be sent")
    for row in range(len(UNFIT_NAMES)):
        name, why = (view.model().index(row, column, group).data() for column in (0, 1))
        stage.say(f"  ✓ {name} is not sent: {why}")
        yield from stage.click_row(view, view.model().index(row, 0, group), keys=CTRL if row else NO_KEY)
    yield from stage.click(child(dialog, "removeButton"))
    yield Until(lambda: not _group(view, "Cannot be sent"), "they are off the list")


def _group(view: Any, title: str) -> Any:
    model = view.model()
    found = [model.index(row, 0) for row in range(model.rowCount())]
    return next((index for index in found if str(index.data()).startswith(title)), None)


def upload(stage: Stage, dock: QWidget, dialog: QDialog) -> Walk:
    yield from stage.click(child(dialog, "uploadButton"))
    yield Until(
        lambda: len(footprints()) == 1 and footprints()[0].featureCount() == 2, "footprints appear", 60
    )
    posts = [r for r in requests() if r["method"] == "POST" and r["path"].endswith("/image")]
    sent = sorted(r["received_bytes"] for r in posts)
    sizes = sorted(p.stat().st_size for p in TILES)
    stage.check(
        len(sent) == len(sizes)
        and all(size < got < size + 1000 for got, size in zip(sent, sizes, strict=True)),
        "the service received both files, each once",
    )
    yield from stage.pause(0.5)
    stage.picture("activity", dock)
    yield from stage.click_tab(child(dock, "tabs"), 0)


def look_at_footprints(stage: Stage, dock: QWidget) -> Walk:
    stage.say("Footprints, shown by themselves")
    layer = footprints()[0]
    stage.check(
        layer.crs().authid() == "EPSG:4326",
        f"one polygon layer in EPSG:4326 with {layer.featureCount()} images",
    )
    names = sorted(feature["filename"] for feature in layer.getFeatures())
    stage.check(names == sorted(p.name for p in TILES), f"they are {', '.join(names)}")
    for path in TILES:
        inside = layer.extent().contains(to_wgs84(path).center())
        stage.check(inside, f"the footprint covers {path.name}")
    tree = child(dock, "imageryTree")
    yield from stage.click_row(tree, image_row(tree, TILES[0].name))
    yield Until(lambda: layer.selectedFeatureCount() == 1, "the row selects its footprint")
    stage.check(
        layer.selectedFeatures()[0]["filename"] == TILES[0].name, "a click on a row selects its footprint"
    )
    yield from calm(stage)
    names = [feature["filename"] for feature in layer.selectedFeatures()]
    stage.check(names == [TILES[0].name], "it stays selected, whatever has come meanwhile")
    stage.picture("footprints", iface.mainWindow())


def look_at_preview(stage: Stage, dock: QWidget) -> Walk:
    stage.say("Preview of one image")
    hide(layers())
    tree = child(dock, "imageryTree")
    yield from stage.click_row(tree, image_row(tree, TILES[0].name))
    yield from on_map(stage, dock, "review")
    yield Until(lambda: of_kind("preview"), "the preview is in the project")
    (layer,) = of_kind("preview")
    stage.check(layer.isValid() and layer.crs().authid() == "EPSG:32613", "a raster in the image's own CRS")
    yield from zoom_to(stage, layer)
    check_colours(stage, TILES[0])
    stage.picture("preview")
    hide([layer])


def look_at_tiles(stage: Stage, dock: QWidget) -> Walk:
    stage.say("The mosaic as tiles")
    tree = child(dock, "imageryTree")
    yield from stage.click_row(tree, mosaic_row(tree))
    yield from on_map(stage, dock, "iles")
    yield Until(lambda: of_kind("tiles"), "the tile layer is in the project")
    (layer,) = of_kind("tiles")
    yield from zoom_to(stage, layer)
    yield from stage.pause(1.0)
    yield from stage.drawn(iface.mapCanvas())
    for path in TILES:
        check_colours(stage, path)
    seen = [r for r in requests() if "/tiles/" in r["path"] and r["path"].endswith(".png")]
    stage.check(
        seen and all(r["status"] in (200, 204, 404) for r in seen),
        f"the service gave {len(seen)} tiles, all signed",
    )
    stage.check(
        "authcfg" not in layer.source() and "asic" not in layer.source(),
        "the layer's source holds no credential",
    )
    yield from calm(stage)
    stage.picture("tiles", iface.mainWindow())


def look_at_details(stage: Stage, dock: QWidget) -> Walk:
    stage.say("All that is known of an image")
    tree = child(dock, "imageryTree")
    yield from stage.click_row(tree, image_row(tree, TILES[0].name))
    yield from stage.key(tree, Qt.Key.Key_Return)
    yield Until(lambda: find("ImageDialog"), "the image's dialog is open")
    dialog = find("ImageDialog")
    yield Until(lambda: not child(dialog, "loadingBar").isVisible(), "its large picture is there")
    stage.check(TILES[0].name in dialog.windowTitle(), f"the dialog is about {dialog.windowTitle()}")
    stage.picture("image-dialog", dialog)
    yield from stage.click(child(dialog, "closeButton"))


def look_at_storage(stage: Stage, dock: QWidget) -> Walk:
    stage.say("Storage")
    yield from stage.click(child(dock, "refreshButton"))
    yield from stage.pause(1.0)
    used = plugins["mapflow_data"].services.session.storage.used
    total = sum(path.stat().st_size for path in TILES)
    stage.check(used >= total, f"{used} bytes are used, the two files have {total}")
    stage.picture("dock", dock)


STAGE = Stage(iface, walk, PICTURES)
