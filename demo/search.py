"""The other half of the main job: an area drawn on the map, imagery found there, a turned scene and a mosaic
of the catalog on the map where they belong. Run by `qgis --code`, see run.py.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Generator
from typing import Any

sys.path.insert(0, json.loads(os.environ["DEMO_FACTS"])["demo"])

from look import (
    ALL_TILES,
    IMAGE_CRS,
    PICTURES,
    base_layers,
    check_ground,
    child,
    fill_screen,
    find,
    fold_legends,
    ground_inside,
    hide,
    of_kind,
    requests,
    save_project,
    show,
    toolbar_button,
    zoom_to,
)
from qgis.core import QgsGeometry, QgsPointXY
from qgis.PyQt.QtCore import QPoint, QPointF, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QWidget
from qgis.utils import iface, plugins
from stage import RIGHT, Stage, Until, Walk

from mapflow_data.mapflow_data.gui.results.card import parts_of

MOUNTAINS = ((440_000, 4_461_000), (456_000, 4_462_500), (458_500, 4_477_000), (441_500, 4_479_000))
MAX_CLOUD = 60
IN_SIGHT = 13  # cards at least
PICTURE_TOLERANCE = 20  # of 255: a JPEG of a raster resampled to turned pixels


def walk(stage: Stage) -> Walk:
    yield from open_project(stage)
    dock = yield from open_search(stage)
    yield from draw_area(stage, dock)
    yield from search(stage, dock)
    yield from select(stage, dock)
    yield from show_scene(stage, dock)
    yield from show_mosaic(stage, dock)
    show([*base_layers(), *of_kind("quicklook")])
    yield from save_project(stage, "search", "results")


def open_project(stage: Stage) -> Walk:
    stage.say("A project with the whole Landsat scene")
    fill_screen()
    for path in ALL_TILES:
        iface.addRasterLayer(str(path), path.stem)
    yield from stage.drawn(iface.mapCanvas())
    stage.check(len(base_layers()) == len(ALL_TILES), f"{len(ALL_TILES)} rasters in {IMAGE_CRS}")


def open_search(stage: Stage) -> Walk:
    yield from stage.click(toolbar_button("mMapflowDataPanelAction"))
    yield Until(lambda: find("imageryTree"), "the dock is open, signed in with the stored token")
    dock = find("MapflowDock")
    yield from stage.click_tab(child(dock, "tabs"), 1)
    session = plugins["mapflow_data"].services.session
    yield Until(lambda: session.status and not session.is_busy, "the account's limits are known")
    return dock


def draw_area(stage: Stage, dock: QWidget) -> Walk:
    stage.say("An area, drawn with the mouse on the map")
    canvas = iface.mapCanvas()
    before = canvas.mapTool()
    button = child(dock, "areaButton")
    yield from stage.click(button, at=QPoint(12, button.height() // 2))
    for corner in MOUNTAINS:
        at = on_screen(QgsPointXY(*corner))
        QTest.mouseMove(canvas.viewport(), at)
        yield from stage.click(canvas.viewport(), at=at)
    stage.picture("drawing")
    yield from stage.click(canvas.viewport(), at=at, button=RIGHT)
    label = child(dock, "areaLabel")
    yield Until(lambda: "km²" in label.text(), "the area is taken")
    km2 = QgsGeometry.fromPolygonXY([[QgsPointXY(*c) for c in MOUNTAINS]]).area() / 1e6
    stage.check(
        f"{km2:.0f}" in label.text(), f"the panel says “{label.text()}”; by its corners {km2:.0f} km²"
    )
    stage.check(canvas.mapTool() is before, "the map tool from before is back")


def search(stage: Stage, dock: QWidget) -> Walk:
    stage.say(f"Search with a filter: cloud at most {MAX_CLOUD} %")
    yield from stage.type(child(dock, "cloudSpin").lineEdit(), str(MAX_CLOUD))
    yield from stage.key(child(dock, "cloudSpin"), Qt.Key.Key_Tab)
    stage.picture("search-form", dock)
    yield from stage.click(child(dock, "searchButton"))
    yield Until(lambda: found(dock).total and of_kind("results"), "results have come")
    (layer,) = of_kind("results")
    yield Until(lambda: layer.featureCount() == found(dock).total, "all are on the map")
    clouds = [f["cloud"] for f in layer.getFeatures() if isinstance(f["cloud"], float)]
    count = layer.featureCount()
    stage.check(
        clouds and max(clouds) <= MAX_CLOUD,
        f"{count} found, cloud up to {max(clouds):.0f} %, {count - len(clouds)} without a cloud value",
    )
    asked = [r for r in requests() if r["path"].endswith("/catalog/meta")]
    stage.check(len(asked) == 1 and asked[0]["credential"] == "right", "one search was sent")


def select(stage: Stage, dock: QWidget) -> Walk:
    stage.say("Selection is one, on the map, on cards and in the table")
    (layer,) = of_kind("results")
    yield from stage.click(child(dock, "tableButton"))
    yield Until(lambda: find("ResultsTable"), "the results table is open")
    table = child(find("ResultsTable"), "resultsView")
    yield from stage.click_row(table, table.model().index(1, 2))
    stage.check(selected(layer) == {found(dock).row(1).item.id}, "a click in the table selects on the map")
    yield Until(lambda: all_seen(dock), "the pictures of the first scenes have come")
    fold_legends()
    yield from stage.drawn(iface.mapCanvas())
    stage.picture("search")
    iface.setActiveLayer(layer)
    iface.actionSelect().trigger()
    corner = QgsPointXY(*MOUNTAINS[0])
    canvas = iface.mapCanvas()
    yield from stage.click(canvas.viewport(), at=on_screen(QgsPointXY(corner.x() + 5000, corner.y() + 8000)))
    yield Until(layer.selectedFeatureCount, "a click on the map selects")
    rows = {row.item.id for row in dock.search.selection.rows()}
    stage.check(rows == selected(layer), "a click on the map selects the same in the table")
    iface.actionPan().trigger()
    layer.removeSelection()


def show_scene(stage: Stage, dock: QWidget) -> Walk:
    stage.say("A turned scene's quicklook over the base raster")
    item = yield from click_map_icon(
        stage, dock, lambda i: i.preview_kind == "picture" and i.cloud is not None
    )
    yield Until(lambda: of_kind("quicklook"), "the quicklook is in the project")
    (layer,) = of_kind("quicklook")
    yield from zoom_to(stage, layer)
    stage.picture("quicklook")
    hide([*base_layers(), *of_kind("results")])
    yield from stage.drawn(iface.mapCanvas())
    check_ground(stage, ground_inside(item.footprint), layer.name(), PICTURE_TOLERANCE)
    foreign = [r for r in requests() if r["origin"] == "public"]
    stage.check(
        foreign and all(r["credential"] == "absent" for r in foreign),
        f"{len(foreign)} requests went to the pictures' own host, none with the token",
    )
    hide([layer])


def show_mosaic(stage: Stage, dock: QWidget) -> Walk:
    stage.say("A mosaic of the catalog as tiles")
    item = yield from click_map_icon(stage, dock, lambda i: i.preview_kind == "xyz")
    yield Until(lambda: of_kind("tiles"), "the tile layer is in the project")
    (layer,) = of_kind("tiles")
    yield from stage.drawn(iface.mapCanvas())
    yield from stage.pause(1.0)
    yield from stage.drawn(iface.mapCanvas())
    check_ground(stage, ground_inside(item.footprint), layer.name(), PICTURE_TOLERANCE)
    show(of_kind("results"))
    yield from stage.drawn(iface.mapCanvas())
    stage.picture("catalog-tiles")
    stage.picture("search-results", dock)


def found(dock: QWidget) -> Any:
    return dock.search.model


def all_seen(dock: QWidget) -> bool:
    """Whether it is known what the cards in sight have for a picture."""
    scenes = [row for row in rows_of(dock)[:IN_SIGHT] if row.item.preview_kind == "picture"]
    return all(found(dock).has_looked(row.id) for row in scenes if row.can_be_shown)


def rows_of(dock: QWidget) -> list[Any]:
    return [found(dock).row(number) for number in range(found(dock).rowCount())]


def selected(layer: Any) -> set[str]:
    return {feature["id"] for feature in layer.selectedFeatures()}


def on_screen(point: QgsPointXY) -> QPoint:
    """Where the canvas shows a point of its own CRS."""
    at = iface.mapCanvas().getCoordinateTransform().transform(point)
    return QPointF(at.x(), at.y()).toPoint()


def click_map_icon(
    stage: Stage, dock: QWidget, is_wanted: Callable[[Any], bool]
) -> Generator[Until, None, Any]:
    """The button of the first card whose item is wanted; the item."""
    cards = child(dock, "cardsView")
    number = next(n for n, row in enumerate(rows_of(dock)) if is_wanted(row.item))
    index = found(dock).index(number, 0)
    cards.scrollTo(index)
    yield from stage.pause(0.3)
    parts = parts_of(cards.visualRect(index), cards.fontMetrics().height())
    yield from stage.click(cards.viewport(), at=parts.button.center())
    return found(dock).row(number).item


STAGE = Stage(iface, walk, PICTURES)
