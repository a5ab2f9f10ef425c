"""The Storage dialog with its services, to be clicked as a person does."""

from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAbstractItemView

from mapflow_data.api.models import Mosaic
from mapflow_data.gui.storage.dialog import StorageDialog
from mapflow_data.gui.storage.model import Column
from mapflow_data.services.inventory import InventoryService
from mapflow_data.services.mosaics import MosaicService
from mapflow_data.services.session import SessionService
from tests.gui.conftest import PATIENCE_MS
from tests.services.waiting import Told

LEFT = Qt.MouseButton.LeftButton
A, B = "a" * 40, "b" * 40
MB, GB = 1024**2, 1024**3
LONG = "an_orthophoto_with_a_name_that_nobody_ever_shortened_2026-06-14_final_v2"
FULL = {"memoryLimit": 10 * GB, "memoryUsed": 6 * GB, "memoryFree": 4 * GB}


class Desk:
    """The dialog with its services, signed in to a scripted server: storage and status are answered."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.session, self.mosaics = SessionService(), MosaicService()
        self.inventory = InventoryService(time_scale=0.1)
        for service in (self.mosaics, self.inventory):
            self.session.signed_in.connect(service.set_connection)
            self.session.signed_out.connect(lambda service=service: service.set_connection(None))
        self.dialog = StorageDialog(self.session, self.mosaics, self.inventory)
        qtbot.addWidget(self.dialog)
        self.chosen = Told(qtbot, self.dialog.mosaic_chosen)
        self.image = Told(qtbot, self.dialog.image_chosen)
        self.images = Told(qtbot, self.dialog.images_chosen)

    def sign_in(self, url: str, token: str = "YTpi") -> None:
        with self.qtbot.waitSignal(self.session.signed_in, timeout=PATIENCE_MS):
            self.session.sign_in(url, token, False)
        self.qtbot.waitUntil(lambda: not self.session.is_busy, timeout=PATIENCE_MS)

    def close(self) -> None:
        for service in (self.session, self.mosaics, self.inventory):
            service.close()

    def click(self, button: Any) -> None:
        self.qtbot.mouseClick(button, LEFT)

    def duplicates(self) -> None:
        bar = self.dialog.tabs.tabBar()
        self.qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(1).center())

    def find(self) -> None:
        self.duplicates()
        self.click(self.dialog.duplicatesPage.statePage.stateButton)

    def until_found(self) -> None:
        self.qtbot.waitUntil(lambda: self.dialog.duplicatesPage.has_result, timeout=PATIENCE_MS)

    def names(self) -> list[str]:
        return self.column(Column.NAME)

    def column(self, column: Column) -> list[str]:
        model = self.dialog.sizesPage.model
        return [model.index(row, column).data() for row in range(model.rowCount())]

    def double_click(self, view: QAbstractItemView, index: Any) -> None:
        view.scrollTo(index)
        at = view.visualRect(index).center()
        self.qtbot.mouseClick(view.viewport(), LEFT, pos=at)
        self.qtbot.mouseDClick(view.viewport(), LEFT, pos=at)


def some() -> list[Mosaic]:
    return [
        Mosaic("m0", "Small", size_bytes=GB, image_count=2),
        Mosaic("m1", LONG, size_bytes=3 * GB, image_count=1),
        Mosaic("m2", "Flight 10", size_bytes=GB, image_count=1),
        Mosaic("m3", "Flight 9", size_bytes=GB, image_count=3),
    ]


def raw(image_id: str, checksum: str = "", size: int = MB, day: int = 1) -> dict[str, Any]:
    return {
        "id": image_id,
        "filename": f"{image_id}.tif",
        "checksum": checksum,
        "file_size": size,
        "uploaded_at": f"2026-05-{day:02d}T10:00:00Z",
    }
