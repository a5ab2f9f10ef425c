"""Can it be read? The contrast of texts with what is behind them, as drawn. Formulas: WCAG 2.1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from qgis.PyQt.QtCore import QRect
from qgis.PyQt.QtGui import QColor, QImage
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from tests.gui.kit.looks import rows_in_sight, shows_text

ENOUGH = 4.5  # WCAG AA, for text of usual size
SMOOTHED = 0.88  # of the contrast is left where thin strokes are drawn with smooth edges


def faint_texts(window: QWidget, enough: float = ENOUGH) -> list[str]:
    """Texts that can be used and are drawn too much like their ground."""
    pixels = _luminance(window.grab().toImage())
    scale = window.devicePixelRatioF()
    return [
        f"{text.name} has a contrast of {ratio:.1f}"
        for text in _texts(window)
        if (ratio := _contrast(pixels, text.rect, scale)) < min(text.enough, enough) * SMOOTHED
    ]


def contrast_in(window: QWidget, rect: QRect) -> float:
    """Of what a widget draws by itself."""
    return _contrast(_luminance(window.grab().toImage()), rect, window.devicePixelRatioF())


@dataclass(frozen=True)
class Text:
    name: str
    rect: QRect  # in its widget, or in the window
    enough: float = ENOUGH


def ratio_of(one: float, other: float) -> float:
    """Of two luminances: from 1 to 21."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def luminance_of(colour: QColor) -> float:
    image = QImage(1, 1, QImage.Format.Format_RGB32)
    image.fill(colour)
    return float(_luminance(image)[0, 0])


def _luminance(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    data = image.constBits().asarray(image.sizeInBytes())
    bgr = np.frombuffer(bytes(data), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    linear = np.arange(256) / 255
    linear = np.where(linear <= 0.03928, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4)
    blue, green, red = (linear[bgr[:, : image.width(), channel]] for channel in range(3))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(pixels: np.ndarray, rect: QRect, scale: float) -> float:
    """Of the ground, which most of it is, and of what differs most from it."""
    left, top, right, bottom = (
        round(v * scale) for v in (rect.left(), rect.top(), rect.right() + 1, rect.bottom() + 1)
    )
    part = pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)].ravel()
    if not part.size:
        return 21.0
    values, counts = np.unique(np.round(part, 3), return_counts=True)
    ground = values[counts.argmax()]
    return max(ratio_of(ground, values[0]), ratio_of(ground, values[-1]))


def _texts(window: QWidget) -> Iterator[Text]:
    """What is in sight, in the window's own pixels."""
    for part in window.findChildren(QWidget):
        seen = part.visibleRegion().boundingRect()
        if not part.isEnabled() or not seen.isValid():
            continue
        for text in _texts_of(part):
            inside = text.rect.intersected(seen)
            if inside.width() > 6 and inside.height() > 6:
                yield replace(text, rect=QRect(part.mapTo(window, inside.topLeft()), inside.size()))


def _texts_of(part: QWidget) -> Iterator[Text]:
    if isinstance(part, QTabBar):
        for tab in filter(part.tabText, range(part.count())):
            yield Text(f"tab {part.tabText(tab)!r}", part.tabRect(tab).adjusted(6, 4, -6, -4))
    elif isinstance(part, QAbstractItemView):
        yield from () if isinstance(part, QHeaderView) else _cells(part)
    elif words := _words_of(part):
        enough = ENOUGH
        if isinstance(part, QLineEdit) and part.hasSelectedText():
            enough = _enough_where_selected(part)
        yield Text(f"{type(part).__name__} {part.objectName()} {words!r}", _place_of_words(part), enough)


def _words_of(part: QWidget) -> str:
    if isinstance(part, QAbstractButton) and not shows_text(part):
        return ""
    if isinstance(part, (QLabel, QAbstractButton, QLineEdit)):
        return str(part.text())
    if isinstance(part, QComboBox):
        return "" if part.isEditable() else str(part.currentText())
    if isinstance(part, QGroupBox):
        return str(part.title())
    if isinstance(part, QPlainTextEdit):
        return str(part.toPlainText())
    return part._text if is_drawn_by_us(part) else ""


def _place_of_words(part: QWidget) -> QRect:
    """Without the frame."""
    if isinstance(part, QGroupBox):
        return QRect(20, 0, part.width() - 30, 16)
    if isinstance(part, QPlainTextEdit):
        return part.viewport().geometry().adjusted(3, 3, -3, -3)
    if isinstance(part, QComboBox):
        return part.rect().adjusted(3, 3, -20, -3)
    return part.rect().adjusted(2, 2, -2, -2)


def is_drawn_by_us(part: QWidget) -> bool:
    """A widget of ours that holds its words itself, as a tag does."""
    return type(part).__module__.startswith("mapflow_data.") and bool(getattr(part, "_text", ""))


def _cells(view: QAbstractItemView) -> Iterator[Text]:
    """Without their icons, which are at the left of the first column."""
    for index in rows_in_sight(view):
        if len(str(index.data() or "")) > 1:
            rect = view.visualRect(index).translated(view.viewport().pos()).adjusted(24, 1, -2, -1)
            is_selected = view.selectionModel().isSelected(index)
            enough = _enough_where_selected(view) if is_selected else ENOUGH
            yield Text(f"cell {index.data()!r}", rect, enough)


def _enough_where_selected(widget: QWidget) -> float:
    """No more than the theme itself has there."""
    palette = widget.palette()
    roles = (palette.ColorRole.Highlight, palette.ColorRole.HighlightedText)
    groups = (palette.ColorGroup.Active, palette.ColorGroup.Inactive)
    themes = (ratio_of(*(luminance_of(palette.color(group, role)) for role in roles)) for group in groups)
    return min(ENOUGH, *themes)
