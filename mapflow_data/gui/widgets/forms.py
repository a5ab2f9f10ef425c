"""The one loader of .ui files: `ui/image/dialog.ui` belongs to `gui/image/dialog.py`. Main thread."""

from __future__ import annotations

import io
import re
from pathlib import Path

from qgis.PyQt import uic
from qgis.PyQt.QtCore import QT_VERSION_STR
from qgis.PyQt.QtWidgets import QDialog, QWidget

from .icons import plugin_icon

UI_FOLDER = Path(__file__).resolve().parents[3] / "ui"

GUI = __package__.rpartition(".")[0]

SCOPED_ENUM = re.compile(r"\b(Q\w+)::\w+::(\w+)")


def load_ui(widget: QWidget, name: str) -> None:
    """Builds the form into `widget`; its parts become attributes by their object names.

    `name` is the form's path below `ui/`. Own widgets carry a header relative to `gui` in the .ui: the
    package is nested one level deeper inside QGIS than outside of it.
    """
    text = (UI_FOLDER / f"{name}.ui").read_text(encoding="utf-8")
    if QT_VERSION_STR.startswith("5."):
        # Qt 6 wants enums fully scoped, and uic of PyQt5 knows them without their scope only.
        text = SCOPED_ENUM.sub(r"\1::\2", text)
    uic.loadUi(io.StringIO(text), widget, GUI)
    if isinstance(widget, QDialog):
        widget.setWindowIcon(plugin_icon())  # whichever of QGIS' windows is its parent
