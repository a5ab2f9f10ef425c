"""What PyQt5 has and PyQt6 has not, as far as one could come to use it; read from both (PyQt 5.15, 6.11)."""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


GONE_VALUES = _names(  # of enums and classes that are still there
    """AA_DisableHighDpiScaling AA_EnableHighDpiScaling AA_UseHighDpiPixmaps AA_X11InitThreads
    AdjustToMinimumContentsLength Background BackgroundColorRole DirectoryOnly FollowRedirectsAttribute
    ForceIntegerMetrics Foreground HighQualityAntialiasing ItemIsTristate LocalDate MatchRegExp MidButton
    SystemLocaleLongDate SystemLocaleShortDate TextColorRole desktop fontChanged paletteChanged"""
)
GONE_METHODS = _names(  # no class has them
    """byteCount exec_ filterRegExp fromTime_t getContentsMargins globalPosF iniCodec print_
    setFilterRegExp setIniCodec setTabStopWidth setTime_t tabStopWidth toTime_t topLevelDomain
    viewOptions windowPos"""
)
INTEGERS = _names(  # enums that int() takes
    """QDialog.DialogCode QEvent.Type QFont.Weight QFrame.Shadow QFrame.Shape QMessageBox.StandardButton
    QStyle.PixelMetric QStyle.StandardPixmap QStyle.StyleHint Qt.AlignmentFlag Qt.FocusPolicy
    Qt.ItemDataRole Qt.Key Qt.TextFlag Qt.WindowType"""
)
GONE_SIGNALS = frozenset(
    [(name, "str") for name in ("activated", "currentIndexChanged", "highlighted", "valueChanged")]
    + [(name, "int") for name in ("buttonClicked", "buttonPressed", "buttonReleased", "buttonToggled")]
)

_PLACES = _names("globalPos globalX globalY localPos posF screenPos x y")
_DROP = _PLACES | _names("keyboardModifiers mouseButtons pos")
GONE_FROM = {  # by the class that an argument is said to be of
    "QDragEnterEvent": _DROP,
    "QDragMoveEvent": _DROP,
    "QDropEvent": _DROP,
    "QEnterEvent": _PLACES | {"pos"},
    "QFontMetrics": _names("width"),
    "QHoverEvent": _PLACES | {"pos"},
    "QMouseEvent": _PLACES | {"source"},
    "QWheelEvent": _PLACES | {"pos", "source"},
    "QgsMapMouseEvent": _PLACES | {"source"},
}
