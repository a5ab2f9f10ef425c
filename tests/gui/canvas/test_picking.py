"""Picking footprints on the map, with real clicks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsDateTimeRange,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapToolPan, QgsRubberBand
from qgis.PyQt.QtCore import QDateTime, QPoint, Qt
from qgis.PyQt.QtTest import QTest

from mapflow_data.api.models import CatalogItem, Image, Mosaic
from mapflow_data.gui.canvas.picking import Picking
from mapflow_data.gui.workspace import Workspace
from mapflow_data.layers import mosaic_outlines, results
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.picking import (
    CTRL,
    HERE,
    IMAGES,
    IN_ALL,
    IN_LARGE,
    LEFT,
    NO_KEY,
    NOWHERE,
    SHIFT,
    Desk,
    square,
)
from tests.gui.kit.window import Window
from tests.rig.smooth import Stopwatch, smooth


@pytest.fixture
def desk(window: Window, qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(window, qtbot)
    desk.button.click()
    yield desk
    desk.close()


def selected(*layers: QgsVectorLayer) -> list[str]:
    return sorted(feature["id"] for layer in layers for feature in layer.selectedFeatures())


def test_the_button_takes_the_map_tool_and_gives_it_back(desk: Desk) -> None:
    assert desk.button.isChecked()
    assert desk.canvas.mapTool() is not desk.pan
    desk.button.click()
    assert desk.canvas.mapTool() is desk.pan
    assert not desk.button.isChecked()
    desk.button.click()
    QTest.keyClick(desk.canvas, Qt.Key.Key_Escape)
    assert desk.canvas.mapTool() is desk.pan
    assert not desk.button.isChecked()


def test_another_tool_of_qgis_switches_it_off(desk: Desk) -> None:
    other = QgsMapToolPan(desk.canvas)
    desk.canvas.setMapTool(other)
    assert not desk.picking.action.isChecked()
    assert desk.canvas.mapTool() is other
    desk.canvas.unsetMapTool(other)


def test_repeated_clicks_go_from_the_smallest_to_the_largest_and_round(desk: Desk) -> None:
    layer = desk.show()
    picked = []
    for _ in range(4):
        desk.click(IN_ALL)
        picked += selected(layer)
    assert picked == ["small", "middle", "large", "small"]
    assert desk.told == [f"{n} of 3 here; click again for the next" for n in (1, 2, 3, 1)]


def test_what_is_picked_flashes_and_the_map_stays(desk: Desk) -> None:
    desk.show()
    before = desk.canvas.extent()
    desk.click(IN_ALL)
    (band,) = [item for item in desk.canvas.items() if isinstance(item, QgsRubberBand)]
    assert band.asGeometry().boundingBox() == QgsRectangle(10, 50, 10.1, 50.1)
    assert desk.canvas.extent() == before


def test_a_fast_second_click_is_one_too(desk: Desk) -> None:
    layer = desk.show()
    at = desk.pixel(IN_ALL)
    QTest.mouseClick(desk.canvas.viewport(), LEFT, NO_KEY, at)
    QTest.mouseDClick(desk.canvas.viewport(), LEFT, NO_KEY, at)
    QTest.mouseRelease(desk.canvas.viewport(), LEFT, NO_KEY, at)
    assert selected(layer) == ["middle"]


def test_a_few_pixels_beside_it_is_the_same_place_and_farther_is_not(desk: Desk) -> None:
    layer = desk.show()
    desk.click(IN_ALL)
    desk.click(IN_ALL, dx=4)
    assert selected(layer) == ["middle"]
    desk.click(IN_ALL, dx=8)
    assert selected(layer) == ["small"]


def test_one_that_is_alone_is_told_and_a_click_into_nothing_clears(desk: Desk) -> None:
    layer = desk.show()
    desk.click(IN_LARGE)
    desk.click(IN_LARGE)
    assert selected(layer) == ["large"]
    desk.click(NOWHERE)
    assert selected(layer) == []
    assert desk.told == ["Only this footprint is here"] * 2 + ["No footprint here"]


@pytest.mark.parametrize("key", [SHIFT, CTRL])
def test_shift_and_ctrl_add(desk: Desk, key: Qt.KeyboardModifier) -> None:
    layer = desk.show()
    desk.click(IN_LARGE)
    desk.click(IN_ALL, key)
    assert selected(layer) == ["large", "small"]
    desk.click(IN_ALL, key)
    assert selected(layer) == ["large", "middle", "small"]
    desk.click(NOWHERE, key)
    assert len(selected(layer)) == 3
    desk.click(IN_LARGE)
    assert selected(layer) == ["large"]


def test_a_drag_picks_what_it_touches(desk: Desk) -> None:
    layer = desk.show()
    desk.drag((10.15, 50.15), (10.3, 50.3))
    assert selected(layer) == ["large", "middle"]
    assert desk.told == ["Footprints in this area: 2"]
    desk.drag((9.1, 49.1), (9.3, 49.3))
    assert selected(layer) == []
    assert [item for item in desk.canvas.items() if isinstance(item, QgsRubberBand)] == []


def test_all_layers_are_looked_through_and_outlines_of_mosaics_come_last(desk: Desk) -> None:
    """The mosaic's is the smallest of all."""
    images = desk.show(IMAGES[:1])
    found = desk.presenter.show_results("area", "Found")
    item = CatalogItem("scene", ((((10, 50), (10.3, 50), (10.3, 50.3), (10, 50.3), (10, 50)),),))
    results.update_layer(found, results.make_features([item], ()))
    outline = Mosaic("m1", "Fields", footprint=square(10, 50, 0.15))
    mosaics = desk.presenter.show_all_mosaics(mosaic_outlines.make_features([outline]))
    desk.wait_for(mosaics)
    picked = []
    for _ in range(4):
        desk.click(IN_ALL)
        picked += selected(images, found, mosaics)
    assert picked == ["scene", "large", "m1", "scene"]
    desk.drag((9.9, 49.9), (10.5, 50.5))
    assert selected(images, found, mosaics) == ["large", "scene"]


