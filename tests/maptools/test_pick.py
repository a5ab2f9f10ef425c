"""Picking with real mouse and key events on a real canvas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsPointXY, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsMapToolPan, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QFrame

from mapflow_data.maptools.pick import PickTool

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NO_BUTTON, NO_KEY = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
VIEW = QgsRectangle(0, 0, 400, 400)  # of 400 by 400 pixels


class Desk:
    """A canvas with the pan tool active, ours, and what it has told."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self.canvas = canvas
        self.pan = QgsMapToolPan(canvas)
        canvas.setMapTool(self.pan)
        self.tool = PickTool(canvas)
        self.points: list[tuple[QgsPointXY, str, bool]] = []
        self.areas: list[tuple[QgsGeometry, bool]] = []
        self.tool.picked.connect(lambda point, crs, adds: self.points.append((point, crs.authid(), adds)))
        self.tool.area_picked.connect(lambda area, _, adds: self.areas.append((area, adds)))
        self.tool.start()

    def mouse(
        self, kind: QEvent.Type, at: tuple[int, int], held: Qt.MouseButton, keys: Qt.KeyboardModifier = NO_KEY
    ) -> None:
        viewport = self.canvas.viewport()
        cause = NO_BUTTON if kind == QEvent.Type.MouseMove else LEFT
        there = QPointF(viewport.mapToGlobal(QPoint(*at)))
        QApplication.sendEvent(viewport, QMouseEvent(kind, QPointF(*at), there, cause, held, keys))

    def press(self, at: tuple[int, int]) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, at, LEFT)

    def move(self, at: tuple[int, int]) -> None:
        self.mouse(QEvent.Type.MouseMove, at, LEFT)

    def release(self, at: tuple[int, int], keys: Qt.KeyboardModifier = NO_KEY) -> None:
        self.mouse(QEvent.Type.MouseButtonRelease, at, NO_BUTTON, keys)

    def click(self, at: tuple[int, int], keys: Qt.KeyboardModifier = NO_KEY, button: Any = LEFT) -> None:
        QTest.mouseClick(self.canvas.viewport(), button, keys, QPoint(*at))

    def bands(self) -> list[QgsRubberBand]:
        return [item for item in self.canvas.items() if isinstance(item, QgsRubberBand)]

    def is_picking(self) -> bool:
        return self.canvas.mapTool() is self.tool


@pytest.fixture
def desk(qgis_app: object, qtbot: Any) -> Iterator[Desk]:
    canvas = QgsMapCanvas()
    canvas.setFrameShape(QFrame.Shape.NoFrame)
    canvas.resize(400, 400)
    with qtbot.waitExposed(canvas):
        canvas.show()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    canvas.setExtent(VIEW)
    desk = Desk(canvas)
    yield desk
    sip.delete(canvas)


def box(area: QgsGeometry) -> tuple[int, ...]:
    found = area.boundingBox()
    return tuple(map(round, (found.xMinimum(), found.yMinimum(), found.xMaximum(), found.yMaximum())))


@pytest.mark.parametrize(
    ("keys", "adds"), [(NO_KEY, False), (SHIFT, True), (CTRL, True), (SHIFT | CTRL, True)]
)
def test_a_click_is_a_place_in_map_coordinates(desk: Desk, keys: Qt.KeyboardModifier, adds: bool) -> None:
    desk.click((100, 150), keys)
    ((point, crs, told),) = desk.points
    assert (point.x(), point.y()) == pytest.approx((100, 250), abs=1)
    assert (crs, told) == ("EPSG:3857", adds)
    assert desk.areas == []
    assert desk.is_picking()


def test_a_hand_that_trembles_clicks(desk: Desk) -> None:
    desk.press((100, 100))
    desk.move((102, 101))
    desk.release((102, 101))
    assert len(desk.points) == 1
    assert desk.bands() == []


