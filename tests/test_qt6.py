"""One code for Qt 5 and Qt 6: what is named exists in the running QGIS, and is not what only Qt 5 has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rig.qt_rules import qt_offences

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for folder in ("mapflow_data", "demo", "tests", "bench", "tools")
    for path in sorted((ROOT / folder).rglob("*.py"))
}


def test_names_fit_both() -> None:
    assert {"mapflow_data/gui/dock.py", "demo/stage.py", "tests/gui/kit/looks.py"} <= set(SOURCES)
    assert [line for path, text in SOURCES.items() for line in qt_offences(path, text)] == []


@pytest.mark.parametrize(
    "source",
    [
        "from qgis.PyQt.QtCore import Qt\nQt.AlignLeft",
        "from qgis.PyQt.QtCore import Qt\nQt.AlignmentFlag.AlignNowhere",
        "from qgis.PyQt.QtCore import Qt\ndef flags() -> Qt.ItemFlags: ...",
        "from qgis.PyQt.QtCore import QVariant\nQVariant.Int",
        "from qgis.PyQt.QtCore import QRegExp",
        "from qgis.PyQt.QtWidgets import QAction",
        "from qgis.PyQt.QtWidgets import QDialog\nQDialog.Accepted",
        "from qgis.core import QgsTask\nQgsTask.CanCancel",
        "from qgis.core import QgsWkbTypes as W\nW.PolygonGeometry",
        "from qgis.PyQt.QtCore import Qt\nQt.ApplicationAttribute.AA_UseHighDpiPixmaps",
        "from qgis.PyQt.QtCore import Qt\nint(Qt.MouseButton.LeftButton)",
        "from qgis.PyQt.QtGui import QPainter\nint(self.x | QPainter.RenderHint.Antialiasing)",
        "from qgis.PyQt.QtWidgets import QDialog\nQDialog().exec_()",
        "self.view.viewOptions()",
        "box.currentIndexChanged[str].connect(f)",
        "def dropEvent(self, event: QDropEvent) -> None:\n    at(event.pos())",
        "def mousePressEvent(self, event: QMouseEvent) -> None:\n    at(event.globalPos().x())",
        "def wide(metrics: QFontMetrics, text: str) -> int:\n    return metrics.width(text)",
    ],
)
def test_what_does_not_fit_is_found(source: str) -> None:
    assert len(qt_offences("gui/dock.py", source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from qgis.PyQt.QtCore import QObject, Qt\nQt.ItemDataRole.UserRole + 1\nQObject.tr",
        "from qgis.PyQt.QtGui import QKeySequence\nQKeySequence.StandardKey.Copy",
        "from qgis.core import Qgis\nQgis.QGIS_VERSION_INT\nQgis.MessageLevel.Info.value",
        "import qgis.core\nself.AlignLeft\nf().x",
        "from qgis.PyQt.QtCore import Qt\nint(Qt.ItemDataRole.UserRole) + int(Qt.TextFlag.TextWordWrap)",
        "def mousePressEvent(self, event: QMouseEvent) -> None:\n    at(event.pos())",
        "def f(event: QHelpEvent, rect: QRect) -> int:\n    return event.globalPos().x() + rect.width()",
        "box.activated[int].connect(f)",
    ],
)
def test_what_fits_is_let_be(source: str) -> None:
    assert qt_offences("gui/dock.py", source) == []