def test_a_drag_over_outlines_of_mosaics_alone_picks_them(desk: Desk) -> None:
    outlines = [Mosaic(str(n), "", footprint=square(9.5 + n, 50, 0.3)) for n in range(2)]
    layer = desk.presenter.show_all_mosaics(mosaic_outlines.make_features(outlines))
    desk.wait_for(layer)
    desk.drag((9.2, 50.1), (10.6, 50.2))
    assert selected(layer) == ["0", "1"]


def test_what_is_not_to_be_seen_is_not_picked(desk: Desk) -> None:
    layer = desk.show()
    node = desk.project.layerTreeRoot().findLayer(layer.id())
    node.setItemVisibilityChecked(False)
    desk.wait_for(layer, is_shown=False)
    desk.click(IN_ALL)
    node.setItemVisibilityChecked(True)
    desk.wait_for(layer)
    layer.setScaleBasedVisibility(True)
    layer.setMinimumScale(10)
    desk.click(IN_ALL)
    assert desk.told == ["The map shows no footprints; choose Footprints under On map first"] * 2
    assert selected(layer) == []


def test_what_another_day_hides_is_not_picked(desk: Desk) -> None:
    found = desk.presenter.show_results("area", "Found")
    ring = ((10, 50), (10.3, 50), (10.3, 50.3), (10, 50.3), (10, 50))
    data = [{"id": day, "acquisitionDate": f"{day}T10:00:00Z"} for day in ("2025-06-01", "2025-07-01")]
    footprint = {"type": "Polygon", "coordinates": [[list(point) for point in ring]]}
    items = [CatalogItem.from_json({**one, "footprint": footprint}) for one in data]
    results.update_layer(found, results.make_features(items, ()))
    desk.wait_for(found)
    july = [QDateTime.fromString(f"2025-07-{day}T00:00:00Z", Qt.DateFormat.ISODate) for day in ("01", "31")]
    desk.canvas.setTemporalRange(QgsDateTimeRange(*july))
    desk.click(IN_ALL)
    assert selected(found) == ["2025-07-01"]
    assert desk.told == ["Only this footprint is here"]
    desk.drag((9.9, 49.9), (10.5, 50.5))
    assert selected(found) == ["2025-07-01"]


