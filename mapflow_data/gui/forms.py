"""The one loader of .ui files: `ui/<stem>.ui` belongs to the gui module of the same name. Main thread."""

from __future__ import annotations

import io
import re
from pathlib import Path

from qgis.PyQt import uic
from qgis.PyQt.QtCore import QT_VERSION_STR
from qgis.PyQt.QtWidgets import QWidget

UI_FOLDER = Path(__file__).resolve().parents[2] / "ui"

SCOPED_ENUM = re.compile(r"\b(Q\w+)::\w+::(\w+)")


def load_ui(widget: QWidget, stem: str) -> None:
    """Builds the form into `widget`; its parts become attributes by their object names.

    Own widgets carry a relative header in the .ui: the package is nested one level deeper inside QGIS
    than outside of it.
    """
    text = (UI_FOLDER / f"{stem}.ui").read_text(encoding="utf-8")
    if QT_VERSION_STR.startswith("5."):
        # Qt 6 wants enums fully scoped, and uic of PyQt5 knows them without their scope only.
        text = SCOPED_ENUM.sub(r"\1::\2", text)
    uic.loadUi(io.StringIO(text), widget, __package__)
