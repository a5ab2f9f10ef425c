"""What would be missed if the looks were not checked: each of the faults that they are there to find."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot
from qgis.gui import QgsCollapsibleGroupBoxBasic, QgsFilterLineEdit, QgsSpinBox
from qgis.PyQt.QtCore import QCoreApplication, QRect, Qt
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from tests.gui.kit.contrast import faint_texts, ratio_of
from tests.gui.kit.long_words import FIRST, LAST, LongWords, catalogue, lengthen
from tests.gui.kit.looks import faults_of, settle
from tests.gui.kit.pictures import Album

NARROW, ROOMY = 60, 560
WORDS = "Some words that need room"


def label() -> QWidget:
    return QLabel(WORDS)


def wrapped_label() -> QWidget:
    made = QLabel(f"{WORDS}, more and more of them, {'x' * 20}")
    made.setWordWrap(True)
    made.setMinimumSize(1, 1)
    return made


def button() -> QWidget:
    return QPushButton(WORDS)


def check_box() -> QWidget:
    return QCheckBox(WORDS)


def placeholder() -> QWidget:
    made = QgsFilterLineEdit()
    made.setShowSearchIcon(True)
    made.setPlaceholderText(WORDS)
    return made


def combo() -> QWidget:
    """It is the other choice that has no room."""
    made = QComboBox()
    made.addItems(["a", WORDS])
    return made


def number() -> QWidget:
    made = QgsSpinBox()
    made.setClearValueMode(QgsSpinBox.ClearValueMode.MinimumValue, WORDS)
    return made


def group() -> QWidget:
    made = QgsCollapsibleGroupBoxBasic()
    made.setTitle(WORDS)
    return made


def column() -> QWidget:
    made = QTreeWidget()
    made.setHeaderLabels([WORDS, WORDS])
    made.header().setStretchLastSection(False)
    return made


def tabs() -> QWidget:
    made = QTabWidget()
    for _ in range(2):
        made.addTab(QWidget(), WORDS)
    made.setUsesScrollButtons(False)
    return made


def tabs_with_arrows() -> QWidget:
    made = tabs()
    made.setUsesScrollButtons(True)
    return made


PARTS = [
    label,
    wrapped_label,
    button,
    check_box,
    placeholder,
    combo,
    number,
    group,
    column,
    tabs,
    tabs_with_arrows,
]


def put_up(qtbot: QtBot, part: QWidget, width: int) -> list[str]:
    """At a place in a window of its own, without a layout that would give it what it needs."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 200)
    part.setParent(window)
    for header in part.findChildren(QTreeWidget) + ([part] if isinstance(part, QTreeWidget) else []):
        for section in range(2):
            header.header().resizeSection(section, width // 2)
    window.show()
    settle(window)
    part.setGeometry(QRect(10, 10, width, 120))
    settle(window)
    return faults_of(window)


@pytest.mark.parametrize("make", PARTS, ids=lambda make: make.__name__)
def test_what_is_cut_is_found(qtbot: QtBot, make: Callable[[], QWidget]) -> None:
    assert len(put_up(qtbot, make(), NARROW)) > 0


@pytest.mark.parametrize("make", PARTS, ids=lambda make: make.__name__)
def test_what_has_room_is_no_fault(qtbot: QtBot, make: Callable[[], QWidget]) -> None:
    assert put_up(qtbot, make(), ROOMY) == []


def test_what_reaches_out_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    QLabel("word", window).move(90, 5)
    window.resize(100, 50)
    window.show()
    assert [fault for fault in faults_of(window) if "reaches out" in fault] != []


def test_what_overlaps_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QHBoxLayout(window)
    one, other = QLineEdit(), QLineEdit()
    layout.addWidget(one)
    layout.addWidget(other)
    window.show()
    settle(window)
    assert faults_of(window) == []
    one.setGeometry(other.geometry())
    assert [fault for fault in faults_of(window) if "overlaps" in fault] != []


@pytest.mark.parametrize("tip", ["", WORDS])
def test_words_cut_by_ourselves_are_found_where_no_tooltip_has_them(qtbot: QtBot, tip: str) -> None:
    part = QLabel(f"{FIRST}Some wo…")
    part.setToolTip(tip)
    assert bool(put_up(qtbot, part, ROOMY)) == (not tip)


@pytest.mark.parametrize(
    ("text", "tip", "is_fault"),
    [
        (f"{FIRST}{WORDS}{LAST}", "", True),
        (f"{FIRST}{WORDS}{LAST}", f"{FIRST}{WORDS}{LAST}", False),
        (WORDS, "", False),
    ],
)
def test_words_of_ours_in_a_list_are_whole(qtbot: QtBot, text: str, tip: str, is_fault: bool) -> None:
    part = QTreeWidget()
    part.setHeaderHidden(True)
    part.addTopLevelItem(QTreeWidgetItem([text]))
    part.topLevelItem(0).setToolTip(0, tip)
    assert bool(put_up(qtbot, part, 100)) == is_fault


# Contrast


def painted(qtbot: QtBot, part: QWidget, text: str, ground: str) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    palette = QPalette()
    for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base, QPalette.ColorRole.Button):
        palette.setColor(role, QColor(ground))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(role, QColor(text))
    part.setParent(window)
    part.setPalette(palette)
    part.setAutoFillBackground(True)
    part.setGeometry(QRect(5, 5, 250, 60))
    window.resize(300, 100)
    window.show()
    settle(window)
    return window


