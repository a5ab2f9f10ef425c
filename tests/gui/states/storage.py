"""The Storage dialog, and the line under the filter that finds in all mosaics."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from mapflow_data.api.connection import make_connection
from mapflow_data.api.errors import NotFound, Unreachable
from mapflow_data.api.models import Storage
from mapflow_data.gui.my_imagery.finding_bar import FindingBar
from mapflow_data.gui.storage.dialog import StorageDialog
from mapflow_data.services.inventory import InventoryService
from mapflow_data.services.inventory_index import Listing, duplicates
from mapflow_data.services.mosaics import MosaicService
from mapflow_data.services.session import SessionService
from tests.gui.kit import samples
from tests.gui.kit.samples import GB, LONG
from tests.gui.states.stage import Stage, sized_state, state

SIZES = ((560, 480), (340, 560))


def _services(stage: Stage, storage: Storage) -> tuple[SessionService, MosaicService, InventoryService]:
    """As after an accepted token, but no service has a connection by which it could ask anybody."""
    window = stage.window.mainWindow()
    session = SessionService(window)
    session._connection, session._storage = make_connection("", "x"), storage
    return session, MosaicService(window), InventoryService(window)


def _storage(stage: Stage, storage: Storage = samples.STORAGE) -> StorageDialog:
    session, mosaics, inventory = _services(stage, storage)
    dialog = StorageDialog(session, mosaics, inventory)
    stage.own(dialog)
    mosaics.mosaics_loaded.emit(samples.mosaics())
    return dialog


def _duplicates(stage: Stage) -> StorageDialog:
    dialog = _storage(stage)
    dialog.tabs.setCurrentIndex(1)
    return dialog


@sized_state(*SIZES)
def storage_by_mosaic(stage: Stage) -> QWidget:
    dialog = _storage(stage)
    dialog.sizesPage.sizesView.selectRow(1)
    return dialog


@sized_state(*SIZES)
def storage_without_limit(stage: Stage) -> QWidget:
    return _storage(stage, Storage(12 * GB))


@sized_state(*SIZES)
def storage_sizes_not_read(stage: Stage) -> QWidget:
    dialog = _storage(stage)
    dialog.sizesPage.show_failure(Unreachable())
    return dialog


@state
def storage_loading(stage: Stage) -> QWidget:
    return stage.own(StorageDialog(*_services(stage, samples.STORAGE)))


@state
def storage_signed_out(stage: Stage) -> QWidget:
    return stage.own(StorageDialog(SessionService(), MosaicService(), InventoryService()))


@state
def storage_failed(stage: Stage) -> QWidget:
    session, mosaics, inventory = _services(stage, samples.STORAGE)
    dialog = StorageDialog(session, mosaics, inventory)
    mosaics.failed.emit("mosaics", Unreachable())
    return stage.own(dialog)


@state
def storage_empty(stage: Stage) -> QWidget:
    session, mosaics, inventory = _services(stage, samples.STORAGE)
    dialog = StorageDialog(session, mosaics, inventory)
    mosaics.mosaics_loaded.emit([])
    return stage.own(dialog)


@sized_state(*SIZES)
def duplicates_not_looked_for(stage: Stage) -> QWidget:
    return _duplicates(stage)


@sized_state(*SIZES)
def duplicates_being_looked_for(stage: Stage) -> QWidget:
    dialog = _duplicates(stage)
    dialog.duplicatesPage.show_looking(has_bar=True)
    dialog.readingBar.show_progress(12_345, 99_999)
    dialog.readingBar.show()
    return dialog


@sized_state(*SIZES)
def duplicates_failed(stage: Stage) -> QWidget:
    dialog = _duplicates(stage)
    dialog.duplicatesPage.show_failure(Unreachable())
    return dialog


@sized_state(*SIZES)
def duplicates_none(stage: Stage) -> QWidget:
    dialog = _duplicates(stage)
    dialog.duplicatesPage.show_groups([], {"m3": NotFound()})
    return dialog


@sized_state(*SIZES)
def duplicates_found(stage: Stage) -> QWidget:
    dialog = _duplicates(stage)
    listings = {
        "m1": Listing([samples.image(1), samples.image(2, name=f"{LONG}.tif")]),
        "m2": Listing([samples.image(1, "m2"), samples.image(2, "m2", f"{LONG}_copy.tif")]),
        "m3": Listing([samples.image(1, "m3", uploaded_at=None)]),
    }
    dialog.duplicatesPage.show_groups(duplicates(listings), {"m4": NotFound()})
    dialog.duplicatesPage.selectButton.click()
    return dialog


def _bar(stage: Stage) -> FindingBar:
    """In a page as wide as the dock, as a bar alone never is."""
    page = QWidget()
    stage.own(page)
    page.setMinimumSize(318, 160)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(4, 4, 4, 4)
    bar = FindingBar(page)
    layout.addWidget(bar)
    layout.addStretch(1)
    bar.offer("dji", 12_345, 99_999)
    return bar


@sized_state((332, 160))
def finding_offered(stage: Stage) -> QWidget:
    return _bar(stage).parentWidget()


@sized_state((332, 160))
def finding_reading(stage: Stage) -> QWidget:
    bar = _bar(stage)
    bar.findButton.hide()
    bar.readingBar.show_progress(12_345, 99_999)
    bar.readingBar.show()
    return bar.parentWidget()


@sized_state((332, 160))
def finding_found(stage: Stage) -> QWidget:
    bar = _bar(stage)
    bar.show_found(12_345, 1_234, 20)
    return bar.parentWidget()
