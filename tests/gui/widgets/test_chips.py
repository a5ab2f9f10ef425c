"""Tags as chips, typed and clicked as a person does."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QVBoxLayout

from mapflow_data.api.models import Mosaic
from mapflow_data.gui.manage.mosaic_dialog import MosaicDialog
from mapflow_data.gui.widgets.chip import Chip
from mapflow_data.gui.widgets.chips import Chips
from mapflow_data.gui.widgets.flow import flow
from mapflow_data.gui.words.tag_text import finished, parse, tags_text
from tests.gui.kit.looks import assert_nothing_clipped, settle

LEFT = Qt.MouseButton.LeftButton
LONG = "a_tag_that_is_longer_than_any_field_would_ever_be_and_says_<b>so</b>_in_many_words_2026"


class Form(QDialog):
    """A field before, the chips, a button that Enter presses."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.chips, self.ok = QLineEdit(self), Chips(self), QPushButton("OK", self)
        layout = QVBoxLayout(self)
        for part in (self.before, self.chips, self.ok):
            layout.addWidget(part)
        layout.addStretch()
        self.ok.setDefault(True)
        self.ok.clicked.connect(self.accept)


@pytest.fixture
def form(qtbot: QtBot, qgis_app: QApplication) -> Form:
    font = qgis_app.font()
    font.setPointSize(9)
    qgis_app.setFont(font)
    form = Form()
    form.resize(320, 300)
    qtbot.addWidget(form)
    with qtbot.waitActive(form):
        form.show()
    form.chips.setFocus()
    return form


def shown(form: Form) -> list[Chip]:
    settle(form)
    chips = [chip for chip in form.chips.findChildren(Chip) if chip.isVisible()]
    return sorted(chips, key=lambda chip: (chip.y(), chip.x()))


def words(form: Form) -> list[str]:
    return [chip.tag for chip in shown(form)]


def paste(qtbot: QtBot, form: Form, text: str) -> None:
    QApplication.clipboard().setText(text)
    qtbot.keyClick(form.chips.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


# One line of text


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", ()),
        (" , ; ,", ()),
        ("drone, 2026 ;x", ("drone", "2026", "x")),
        ("a\nb\tc", ("a", "b", "c")),
        ('drone, "a, b"; drone', ("drone", "a, b")),
        ('5" lens, x', ('5" lens', "x")),
        ('"big" one, x', ('"big" one', "x")),
        ('"say ""so"", please"', ('say "so", please',)),
        ('x, "never closed, y', ("x", "never closed, y")),
    ],
)
def test_text_is_cut_at_separators_outside_of_quotes(text: str, tags: tuple[str, ...]) -> None:
    assert parse(text) == tags


@pytest.mark.parametrize("tag", ["a, b", "a;b", '"q"', '"', ' "a', " a ", 'a"', "a\nb", '"x", y', "ünï <b>"])
def test_a_tag_comes_back_from_the_text(tag: str) -> None:
    assert parse(tags_text(["first", tag, "last"])) == ("first", tag, "last")


def test_what_a_separator_follows_is_finished() -> None:
    assert finished("dro") == ((), "dro")
    assert finished("drone, 20") == (("drone",), "20")
    assert finished('"a, b') == ((), '"a, b')
    assert finished('"a, b",') == (("a, b",), "")


def test_flow_fills_lines_and_the_last_one_gets_the_rest() -> None:
    places, lines = flow([QSize(40, 10), QSize(50, 10), QSize(500, 10), QSize(20, 12)], 100, 4)
    assert lines == 3
    found = [(p.x(), p.y(), p.width()) for p in places]
    assert found == [(0, 0, 40), (44, 0, 50), (0, 16, 100), (0, 32, 100)]
    assert flow([], 100, 4) == ([], 0)


# Typing


def test_chips_are_made_while_typing(form: Form, qtbot: QtBot) -> None:
    told: list[tuple[str, ...]] = []
    form.chips.changed.connect(lambda: told.append(form.chips.tags()))
    qtbot.keyClicks(form.chips.edit, 'drone, 2026;"a, b",')
    assert words(form) == ["drone", "2026", "a, b"]
    assert form.chips.edit.text() == ""
    assert told[0] == ("d",)
    assert told[-1] == ("drone", "2026", "a, b") == form.chips.tags()
    assert len(told) == len(set(told))  # told once for each change


