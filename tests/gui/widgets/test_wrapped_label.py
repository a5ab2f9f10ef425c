"""Lines end where they may: between the parts of a long name, never between a number and its unit."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtWidgets import QLabel

from mapflow_data.gui.widgets.wrapped_label import WrappedLabel


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("deleted (157 MB) for good", "deleted (157\u00a0MB) for good"),
        ("612 km², 4 h 20 min, 2 %", "612\u00a0km², 4\u00a0h 20\u00a0min, 2\u00a0%"),
        ("3 metres, 2 mosaics", "3 metres, 2 mosaics"),
    ],
)
def test_a_number_keeps_its_unit(qtbot: QtBot, text: str, shown: str) -> None:
    label = WrappedLabel()
    qtbot.addWidget(label)
    label.setText(text)
    assert label.text() == text
    assert QLabel.text(label) == shown
