"""What a walk looks at: layers, widgets, rows, requests that the service saw, colours. Main thread."""

from __future__ import annotations

import json
import os
import urllib.request
from pathlib import Path
from typing import Any

from probe import Ground, calm_points, worst_difference
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.gui import QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAbstractButton, QApplication, QDockWidget, QToolButton, QWidget
from qgis.utils import iface
from stage import Stage, Until, Walk

FACTS = json.loads(os.environ["DEMO_FACTS"])
BUILD = Path(FACTS["build"])
PICTURES = BUILD / "pictures"
ALL_TILES = sorted(Path(FACTS["imagery"]).glob("*.tif"))
TILES = ALL_TILES[:2]  # those that are uploaded
IMAGE_CRS = "EPSG:32613"
COLOUR_TOLERANCE = 14  # of 255: JPEG, and two resamplings
ENOUGH = 5  # ground points, for their colours to mean something
READABLE = (1200, 760)  # a window whose words can be read where it is shown smaller
MARGIN_M = 500  # from the edge of a scene


def layers() -> list[QgsMapLayer]:
    """The project's own two rasters."""
    stems = [path.stem for path in TILES]
    return [
        layer
        for layer in QgsProject.instance().mapLayers().values()
        if layer.name() in stems and not kind(layer)
    ]


def fold_legends() -> None:
    for layer in base_layers():
        node(layer).setExpanded(False)


def base_layers() -> list[QgsMapLayer]:
    return [layer for layer in QgsProject.instance().mapLayers().values() if not kind(layer)]


def kind(layer: QgsMapLayer) -> str:
    return str(layer.customProperty("mapflow_data/kind") or "")


def of_kind(name: str) -> list[QgsRasterLayer]:
    return [layer for layer in QgsProject.instance().mapLayers().values() if kind(layer) == name]


def footprints() -> list[QgsVectorLayer]:
    return of_kind("footprints")


def node(layer: QgsMapLayer) -> Any:
    return QgsProject.instance().layerTreeRoot().findLayer(layer)


def fill_screen(size: tuple[int, int] = (1600, 1000)) -> None:
    """There is no window manager to do it; the browser panel gives its room to the layers."""
    window = iface.mainWindow()
    window.move(0, 0)
    window.resize(*size)
    for panel in window.findChildren(QDockWidget, "Browser"):
        panel.hide()


def hide(which: list[QgsMapLayer], visible: bool = False) -> None:
    for layer in which:
        node(layer).setItemVisibilityChecked(visible)


def show(which: list[QgsMapLayer]) -> None:
    hide(which, visible=True)


def find(name: str) -> QWidget | None:
    """The visible top-level window or panel of this object name."""
    found = [w for w in QApplication.allWidgets() if w.objectName() == name and w.isVisible()]
    return found[0] if found else None


def child(widget: QWidget, name: str) -> Any:
    found = widget.findChild(QWidget, name)
    if found is None:
        raise LookupError(f"{widget.objectName()} has no {name}")
    return found


def toolbar_button(action: str) -> QToolButton:
    """The plugin's button in QGIS' toolbars, by the object name of its action."""
    buttons = child(iface.mainWindow(), "MapflowDataToolBar").findChildren(QToolButton)
    return next(b for b in buttons if b.defaultAction() and b.defaultAction().objectName() == action)


def button_named(widget: QWidget, text: str) -> QAbstractButton | None:
    buttons = widget.findChildren(QAbstractButton)
    return next((b for b in buttons if b.isVisible() and b.text().replace("&", "") == text), None)


def rows(tree: Any) -> list[Any]:
    model = tree.model()
    mosaics = [model.index(row, 0) for row in range(model.rowCount())]
    return mosaics + [model.index(row, 0, m) for m in mosaics for row in range(model.rowCount(m))]


def image_row(tree: Any, name: str) -> Any:
    tree.expandAll()
    return next(
        i for i in rows(tree) if i.parent().isValid() and name in str(i.data(Qt.ItemDataRole.DisplayRole))
    )


def mosaic_row(tree: Any, name: str = "Rocky Mountain") -> Any:
    return next((i for i in rows(tree) if name in str(i.data(Qt.ItemDataRole.DisplayRole))), None)