def list_of_words() -> QWidget:
    made = QTreeWidget()
    made.setItemDelegate(QStyledItemDelegate(made))
    made.addTopLevelItem(QTreeWidgetItem([WORDS]))
    made.setHeaderHidden(True)
    return made


@pytest.mark.parametrize("make", [label, check_box, list_of_words], ids=lambda make: make.__name__)
@pytest.mark.parametrize(
    ("text", "ground", "is_faint"),
    [
        ("#000000", "#ffffff", False),
        ("#eeeeee", "#222222", False),
        ("#999999", "#ffffff", True),
        ("#202020", "#353535", True),
        ("#353535", "#353535", True),
    ],
)
def test_faint_words_are_found(
    qtbot: QtBot, make: Callable[[], QWidget], text: str, ground: str, is_faint: bool
) -> None:
    assert bool(faint_texts(painted(qtbot, make(), text, ground))) == is_faint


def test_what_cannot_be_used_may_be_faint(qtbot: QtBot) -> None:
    window = painted(qtbot, label(), "#999999", "#ffffff")
    window.setEnabled(False)
    assert faint_texts(window) == []


def test_the_ratio_is_that_of_wcag() -> None:
    assert ratio_of(1.0, 0.0) == pytest.approx(21)
    assert ratio_of(0.0, 0.0) == 1


# Long words


@pytest.mark.parametrize(
    "text",
    ["Search", "Upload…", "&Upload {0} files", "{0} of {1}", "Nothing found:", "Has no place. Draw one."],
)
def test_words_become_longer_and_keep_what_is_filled_in(text: str) -> None:
    made = lengthen(text)
    assert len(made) >= len(text) + max(6, round(0.4 * len(text)))
    assert (made.count(FIRST), made.count(LAST)) == (1, 1)
    assert [made.count(mark) for mark in ("{0}", "{1}", "&")] == [text.count(m) for m in ("{0}", "{1}", "&")]
    assert made.endswith(("…", ":", ".", LAST))
    assert (" " in made) == (" " in text)


@pytest.mark.parametrize("text", [" %", "–", "{0} m", "{0} h {1} min"])
def test_units_and_signs_stay(text: str) -> None:
    assert lengthen(text) == text


def test_words_of_code_and_forms_go_through_a_translator(qgis_app: QApplication) -> None:
    contexts = {context for context, _ in catalogue()}
    assert {"MapflowDock", "Upload", "SignInPage", "StatePage", "SearchForm"} <= contexts
    translator = LongWords()
    QCoreApplication.installTranslator(translator)
    try:
        assert QCoreApplication.translate("Upload", "File").startswith(FIRST)
        assert QCoreApplication.translate("Upload", "No such words") == "No such words"
        assert QCoreApplication.translate("QLineEdit", "&Undo") == "&Undo"
    finally:
        QCoreApplication.removeTranslator(translator)
    assert translator.unknown == {("Upload", "No such words")}


# Pictures


def test_pictures_are_drawn_where_they_are_wanted(qtbot: QtBot, tmp_path: object) -> None:
    part = label()
    qtbot.addWidget(part)
    part.setAlignment(Qt.AlignmentFlag.AlignCenter)
    for folder in (None, str(tmp_path)):
        album = Album(folder)
        album.add("light", "one", part)
        album.bind()
    assert sorted(path.name for path in (tmp_path / "light").iterdir()) == ["index.png", "one.png"]
