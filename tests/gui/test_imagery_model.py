"""The tree of mosaics and images: what changes is told row by row, and the filter finds what people type."""

from __future__ import annotations

from dataclasses import replace

import pytest
from qgis.PyQt.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from qgis.PyQt.QtTest import QAbstractItemModelTester

from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.imagery_cells import Column
from mapflow_data.gui.imagery_model import COUNT_ROLE, ITEM_ROLE, ImageryModel
from mapflow_data.gui.imagery_tree import ImageryTree

NORTH = Mosaic("m1", "North", ("drone", "2026"), size_bytes=2048, image_count=3)
QUARRY = Mosaic("m2", "Quarry", ("survey",))
PICTURES = [Image(f"i{n}", "m1", f"DJI_{n}.tif", size_bytes=n) for n in (10, 2, 1)]


@pytest.fixture
def model(qgis_app: object) -> ImageryModel:
    model = ImageryModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.tester = tester  # lives as long as the model
    model.set_mosaics([NORTH, QUARRY])
    return model


def names(model: ImageryModel, parent: QModelIndex | None = None) -> list[str]:
    parent = parent or QModelIndex()
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def test_a_mosaic_says_that_its_images_are_on_the_way(model: ImageryModel) -> None:
    north = model.index_of("m1")
    assert names(model, north) == ["Loading…"]
    assert north.data(COUNT_ROLE) == 3
    model.set_images("m1", PICTURES)
    assert names(model, north) == ["DJI_1.tif", "DJI_2.tif", "DJI_10.tif"]
    model.set_images("m1", [])
    assert names(model, north) == ["No images yet"]
    assert north.data(COUNT_ROLE) == 0


def test_a_failure_is_said_in_the_row_and_only_where_nothing_is_there(model: ImageryModel) -> None:
    model.set_images_failed("m1", "Not loaded: <b>why</b>")
    note = model.index(0, 0, model.index_of("m1"))
    assert note.data() == "Not loaded: <b>why</b>"
    assert "<b>" not in note.data(Qt.ItemDataRole.ToolTipRole)
    model.set_images("m1", PICTURES)
    model.set_images_failed("m1", "later")
    assert len(names(model, model.index_of("m1"))) == 3


def test_a_refresh_keeps_the_rows_that_stay(model: ImageryModel) -> None:
    model.set_images("m1", PICTURES)
    kept = QPersistentModelIndex(model.index_of("i2", "m1"))
    quarry = QPersistentModelIndex(model.index_of("m2"))
    renamed = replace(PICTURES[1], filename="renamed.tif")
    model.set_images("m1", [Image("new", "m1", "new.tif"), renamed])
    assert sorted(names(model, model.index_of("m1"))) == ["new.tif", "renamed.tif"]
    assert QModelIndex(kept).data() == "renamed.tif"
    model.set_mosaics([QUARRY, replace(NORTH, name="North district"), Mosaic("m3", "Third")])
    assert names(model) == ["North district", "Quarry", "Third"]
    assert QModelIndex(quarry).data() == "Quarry"
    model.set_mosaics([QUARRY])
    assert not kept.isValid()


def test_all_images_replaced_at_once(model: ImageryModel) -> None:
    model.set_images("m1", PICTURES)
    model.set_images("m1", [Image("other", "m1", "other.tif")])
    assert names(model, model.index_of("m1")) == ["other.tif"]


def test_images_of_a_mosaic_that_is_gone_are_dropped(model: ImageryModel) -> None:
    model.set_images("gone", PICTURES)
    model.set_images_loading("gone")
    assert names(model) == ["North", "Quarry"]


def test_cells_show_sizes_and_hold_the_objects(model: ImageryModel) -> None:
    model.set_images("m1", PICTURES)
    row = model.index_of("i10", "m1")
    assert row.data(ITEM_ROLE) == PICTURES[0]
    assert row.siblingAtColumn(Column.SIZE).data() == "10 B"
    assert model.index_of("m1").siblingAtColumn(Column.SIZE).data() == "2 KB"
    assert model.index_of("m1").siblingAtColumn(Column.TAGS).data() == "drone, 2026"


def test_a_size_that_the_server_does_not_tell_is_the_sum(model: ImageryModel) -> None:
    model.set_images("m2", PICTURES)
    assert model.index_of("m2").siblingAtColumn(Column.SIZE).data() == "13 B"


def test_names_that_look_like_markup_are_shown_as_they_are(model: ImageryModel) -> None:
    model.set_mosaics([Mosaic("x", "<img src=http://a/b>")])
    row = model.index_of("x")
    assert row.data() == "<img src=http://a/b>"
    assert "<img" not in row.data(Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ["North", "Quarry"]),
        ("quar", ["Quarry"]),
        ("DRONE", ["North"]),
        ("m2", ["Quarry"]),
        ("dji_10", ["North"]),
        ("nothing", []),
    ],
)
def test_the_filter_looks_at_names_tags_ids_and_images(
    model: ImageryModel, text: str, shown: list[str]
) -> None:
    model.set_images("m1", PICTURES)
    model.set_filter(text)
    assert names(model) == shown


def test_a_found_image_leaves_its_siblings_out(model: ImageryModel) -> None:
    model.set_images("m1", PICTURES)
    model.set_filter("DJI_10")
    assert names(model, model.index(0, 0)) == ["DJI_10.tif"]
    model.set_filter("North")
    assert len(names(model, model.index(0, 0))) == 3


def test_rows_sort_as_people_count(model: ImageryModel) -> None:
    model.set_images("m1", PICTURES)
    model.sort(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert names(model) == ["Quarry", "North"]
    assert names(model, model.index_of("m1")) == ["DJI_10.tif", "DJI_2.tif", "DJI_1.tif"]
    model.sort(Column.SIZE)
    assert names(model, model.index_of("m1")) == ["DJI_1.tif", "DJI_2.tif", "DJI_10.tif"]


def test_selection_survives_a_refresh(qtbot: object, qgis_app: object) -> None:
    tree = ImageryTree()
    qtbot.addWidget(tree)
    tree.imagery.set_mosaics([NORTH])
    tree.imagery.set_images("m1", PICTURES)
    tree.select_images({"m1": {"i2", "i10"}})
    tree.imagery.set_images("m1", [*PICTURES, Image("i4", "m1", "DJI_4.tif")])
    assert tree.selected_image_ids() == {"i2", "i10"}
    assert tree.selected_mosaics() == [NORTH]


def test_opening_a_mosaic_asks_for_its_images_once_loaded_no_more(qtbot: object, qgis_app: object) -> None:
    tree = ImageryTree()
    qtbot.addWidget(tree)
    wanted: list[str] = []
    tree.images_wanted.connect(wanted.append)
    tree.imagery.set_mosaics([NORTH])
    tree.expand(tree.model().index(0, 0))
    assert wanted == ["m1"]
    tree.imagery.set_images("m1", PICTURES)
    tree.selectionModel().setCurrentIndex(tree.model().index(0, 0), QItemSelectionModel.SelectionFlag.Select)
    assert wanted == ["m1"]


def test_images_are_selected_as_soon_as_they_are_there(qtbot: object, qgis_app: object) -> None:
    tree = ImageryTree()
    qtbot.addWidget(tree)
    wanted: list[str] = []
    tree.images_wanted.connect(wanted.append)
    tree.imagery.set_mosaics([NORTH])
    tree.select_images({"m1": {"i2"}})
    assert wanted == ["m1"]
    tree.imagery.set_images("m1", PICTURES)
    tree.images_arrived("m1")
    assert tree.selected_image_ids() == {"i2"}
