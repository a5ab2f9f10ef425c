"""What a designer would see, as assertions: what stands in a line is in line, what is clicked can be hit, one
thing under way has one bar, titles stand above their cells, rows are evenly apart, answers are where they are
everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from itertools import pairwise

from qgis.PyQt.QtCore import QRect, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QTabBar,
    QWidget,
)

from tests.gui.kit.long_words import catalogue

LEAST_TARGET = 22  # px each way; with the gap around it the 24 of WCAG 2.2
SLACK = 1  # px by which halves are rounded
SMALL_WORDS = frozenset({"a", "an", "and", "from", "in", "into", "of", "on", "the", "to"})
NAMES = frozenset({"Mapflow", "My", "Enter", "Esc"})  # My imagery is what the tab is called
ONE_LINE = (QAbstractButton, QComboBox, QLineEdit)
ACROSS = Qt.Orientation.Horizontal
ALIGNMENT, WORDS = int(Qt.ItemDataRole.TextAlignmentRole), int(Qt.ItemDataRole.DisplayRole)
LEFT, SIDES = int(Qt.AlignmentFlag.AlignLeft), int(Qt.AlignmentFlag.AlignHorizontal_Mask)
FORM = QFormLayout.ItemRole


def untidy(window: QWidget) -> list[str]:
    """Of what is in sight."""
    rules = (_small_targets, _out_of_line, _bars, _capitals, _titles, _gaps, _answers)
    return [fault for rule in rules for fault in rule(window)]


def _small_targets(window: QWidget) -> Iterator[str]:
    for button in window.findChildren(QAbstractButton):
        if not button.isVisible() or not _is_ours(button):
            continue
        if button.height() < LEAST_TARGET or button.width() < LEAST_TARGET:
            yield f"{_name(button)} is only {button.width()} × {button.height()}"


def _is_ours(button: QAbstractButton) -> bool:
    """Not what Qt and QGIS put into fields, tab bars and titles; words beside a box can be clicked, too."""
    is_box = isinstance(button, (QCheckBox, QRadioButton))
    is_theirs = isinstance(button.parentWidget(), (QLineEdit, QTabBar, QGroupBox))
    return bool(button.objectName()) and not is_box and not is_theirs


def _out_of_line(window: QWidget) -> Iterator[str]:
    """Buttons, fields and labels of one line, side by side, have their middles at one height."""
    for layout in window.findChildren(QHBoxLayout):
        parts = [part for part in _in_line(layout) if part.isVisible()]
        middles = {_name(part): part.geometry().center().y() for part in parts}
        if middles and max(middles.values()) - min(middles.values()) > SLACK:
            yield f"not in line: {middles}"


def _in_line(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        part = layout.itemAt(place).widget()
        is_line = isinstance(part, QLabel) and not part.wordWrap() and part.text()
        if isinstance(part, ONE_LINE) or is_line:
            yield part


def _bars(window: QWidget) -> Iterator[str]:
    """A bar that moves says that something is under way: two of them say two things."""
    moving = [
        bar
        for bar in window.findChildren(QProgressBar)
        if bar.isVisible() and bar.objectName() != "usedBar" and bar.accessibleName()
    ]
    if len(moving) > 1:
        yield f"{len(moving)} bars at once: {[bar.accessibleName() for bar in moving]}"


def _capitals(window: QWidget) -> Iterator[str]:
    """As in QGIS: Titles of Windows Like This, all else like this. Names that people gave are theirs."""
    ours = {text for _, text in catalogue()}
    title = window.windowTitle()
    if title in ours and any(word[0].islower() for word in title.split() if word not in SMALL_WORDS):
        yield f"title “{title}”"
    for part in window.findChildren(QWidget):
        words = part.text() if isinstance(part, (QAbstractButton, QLabel)) else ""
        later = re.findall(r"(?<=[\w,] )[A-Z][a-z]+\b", words) if words in ours else []
        if set(later) - NAMES and part.isVisible():
            yield f"capitals in “{words}”"


def _titles(window: QWidget) -> Iterator[str]:
    """A column's title stands above its cells: at the left of words, at the right of numbers."""
    for header in window.findChildren(QHeaderView):
        model = header.model()
        if not header.isVisible() or header.orientation() != ACROSS or model is None or not model.rowCount():
            continue
        for column in range(header.count()):
            title = model.headerData(column, ACROSS, ALIGNMENT)
            above = int(header.defaultAlignment() if title is None else title) & SIDES
            below = int(model.index(0, column).data(ALIGNMENT) or LEFT) & SIDES
            if not header.isSectionHidden(column) and above != below:
                yield f"title “{model.headerData(column, ACROSS, WORDS)}” does not stand above its cells"


def _gaps(window: QWidget) -> Iterator[str]:
    """Rows of a form are evenly apart, also where one of them is out of sight."""
    for form in window.findChildren(QFormLayout):
        if not form.parentWidget().isVisible():
            continue
        rows = [row for number in range(form.rowCount()) if (row := _row_of(form, number)).isValid()]
        gaps = [below.top() - above.bottom() - 1 for above, below in pairwise(rows)]
        if gaps and max(gaps) > form.verticalSpacing() + SLACK:
            yield f"{form.objectName()}: rows are {gaps} px apart"


def _row_of(form: QFormLayout, number: int) -> QRect:
    """Around what is in sight of it."""
    roles = (FORM.LabelRole, FORM.FieldRole, FORM.SpanningRole)
    items = filter(None, (form.itemAt(number, role) for role in roles))
    return reduce(QRect.united, (item.geometry() for item in items if not item.isEmpty()), QRect())


def _answers(window: QWidget) -> Iterator[str]:
    """Yes and Cancel are in a box that has them in the platform's own order."""
    if not isinstance(window, QDialog) or isinstance(window, QMessageBox):
        return
    for button in window.findChildren(QPushButton):
        is_no = button.text().replace("&", "") in ("Cancel", "No")
        if button.isVisible() and is_no and button.parentWidget() is window:
            yield f"{_name(button)} answers outside of a button box"


def _name(part: QWidget) -> str:
    words = part.text() if isinstance(part, (QLabel, QAbstractButton)) else ""
    return f"{type(part).__name__} {part.objectName()} {words!r}"
