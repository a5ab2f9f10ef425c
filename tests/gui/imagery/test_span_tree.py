"""Many rows selected at once: the same ones as Qt would select, without a look at each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import QModelIndex, QPoint, QRect, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QTreeView

from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.imagery.model import ITEM_ROLE, ImageryModel
from mapflow_data.gui.imagery.span_tree import Flag, SpanTree

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier
WAYS = (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft)
PLACES = range(22)
ROW = 20  # px


class CountingModel(ImageryModel):
    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def parent(self, index: QModelIndex | None = None) -> Any:
        self.looks += 1
        return super().parent(index)


class Pair:
    """The same rows in a tree of ours and in Qt's own; what is done is done in both."""

    def __init__(self, qtbot: QtBot, model: ImageryModel) -> None:
        self.model = model
        self.trees = (SpanTree(model), QTreeView())
        for tree in self.trees:
            qtbot.addWidget(tree)
            tree.setModel(model)
            tree.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
            tree.setUniformRowHeights(True)
            tree.setStyleSheet(f"QTreeView::item {{ height: {ROW}px; }}")
            tree.resize(400, 700)
            tree.show()

    def open(self, *numbers: int) -> None:
        for tree in self.trees:
            for number in numbers:
                tree.expand(self.model.index(number, 0))

    def click(self, place: int, held: Qt.KeyboardModifier = NO_KEY) -> None:
        for tree in self.trees:
            QTest.mouseClick(tree.viewport(), LEFT, held, QPoint(60, place * ROW + ROW // 2))

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NO_KEY) -> None:
        for tree in self.trees:
            QTest.keyClick(tree, key, held)

    def selected(self) -> list[str]:
        ours, theirs = ([row.data() for row in tree.selectionModel().selectedRows()] for tree in self.trees)
        assert sorted(ours) == sorted(theirs)
        return sorted(ours)


@pytest.fixture
def pair(qtbot: QtBot, qgis_app: QApplication) -> Iterator[Pair]:
    """Five mosaics of four images, of which the second, the fourth and the empty last one are open."""
    model = filled(ImageryModel(), 5, 4)
    model.set_mosaics([*model.mosaics(), Mosaic("m9", "Mosaic 9")])
    model.set_images("m9", [])
    pair = Pair(qtbot, model)
    pair.open(1, 3, 5)
    yield pair


def filled(model: ImageryModel, mosaics: int, images: int) -> ImageryModel:
    model.set_mosaics([Mosaic(f"m{n}", f"Mosaic {n}") for n in range(mosaics)])
    for mosaic in model.mosaics():
        model.set_images(
            mosaic.id, [Image(f"{mosaic.id}-{n}", mosaic.id, f"{mosaic.id} {n}.tif") for n in range(images)]
        )
    return model


def test_shift_and_ctrl_select_what_they_do_in_qt(pair: Pair) -> None:
    chance = random.Random(7)
    seen = set()
    for _ in range(60):
        held = chance.choice((NO_KEY, SHIFT, SHIFT, CTRL, CTRL | SHIFT))
        pair.click(chance.choice(PLACES), held)
        seen.add(tuple(pair.selected()))
    assert len(seen) > 20


def test_keys_select_what_they_do_in_qt(pair: Pair) -> None:
    pair.click(1)
    seen = []
    for key, held in (
        (Qt.Key.Key_Down, SHIFT),
        (Qt.Key.Key_End, SHIFT),
        (Qt.Key.Key_Home, SHIFT),
        (Qt.Key.Key_A, CTRL),
        (Qt.Key.Key_Down, NO_KEY),
        (Qt.Key.Key_PageDown, SHIFT),
    ):
        pair.press(key, held)
        seen.append(len(pair.selected()))
    assert seen == [2, 13, 2, 14, 1, 13]


@pytest.mark.parametrize("way", WAYS)
def test_a_frame_that_is_dragged_selects_what_it_does_in_qt(pair: Pair, way: Qt.LayoutDirection) -> None:
    counts = set()
    for tree in pair.trees:
        tree.setLayoutDirection(way)
    for top in range(-20, 500, 35):
        for bottom in range(top + 5, 560, 70):
            for tree in pair.trees:
                tree.setSelection(
                    QRect(QPoint(50, top), QPoint(300, bottom)), Flag.ClearAndSelect | Flag.Rows
                )
            counts.add(len(pair.selected()))
    assert len(counts) > 5


def test_no_row_is_looked_at_by_itself(qtbot: QtBot, qgis_app: QApplication) -> None:
    """Ctrl+A and Shift+End cost by the number of mosaics, not of images."""
    looks = []
    for images in (5, 50):
        model = filled(CountingModel(), 20, images)
        tree = SpanTree(model)
        qtbot.addWidget(tree)
        tree.setSelectionMode(tree.SelectionMode.ExtendedSelection)
        tree.setUniformRowHeights(True)
        tree.expandAll()
        tree.show()
        qtbot.waitUntil(lambda tree=tree: tree.verticalScrollBar().maximum() > 0)  # it is laid out
        for key, held in ((Qt.Key.Key_A, CTRL), (Qt.Key.Key_End, SHIFT)):
            tree.clearSelection()
            tree.setCurrentIndex(model.index(0, 0))
            model.looks = 0
            QTest.keyClick(tree, key, held)
            looks.append(model.looks)
            assert len(tree.selectionModel().selectedRows()) == 20 * (images + 1)
            assert model.index(0, 0).data(ITEM_ROLE).id == "m0"
    assert looks[:2] == looks[2:]
