"""What was found, sorted and filtered in place: missing values last, the selection on its rows, no stall."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

import pytest
from qgis.PyQt.QtCore import QItemSelectionModel, Qt
from qgis.PyQt.QtWidgets import QApplication

from mapflow_data.api.models import CatalogItem
from mapflow_data.gui.results.cells import NOTHING, Column
from mapflow_data.gui.results.model import ROW_ROLE, ResultsModel
from mapflow_data.gui.results.selection import ResultsSelection
from mapflow_data.layers.results import INSTANT, NOT_IN_PLAN, ON_REQUEST
from tests.rig.smooth import Stopwatch, smooth

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
SQUARE = ((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),),)


def item(item_id: str, **values: object) -> CatalogItem:
    return CatalogItem(item_id, **{"footprint": SQUARE, "product_type": "Scene", **values})


def taken(day: int) -> datetime:
    return datetime(2025, 7, day, 23, 59, tzinfo=UTC)


A = item("a", sensor="JL1GF03A", acquired_at=taken(14), cloud=0.0, resolution=0.5, off_nadir=3.91)
B = item("b", sensor="<b>SV1</b>", acquired_at=taken(2), cloud=12.4, resolution=10.0, provider="CG")
C = item("c", satellite="GF2", cloud=0.4)
D = item(
    "d", product_type="Mosaic", provider="CG_2022", preview_url="https://x/{z}/{x}/{y}", preview_type="xyz"
)


@pytest.fixture
def model(qgis_app: QApplication) -> ResultsModel:
    model = ResultsModel()
    model.append([(A, 84.2, ON_REQUEST), (B, 0.3, NOT_IN_PLAN), (C, None, ON_REQUEST), (D, 100.0, INSTANT)])
    return model


def ids(model: ResultsModel) -> str:
    return "".join(model.row(number).item.id for number in range(model.rowCount()))


def test_cards_say_what_matters_in_two_lines(model: ResultsModel) -> None:
    rows = [model.row(number) for number in range(4)]
    assert rows[0].title == "14 Jul 2025 JL1GF03A"
    assert rows[0].facts.replace("\u2009", " ") == "0 % cloud · 0.50 m · 3.9° · covers 84 %"
    assert rows[1].facts.replace("\u2009", " ") == "12 % cloud · 10 m · covers 0.3 %"
    assert rows[2].title == "GF2"
    assert rows[3].facts.replace("\u2009", " ") == "covers 100 % · tiles"
    assert [row.badge for row in rows] == ["on request", "not in your plan", "on request", ""]


def test_a_value_that_is_missing_is_an_en_dash(model: ResultsModel) -> None:
    assert model.index(2, Column.DATE).data() == NOTHING
    assert model.index(2, Column.RESOLUTION).data() == NOTHING
    assert model.index(1, Column.OFF_NADIR).data() == NOTHING


def test_tooltips_take_no_tags_from_a_server(model: ResultsModel) -> None:
    tip = model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;SV1" in tip
    assert "<b>" not in tip


@pytest.mark.parametrize(
    ("column", "order", "expected"),
    [
        (Column.DATE, UP, "bacd"),
        (Column.DATE, DOWN, "abcd"),
        (Column.CLOUD, UP, "acbd"),
        (Column.CLOUD, DOWN, "bcad"),
        (Column.RESOLUTION, DOWN, "bacd"),
        (Column.COVERS, DOWN, "dabc"),
        (Column.COVERS, UP, "badc"),
        (Column.ID, DOWN, "dcba"),
    ],
)
def test_missing_values_come_last_whichever_way(
    model: ResultsModel, column: Column, order: Qt.SortOrder, expected: str
) -> None:
    model.sort(column, order)
    assert ids(model) == expected
    model.sort(-1)
    assert ids(model) == "abcd"


def test_what_comes_later_takes_its_place_in_the_order(model: ResultsModel) -> None:
    model.sort(Column.DATE, UP)
    model.append([(item("e", acquired_at=taken(10)), None, "")])
    assert ids(model) == "beacd"


def test_an_id_is_shown_once_and_items_without_one_are_all_kept(model: ResultsModel) -> None:
    assert model.append([(A, 84.2, ""), (item(""), None, ""), (item(""), None, "")]) == 2
    assert model.total == 6


def test_the_selection_stays_on_its_rows(model: ResultsModel) -> None:
    selection = ResultsSelection(model, model)
    selection.select_images({"": {"a", "d"}})
    model.sort(Column.ID, DOWN)
    assert [row.item.id for row in selection.rows()] == ["d", "a"]
    model.set_filter("jl1")
    assert [row.item.id for row in selection.rows()] == ["a"]
    model.set_filter("")
    assert ids(model) == "dcba"


def test_a_selected_row_has_all_its_columns(model: ResultsModel) -> None:
    selection = ResultsSelection(model, model)
    flags = QItemSelectionModel.SelectionFlag
    selection.model.select(model.index(1, 0), flags.ClearAndSelect | flags.Rows)
    assert selection.selected_image_ids() == {"b"}


def test_all_of_ten_thousand_rows_are_selected_quickly(qgis_app: QApplication) -> None:
    model = ResultsModel()
    model.append((item(f"s{number}"), None, "") for number in range(10_000))
    selection = ResultsSelection(model, model)
    for watch in smooth(Stopwatch, 200):
        selection.select_images({"": set()})
        with watch:
            selection.select_images({"": {f"s{number}" for number in range(10_000) if number != 5000}})
            rows = selection.rows()
    assert [row.id for row in rows] == [f"s{number}" for number in range(10_000) if number != 5000]
    model.set_filter("s5000")
    assert selection.rows() == []


def test_ten_thousand_rows_hold_nothing_up(qgis_app: QApplication) -> None:
    """A page, an order, a filter and a screen of texts, each by itself."""
    dice = random.Random(1)
    many = [
        (item(f"s{n}", acquired_at=taken(1 + n % 28), cloud=dice.uniform(0, 100), sensor="GF2"), 50.0, "")
        for n in range(10_000)
    ]
    pages = [many[start : start + 1000] for start in range(0, len(many), 1000)]
    for watch in smooth(Stopwatch):
        model = ResultsModel()
        for page in pages:
            with watch:
                model.append(page)
        with watch:
            model.sort(Column.CLOUD, UP)
        with watch:
            model.set_filter("s99")
        with watch:
            model.set_filter("")
        with watch:
            assert all(model.index(n, 0).data(ROW_ROLE).facts for n in range(40))
        assert model.rowCount() == 10_000


def test_a_change_is_told_of_the_row_where_it_is_now(model: ResultsModel) -> None:
    told: list[str] = []
    model.dataChanged.connect(lambda first, last: told.append(model.row(first.row()).id))

    def tell(row_id: str) -> list[str]:
        told.clear()
        model.set_picture(row_id, None)
        return list(told)

    assert tell("c") == ["c"]
    model.sort(Column.ID, DOWN)
    assert tell("a") == ["a"]
    model.set_filter("jl1")
    assert (tell("a"), tell("b")) == (["a"], [])
    model.set_filter("")
    model.append([(item("e"), None, "")])
    assert tell("e") == ["e"]
    model.clear()
    assert tell("e") == []


def test_a_change_costs_the_same_among_many_rows(qgis_app: QApplication) -> None:
    """Of a list that is gone through the second one would take a hundred times as long."""

    def seconds(rows: int) -> float:
        model = ResultsModel()
        model.append((item(f"s{number}"), None, "") for number in range(rows))
        model.set_state("s0", "loading")
        taken = []
        for state in ("shown", "loading", "shown"):
            start = time.process_time()
            for number in range(200):
                model.set_state(f"s{number}", state)
            taken.append(time.process_time() - start)
        return min(taken)

    assert seconds(20_000) < 10 * seconds(200)
