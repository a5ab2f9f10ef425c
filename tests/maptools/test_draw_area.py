"""Drawing with real mouse and key events on a real canvas."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsGeometry,
    QgsPointXY,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas, QgsMapToolPan, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QFrame

from mapflow_data.layers import aoi
from mapflow_data.maptools.draw_area import DrawAreaTool
from mapflow_data.maptools.sketch import Shape

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NO_BUTTON, NO_KEY = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier

SQUARE = ((100, 100), (300, 100), (300, 300), (100, 300))
AROUND_MOSCOW = QgsRectangle(4150000, 7480000, 4190000, 7520000)


class Desk:
    """A canvas of 400 by 400 pixels with the pan tool active, our tool, and what it has told."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self.canvas = canvas
        self.pan = QgsMapToolPan(canvas)
        canvas.setMapTool(self.pan)
        self.tool = DrawAreaTool(canvas)
        self.drawn: list[tuple[QgsGeometry, QgsCoordinateReferenceSystem]] = []
        self.told: list[str] = []
        self.areas: list[float] = []
        self.tool.drawn.connect(lambda geometry, crs: self.drawn.append((geometry, crs)))
        self.tool.cancelled.connect(lambda: self.told.append("cancelled"))
        self.tool.refused.connect(self.told.append)
        self.tool.area_changed.connect(self.areas.append)

    def look_at(self, code: str, extent: QgsRectangle, rotation: float = 0) -> None:
        self.canvas.setDestinationCrs(QgsCoordinateReferenceSystem(code))
        self.canvas.setRotation(rotation)
        self.canvas.setExtent(extent)

    def mouse(
        self,
        kind: QEvent.Type,
        at: tuple[int, int],
        button: Qt.MouseButton,
        down: bool,
        keys: Qt.KeyboardModifier = NO_KEY,
    ) -> None:
        """As a mouse sends it; QTest's own moves carry no pressed button."""
        place = QPointF(*at)
        viewport = self.canvas.viewport()
        held = button if down else NO_BUTTON
        cause = NO_BUTTON if kind == QEvent.Type.MouseMove else button
        there = QPointF(viewport.mapToGlobal(QPoint(*at)))
        QApplication.sendEvent(viewport, QMouseEvent(kind, place, there, cause, held, keys))

    def move(self, at: tuple[int, int], held: Qt.MouseButton = NO_BUTTON) -> None:
        self.mouse(QEvent.Type.MouseMove, at, held, down=True)

    def press(self, at: tuple[int, int], button: Qt.MouseButton = LEFT) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, at, button, down=True)

    def release(self, at: tuple[int, int], button: Qt.MouseButton = LEFT) -> None:
        self.mouse(QEvent.Type.MouseButtonRelease, at, button, down=False)

    def click(self, *places: tuple[int, int], button: Qt.MouseButton = LEFT) -> None:
        for at in places:
            self.move(at)
            QTest.mouseClick(self.canvas.viewport(), button, NO_KEY, QPoint(*at))

    def double_click(self, at: tuple[int, int]) -> None:
        """Press, release, double click, release: what a window system sends."""
        self.click(at)
        self.mouse(QEvent.Type.MouseButtonDblClick, at, LEFT, down=True)
        self.release(at)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        self.move(start)
        self.press(start)
        self.move(((start[0] + end[0]) // 2, (start[1] + end[1]) // 2), held=LEFT)
        self.move(end, held=LEFT)
        self.release(end)

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.canvas, key)

    def place(self, at: tuple[int, int]) -> QgsPointXY:
        return self.canvas.mapSettings().mapToPixel().toMapCoordinates(*at)

    def ring(self, places: Sequence[tuple[int, int]]) -> QgsGeometry:
        ring = [self.place(at) for at in places]
        return QgsGeometry.fromPolygonXY([[*ring, ring[0]]])

    def bands(self) -> list[QgsRubberBand]:
        return [item for item in self.canvas.items() if isinstance(item, QgsRubberBand)]

    def is_drawing(self) -> bool:
        return self.canvas.mapTool() is self.tool

    def assert_over(self) -> None:
        assert self.canvas.mapTool() is self.pan
        assert self.bands() == []

    def only_drawn(self) -> QgsGeometry:
        (geometry, crs), *more = self.drawn
        assert not more
        assert crs == self.canvas.mapSettings().destinationCrs()
        return geometry


def make_desk(qtbot: Any) -> Desk:
    canvas = QgsMapCanvas()
    canvas.setFrameShape(QFrame.Shape.NoFrame)
    canvas.resize(400, 400)
    with qtbot.waitExposed(canvas):
        canvas.show()
    assert canvas.viewport().width() == canvas.viewport().height() == 400
    desk = Desk(canvas)
    desk.look_at("EPSG:3857", AROUND_MOSCOW)
    return desk


@pytest.fixture
def desk(qgis_app: object, qtbot: Any) -> Iterator[Desk]:
    desk = make_desk(qtbot)
    yield desk
    sip.delete(desk.canvas)


def is_same(geometry: QgsGeometry, other: QgsGeometry) -> bool:
    """But for the last bits of a corner that went by way of the screen."""
    return bool(
        geometry.hausdorffDistance(other) < 1e-9 * other.length()
        and geometry.constGet().nCoordinates() == other.constGet().nCoordinates()
    )


def by_right_click(desk: Desk) -> None:
    desk.click((350, 200), button=RIGHT)


def by_enter(desk: Desk) -> None:
    desk.key(Qt.Key.Key_Return)


def by_keypad(desk: Desk) -> None:
    desk.key(Qt.Key.Key_Enter)


def by_double_click_on_the_last(desk: Desk) -> None:
    desk.double_click(SQUARE[-1])


FINISHES = [by_right_click, by_enter, by_keypad, by_double_click_on_the_last]


@pytest.mark.parametrize("finish", FINISHES)
def test_every_way_of_finishing_a_polygon(desk: Desk, finish: Callable[[Desk], None]) -> None:
    centre = desk.canvas.center()
    desk.tool.start()
    desk.click(*SQUARE)
    assert desk.is_drawing()
    finish(desk)
    assert is_same(desk.only_drawn(), desk.ring(SQUARE))
    assert desk.told == []
    desk.assert_over()
    assert desk.canvas.center() == centre  # the last release was not the pan tool's click


def test_double_click_sets_the_last_corner_once(desk: Desk) -> None:
    desk.tool.start()
    desk.click(*SQUARE[:3])
    desk.double_click(SQUARE[3])
    assert is_same(desk.only_drawn(), desk.ring(SQUARE))
    assert len(desk.only_drawn().asPolygon()[0]) == 5


@pytest.mark.parametrize("finish", FINISHES[:3])
def test_fewer_than_three_corners_are_refused_and_kept(desk: Desk, finish: Callable[[Desk], None]) -> None:
    desk.tool.start()
    finish(desk)
    desk.click(*SQUARE[:2])
    finish(desk)
    assert desk.told == ["too_few", "too_few"]
    assert desk.is_drawing()
    desk.click(*SQUARE[2:])
    finish(desk)
    assert is_same(desk.only_drawn(), desk.ring(SQUARE))


def test_double_click_with_too_few_corners_is_refused(desk: Desk) -> None:
    desk.tool.start()
    desk.click(SQUARE[0])
    desk.double_click(SQUARE[1])
    assert desk.told == ["too_few"]
    desk.click(*SQUARE[2:])
    by_enter(desk)
    assert is_same(desk.only_drawn(), desk.ring(SQUARE))


def test_a_line_has_no_area(desk: Desk) -> None:
    desk.tool.start()
    desk.click((100, 100), (200, 100), (300, 100))
    by_enter(desk)
    assert desk.told == ["no_area"]
    assert desk.is_drawing()


def test_backspace_takes_the_last_corner_and_the_band_follows(desk: Desk) -> None:
    desk.tool.start()
    desk.click(*SQUARE, (50, 200))
    area, corners = desk.bands()[::-1]
    assert {area.numberOfVertices(), corners.numberOfVertices()} == {6, 5}
    shown = desk.areas[-1]
    desk.key(Qt.Key.Key_Backspace)
    assert {area.numberOfVertices(), corners.numberOfVertices()} == {5, 4}
    desk.move(SQUARE[3])
    assert desk.areas[-1] < shown
    by_enter(desk)
    assert is_same(desk.only_drawn(), desk.ring(SQUARE))


def test_backspace_to_nothing_and_on(desk: Desk) -> None:
    desk.tool.start()
    desk.click((20, 20), (40, 40))
    for _ in range(4):
        desk.key(Qt.Key.Key_Backspace)
    assert [band.numberOfVertices() for band in desk.bands()] == [0, 0]
    assert desk.areas[-1] == 0
    desk.click(*SQUARE)
    by_right_click(desk)
    assert is_same(desk.only_drawn(), desk.ring(SQUARE))


def test_esc_cancels(desk: Desk) -> None:
    desk.tool.start()
    desk.click(*SQUARE)
    desk.key(Qt.Key.Key_Escape)
    assert (desk.drawn, desk.told) == ([], ["cancelled"])
    desk.assert_over()


def test_another_tool_cancels_and_stays(desk: Desk) -> None:
    other = QgsMapToolPan(desk.canvas)
    desk.tool.start()
    desk.click(*SQUARE)
    desk.canvas.setMapTool(other)
    assert (desk.drawn, desk.told) == ([], ["cancelled"])
    assert desk.canvas.mapTool() is other
    assert desk.bands() == []
    desk.canvas.unsetMapTool(other)


def test_the_tool_before_may_be_none_or_gone(desk: Desk) -> None:
    desk.canvas.unsetMapTool(desk.pan)
    desk.tool.start()
    desk.key(Qt.Key.Key_Escape)
    assert desk.canvas.mapTool() is None
    shortlived = QgsMapToolPan(desk.canvas)
    desk.canvas.setMapTool(shortlived)
    desk.tool.start()
    sip.delete(shortlived)
    desk.key(Qt.Key.Key_Escape)
    assert desk.canvas.mapTool() is None
    assert desk.told == ["cancelled", "cancelled"]


def test_it_can_be_set_as_any_map_tool(desk: Desk) -> None:
    desk.canvas.setMapTool(desk.tool)
    desk.click(*SQUARE)
    by_enter(desk)
    assert len(desk.drawn) == 1
    desk.assert_over()


def test_a_second_start_begins_anew_in_the_new_shape(desk: Desk) -> None:
    desk.tool.start()
    desk.click((20, 20), (40, 40))
    desk.tool.start(Shape.RECTANGLE)
    assert len(desk.bands()) == 2
    desk.drag(SQUARE[0], SQUARE[2])
    assert is_same(desk.only_drawn(), desk.ring(SQUARE))
    desk.assert_over()


def test_drawing_again_from_the_signal(desk: Desk) -> None:
    desk.tool.drawn.connect(lambda *_: desk.tool.start() if len(desk.drawn) == 1 else None)
    desk.tool.start()
    for _ in range(2):
        desk.click(*SQUARE)
        by_right_click(desk)
    assert len(desk.drawn) == 2
    desk.assert_over()


@pytest.mark.parametrize("ends", [(SQUARE[0], SQUARE[2]), (SQUARE[2], SQUARE[0]), (SQUARE[1], SQUARE[3])])
def test_rectangle_by_drag_and_by_two_clicks(
    desk: Desk, ends: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    desk.tool.start(Shape.RECTANGLE)
    desk.drag(*ends)
    desk.assert_over()
    desk.tool.start(Shape.RECTANGLE)
    desk.click(ends[0])
    assert desk.is_drawing()
    desk.click(ends[1])
    desk.assert_over()
    assert [is_same(geometry, desk.ring(SQUARE)) for geometry, _ in desk.drawn] == [True, True]
    assert desk.told == []


def test_rectangle_grows_under_the_cursor(desk: Desk) -> None:
    desk.tool.start(Shape.RECTANGLE)
    desk.click(SQUARE[0])
    desk.move((200, 200))
    small = desk.areas[-1]
    desk.move(SQUARE[2])
    assert desk.areas[-1] == pytest.approx(4 * small, rel=0.01)
    assert sorted(band.numberOfVertices() for band in desk.bands()) == [1, 4]


def test_rectangle_without_width_is_refused_and_goes_on(desk: Desk) -> None:
    desk.tool.start(Shape.RECTANGLE)
    desk.drag((100, 100), (300, 100))
    assert desk.told == ["no_area"]
    desk.click((300, 300))
    assert is_same(desk.only_drawn(), desk.ring(SQUARE))


def test_rectangle_loses_its_first_corner_by_backspace(desk: Desk) -> None:
    desk.tool.start(Shape.RECTANGLE)
    desk.click((20, 20))
    desk.key(Qt.Key.Key_Backspace)
    desk.click(SQUARE[0], SQUARE[2])
    assert is_same(desk.only_drawn(), desk.ring(SQUARE))


def test_panning_by_the_middle_button_and_the_space_bar_goes_on(desk: Desk) -> None:
    desk.tool.start()
    desk.click(*SQUARE[:2])
    corners = [desk.place(at) for at in SQUARE[:2]]
    before = desk.canvas.center()
    desk.move((200, 200))
    desk.press((200, 200), MIDDLE)
    desk.move((230, 200), held=MIDDLE)
    desk.release((230, 200), MIDDLE)
    panned = desk.canvas.center()
    assert panned.x() < before.x()
    QTest.keyPress(desk.canvas, Qt.Key.Key_Space)
    desk.move((200, 200))
    desk.move((200, 240))
    QTest.keyRelease(desk.canvas, Qt.Key.Key_Space)
    assert desk.canvas.center() != panned
    assert desk.is_drawing()
    desk.click((300, 300))
    by_enter(desk)
    assert desk.only_drawn().asPolygon()[0][:2] == corners


def test_a_release_without_its_press_is_none_of_ours(desk: Desk) -> None:
    desk.press((50, 50))
    desk.tool.start()
    desk.release((50, 50))
    assert [band.numberOfVertices() for band in desk.bands()] == [0, 0]


def test_other_keys_are_left_to_the_canvas(desk: Desk) -> None:
    desk.tool.start()
    desk.click(*SQUARE[:2])
    before, corners = desk.canvas.center(), [desk.place(at) for at in SQUARE[:2]]
    desk.key(Qt.Key.Key_Left)
    assert desk.canvas.center().x() < before.x()
    desk.click((300, 300))
    by_enter(desk)
    assert desk.only_drawn().asPolygon()[0][:2] == corners


def test_shift_and_drag_zooms_to_a_box(desk: Desk) -> None:
    desk.tool.start()
    scale = desk.canvas.scale()
    shift = Qt.KeyboardModifier.ShiftModifier
    for kind, at in (
        (QEvent.Type.MouseButtonPress, (100, 100)),
        (QEvent.Type.MouseMove, (200, 200)),
        (QEvent.Type.MouseButtonRelease, (200, 200)),
    ):
        desk.mouse(kind, at, LEFT, kind != QEvent.Type.MouseButtonRelease, shift)
    assert desk.canvas.scale() < scale / 2
    assert [band.numberOfVertices() for band in desk.bands()] == [0, 0]
    assert desk.is_drawing()


def test_zooming_keeps_what_is_drawn(desk: Desk) -> None:
    desk.tool.start()
    desk.click(*SQUARE)
    drawn = desk.ring(SQUARE)
    desk.canvas.zoomByFactor(3)
    by_right_click(desk)
    assert is_same(desk.only_drawn(), drawn)


def reference_km2(geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> float:
    """In the plane of an equal-area projection centred on it."""
    context = QgsCoordinateTransformContext()
    wgs84 = QgsCoordinateReferenceSystem("EPSG:4326")
    centre = QgsCoordinateTransform(crs, wgs84, context).transform(geometry.boundingBox().center())
    local = QgsCoordinateReferenceSystem.fromProj(
        f"+proj=laea +lat_0={centre.y()} +lon_0={centre.x()} +datum=WGS84 +units=m"
    )
    fine = geometry.densifyByCount(300)
    fine.transform(QgsCoordinateTransform(crs, local, context))
    return float(fine.area()) / 1e6


VIEWS = {
    "web mercator": ("EPSG:3857", AROUND_MOSCOW, 0),
    "web mercator, a country": ("EPSG:3857", QgsRectangle(3000000, 6500000, 5000000, 8500000), 0),
    "utm": ("EPSG:32637", QgsRectangle(380000, 6100000, 480000, 6200000), 0),
    "utm, rotated": ("EPSG:32637", QgsRectangle(380000, 6100000, 480000, 6200000), 33),
    "degrees": ("EPSG:4326", QgsRectangle(37, 55, 38, 56), 0),
    "degrees, rotated": ("EPSG:4326", QgsRectangle(37, 55, 38, 56), -120),
    "antimeridian": ("EPSG:3857", QgsRectangle(19537508, 1000000, 20537508, 2000000), 0),
    "antimeridian in degrees": ("EPSG:4326", QgsRectangle(175, -20, 185, -10), 0),
    "pole": ("EPSG:3031", QgsRectangle(-500000, -500000, 500000, 500000), 0),
    "pole, rotated": ("EPSG:3413", QgsRectangle(-400000, -300000, 600000, 700000), 77),
    "old datum": ("EPSG:28407", QgsRectangle(7400000, 6100000, 7500000, 6200000), 0),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("shape", list(Shape))
def test_area_is_right_in_any_view(desk: Desk, view: str, shape: Shape) -> None:
    desk.look_at(*VIEWS[view])
    desk.tool.start(shape)
    desk.click(*(SQUARE[:3:2] if shape is Shape.RECTANGLE else SQUARE))
    shown = desk.areas[-1]
    by_enter(desk)
    geometry = desk.only_drawn()
    assert is_same(geometry, desk.ring(SQUARE))
    crs = desk.drawn[0][1]
    assert shown == pytest.approx(reference_km2(geometry, crs), rel=1e-3)
    assert aoi.prepare(geometry, crs).area_km2 == pytest.approx(shown, rel=1e-3)


def test_rectangle_is_upright_on_a_rotated_screen(desk: Desk) -> None:
    desk.look_at("EPSG:32637", QgsRectangle(380000, 6100000, 480000, 6200000), 30)
    desk.tool.start(Shape.RECTANGLE)
    desk.drag(SQUARE[0], SQUARE[2])
    start, end = desk.only_drawn().asPolygon()[0][:2]
    assert abs(math.degrees(math.atan2(end.y() - start.y(), end.x() - start.x()))) == pytest.approx(
        30, abs=0.1
    )


def test_a_bow_tie_shows_the_area_of_both_wings(desk: Desk) -> None:
    desk.tool.start()
    desk.click(SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3])
    shown = desk.areas[-1]
    by_enter(desk)
    geometry, crs = desk.drawn[0]
    found = aoi.prepare(geometry, crs)
    assert not geometry.isGeosValid()
    assert found.changed_share > 0.01
    assert found.area_km2 == pytest.approx(shown, rel=1e-3)
    assert shown == pytest.approx(reference_km2(desk.ring(SQUARE), crs) / 2, rel=1e-3)


def test_a_project_without_crs_is_refused(desk: Desk, qtbot: Any) -> None:
    desk.look_at("", AROUND_MOSCOW)
    with qtbot.waitSignal(desk.tool.cancelled, timeout=2000):
        desk.tool.start()
    assert desk.told == ["crs", "cancelled"]
    desk.assert_over()


def test_corners_stay_on_the_ground_when_the_project_gets_another_crs(desk: Desk) -> None:
    desk.tool.start()
    desk.click(*SQUARE)
    there = aoi.to_wgs84(desk.ring(SQUARE), desk.canvas.mapSettings().destinationCrs())
    desk.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32637"))
    by_enter(desk)
    here = aoi.to_wgs84(*desk.drawn[0])
    assert here.symDifference(there).area() < there.area() * 1e-3


def test_losing_the_crs_ends_the_drawing(desk: Desk) -> None:
    desk.tool.start()
    desk.click(*SQUARE)
    desk.canvas.setDestinationCrs(QgsCoordinateReferenceSystem())
    assert desk.told == ["crs", "cancelled"]
    desk.assert_over()


def test_a_canvas_may_go_while_drawing(qgis_app: object, qtbot: Any) -> None:
    desk = make_desk(qtbot)
    desk.tool.start()
    desk.click(*SQUARE)
    sip.delete(desk.canvas)
    assert desk.drawn == []
    assert sip.isdeleted(desk.tool)


def test_a_removed_tool_listens_to_nothing_any_more(desk: Desk) -> None:
    signals = (desk.canvas.mapToolSet, desk.canvas.destinationCrsChanged)
    before = [desk.canvas.receivers(signal) for signal in signals]
    tool = DrawAreaTool(desk.canvas)
    tool.start()
    tool.remove()
    desk.assert_over()
    assert [desk.canvas.receivers(signal) for signal in signals] == before


def test_a_stopped_tool_can_be_deleted(desk: Desk) -> None:
    tool = DrawAreaTool(desk.canvas)
    tool.start()
    desk.click(*SQUARE)
    tool.stop()
    desk.assert_over()
    sip.delete(tool)
    desk.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32637"))
    desk.canvas.setMapTool(desk.tool)
    assert desk.is_drawing()