def test_a_selection_elsewhere_goes_also_in_a_hidden_layer(desk: Desk) -> None:
    other = desk.show([Image("far", "m2", footprint=square(9.5, 49.5, 0.2))], Mosaic("m2", "Far"))
    layer = desk.show()
    desk.click((9.6, 49.6))
    assert selected(other) == ["far"]
    desk.project.layerTreeRoot().findLayer(other.id()).setItemVisibilityChecked(False)
    desk.click(IN_LARGE)
    assert selected(other, layer) == ["large"]


def test_a_thin_one_can_be_hit(desk: Desk) -> None:
    pixel = desk.canvas.mapUnitsPerPixel()
    layer = desk.show([Image("strip", "m1", footprint=square(10, 50, 0.5, height=pixel / 10))])
    for dy in (-2, 2):
        desk.click((10.2, 50), dy=dy)
        assert selected(layer) == ["strip"]
    desk.click((10.2, 50), dy=6)
    assert selected(layer) == []


@pytest.mark.parametrize(
    ("crs", "extent"),
    [
        ("EPSG:3857", QgsRectangle(1_000_000, 6_300_000, 1_250_000, 6_600_000)),
        ("EPSG:32632", QgsRectangle(500_000, 5_450_000, 700_000, 5_650_000)),
        ("EPSG:3035", QgsRectangle(4_250_000, 2_900_000, 4_450_000, 3_100_000)),
        ("EPSG:3995", QgsRectangle(500_000, -4_700_000, 1_000_000, -4_100_000)),
        ("", HERE),
    ],
)
def test_in_any_crs_and_right_after_a_move_of_the_map(desk: Desk, crs: str, extent: QgsRectangle) -> None:
    layer = desk.show()
    desk.look_at(crs, extent)
    desk.click(IN_ALL)
    desk.click(IN_ALL)
    assert selected(layer) == ["middle"]
    desk.canvas.zoomByFactor(0.5)
    desk.click(IN_LARGE)
    assert selected(layer) == ["large"]
    centre, step = desk.canvas.center(), 20 * desk.canvas.mapUnitsPerPixel()
    desk.canvas.setCenter(QgsPointXY(centre.x() + step, centre.y() - step))
    desk.drag((9.9, 49.9), (10.5, 50.5))
    assert len(selected(layer)) == 3


def test_on_a_rotated_map(desk: Desk) -> None:
    layer = desk.show()
    desk.canvas.setRotation(35)
    desk.click(IN_ALL)
    assert selected(layer) == ["small"]
    desk.drag((10.25, 50.2), (10.35, 50.3))
    assert selected(layer) == ["large"]


ACROSS = Image("across", "m1", footprint="POLYGON ((179 10, 181 10, 181 12, 179 12, 179 10))")


@pytest.mark.parametrize(
    ("crs", "extent", "hits"),
    [
        ("EPSG:4326", QgsRectangle(175, 5, 185, 15), [(179.5, 11)]),
        ("EPSG:4326", QgsRectangle(-185, 5, -175, 15), [(-179.5, 11)]),
        ("EPSG:3857", QgsRectangle(19_500_000, 500_000, 20_500_000, 1_700_000), [(179.5, 11)]),
        (
            "EPSG:3832",
            QgsRectangle(2_800_000, 500_000, 4_000_000, 1_700_000),
            [(179.5, 11), (-179.5, 11), (180, 11)],
        ),
        ("EPSG:32660", QgsRectangle(400_000, 800_000, 1_300_000, 1_600_000), [(179.5, 11), (-179.5, 11)]),
    ],
)
def test_across_180(desk: Desk, crs: str, extent: QgsRectangle, hits: list[tuple[float, float]]) -> None:
    layer = desk.show([ACROSS, Image("home", "m1", footprint=square(0, 10, 2))])
    desk.look_at(crs, extent)
    for place in hits:
        desk.click(place)
        assert selected(layer) == ["across"], place
        desk.click((177, 14))
        assert selected(layer) == [], place


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_past_the_end_of_the_world_there_is_nothing(desk: Desk, crs: str) -> None:
    """What lies on the other side is not drawn there."""
    layer = desk.show([ACROSS])
    degree = 1 if crs == "EPSG:4326" else 20037508.342789244 / 180
    desk.look_at(crs, QgsRectangle(175 * degree, 5 * degree, 185 * degree, 15 * degree))
    beyond = desk.canvas.mapSettings().mapToPixel().transform(QgsPointXY(180.6 * degree, 11 * degree))
    at = QPoint(round(beyond.x()), round(beyond.y()))
    QTest.mouseClick(desk.canvas.viewport(), LEFT, NO_KEY, at)
    assert selected(layer) == []
    assert desk.told == ["No footprint here"]


