"""What would be missed if tidiness were not checked: each of the faults that it is there to find."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tests.gui.kit.looks import settle
from tests.gui.kit.tidy import untidy

WORDS = "Some words that need room"
LEFT = Qt.AlignmentFlag.AlignLeft


def in_a_row(qtbot: QtBot, *parts: QWidget) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QHBoxLayout(window)
    for number, part in enumerate(parts):
        part.setObjectName(f"part{number}")
        layout.addWidget(part)
    window.show()
    settle(window)
    return window


def test_what_cannot_be_hit_is_found(qtbot: QtBot) -> None:
    button = QToolButton()
    window = in_a_row(qtbot, button)
    for size, is_fault in ((QSize(16, 30), True), (QSize(24, 24), False)):
        button.setFixedSize(size)
        settle(window)
        assert bool(untidy(window)) == is_fault


def test_what_is_not_in_line_is_found(qtbot: QtBot) -> None:
    window = in_a_row(qtbot, QPushButton(WORDS), QLineEdit(), QLabel(WORDS))
    assert untidy(window) == []
    window.layout().setAlignment(window.layout().itemAt(2).widget(), Qt.AlignmentFlag.AlignTop)
    window.resize(window.width(), 90)
    settle(window)
    assert [fault for fault in untidy(window) if "not in line" in fault] != []


def test_two_bars_that_move_are_found(qtbot: QtBot) -> None:
    bars = QProgressBar(), QProgressBar()
    for bar in bars:
        bar.setAccessibleName("Under way")
    window = in_a_row(qtbot, *bars)
    assert untidy(window) != []
    bars[0].hide()
    assert untidy(window) == []


@pytest.mark.parametrize(
    ("title", "button", "is_fault"),
    [
        ("Edit Mosaic", "Show in My imagery", False),
        ("Mapflow Search Results", "Delete from Mapflow…", False),
        ("my Edit Mosaic", "My imagery", False),  # nothing that we wrote
        ("Show in My imagery", "", True),
    ],
)
def test_capitals_are_those_of_qgis(qtbot: QtBot, title: str, button: str, is_fault: bool) -> None:
    window = in_a_row(qtbot, QPushButton(button))
    window.setWindowTitle(title)
    assert bool(untidy(window)) == is_fault


def test_capitals_within_words_of_ours_are_found(qtbot: QtBot) -> None:
    assert untidy(in_a_row(qtbot, QLabel("Mapflow Search Results"))) == [
        "capitals in “Mapflow Search Results”"
    ]


@pytest.mark.parametrize(("side", "is_fault"), [(Qt.AlignmentFlag.AlignRight, False), (LEFT, True)])
def test_titles_that_do_not_stand_above_their_cells_are_found(
    qtbot: QtBot, side: Qt.AlignmentFlag, is_fault: bool
) -> None:
    tree = QTreeWidget()
    tree.setHeaderLabels(["Size"])
    tree.headerItem().setTextAlignment(0, int(side))
    tree.addTopLevelItem(QTreeWidgetItem(["12 MB"]))
    tree.topLevelItem(0).setTextAlignment(0, int(Qt.AlignmentFlag.AlignRight))
    assert bool(untidy(in_a_row(qtbot, tree))) == is_fault


@pytest.mark.parametrize("is_hidden", [False, True])
def test_rows_that_are_not_evenly_apart_are_found(qtbot: QtBot, is_hidden: bool) -> None:
    """A row of a form that is out of sight leaves its gap behind."""
    part = QWidget()
    form = QFormLayout(part)
    form.setVerticalSpacing(4)
    for name in ("Name", "Tags", "Size"):
        form.addRow(name, QLineEdit())
    window = in_a_row(qtbot, part)
    assert untidy(window) == []
    for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole):
        form.itemAt(1, role).widget().setHidden(is_hidden)
    settle(window)
    assert bool(untidy(window)) == is_hidden


def test_an_answer_outside_of_a_box_is_found(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    layout = QVBoxLayout(dialog)
    layout.addWidget(QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel))
    dialog.show()
    settle(dialog)
    assert untidy(dialog) == []
    layout.addWidget(QPushButton("Cancel"))
    settle(dialog)
    assert len(untidy(dialog)) == 1
