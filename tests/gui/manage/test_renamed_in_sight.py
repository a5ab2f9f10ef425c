"""What somebody has renamed is in sight where its new name has put it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import QModelIndex, Qt
from qgis.PyQt.QtWidgets import QAbstractItemView

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.imagery.cells import Column
from mapflow_data.gui.imagery.model import Item
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from mapflow_data.gui.workspace import Workspace
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.tidying import LEFT, click, dialog_of, open_mosaic, row_of
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox

COUNT = 40


@pytest.fixture(scope="module")
def mosaics(client: MapflowClient, sandbox: Sandbox) -> Iterator[list[Mosaic]]:
    made = [client.mosaics.create(f"M {number:02}") for number in range(COUNT)]
    yield made
    for mosaic in made:
        client.mosaics.delete(mosaic.id)


@pytest.fixture(scope="module")
def full(client: MapflowClient, mosaics: list[Mosaic], tmp_path_factory: pytest.TempPathFactory) -> Mosaic:
    """The first one, with many images."""
    folder: Path = tmp_path_factory.mktemp("many")
    for number in range(COUNT):
        client.images.upload(
            mosaics[0].id, str(make_raster(folder / f"{number:02}.tif", size=(8, 8), value=number))
        )
    return mosaics[0]


@pytest.fixture
def panel(full: Mosaic, signed_in: Workspace) -> ImageryPanel:
    dock = signed_in.dock
    dock.setFloating(True)
    dock.resize(340, 500)
    return dock.imagery


def rename(panel: ImageryPanel, qtbot: QtBot, name: str) -> None:
    """What is selected."""
    more = panel._menu.more
    (more.rename if more.rename.isEnabled() else more.edit).trigger()
    dialog = dialog_of(panel)
    dialog.nameEdit.selectAll()
    qtbot.keyClicks(dialog.nameEdit, name)
    qtbot.mouseClick(dialog.ok_button, LEFT)


def place_of(panel: ImageryPanel, item: Item) -> QModelIndex:
    return panel.model.index_of(item.id, item.mosaic_id if isinstance(item, Image) else "")


def is_in_sight(view: QAbstractItemView, row: QModelIndex) -> bool:
    return view.viewport().rect().contains(view.visualRect(row).center())


def settle(panel: ImageryPanel, qtbot: QtBot) -> None:
    services = panel._services
    qtbot.waitUntil(lambda: not services.images.is_busy and not services.mosaics.is_busy, timeout=PATIENCE_MS)


def first_image(panel: ImageryPanel, qtbot: QtBot, mosaic: Mosaic) -> Image:
    (row, *_) = open_mosaic(panel, qtbot, mosaic)
    click(panel, qtbot, row)
    (image,) = panel.imageryTree.selected_items()
    return image


def test_an_image(panel: ImageryPanel, full: Mosaic, qtbot: QtBot) -> None:
    image = first_image(panel, qtbot, full)
    rename(panel, qtbot, "zz.tif")
    qtbot.waitUntil(lambda: place_of(panel, image).data() == "zz.tif", timeout=PATIENCE_MS)
    settle(panel, qtbot)
    assert place_of(panel, image).row() == COUNT - 1
    assert is_in_sight(panel.imageryTree, place_of(panel, image))
    assert panel.imageryTree.selected_image_ids() == {image.id}


def test_an_image_of_the_contact_sheet(panel: ImageryPanel, full: Mosaic, qtbot: QtBot) -> None:
    image = first_image(panel, qtbot, full)
    qtbot.mouseClick(panel.sheetButton, LEFT)
    sheet = panel.contactSheet
    qtbot.waitUntil(lambda: is_in_sight(sheet, place_of(panel, image)), timeout=PATIENCE_MS)
    rename(panel, qtbot, "zzz.tif")
    qtbot.waitUntil(lambda: place_of(panel, image).row() == COUNT - 1, timeout=PATIENCE_MS)
    settle(panel, qtbot)
    qtbot.waitUntil(lambda: is_in_sight(sheet, place_of(panel, image)), timeout=PATIENCE_MS)


def test_a_mosaic(panel: ImageryPanel, mosaics: list[Mosaic], qtbot: QtBot) -> None:
    click(panel, qtbot, row_of(panel, mosaics[1]))
    rename(panel, qtbot, "Zoo")
    qtbot.waitUntil(lambda: row_of(panel, mosaics[1]).data() == "Zoo", timeout=PATIENCE_MS)
    settle(panel, qtbot)
    assert row_of(panel, mosaics[1]).row() >= COUNT - 1
    assert is_in_sight(panel.imageryTree, row_of(panel, mosaics[1]))


def test_who_sorts_or_has_gone_on_stays_where_he_is(
    panel: ImageryPanel, mosaics: list[Mosaic], qtbot: QtBot
) -> None:
    click(panel, qtbot, row_of(panel, mosaics[2]))
    panel.imageryTree.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert not is_in_sight(panel.imageryTree, row_of(panel, mosaics[2]))
    rename(panel, qtbot, "M 02 b")
    panel.imageryTree.clearSelection()
    qtbot.waitUntil(lambda: row_of(panel, mosaics[2]).data() == "M 02 b", timeout=PATIENCE_MS)
    settle(panel, qtbot)
    assert not is_in_sight(panel.imageryTree, row_of(panel, mosaics[2]))
    panel.imageryTree.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
