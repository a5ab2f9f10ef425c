"""The imagery tree with contact sheet and drawer, as they stand together, over a service of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot
from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from mapflow_data.api.connection import Connection
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.image.drawer import ImageDrawer
from mapflow_data.gui.imagery.contact_sheet import ContactSheet
from mapflow_data.gui.imagery.tree import ImageryTree
from mapflow_data.services.pictures.service import PictureService

WIDTH = 340


class Bench:
    """`told` is what the signals told: ("flash", image), ("activated", image), ("mosaic", mosaic)."""

    def __init__(self, connection: Connection | None, folder: Path, height: int = 700) -> None:
        self.window = QWidget()
        self.tree = ImageryTree()
        self.sheet = ContactSheet()
        self.drawer = ImageDrawer()
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(4, 4, 4, 4)
        for part in (self.tree, self.sheet, self.drawer):
            layout.addWidget(part)
        layout.setStretch(0, 1)
        layout.setStretch(1, 1)
        self.pictures = PictureService(self.window, folder=str(folder), time_scale=0.05)
        self.pictures.set_connection(connection)
        self.tree.setSelectionMode(self.tree.SelectionMode.ExtendedSelection)
        self.sheet.set_up(self.tree, self.pictures)
        self.drawer.set_up(self.tree, self.pictures)
        self.told: list[tuple[str, Any]] = []
        self.drawer.flash_requested.connect(lambda image: self.told.append(("flash", image)))
        self.drawer.image_activated.connect(lambda image: self.told.append(("activated", image)))
        self.sheet.image_activated.connect(lambda image: self.told.append(("activated", image)))
        self.sheet.mosaic_changed.connect(lambda mosaic: self.told.append(("mosaic", mosaic)))
        self.window.resize(WIDTH, height)

    def show(self, qtbot: QtBot) -> None:
        self.window.show()
        qtbot.waitExposed(self.window)
        self.tree.setFocus()

    def fill(self, mosaic: Mosaic, images: Sequence[Image], *others: Mosaic) -> None:
        model = self.tree.imagery
        model.set_mosaics([mosaic, *others])
        model.set_images(mosaic.id, images)

    def flashed(self) -> list[str]:
        return [what.id for kind, what in self.told if kind == "flash"]

    def close(self, qtbot: QtBot) -> None:
        self.pictures.close()
        qtbot.waitUntil(lambda: not self.pictures.is_busy, timeout=5000)
        self.window.close()
        self.window.deleteLater()


def some(count: int, mosaic_id: str = "m") -> list[Image]:
    return [Image(f"i{number:05}", mosaic_id, f"DJI_{number:05}.tif") for number in range(count)]
