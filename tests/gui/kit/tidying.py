"""My imagery as a person tidies it up: what is clicked, what is seen."""

from __future__ import annotations

from pytestqt.qtbot import QtBot
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QModelIndex, Qt
from qgis.PyQt.QtWidgets import QDialog, QToolButton

from mapflow_data.api.models import Mosaic
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.imagery.model import ITEM_ROLE
from mapflow_data.gui.manage.delete_dialog import DeleteDialog
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from mapflow_data.layers.properties import kind_of
from tests.gui.conftest import PATIENCE_MS

LEFT = Qt.MouseButton.LeftButton
GB = 1024**3
LONG = "an_orthophoto_with_a_name_that_nobody_ever_shortened_2026-06-14_final_v2"
STORAGE = {"memoryLimit": 1000, "memoryUsed": 1, "memoryFree": 999}


def row_of(panel: ImageryPanel, mosaic: Mosaic) -> QModelIndex:
    model = panel.imageryTree.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return next(row for row in rows if row.data(ITEM_ROLE).id == mosaic.id)


def open_mosaic(panel: ImageryPanel, qtbot: QtBot, mosaic: Mosaic) -> list[QModelIndex]:
    row = row_of(panel, mosaic)
    panel.imageryTree.expand(row)
    qtbot.waitUntil(lambda: bool(panel.model.branch(mosaic.id).images), timeout=PATIENCE_MS)
    model = panel.imageryTree.model()
    return [model.index(r, 0, row) for r in range(model.rowCount(row))]


def click(panel: ImageryPanel, qtbot: QtBot, *rows: QModelIndex) -> None:
    """The first alone, the others with Ctrl."""
    for row in rows:
        panel.imageryTree.scrollTo(row)
        at = panel.imageryTree.visualRect(row).center()
        how = Qt.KeyboardModifier.NoModifier if row is rows[0] else Qt.KeyboardModifier.ControlModifier
        qtbot.mouseClick(panel.imageryTree.viewport(), LEFT, how, at)


def dialog_of(panel: ImageryPanel) -> QDialog:
    """The one that is open."""
    (dialog,) = [one for one in panel.findChildren(QDialog) if one.isVisible()]
    return dialog


def ask_to_delete(panel: ImageryPanel, qtbot: QtBot, *rows: QModelIndex) -> DeleteDialog:
    click(panel, qtbot, *rows)
    qtbot.mouseClick(panel.deleteButton, LEFT)
    dialog = dialog_of(panel)
    assert isinstance(dialog, DeleteDialog)
    return dialog


def notices(dock: MapflowDock) -> list[str]:
    return [item.property("text") for item in dock.messageBar.items()]


def press(qtbot: QtBot, dock: MapflowDock, text: str) -> None:
    """A button in the newest message."""
    buttons = dock.messageBar.items()[-1].findChildren(QToolButton)
    qtbot.mouseClick(next(one for one in buttons if one.text() == text), LEFT)


def layers(kind: str) -> list[object]:
    return [layer for layer in QgsProject.instance().mapLayers().values() if kind_of(layer) == kind]


def show_footprints(panel: ImageryPanel, qtbot: QtBot, mosaic: Mosaic) -> None:
    click(panel, qtbot, row_of(panel, mosaic))
    panel._menu.footprints.trigger()
    qtbot.waitUntil(lambda: len(layers("footprints")) == 1, timeout=PATIENCE_MS)