def test_nowhere_on_earth_is_nothing(desk: Desk) -> None:
    desk.show()
    desk.look_at("EPSG:3035", QgsRectangle(-9e7, -9e7, -8e7, -8e7))
    QTest.mouseClick(desk.canvas.viewport(), LEFT, NO_KEY, QPoint(100, 100))
    assert desk.told == ["No footprint here"]


def test_a_layer_that_went_meanwhile_does_no_harm(desk: Desk) -> None:
    other = desk.show(IMAGES[1:2], Mosaic("m2", "Gone"))
    layer = desk.show(IMAGES[:1])
    desk.click(IN_ALL)
    assert selected(other) == ["small"]
    desk.project.removeMapLayer(other.id())
    desk.click(IN_ALL)
    assert selected(layer) == ["large"]


def test_ten_thousand_footprints_keep_a_click_short(desk: Desk) -> None:
    many = [
        Image(str(n), "m1", footprint=square(9 + n % 100 / 50, 49 + n // 100 / 50, 0.05))
        for n in range(10_000)
    ]
    layer = desk.show(many)
    for number, watch in enumerate(smooth(Stopwatch)):
        with watch:
            desk.click((9.5 + number / 10, 50))
        assert layer.selectedFeatureCount() == 1


def test_of_very_many_at_one_place_the_smallest_come_first(desk: Desk) -> None:
    heap = [Image(str(n), "m1", footprint=square(10, 50, 0.2 + n / 10_000)) for n in range(3000, 0, -1)]
    layer = desk.show(heap)
    for number, watch in enumerate(smooth(Stopwatch), start=1):
        with watch:
            desk.click(IN_ALL)
        assert selected(layer) == [str(number)]
        assert desk.told[-1] == f"{number} of 200 or more here; click again for the next"


def test_rows_follow_what_is_picked(stocked: Mosaic, signed_in: Workspace, qtbot: QtBot) -> None:
    imagery, project = signed_in.dock.imagery, QgsProject.instance()
    with qtbot.waitSignal(project.layersAdded, timeout=PATIENCE_MS) as added:
        imagery.commands.on_map.show_footprints([stocked])
    canvas = signed_in._iface.mapCanvas()
    picking = Picking(canvas, project, signed_in.presenter, signed_in)
    signed_in.presenter.zoom_to([stocked.footprint])
    qtbot.waitUntil(lambda: bool(canvas.layers()), timeout=PATIENCE_MS)
    picking.action.trigger()
    ((layer,),) = added.args
    for feature in layer.getFeatures():
        settings = canvas.mapSettings()
        middle = settings.layerToMapCoordinates(layer, feature.geometry().centroid().asPoint())
        at = settings.mapToPixel().transform(middle)
        QTest.mouseClick(canvas.viewport(), LEFT, NO_KEY, QPoint(round(at.x()), round(at.y())))
        qtbot.waitUntil(lambda: bool(imagery.imageryTree.selected_items()), timeout=PATIENCE_MS)
        assert [item.id for item in imagery.imageryTree.selected_items()] == [feature["id"]]
        imagery.imageryTree.clearSelection()
    picking.close()


def test_what_is_closed_leaves_nothing_on_the_canvas(window: Window, qtbot: QtBot) -> None:
    desk = Desk(window, qtbot)
    desk.button.click()
    desk.close()
    assert desk.canvas.mapTool() is desk.pan
    other = QgsMapToolPan(desk.canvas)
    desk.canvas.setMapTool(other)
    desk.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    qtbot.wait(10)  # the tool is gone by now
    assert desk.canvas.mapTool() is other
    desk.canvas.unsetMapTool(other)