def test_enter_makes_a_chip_and_then_accepts(form: Form, qtbot: QtBot) -> None:
    qtbot.keyClicks(form.chips.edit, "drone")
    assert form.chips.tags() == ("drone",)
    assert words(form) == []
    qtbot.keyClick(form.chips.edit, Qt.Key.Key_Return)
    assert words(form) == ["drone"]
    assert form.isVisible()
    qtbot.keyClick(form.chips.edit, Qt.Key.Key_Return)
    assert form.result() == QDialog.DialogCode.Accepted


def test_leaving_makes_a_chip(form: Form, qtbot: QtBot) -> None:
    qtbot.keyClicks(form.chips.edit, "drone")
    qtbot.keyClick(form.chips.edit, Qt.Key.Key_Tab)
    assert form.ok.hasFocus()
    assert words(form) == ["drone"]


def test_the_same_tag_twice_is_one(form: Form, qtbot: QtBot) -> None:
    qtbot.keyClicks(form.chips.edit, "drone,drone,Drone,drone")
    assert words(form) == ["drone", "Drone"]
    assert form.chips.tags() == ("drone", "Drone")


@pytest.mark.parametrize("text", ["a, b; c", "a\nb\nc", 'a,"b",c'])
def test_a_pasted_list_becomes_chips_at_once(form: Form, qtbot: QtBot, text: str) -> None:
    paste(qtbot, form, text)
    assert words(form) == ["a", "b", "c"]
    assert form.chips.edit.text() == ""


def test_one_pasted_word_can_still_be_changed(form: Form, qtbot: QtBot) -> None:
    paste(qtbot, form, "drone")
    assert words(form) == []
    qtbot.keyClicks(form.chips.edit, "s,")
    assert words(form) == ["drones"]


def test_a_comma_in_the_middle_leaves_the_rest(form: Form, qtbot: QtBot) -> None:
    qtbot.keyClicks(form.chips.edit, "northsouth")
    form.chips.edit.setCursorPosition(5)
    qtbot.keyClicks(form.chips.edit, ",x")
    assert words(form) == ["north"]
    assert form.chips.edit.text() == "xsouth"


def test_backspace_takes_the_last_chip_back(form: Form, qtbot: QtBot) -> None:
    form.chips.set_tags(["drone", "a, b"])
    qtbot.keyClick(form.chips.edit, Qt.Key.Key_Backspace)
    assert words(form) == ["drone"]
    assert form.chips.edit.text() == '"a, b"'
    assert form.chips.tags() == ("drone", "a, b")
    qtbot.keyClick(form.chips.edit, Qt.Key.Key_Return)
    assert form.chips.tags() == ("drone", "a, b")
    qtbot.keyClicks(form.chips.edit, "x")
    qtbot.keyClick(form.chips.edit, Qt.Key.Key_Backspace)  # the letter only
    assert words(form) == ["drone", "a, b"]


# Taking away


def test_the_cross_takes_its_tag_away(form: Form, qtbot: QtBot) -> None:
    form.chips.set_tags(["a", "<b>", "c"])
    chip = shown(form)[1]
    assert chip.cross.accessibleName() == "Remove tag <b>"
    assert "&lt;b&gt;" in chip.cross.toolTip()
    with qtbot.waitSignal(form.chips.changed):
        qtbot.mouseClick(chip.cross, LEFT)
    assert words(form) == ["a", "c"]
    assert form.chips.edit.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Space])
def test_the_keyboard_gets_to_each_chip(form: Form, qtbot: QtBot, key: Qt.Key) -> None:
    form.chips.set_tags(["a", "b", "c"])
    form.before.setFocus()
    qtbot.keyClick(form.before, Qt.Key.Key_Tab)
    assert form.chips.edit.hasFocus()
    reached = []
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    assert reached == [chip.cross for chip in shown(form)]
    qtbot.keyClick(reached[2], Qt.Key.Key_Left)
    assert reached[1].hasFocus()
    qtbot.keyClick(reached[1], key)
    assert words(form) == ["a", "c"]
    assert reached[2].hasFocus()
    qtbot.keyClick(reached[2], key)
    assert form.chips.edit.hasFocus()
    qtbot.keyClick(form.chips.edit, Qt.Key.Key_Left)
    assert reached[0].hasFocus()
    qtbot.keyClick(reached[0], Qt.Key.Key_Right)
    assert form.chips.edit.hasFocus()


def test_who_comes_by_tab_types_a_tag_and_takes_none_away(form: Form, qtbot: QtBot) -> None:
    form.chips.set_tags(["a", "b"])
    form.before.setFocus()
    qtbot.keyClick(form.before, Qt.Key.Key_Tab)
    qtbot.keyClicks(QApplication.focusWidget(), "new tag")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert words(form) == ["a", "b", "new tag"]


