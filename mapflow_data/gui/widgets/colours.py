"""Colours made from the palette, so that they hold in light and dark themes. Main thread."""

from __future__ import annotations

from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QStyle, QStyleOptionViewItem

QUIET_SHARE = 0.62  # of the text's colour in quiet text: still 4.5 : 1 on white and on dark grey


def item_text(option: QStyleOptionViewItem, *, is_quiet: bool) -> QColor:
    """The colour of text in a view's cell; quiet is for what comes second."""
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    if selected:
        return option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText)
    text = option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text)
    base = option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Base)
    return _blend(text, base, QUIET_SHARE) if is_quiet else text


def _blend(one: QColor, other: QColor, share: float) -> QColor:
    channels = (
        round(getattr(one, name)() * share + getattr(other, name)() * (1 - share))
        for name in ("red", "green", "blue")
    )
    return QColor(*channels)