@pytest.mark.parametrize(("keys", "adds"), [(NO_KEY, False), (SHIFT, True)])
@pytest.mark.parametrize(
    "ends", [((100, 100), (300, 200)), ((300, 200), (100, 100)), ((100, 200), (300, 100))]
)
def test_a_drag_is_an_area(
    desk: Desk, ends: tuple[tuple[int, int], tuple[int, int]], keys: Qt.KeyboardModifier, adds: bool
) -> None:
    start, end = ends
    desk.press(start)
    desk.move(((start[0] + end[0]) // 2, (start[1] + end[1]) // 2))
    desk.move(end)
    (band,) = desk.bands()
    assert box(band.asGeometry()) == (100, 200, 300, 300)
    desk.release(end, keys)
    ((area, told),) = desk.areas
    assert box(area) == (100, 200, 300, 300)
    assert told is adds
    assert desk.points == []
    assert desk.bands() == []


def test_back_to_where_it_began_a_drag_is_no_click(desk: Desk) -> None:
    desk.press((100, 100))
    desk.move((200, 200))
    desk.move((100, 100))
    desk.release((100, 100))
    assert desk.points == []
    assert len(desk.areas) == 1


def test_on_a_rotated_map_the_area_is_upright_on_screen(desk: Desk) -> None:
    desk.canvas.setRotation(45)
    desk.press((100, 100))
    desk.move((200, 200))
    desk.release((200, 200))
    ((area, _),) = desk.areas
    view = desk.canvas.mapSettings().mapToPixel()
    corners = {(round(p.x()), round(p.y())) for p in (view.transform(c) for c in area.asPolygon()[0])}
    assert corners == {(100, 100), (200, 100), (200, 200), (100, 200)}


def test_a_double_click_is_two_clicks(desk: Desk) -> None:
    desk.click((100, 100))
    QTest.mouseDClick(desk.canvas.viewport(), LEFT, NO_KEY, QPoint(100, 100))
    QTest.mouseRelease(desk.canvas.viewport(), LEFT, NO_KEY, QPoint(100, 100))
    assert len(desk.points) == 2


def test_other_buttons_and_half_a_click_are_none_of_ours(desk: Desk) -> None:
    desk.click((100, 100), button=MIDDLE)
    desk.release((100, 100))
    assert (desk.points, desk.areas) == ([], [])


def test_esc_gives_the_former_tool_back_and_another_tool_stays(desk: Desk) -> None:
    QTest.keyClick(desk.canvas, Qt.Key.Key_Escape)
    assert desk.canvas.mapTool() is desk.pan
    desk.tool.start()
    other = QgsMapToolPan(desk.canvas)
    desk.canvas.setMapTool(other)
    desk.tool.stop()
    assert desk.canvas.mapTool() is other
    desk.canvas.unsetMapTool(other)


def test_the_former_tool_may_be_gone(desk: Desk) -> None:
    shortlived = QgsMapToolPan(desk.canvas)
    desk.canvas.setMapTool(shortlived)
    desk.tool.start()
    sip.delete(shortlived)
    QTest.keyClick(desk.canvas, Qt.Key.Key_Escape)
    assert desk.canvas.mapTool() is None


def test_interrupted_in_a_drag_it_leaves_nothing(desk: Desk) -> None:
    desk.press((100, 100))
    desk.move((200, 200))
    assert len(desk.bands()) == 1
    desk.canvas.setMapTool(desk.pan)
    assert desk.bands() == []
    desk.tool.start()
    desk.release((200, 200))
    assert (desk.points, desk.areas) == ([], [])


def test_removed_it_is_off_the_canvas(desk: Desk, qtbot: Any) -> None:
    desk.tool.remove()
    assert desk.canvas.mapTool() is desk.pan
    qtbot.waitUntil(lambda: sip.isdeleted(desk.tool))
    desk.canvas.setMapTool(QgsMapToolPan(desk.canvas))


def test_after_zooming_places_are_those_of_the_new_view(desk: Desk) -> None:
    desk.canvas.zoomByFactor(2)
    desk.click((1, 1))
    ((point, _, _),) = desk.points
    assert (point.x(), point.y()) == pytest.approx((-198, 598), abs=3)