def test_letters_typed_on_a_chip_go_to_the_field(form: Form, qtbot: QtBot) -> None:
    form.chips.set_tags(["a", "b"])
    qtbot.keyClick(form.chips.edit, Qt.Key.Key_Left)
    assert shown(form)[1].cross.hasFocus()
    for letter in "new tag,":
        qtbot.keyClicks(QApplication.focusWidget(), letter)
    assert words(form) == ["a", "b", "new tag"]


def test_typed_chips_come_after_the_field_in_the_order_of_tab(form: Form, qtbot: QtBot) -> None:
    qtbot.keyClicks(form.chips.edit, "a,b,")
    onwards = []
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        onwards.append(QApplication.focusWidget())
    first, second = (chip.cross for chip in shown(form))
    assert onwards == [first, second, form.ok]


# What was set


def test_tags_that_nobody_touched_come_back_as_they_were(form: Form) -> None:
    odd = ("a, b", "twice", "twice", " ", "line\nbreak", LONG)
    form.chips.set_tags(odd)
    assert form.chips.tags() == odd
    assert words(form) == list(odd)
    form.chips.set_tags(())
    assert form.chips.tags() == ()
    assert words(form) == []


# Looks


def test_one_line_is_as_high_as_a_line_edit(form: Form) -> None:
    settle(form)
    assert form.chips.height() == form.before.height()
    form.chips.set_tags(["a"])
    settle(form)
    assert form.chips.height() == form.before.height()


def test_the_field_grows_to_three_lines_and_scrolls_then(form: Form, qtbot: QtBot) -> None:
    heights = []
    for count in (2, 6, 11, 60):
        form.chips.set_tags([f"tag {n}" for n in range(count)])
        settle(form)
        heights.append(form.chips.height())
    one, two, three, many = heights
    assert one < two < three == many
    bar = form.chips._area.verticalScrollBar()
    assert bar.isVisible()
    assert bar.value() == bar.maximum()  # where one types
    shown(form)[0].cross.setFocus(Qt.FocusReason.TabFocusReason)
    assert bar.value() == 0
    inside = form.chips._area.viewport().width()
    assert all(chip.geometry().right() < inside for chip in shown(form))
    form.chips.set_tags(["one"])
    settle(form)
    assert form.chips.height() == one
    assert not bar.isVisible()


def test_a_long_tag_is_elided_with_all_of_it_in_the_tooltip(form: Form) -> None:
    form.chips.set_tags([LONG, "short"])
    long, short = shown(form)
    assert long.geometry().right() < form.chips._area.width()
    assert "&lt;b&gt;so&lt;/b&gt;" in long.toolTip()
    assert short.toolTip() == ""
    form.resize(1000, 300)
    assert shown(form)[0].toolTip() == ""


def test_one_line_only_runs_on_to_the_side(form: Form, qtbot: QtBot) -> None:
    form.chips.setMostLines(1)
    settle(form)
    height = form.chips.height()
    qtbot.keyClicks(form.chips.edit, "".join(f"tag {n}," for n in range(30)))
    chips = shown(form)
    assert form.chips.height() == height
    assert {chip.y() for chip in chips} == {0}
    visible = form.chips._area.viewport().rect()
    edit = form.chips.edit
    assert visible.contains(edit.mapTo(form.chips._area.viewport(), edit.rect().center()))
    chips[0].cross.setFocus()
    assert form.chips._area.horizontalScrollBar().value() == 0


def test_the_placeholder_is_for_an_empty_field(form: Form) -> None:
    form.chips.setPlaceholderText("drone, 2026")
    assert form.chips.edit.placeholderText() == "drone, 2026"
    form.chips.set_tags(["a"])
    assert form.chips.edit.placeholderText() == ""


def test_a_dialog_that_opens_with_tags_is_no_higher_than_they_need(form: Form, qtbot: QtBot) -> None:
    few, many = (
        MosaicDialog(None, Mosaic("m", "M", ("a", "b"))),
        MosaicDialog(None, Mosaic("m", "M", (LONG,))),
    )
    for dialog in (few, many):
        qtbot.addWidget(dialog)
        dialog.show()
        settle(dialog)
    assert few.tagsEdit.height() == few.nameEdit.height()
    assert few.height() <= 150
    assert many.tagsEdit.height() > few.tagsEdit.height()
    assert_nothing_clipped(many)
