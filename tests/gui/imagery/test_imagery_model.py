"""The tree of mosaics and images: what changes is told row by row, and the filter finds what people type."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import QModelIndex, QPersistentModelIndex, Qt
from qgis.PyQt.QtTest import QAbstractItemModelTester

from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.imagery.cells import Column
from mapflow_data.gui.imagery.model import COUNT_ROLE, ITEM_ROLE, ImageryModel, Loading
from mapflow_data.gui.imagery.order import natural_key

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


def test_a_name_is_one_line_that_can_be_seen(model: ImageryModel) -> None:
    """And stays as it is where it is edited."""
    odd = [Mosaic("a", "line 1\nline 2"), Mosaic("b", " \n"), Mosaic("c", "")]
    model.set_mosaics(odd)
    assert sorted(names(model)) == ["b", "c", "line 1 line 2"]
    assert {model.index(row, 0).data(ITEM_ROLE).name for row in range(3)} == {one.name for one in odd}


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


@pytest.mark.parametrize(
    ("names_given", "in_order"),
    [
        (["b2", "b10", "B1"], ["B1", "b2", "b10"]),
        (["x 010", "x 9", "x 0"], ["x 0", "x 9", "x 010"]),
        (["img", "img_2", "img2", "img10"], ["img", "img2", "img10", "img_2"]),
        (["a" + "9" * 5000, "a" + "1" * 5001, "a1"], ["a1", "a" + "9" * 5000, "a" + "1" * 5001]),
    ],
)
def test_numbers_in_names_count(names_given: list[str], in_order: list[str]) -> None:
    assert sorted(names_given, key=natural_key) == in_order


def test_what_has_no_value_comes_last_whichever_way(model: ImageryModel) -> None:
    sizes = {"a": None, "b": 3, "c": 0, "d": None}
    model.set_images("m1", [Image(name, "m1", name, size_bytes=size) for name, size in sizes.items()])
    model.sort(Column.SIZE)
    assert names(model, model.index_of("m1")) == ["c", "b", "a", "d"]
    model.sort(Column.SIZE, Qt.SortOrder.DescendingOrder)
    assert names(model, model.index_of("m1")) == ["b", "c", "a", "d"]
    assert names(model) == ["North", "Quarry"]


def test_a_mosaic_moves_when_the_sum_of_its_images_is_known(model: ImageryModel) -> None:
    model.sort(Column.SIZE, Qt.SortOrder.DescendingOrder)
    kept = QPersistentModelIndex(model.index_of("m1"))
    model.set_images("m2", [Image("big", "m2", "big.tif", size_bytes=10**9)])
    assert names(model) == ["Quarry", "North"]
    assert kept.row() == 1


def test_images_that_are_not_ready_say_so(model: ImageryModel) -> None:
    states = {"a": "", "b": "PENDING", "c": "IN_PROGRESS", "d": "FAILED", "e": "ODD"}
    told = [Image(n, "m1", n, state=state, error="<i>no CRS</i>" * (n == "d")) for n, state in states.items()]
    model.set_images("m1", told)
    rows = [model.index_of(name, "m1") for name in states]
    assert [row.siblingAtColumn(Column.STATUS).data() for row in rows] == [
        "Ready",
        "Waiting to be processed",
        "Being processed",
        "Failed: <i>no CRS</i>",
        "ODD",
    ]
    tips = [row.data(Qt.ItemDataRole.ToolTipRole) for row in rows]
    assert "Ready" not in tips[0]
    assert "Being processed" in tips[2]
    assert "Failed: &lt;i&gt;no CRS" in tips[3]
    assert rows[3].data(Qt.ItemDataRole.AccessibleTextRole) == "d, Failed: <i>no CRS</i>"
    assert model.index_of("m1").data(COUNT_ROLE) == 5
    assert [bool(model.branch(one).is_under_way) for one in ("m1", "m2")] == [True, False]


def test_an_image_that_is_listed_twice_is_one_row(model: ImageryModel) -> None:
    model.set_images("m1", [*PICTURES, PICTURES[0]])
    assert len(names(model, model.index_of("m1"))) == 3


def test_nothing_moves_where_nothing_changed(model: ImageryModel, qtbot: QtBot) -> None:
    model.set_images("m1", PICTURES)
    told: list[str] = []
    model.images_told.connect(told.append)
    with qtbot.assertNotEmitted(model.layoutChanged), qtbot.assertNotEmitted(model.dataChanged):
        model.set_mosaics([NORTH, QUARRY])
        model.set_images("m1", list(PICTURES))
    assert told == ["m1"]


def test_a_hidden_mosaic_comes_when_an_image_of_it_matches(model: ImageryModel) -> None:
    model.set_filter("harbour")
    assert names(model) == []
    model.set_images("m2", [Image("h", "m2", "Harbour.tif")])
    assert names(model) == ["Quarry"]
    assert not model.index_of("m1").isValid()
    model.set_mosaics([replace(NORTH, name="North harbour"), QUARRY])
    assert names(model) == ["North harbour", "Quarry"]
    model.set_images("m2", [])
    assert names(model) == ["North harbour"]


def test_forgotten_images_are_as_never_asked_for(model: ImageryModel) -> None:
    model.set_images("m1", PICTURES)
    model.forget_images({"m1", "gone"})
    assert model.branch("m1").state is Loading.NOT_ASKED
    assert names(model, model.index_of("m1")) == ["Loading…"]
    assert model.index_of("m1").data(COUNT_ROLE) == 3  # as the list of mosaics says


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_indexes_stay_on_their_items(model: ImageryModel, seed: int) -> None:
    """The tester beside the model fails on anything that is not right in itself."""
    chance = random.Random(seed)
    for _ in range(150):
        before = {one: QPersistentModelIndex(index) for one, index in everything(model).items()}
        shake(model, chance)
        after = everything(model)
        for item_id, index in before.items():
            assert QModelIndex(index) == after.get(item_id, QModelIndex())
        assert all(index.data(ITEM_ROLE).id == item_id for item_id, index in after.items())


def everything(model: ImageryModel) -> dict[str, QModelIndex]:
    """What is shown, by its id."""
    shown = {mosaic.id: model.index_of(mosaic.id) for mosaic in model.mosaics()}
    for mosaic_id in list(shown):
        shown |= {image.id: model.index_of(image.id, mosaic_id) for image in model.images_of(mosaic_id)}
    return {item_id: index for item_id, index in shown.items() if index.isValid()}


def shake(model: ImageryModel, chance: random.Random) -> None:
    """One change of any kind."""
    mosaic = f"m{chance.randrange(8)}"
    images = [
        Image(f"{mosaic}-{n}", mosaic, f"{chance.choice('abc')}{n}.tif", size_bytes=chance.choice((None, n)))
        for n in chance.sample(range(9), chance.randrange(9))
    ]
    mosaics = [
        Mosaic(f"m{n}", chance.choice(("North", "b10", "b9")), size_bytes=chance.choice((None, n)))
        for n in chance.sample(range(8), chance.randrange(9))
    ]
    order = chance.choice((Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder))
    changes: list[Callable[[], None]] = [
        lambda: model.set_mosaics(mosaics),
        lambda: model.set_images(mosaic, images),
        lambda: model.set_images(mosaic, images),
        lambda: model.set_images_loading(mosaic),
        lambda: model.set_images_failed(mosaic, "no"),
        lambda: model.forget_images({mosaic}),
        lambda: model.set_filter(chance.choice(("", "", "b", "c1", "m3", "nothing"))),
        lambda: model.sort(chance.randrange(len(Column)), order),
    ]
    chance.choice(changes)()
