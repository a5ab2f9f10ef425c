"""Without a mouse and without eyes: in every state what takes the focus has a name, and keys get to it."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)

from tests.gui.kit.looks import shows_text
from tests.gui.states.stage import Stage, State, all_states

WHOLE = (QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView, QTabBar)  # their parts are Qt's
FRAMES = (QScrollArea,)
MNEMONIC = re.compile("&([^&])")


@pytest.mark.parametrize("state", all_states(), ids=lambda state: state.name)
def test_what_takes_the_focus_has_a_name_and_keys_get_to_it(state: State, stage: Stage) -> None:
    widget = state.make(stage)
    window = widget if widget.isWindow() else widget.window()
    window.show()
    ours = [part for part in parts_of(widget) if part.isVisible()]
    takes = [part for part in ours if part.isEnabled() and takes_focus(part)]
    assert [path_of(part) for part in takes if not spoken(part).strip()] == []
    reached = by_tab(window)
    assert [path_of(part) for part in takes if part not in reached] == []
    buttons = [part for part in ours if isinstance(part, QAbstractButton)]
    assert [path_of(part) for part in buttons if not spoken(part).strip()] == []
    assert [path_of(part) for part in buttons if not (shows_text(part) or part.toolTip())] == []


@pytest.mark.parametrize("state", all_states(), ids=lambda state: state.name)
def test_no_two_things_in_a_window_have_one_mnemonic(state: State, stage: Stage) -> None:
    widget = state.make(stage)
    texts = [part.text() for part in parts_of(widget) if isinstance(part, QAbstractButton)]
    labels = [part for part in widget.findChildren(QLabel) if part.buddy() is not None]
    keys = Counter(key for text in texts + [one.text() for one in labels] for key in mnemonics(text))
    assert [key for key, count in keys.items() if count > 1] == []


def parts_of(widget: QWidget) -> list[QWidget]:
    """Also itself; without what Qt and QGIS have inside of their own widgets."""
    return [part for part in (widget, *widget.findChildren(QWidget)) if not is_inside(part)]


def is_inside(part: QWidget) -> bool:
    parent = part.parentWidget()
    if isinstance(parent, QgsMessageBar):
        return True
    while parent is not None:
        if isinstance(parent, WHOLE):
            return True
        parent = parent.parentWidget()
    return part.objectName().startswith("qt_")


def takes_focus(part: QWidget) -> bool:
    is_itself = part.focusProxy() is None and not isinstance(part, FRAMES)
    return is_itself and bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)


def spoken(part: QWidget) -> str:
    """As a screen reader has it: its own name, else its words, else those of the label before it."""
    if part.accessibleName() or isinstance(part, QTabBar):
        return part.accessibleName() or part.tabText(part.currentIndex())
    if isinstance(part, (QAbstractButton, QLabel)):
        return part.text()
    if isinstance(part, QGroupBox):
        return part.title()
    labels = part.window().findChildren(QLabel)
    return next((label.text() for label in labels if label.buddy() is part), "")


def by_tab(window: QWidget) -> set[QWidget]:
    """The focus is really moved there, as Tab does."""
    reached, widget = set(), window
    for _ in range(1000):
        widget = widget.nextInFocusChain()
        if widget is window:
            break
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.add(widget)
    return reached


def mnemonics(text: str) -> list[str]:
    return [key.casefold() for key in MNEMONIC.findall(text.replace("&&", ""))]


def path_of(part: QWidget) -> str:
    names = []
    widget: QWidget | None = part
    while widget is not None and len(names) < 4:
        names.append(widget.objectName() or type(widget).__name__)
        widget = widget.parentWidget()
    return " < ".join(names)