def on_map(stage: Stage, dock: QWidget, entry: str) -> Walk:
    yield from stage.open_tool_menu(child(dock, "onMapButton"))
    yield from stage.choose(entry)


def choose_file(stage: Stage, path: Path) -> Walk:
    """Types a path into the file dialog that opens: Qt's own, as the desktop's is another program's."""
    yield Until(lambda: find("QFileDialog"), "a file dialog is open")
    yield from stage.type(child(find("QFileDialog"), "fileNameEdit"), str(path))
    yield from stage.key(child(find("QFileDialog"), "fileNameEdit"), Qt.Key.Key_Return)


def zoom_to(stage: Stage, layer: QgsMapLayer) -> Walk:
    iface.setActiveLayer(layer)
    iface.zoomToActiveLayer()
    yield from stage.drawn(iface.mapCanvas())


def calm(stage: Stage) -> Walk:
    """For a picture: until nothing flashes any more, without what QGIS says of the desktop's wallet."""
    items = iface.mapCanvas().scene().items
    yield Until(
        lambda: not [i for i in items() if isinstance(i, QgsRubberBand) and i.isVisible()], "no flash"
    )
    iface.messageBar().clearWidgets()
    yield from stage.drawn(iface.mapCanvas())


def to_wgs84(path: Path) -> Any:
    (layer,) = [layer for layer in layers() if layer.name() == path.stem]
    target = QgsCoordinateReferenceSystem("EPSG:4326")
    return QgsCoordinateTransform(layer.crs(), target, QgsProject.instance()).transformBoundingBox(
        layer.extent()
    )


def check_colours(stage: Stage, path: Path) -> None:
    """The map shows the file's own colours at known ground points, and not at each other's."""
    check_ground(stage, calm_points(str(path)), path.name, COLOUR_TOLERANCE)


def check_ground(stage: Stage, ground: list[Ground], name: str, tolerance: int) -> None:
    difference = worst_difference(iface.mapCanvas(), IMAGE_CRS, ground)
    shift = len(ground) // 3 or 1
    others = ground[shift:] + ground[:shift]
    shifted = [(point, colour) for (point, _), (_, colour) in zip(ground, others, strict=True)]
    elsewhere = worst_difference(iface.mapCanvas(), IMAGE_CRS, shifted)
    stage.check(
        len(ground) >= ENOUGH and difference <= tolerance < elsewhere,
        f"{len(ground)} known ground points of {name} have their colours "
        f"(off by {difference}, shuffled by {elsewhere})",
    )


def ground_inside(footprint: Any) -> list[Ground]:
    """Known ground points inside a footprint (polygons of rings of (lon, lat)) that the canvas shows."""
    outline = QgsGeometry.fromMultiPolygonXY(
        [[[QgsPointXY(*point) for point in ring] for ring in polygon] for polygon in footprint]
    )
    degrees, utm = QgsCoordinateReferenceSystem("EPSG:4326"), QgsCoordinateReferenceSystem(IMAGE_CRS)
    outline.transform(QgsCoordinateTransform(degrees, utm, QgsProject.instance()))
    inner = outline.buffer(-MARGIN_M, 1).intersection(QgsGeometry.fromRect(iface.mapCanvas().extent()))
    points = [ground for path in ALL_TILES for ground in calm_points(str(path), cells=6)]
    return [(point, colour) for point, colour in points if inner.contains(point)]


def save_project(stage: Stage, name: str, kind: str) -> Walk:
    """Saves to `<name>.qgz`, and notes for the second QGIS what it was saved with."""
    stage.say("Save the project")
    yield from stage.drawn(iface.mapCanvas())
    QgsProject.instance().write(str(BUILD / f"{name}.qgz"))
    path, count = BUILD / "saved.json", len(QgsProject.instance().mapLayers())
    saved = json.loads(path.read_text()) if path.exists() else {}
    saved[name] = {"layers": count, "features": of_kind(kind)[0].featureCount()}
    path.write_text(json.dumps(saved))
    yield from stage.drawn(iface.mapCanvas())
    stage.check(not QgsProject.instance().isDirty(), f"saved with {count} layers, nothing is left to save")


def requests() -> list[dict[str, Any]]:
    """What the service saw so far."""
    url = f"http://127.0.0.1:{FACTS['port']}/_sandbox/requests"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as answer:
        return json.loads(answer.read())
