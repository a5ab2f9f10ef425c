"""What a person would see at once, as assertions: nothing cut off, nothing on top of another thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from qgis.gui import QgsCheckableComboBox
from qgis.PyQt.QtCore import QEvent, QModelIndex, QPoint, QRect, QSize, Qt
from qgis.PyQt.QtGui import QFontMetrics
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolButton,
    QWidget,
)

from tests.gui.kit.long_words import FIRST, LAST

WITH_WORDS = (QPushButton, QToolButton, QCheckBox, QRadioButton)
ICON_ROOM = 20  # px beside the text of a first cell
SIDE = 4  # px of a tab, and of a field, beside its text
BREAKS = re.compile("[\\s\u200b/-]+")
TAGS = re.compile("<[^>]*>")


def assert_nothing_clipped(widget: QWidget) -> None:
    """Every visible label, button, box, placeholder, tab and column title below `widget` has the room that
    it asks for, nothing reaches out of its parent, no two parts of a layout overlap. It must be shown.
    """
    settle(widget)
    faults = faults_of(widget)
    assert not faults, "\n".join(faults)


def faults_of(widget: QWidget) -> list[str]:
    return [*_clipped(widget), *_overlaps(widget)]


def settle(widget: QWidget) -> None:
    """Layouts that were asked for are made."""
    for _ in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        QApplication.sendPostedEvents()
    widget.repaint()


def _clipped(widget: QWidget) -> Iterator[str]:
    for part in (widget, *widget.findChildren(QWidget)):
        if not part.isVisible():
            continue
        wanted = _wanted(part)
        if wanted.width() > part.width() or wanted.height() > part.height():
            yield f"{_name(part)} has {_text(part.size())}, needs {_text(wanted)}"
        if part is not widget and _reaches_out(part):
            yield f"{_name(part)} reaches out of {_name(part.parentWidget())}"
        if isinstance(part, QHeaderView):
            yield from _clipped_titles(part)
        if isinstance(part, QTabBar):
            yield from _clipped_tabs(part)
        if isinstance(part, QAbstractItemView) and not isinstance(part, QHeaderView):
            yield from _clipped_cells(part)
        if _is_cut_short(part):
            yield f"{_name(part)} was cut by ourselves, and no tooltip says the rest"


def _wanted(part: QWidget) -> QSize:
    if isinstance(part, QLabel) and part.text():
        return _wanted_by_label(part)
    if isinstance(part, WITH_WORDS) and part.text() and shows_text(part):
        return QSize(part.minimumSizeHint().width(), part.fontMetrics().height())
    if isinstance(part, QLineEdit):
        return _wanted_by_field(part)
    if isinstance(part, QComboBox) and not part.isEditable():
        return _wanted_by_combo(part)
    if isinstance(part, QGroupBox) and part.title():
        return QSize(part.fontMetrics().horizontalAdvance(part.title().replace("&&", "&")) + SIDE, 0)
    return QSize()


def _wanted_by_label(label: QLabel) -> QSize:
    if label.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored:
        return QSize(label.minimumSizeHint().width(), 0)
    if not label.wordWrap():
        return label.sizeHint()
    words = BREAKS.split(TAGS.sub("", QLabel.text(label)))
    longest = max(map(label.fontMetrics().horizontalAdvance, words))
    return QSize(longest + 2 * label.margin(), label.heightForWidth(label.width()))


def _wanted_by_field(edit: QLineEdit) -> QSize:
    """Of what people type its end may be out of sight; a number or a date may not."""
    is_number = isinstance(edit.parent(), QAbstractSpinBox)
    shown = edit.displayText() if is_number else "" if edit.text() else edit.placeholderText()
    if not shown:
        return QSize()
    beside = sum(b.width() for b in edit.findChildren(QToolButton) if b.isVisible())
    margins = edit.width() - edit.contentsRect().width() + SIDE + (0 if is_number else SIDE)
    return QSize(edit.fontMetrics().horizontalAdvance(shown) + beside + margins, 0)


def _wanted_by_combo(combo: QComboBox) -> QSize:
    """For whatever may be chosen, but not for names that somebody else gave."""
    options = [combo.itemText(row) for row in range(combo.count())]
    if isinstance(combo, QgsCheckableComboBox):
        options = [combo.defaultText()]
    option = QStyleOptionComboBox()
    option.initFrom(combo)
    option.editable = combo.isEditable()
    part = QStyle.SubControl.SC_ComboBoxEditField
    field = combo.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, combo)
    widest = max(map(combo.fontMetrics().horizontalAdvance, options), default=0)
    return QSize(widest + combo.width() - field.width(), 0)


def _reaches_out(part: QWidget) -> bool:
    """Contents of scroll areas may, and what is a window of its own."""
    parent = part.parentWidget()
    if part.isWindow() or not shown_in_full(parent):
        return False
    return not parent.rect().contains(part.geometry()) and _has_words(part)


def shown_in_full(parent: QWidget) -> bool:
    holder = parent.parentWidget()
    is_viewport = isinstance(holder, QAbstractScrollArea) and holder.viewport() is parent
    return not is_viewport and not isinstance(parent, (QAbstractScrollArea, QComboBox, QLineEdit, QTabBar))


def _has_words(part: QWidget) -> bool:
    if isinstance(part, (QLabel, QAbstractButton)):
        return bool(part.text())
    return isinstance(part, (QLineEdit, QComboBox))


def shows_text(button: QAbstractButton) -> bool:
    is_icon_only = (
        isinstance(button, QToolButton)
        and (not button.icon().isNull() or button.arrowType() != Qt.ArrowType.NoArrow)
        and button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    )
    return not is_icon_only


def _is_cut_short(part: QWidget) -> bool:
    """Words of ours in the long language begin and end with a mark of their own."""
    if isinstance(part, (QLabel, QAbstractButton)):
        text = part.text()
    else:
        text = part.title() if isinstance(part, QGroupBox) else ""
    return text.count(FIRST) != text.count(LAST) and not part.toolTip()


def _clipped_titles(header: QHeaderView) -> Iterator[str]:
    model = header.model()
    if model is None or header.orientation() != Qt.Orientation.Horizontal:
        return
    for section in range(header.count()):
        title = model.headerData(section, header.orientation(), Qt.ItemDataRole.DisplayRole) or ""
        needed = header.fontMetrics().horizontalAdvance(str(title)) + 4
        if header.isSortIndicatorShown() and header.sortIndicatorSection() == section:
            needed += header.style().pixelMetric(QStyle.PixelMetric.PM_HeaderMarkSize, None, header)
        if title and not header.isSectionHidden(section) and header.sectionSize(section) < needed:
            yield f"column “{title}” has {header.sectionSize(section)}, needs {needed}"


def _clipped_cells(view: QAbstractItemView) -> Iterator[str]:
    """Names of files lose their middle; words of ours, known by their marks, are whole or in the tooltip."""
    for index in rows_in_sight(view):
        for column in range(view.model().columnCount(index.parent())):
            cell = index.sibling(index.row(), column)
            text, tip = str(cell.data() or ""), str(cell.data(Qt.ItemDataRole.ToolTipRole) or "")
            room = view.visualRect(cell).width() - (ICON_ROOM if column == 0 else 0)
            metrics = QFontMetrics(cell.data(Qt.ItemDataRole.FontRole) or view.font())
            is_shown = not view.visualRect(cell).isEmpty()
            if (
                is_shown
                and FIRST in text
                and metrics.horizontalAdvance(text) > room
                and text not in unescape(tip)
            ):
                yield f"cell “{text}” has {room}, needs {metrics.horizontalAdvance(text)}"


def rows_in_sight(view: QAbstractItemView) -> Iterator[QModelIndex]:
    """Their first cells."""
    seen, step = view.viewport().rect(), max(8, view.fontMetrics().height() // 2)
    found: list[QModelIndex] = []
    for y in range(seen.top() + 2, seen.bottom(), step):
        index = view.indexAt(QPoint(seen.left() + 40, y))
        if index.isValid() and index not in found:
            found.append(index)
            yield index.sibling(index.row(), 0)


def _clipped_tabs(bar: QTabBar) -> Iterator[str]:
    if any(button.isVisible() for button in bar.findChildren(QToolButton)):
        yield f"{_name(bar)} needs arrows"
    room = bar.rect().intersected(QRect(-bar.pos(), bar.parentWidget().size()))
    for tab in range(bar.count()):
        needed = bar.fontMetrics().horizontalAdvance(bar.tabText(tab).replace("&", "")) + 2 * SIDE
        if bar.isTabVisible(tab) and bar.tabRect(tab).width() < needed:
            yield f"tab “{bar.tabText(tab)}” has {bar.tabRect(tab).width()}, needs {needed}"
        if bar.isTabVisible(tab) and bar.tabRect(tab).right() > room.right() + 1:
            yield f"tab “{bar.tabText(tab)}” is cut off"


def _overlaps(widget: QWidget) -> Iterator[str]:
    for parent in (widget, *widget.findChildren(QWidget)):
        layout = parent.layout()
        if layout is None or not parent.isVisible():
            continue
        parts = [part for part in _laid_out(layout) if part.isVisible()]
        for place, one in enumerate(parts):
            for other in parts[place + 1 :]:
                if one.parent() is other.parent() and one.geometry().intersects(other.geometry()):
                    yield f"{_name(one)} overlaps {_name(other)}"


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item.widget() is not None:
            yield item.widget()
        elif item.layout() is not None:
            yield from _laid_out(item.layout())


def _name(part: QWidget) -> str:
    words = part.text() if isinstance(part, (QLabel, QAbstractButton)) else ""
    return f"{type(part).__name__} {part.objectName()} {words!r}"


def _text(size: QSize) -> str:
    return f"{size.width()} × {size.height()}"
