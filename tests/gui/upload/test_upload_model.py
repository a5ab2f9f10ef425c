"""The Upload dialog's rows: changed by difference, whatever comes, and quickly."""

from __future__ import annotations

import random

import pytest
from pytestqt.modeltest import ModelTester
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QModelIndex, Qt

from mapflow_data.gui.upload.model import UploadModel
from mapflow_data.gui.upload.rows import Column, Group, Heading, Row
from mapflow_data.gui.upload.tree import UploadTree
from tests.rig.smooth import Stopwatch, smooth

HEADINGS = {group: Heading(group.value, "1 MB") for group in Group}


def make_rows(*keys: str, group: Group = Group.READY, happens: str = "") -> list[Row]:
    return [Row(key, group, f"{key}.tif", happens) for key in keys]


def shown(model: UploadModel) -> dict[str, list[str]]:
    """What a view would read through the model's own interface."""
    found = {}
    for place in range(model.rowCount()):
        parent = model.index(place, 0)
        found[parent.data()] = [model.index(i, 0, parent).data() for i in range(model.rowCount(parent))]
    return found


@pytest.fixture
def model(qgis_app: QgsApplication) -> UploadModel:
    return UploadModel(("File", "What", "Size", "CRS"), {})


def test_groups_come_and_go_in_their_order(model: UploadModel, qtmodeltester: ModelTester) -> None:
    model.set_rows([*make_rows("bad", group=Group.CANNOT), *make_rows("a", "b")], HEADINGS)
    assert shown(model) == {"ready": ["a.tif", "b.tif"], "cannot": ["bad.tif"]}
    model.set_rows([*make_rows("bad", group=Group.CANNOT), *make_rows("a", group=Group.DIFFERS)], HEADINGS)
    assert shown(model) == {"differs": ["a.tif"], "cannot": ["bad.tif"]}
    qtmodeltester.check(model)


def test_any_change_ends_where_a_fresh_model_would(model: UploadModel, qtmodeltester: ModelTester) -> None:
    chance = random.Random(7)
    qtmodeltester.check(model)
    for _ in range(20):
        keys = chance.sample([f"k{i:02}" for i in range(40)], chance.randrange(41))
        rows = [row for key in sorted(keys) for row in make_rows(key, group=chance.choice(list(Group)))]
        model.set_rows(rows, HEADINGS)
        fresh = UploadModel(("File", "What", "Size", "CRS"), {})
        fresh.set_rows(rows, HEADINGS)
        assert shown(model) == shown(fresh)


def test_what_stays_is_not_touched(model: UploadModel) -> None:
    model.set_rows(make_rows("a", "b", "c"), HEADINGS)
    changes: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda parent, first, last: changes.append((first, last)))
    model.rowsInserted.connect(lambda parent, first, last: changes.append((first, last)))
    kept = model.index(2, 0, model.index_of(Group.READY))
    model.set_rows([*make_rows("a"), *make_rows("c", happens="new words")], HEADINGS)
    assert changes == [(1, 1)]
    cell = model.index(1, Column.HAPPENS.value, model.index_of(Group.READY))
    assert cell.data() == "new words"
    assert kept.isValid()


def test_a_row_reads_as_one_sentence(model: UploadModel) -> None:
    model.set_rows([Row("a", Group.READY, "a.tif", "Will be sent", "2 MB", "EPSG:4326")], HEADINGS)
    cell = model.index(0, 0, model.index_of(Group.READY))
    spoken = cell.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "a.tif, Will be sent, 2 MB, EPSG:4326"
    assert model.parent(cell) == model.index_of(Group.READY)
    assert model.rowCount(cell) == 0
    assert not model.index(5, 0, QModelIndex()).isValid()


def test_a_thousand_rows_move_at_once(qgis_app: QgsApplication) -> None:
    tree = UploadTree()
    tree.setSelectionMode(UploadTree.SelectionMode.ExtendedSelection)
    tree.resize(800, 400)
    tree.show()
    keys = [f"DJI_{i:04}" for i in range(1000)]
    mixed = [row for i, k in enumerate(keys) for row in make_rows(k, group=list(Group)[1 + i % 5])]
    for watch in smooth(Stopwatch, 500):
        tree.show_rows(make_rows(*keys, group=Group.CHECKING), HEADINGS)
        qgis_app.processEvents()
        with watch:
            tree.show_rows(mixed, HEADINGS)
            qgis_app.processEvents()
            tree.selectAll()
            assert len(tree.selected_rows) == 1000
    tree.close()
