"""The ways to look at a state: colours and words of the whole application, taken back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QT_VERSION_STR, QCoreApplication, Qt
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QApplication

from tests.gui.kit.long_words import LongWords

POINTS = 9
DARK = {
    QPalette.ColorRole.Window: "#353535",
    QPalette.ColorRole.WindowText: "#f0f0f0",
    QPalette.ColorRole.Base: "#232323",
    QPalette.ColorRole.AlternateBase: "#2c2c2c",
    QPalette.ColorRole.ToolTipBase: "#232323",
    QPalette.ColorRole.ToolTipText: "#f0f0f0",
    QPalette.ColorRole.Text: "#f0f0f0",
    QPalette.ColorRole.Button: "#353535",
    QPalette.ColorRole.ButtonText: "#f0f0f0",
    QPalette.ColorRole.BrightText: "#ff5555",
    QPalette.ColorRole.Link: "#5aa8f0",
    QPalette.ColorRole.Highlight: "#2a6cb0",
    QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.PlaceholderText: "#a0a0a0",
    QPalette.ColorRole.Light: "#505050",  # edges, as Qt 6 makes them from a dark window
    QPalette.ColorRole.Midlight: "#434343",
    QPalette.ColorRole.Mid: "#282828",
    QPalette.ColorRole.Dark: "#232323",
    QPalette.ColorRole.Shadow: "#141414",
}
GREY = "#7f7f7f"
NIGHT = "Night Mapping"  # a theme that QGIS brings


@contextmanager
def plain(app: QApplication) -> Iterator[None]:
    """At 9 pt, as the others are, too."""
    before = app.font()
    font = app.font()
    font.setPointSize(POINTS)
    app.setFont(font)
    yield
    app.setFont(before)


@contextmanager
def dark(app: QApplication) -> Iterator[None]:
    before = app.palette()
    palette = QPalette(before)
    for role, colour in DARK.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(GREY))
    app.setPalette(palette)
    with plain(app):
        yield
    app.setPalette(before)


@contextmanager
def night(app: QApplication) -> Iterator[None]:
    """A style sheet and icons of its own."""
    before = app.palette()
    QgsApplication.setUITheme(NIGHT)
    assert app.styleSheet()
    with plain(app):
        yield
    QgsApplication.setUITheme("default")
    app.setStyleSheet("")
    app.setPalette(before)


@contextmanager
def long_words(app: QApplication) -> Iterator[LongWords]:
    translator = LongWords()
    assert QCoreApplication.installTranslator(translator)
    with plain(app):
        yield translator
    QCoreApplication.removeTranslator(translator)


@contextmanager
def double(app: QApplication) -> Iterator[None]:
    """In a process that was started with QT_SCALE_FACTOR=2, as icons are drawn in QGIS."""
    assert app.devicePixelRatio() == 2
    if QT_VERSION_STR.startswith("5."):  # Qt 6 does it always
        app.setAttribute(Qt.ApplicationAttribute.AA_UseHighDpiPixmaps)
    with plain(app):
        yield


VARIANTS = {"light": plain, "dark": dark, "night": night, "long": long_words, "double": double}
