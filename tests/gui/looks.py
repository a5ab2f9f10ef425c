"""What a person would see at once, as assertions: nothing cut off, nothing on top of another thing."""

from __future__ import annotations

from collections.abc import Iterator

from qgis.PyQt.QtCore import QEvent, QSize, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QTabBar,
    QToolButton,
    QWidget,
)

WITH_WORDS = (QPushButton, QToolButton, QCheckBox, QRadioButton)


def assert_nothing_clipped(widget: QWidget) -> None:
    """Every visible label, button, placeholder and column title below `widget` has the room that it asks
    for, no two parts of a layout overlap, and no bar of tabs needs arrows. The widget must be shown.
    """
    settle(widget)
    faults = [*_clipped(widget), *_overlaps(widget)]
    assert not faults, "\n".join(faults)


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
        if isinstance(part, QHeaderView):
            yield from _clipped_titles(part)
        if isinstance(part, QTabBar) and any(b.isVisible() for b in part.findChildren(QToolButton)):
            yield f"{_name(part)} needs arrows"


def _wanted(part: QWidget) -> QSize:
    if isinstance(part, QLabel) and part.text():
        if part.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored:
            return QSize()
        if part.wordWrap():
            return QSize(0, part.heightForWidth(part.width()))
        return part.sizeHint()
    if isinstance(part, WITH_WORDS) and part.text() and _shows_text(part):
        return QSize(part.minimumSizeHint().width(), 0)
    if isinstance(part, QLineEdit) and not part.text() and part.placeholderText():
        margins = part.width() - part.contentsRect().width() + 8
        return QSize(part.fontMetrics().horizontalAdvance(part.placeholderText()) + margins, 0)
    return QSize()


def _shows_text(button: QAbstractButton) -> bool:
    is_icon_only = (
        isinstance(button, QToolButton)
        and not button.icon().isNull()
        and button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    )
    return not is_icon_only


def _clipped_titles(header: QHeaderView) -> Iterator[str]:
    model = header.model()
    if model is None or header.orientation() != Qt.Orientation.Horizontal:
        return
    for section in range(header.count()):
        title = model.headerData(section, header.orientation(), Qt.ItemDataRole.DisplayRole) or ""
        needed = header.fontMetrics().horizontalAdvance(str(title)) + 4
        if not header.isSectionHidden(section) and header.sectionSize(section) < needed:
            yield f"column “{title}” has {header.sectionSize(section)}, needs {needed}"


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
