"""Names that do not fit stay told apart."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtGui import QFontMetrics, QStandardItem, QStandardItemModel
from qgis.PyQt.QtWidgets import QApplication

from mapflow_data.gui.widgets.elision import elided, elided_cell

FLIGHT = [f"DJI_20260614_{number:04d}_ortho_3cm.tif" for number in (901, 902, 903)]


@pytest.fixture
def metrics(qgis_app: QApplication) -> QFontMetrics:
    return QFontMetrics(qgis_app.font())


def test_names_of_a_flight_keep_their_numbers(metrics: QFontMetrics) -> None:
    room = metrics.horizontalAdvance(FLIGHT[0]) - 30
    shown = [elided(name, [other for other in FLIGHT if other != name], metrics, room) for name in FLIGHT]
    assert len(set(shown)) == 3
    for name, text in zip(FLIGHT, shown, strict=True):
        assert text.startswith("DJI") and "…" in text
        assert text.endswith(name[len("DJI_20260614_") :])
        assert metrics.horizontalAdvance(text) <= room


def test_in_little_room_the_numbers_come_first(metrics: QFontMetrics) -> None:
    room = metrics.horizontalAdvance("DJI_20260614_09")
    text = elided(FLIGHT[0], FLIGHT[1:], metrics, room)
    assert text.startswith("…0901")
    assert not text.endswith(("_…", "-…", ".…"))
    assert metrics.horizontalAdvance(text) <= room


@pytest.mark.parametrize("neighbours", [[], ["another.tif"], [FLIGHT[0]]])
def test_a_name_like_no_other_is_cut_in_the_middle(metrics: QFontMetrics, neighbours: list[str]) -> None:
    room = metrics.horizontalAdvance(FLIGHT[0]) - 30
    text = elided(FLIGHT[0], neighbours, metrics, room)
    assert text.startswith("DJI_2026") and text.endswith(".tif") and "…" in text
    assert metrics.horizontalAdvance(text) <= room


def test_where_the_difference_does_not_fit_either_it_is_cut_as_ever(metrics: QFontMetrics) -> None:
    text = elided(FLIGHT[0], FLIGHT[1:], metrics, metrics.horizontalAdvance("DJI…tif"))
    assert metrics.horizontalAdvance(text) <= metrics.horizontalAdvance("DJI…tif")
    assert "…" in text


def test_a_cell_is_told_from_those_above_and_below(metrics: QFontMetrics) -> None:
    model = QStandardItemModel()
    for name in FLIGHT:
        model.appendRow(QStandardItem(name))
    room = metrics.horizontalAdvance(FLIGHT[0]) - 30
    shown = [elided_cell(model.index(row, 0), metrics, room) for row in range(len(FLIGHT))]
    assert len(set(shown)) == len(FLIGHT)
    assert elided_cell(model.index(0, 0), metrics, room + 30) == FLIGHT[0]
