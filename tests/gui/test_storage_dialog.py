"""What fills the storage, clicked as a person does, with a service behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QApplication

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image, Mosaic, Storage
from mapflow_data.gui.storage_bar import StorageBar
from mapflow_data.gui.storage_dialog import StorageDialog
from mapflow_data.gui.storage_model import MOSAIC_ROLE, Column
from mapflow_data.services.inventory import InventoryService
from mapflow_data.services.mosaics import MosaicService
from mapflow_data.services.session import SessionService
from tests.gui.conftest import PATIENCE_MS
from tests.gui.looks import assert_nothing_clipped, settle
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.heartbeat import Heartbeat
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer
from tests.rig.volume_server import VolumeServer, mosaics_of
from tests.services.waiting import Told

LEFT = Qt.MouseButton.LeftButton
A, B = "a" * 40, "b" * 40
MB, GB = 1024**2, 1024**3
STALL_MS = 50.0
LONG = "an_orthophoto_with_a_name_that_nobody_ever_shortened_2026-06-14_final_v2"
FULL = {"memoryLimit": 10 * GB, "memoryUsed": 6 * GB, "memoryFree": 4 * GB}


class Desk:
    """The dialog with its services, signed in to a scripted server: storage and status are answered."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.session, self.mosaics = SessionService(), MosaicService()
        self.inventory = InventoryService(time_scale=0.01)
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


@pytest.fixture
def desk(qgis_app: QgsApplication, qtbot: QtBot) -> Iterator[Desk]:
    font = qgis_app.font()
    font.setPointSize(9)
    qgis_app.setFont(font)
    desk = Desk(qtbot)
    yield desk
    desk.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Signing in asks for storage and status."""
    with FaultServer([answer(FULL), answer({"email": "a@b.c"})]) as server:
        yield server


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


def test_the_largest_comes_first_and_is_shown_in_the_list(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    desk.dialog.open_with(some())
    assert desk.dialog.headLabel.text() == "6 of 10 GB used, 4 GB free"
    assert desk.names() == [LONG, "Flight 9", "Flight 10", "Small"]
    assert desk.column(Column.SIZE) == ["3 GB", "1 GB", "1 GB", "1 GB"]
    assert desk.column(Column.SHARE) == ["50 %", "17 %", "17 %", "17 %"]
    assert not desk.dialog.sizesPage.noteLabel.isVisible()
    assert not desk.dialog.showButton.isEnabled()
    view = desk.dialog.sizesPage.sizesView
    desk.double_click(view, view.model().index(1, 0))
    assert desk.chosen == [("m3",)]
    desk.qtbot.keyClick(view, Qt.Key.Key_Down)
    desk.qtbot.keyClick(view, Qt.Key.Key_Return)
    desk.click(desk.dialog.showButton)
    assert desk.chosen[1:] == [("m2",), ("m2",)]
    assert len(server.requests) == 2  # nothing is asked for


def test_sorted_by_any_column_the_selection_stays(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    desk.dialog.open_with([*some(), Mosaic("m4", "Unknown")])
    view = desk.dialog.sizesPage.sizesView
    view.selectRow(0)
    header = view.horizontalHeader()

    def sort_by(column: Column) -> list[str]:
        x = header.sectionViewportPosition(column) + 10
        desk.qtbot.mouseClick(header.viewport(), LEFT, pos=QPoint(x, 8))
        return desk.names()

    by_name = [LONG, "Flight 9", "Flight 10", "Small", "Unknown"]
    assert sort_by(Column.NAME) == by_name
    assert sort_by(Column.NAME) == by_name[::-1]
    assert sort_by(Column.IMAGES) == [LONG, "Flight 10", "Small", "Flight 9", "Unknown"]
    assert sort_by(Column.IMAGES) == ["Flight 9", "Small", LONG, "Flight 10", "Unknown"]
    assert view.currentIndex().data(MOSAIC_ROLE).id == "m1"
    desk.mosaics.mosaics_loaded.emit(some()[1:])  # as a refresh tells it
    assert len(desk.names()) == 3
    assert view.currentIndex().data(MOSAIC_ROLE).id == "m1"


def test_sizes_that_the_server_does_not_tell_are_added_up(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    server.then = answer([raw("i1", size=2 * GB), raw("i2", size=GB)])
    desk.dialog.open_with([Mosaic("m0", "Told", size_bytes=GB, image_count=1), Mosaic("m1", "Untold")])
    page = desk.dialog.sizesPage
    assert desk.column(Column.SIZE) == ["1 GB", "not known"]
    assert page.noteLabel.text() == "The server does not tell the size of 1 mosaic."
    desk.click(page.readButton)
    desk.qtbot.waitUntil(lambda: desk.column(Column.SIZE) == ["3 GB", "1 GB"], timeout=PATIENCE_MS)
    assert desk.names() == ["Untold", "Told"]
    assert desk.column(Column.IMAGES) == ["2", "1"]
    assert not page.readButton.isVisible()
    assert page.noteLabel.text() == "The mosaics add up to 4 GB, the account counts 6 GB."
    assert not desk.dialog.readingBar.is_wanted


def test_duplicates_in_a_real_account(
    desk: Desk, sandbox: Sandbox, client: MapflowClient, tmp_path: Any
) -> None:
    path = str(make_raster(tmp_path / "field.tif", value=7))
    mosaics = [client.mosaics.create(name) for name in ("May", "June", "Empty")]
    first, second = mosaics[:2]
    client.images.upload(first.id, path)
    client.images.upload(second.id, path)
    client.images.upload(second.id, str(make_raster(tmp_path / "other.tif", value=9)))
    copies = {
        m.id: next(i for i in client.images.list(m.id) if i.filename == "field.tif") for m in mosaics[:2]
    }
    newer = max(copies.values(), key=lambda image: image.uploaded_at)
    desk.sign_in(sandbox.url, sandbox.token)
    desk.dialog.open_with(mosaics)
    sandbox.clear_requests()
    desk.duplicates()
    text = desk.dialog.duplicatesPage.statePage.stateText.text()
    assert "SHA-1" in text and "3 mosaics" in text
    desk.click(desk.dialog.duplicatesPage.statePage.stateButton)
    desk.until_found()
    asked = sorted(r["path"] for r in sandbox.requests())
    assert asked == sorted(f"/rest/rasters/mosaic/{m.id}/image" for m in mosaics)
    page = desk.dialog.duplicatesPage
    (group,) = page.model.groups
    assert group.copies[1].image_id == newer.id
    assert page.totalLabel.text().startswith("1 file is there more than once; ")
    desk.click(page.selectButton)
    assert desk.images == [({newer.mosaic_id: {newer.id}},)]
    assert {r["method"] for r in sandbox.requests()} == {"GET"}
    client.images.delete(newer.id)
    desk.inventory.know(newer.mosaic_id, client.images.list(newer.mosaic_id))  # as the list tells it
    desk.qtbot.waitUntil(lambda: not page.has_result, timeout=PATIENCE_MS)
    assert page.statePage.stateTitle.text() == "No exact duplicates"


def test_names_of_a_server_are_text_and_nothing_else(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    name = "<img src=http://x>&amp;"
    desk.inventory.know("m0", [Image.from_json(raw(one, A), "m0") for one in ("<b>i1", "<b>i2")])
    desk.dialog.open_with([Mosaic("m0", name, size_bytes=1, image_count=2)])
    tip = Qt.ItemDataRole.ToolTipRole
    assert "&lt;img" in desk.dialog.sizesPage.model.index(0, 0).data(tip)
    assert desk.names() == [name]
    desk.find()
    desk.until_found()
    model = desk.dialog.duplicatesPage.model
    assert "&lt;b&gt;i1.tif" in model.index(0, 0).data(tip)
    assert model.index(0, 0, model.index(0, 0)).data() == f"{name} › <b>i1.tif"


def test_with_nobody_to_ask_it_says_so(desk: Desk, qtbot: QtBot) -> None:
    desk.dialog.open_with(some())
    desk.find()
    page = desk.dialog.duplicatesPage.statePage
    qtbot.waitUntil(lambda: page.stateButton.text() == "Retry", timeout=PATIENCE_MS)
    assert "The server cannot be reached" in page.stateText.text()


@pytest.fixture
def found(desk: Desk, server: FaultServer) -> Desk:
    desk.sign_in(server.url)
    lists = {"m0": [raw("old", A, 100 * MB, 1), raw("x", B, 900 * MB, 2)], "m1": [raw("y", B, 900 * MB, 1)]}
    lists |= {"m2": [raw("new", A, 100 * MB, 3)], "m3": [raw("mid", A, 100 * MB, 2), raw("only", "c" * 40)]}
    for mosaic_id, items in lists.items():
        desk.inventory.know(mosaic_id, [Image.from_json(item, mosaic_id) for item in items])
    mosaics = [Mosaic(m.id, m.name, size_bytes=m.size_bytes) for m in some()]
    desk.dialog.open_with(mosaics)
    desk.find()
    desk.until_found()
    assert len(server.requests) == 2  # all of it was known
    return desk


def test_groups_say_where_the_copies_are(found: Desk) -> None:
    page = found.dialog.duplicatesPage
    view, model = page.duplicatesView, page.model
    assert page.totalLabel.text() == "2 files are there more than once; 1.1 GB could be freed"
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(0, 0).data(spoken) == "y.tif · 2 copies · 900 MB could be freed"
    assert model.index(1, 0).data(spoken) == "old.tif · 3 copies · 200 MB could be freed"
    top = model.index(1, 0)
    assert view.isExpanded(top)
    assert [model.index(r, 0, top).data() for r in range(3)] == [
        "Small › old.tif",
        "Flight 9 › mid.tif",
        "Flight 10 › new.tif",
    ]
    found.double_click(view, model.index(2, 0, top))
    found.qtbot.keyClick(view, Qt.Key.Key_Return)
    assert found.image == [("m2", "new"), ("m2", "new")]
    view.setCurrentIndex(top)
    assert not found.dialog.showButton.isEnabled()  # it would select the only one that is kept, too


def test_the_oldest_is_kept(found: Desk) -> None:
    page = found.dialog.duplicatesPage
    assert page.selectButton.text() == "Select the 3 newer copies"
    found.click(page.selectButton)
    assert found.images[-1] == ({"m0": {"x"}, "m2": {"new"}, "m3": {"mid"}},)
    assert page.noteLabel.text() == "3 copies are selected in My imagery, where they can be deleted."
    page.duplicatesView.setCurrentIndex(page.model.index(1, 0))
    assert page.selectButton.text() == "Select 2 of the 3 newer copies"
    found.click(page.selectButton)
    assert found.images[-1] == ({"m2": {"new"}, "m3": {"mid"}},)


def test_not_more_mosaics_at_once_than_the_list_can_load(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    mosaics = [Mosaic(f"m{n}", f"M {n}") for n in range(50)]
    for n, mosaic in enumerate(mosaics):
        desk.inventory.know(mosaic.id, [Image.from_json(raw(f"i{n}", A, day=1 + n % 28), mosaic.id)])
    desk.dialog.open_with(mosaics)
    desk.find()
    desk.until_found()
    desk.click(desk.dialog.duplicatesPage.selectButton)
    assert len(desk.images[-1][0]) == 20
    note = desk.dialog.duplicatesPage.noteLabel.text()
    assert note.startswith("20 copies are selected in My imagery")
    assert note.endswith("These are in 20 of 49 mosaics; the others come next.")


def test_without_duplicates_it_says_so_and_looks_again(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    server.add(*[answer([raw("i")])] * 3, answer({"message": "no"}, 404))
    server.then = answer([raw("i", A)])
    desk.dialog.open_with(some())
    desk.find()
    page = desk.dialog.duplicatesPage
    title = page.statePage.stateTitle
    desk.qtbot.waitUntil(lambda: title.text() == "No exact duplicates", timeout=PATIENCE_MS)
    assert "1 mosaic was left out: it no longer exists on the server" in page.statePage.stateText.text()
    server.requests.clear()
    desk.click(page.statePage.stateButton)
    desk.until_found()
    assert len(server.requests) == 4
    assert len(page.model.groups[0].copies) == 4


def test_a_failure_says_what_to_do_and_retry_goes_on_where_it_ended(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    server.add(answer([raw("i1", A)]), answer([raw("i2", A)]))
    server.then = Script(status=302, headers=(("Location", "http://portal.example"),))
    desk.dialog.open_with(some()[:3])
    desk.find()
    page = desk.dialog.duplicatesPage
    title = page.statePage.stateTitle
    desk.qtbot.waitUntil(lambda: title.text() == "Not all lists of images were read", timeout=PATIENCE_MS)
    assert "proxy" in page.statePage.stateText.text()
    assert page.statePage.stateButton.text() == "Retry"
    server.then = answer([raw("i3", A)])
    missing = len(desk.inventory.missing(some()[:3]))
    server.requests.clear()
    desk.click(page.statePage.stateButton)
    desk.until_found()
    assert len(server.requests) == missing
    assert len(page.model.groups[0].copies) == 3


def test_a_refused_token_leads_to_signing_in(desk: Desk, server: FaultServer) -> None:
    asked = Told(desk.qtbot, desk.dialog.sign_in_requested)
    desk.sign_in(server.url)
    server.then = answer({"message": "no"}, 401)
    desk.dialog.open_with(some())
    desk.find()
    button = desk.dialog.duplicatesPage.statePage.stateButton
    desk.qtbot.waitUntil(lambda: button.text() == "Sign in", timeout=PATIENCE_MS)
    desk.click(button)
    assert asked == [()]


def test_cancelled_it_offers_to_begin_again(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    server.then = Script(silent=True, delay=30)
    desk.dialog.open_with(some())
    desk.find()
    bar = desk.dialog.readingBar
    desk.qtbot.waitUntil(bar.isVisible, timeout=PATIENCE_MS)
    assert bar.text() == "0 of 4 mosaics read"
    desk.click(bar.cancelButton)
    assert not bar.isVisible()
    assert not desk.inventory.is_reading
    assert desk.dialog.duplicatesPage.statePage.stateButton.text() == "Find exact duplicates"
    desk.find()
    assert desk.inventory.is_reading
    desk.click(desk.dialog.closeButton)
    assert not desk.inventory.is_reading


def test_signed_out_nothing_is_left(found: Desk) -> None:
    asked = Told(found.qtbot, found.dialog.sign_in_requested)
    found.session.sign_out()
    page = found.dialog.statePage
    assert page.isVisible()
    assert page.stateTitle.text() == "Signed out"
    assert not found.dialog.duplicatesPage.model.groups
    assert not found.dialog.showButton.isVisible()
    found.click(page.stateButton)
    assert asked == [()]


def test_the_list_is_loaded_where_it_is_not_known(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    server.then = answer({"message": "no"}, 403)
    desk.dialog.open_with(None)
    page = desk.dialog.statePage
    assert page.stateTitle.text() == "Loading your mosaics…"
    desk.qtbot.waitUntil(lambda: page.stateButton.text() == "Retry", timeout=PATIENCE_MS)
    assert "account has no right to this" in page.stateText.text()
    desk.qtbot.waitUntil(lambda: not desk.session.is_busy, timeout=PATIENCE_MS)
    server.then = answer([])
    desk.click(page.stateButton)
    desk.qtbot.waitUntil(lambda: page.stateTitle.text() == "No imagery yet", timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        (Storage(6 * GB, None, None), "6 GB used; your storage has no limit"),
        (Storage(11 * GB, 10 * GB, 0), "11 of 10 GB used, 0 B free"),
        (None, "It is not known yet how full the storage is"),
    ],
)
def test_how_full_it_is(desk: Desk, server: FaultServer, storage: Storage | None, words: str) -> None:
    desk.session._storage = storage
    desk.dialog.open_with(some())
    assert desk.dialog.headLabel.text() == words
    assert desk.dialog.usedBar.isVisible() == (storage is not None and storage.limit is not None)


def test_smooth_with_a_thousand_mosaics(desk: Desk, server: FaultServer) -> None:
    desk.sign_in(server.url)
    mosaics = [Mosaic.from_json(one) for one in mosaics_of(1000, 60)]
    page, worst = desk.dialog.duplicatesPage, []
    with VolumeServer(1000, 60) as volume:
        desk.inventory.set_connection(make_connection(volume.url, "YTpi"))
        for _ in range(3):
            with Heartbeat() as heart:
                desk.dialog.open_with(mosaics)
                desk.duplicates()
                desk.click(page.againButton if page.has_result else page.statePage.stateButton)
                desk.qtbot.waitUntil(lambda: not page.has_result, timeout=PATIENCE_MS)
                desk.qtbot.waitUntil(lambda: page.has_result, timeout=30_000)
                assert page.noteLabel.text() == "The 2,000 that free most are shown."
                desk.click(page.selectButton)
                page.duplicatesView.selectAll()
                desk.dialog.tabs.setCurrentIndex(0)
                settle(desk.dialog)
            worst.append(max(heart.late))
            if worst[-1] <= STALL_MS:
                break
    assert page.totalLabel.text().startswith("3,000 files are there more than once; ")
    assert page.model.rowCount() == 2000
    assert min(worst) <= STALL_MS


@pytest.mark.parametrize(("width", "points"), [(560, 9), (340, 9), (560, 18), (760, 18)])
def test_nothing_is_cut(found: Desk, qgis_app: QApplication, width: int, points: int) -> None:
    font = qgis_app.font()
    font.setPointSize(points)
    qgis_app.setFont(font)
    dialog = found.dialog
    for tab in (0, 1):
        dialog.tabs.setCurrentIndex(tab)
        dialog.resize(width, 560)
        settle(dialog)
        assert dialog.width() == width
        assert_nothing_clipped(dialog)
    assert dialog.sizesPage.sizesView.columnWidth(Column.NAME) > 12 * dialog.fontMetrics().averageCharWidth()


def test_the_bar_in_the_dock_is_a_button(qtbot: QtBot, qgis_app: QApplication) -> None:
    bar = StorageBar()
    qtbot.addWidget(bar)
    bar.set_storage(Storage(6 * GB, 10 * GB, 4 * GB))
    bar.resize(bar.minimumSizeHint())
    bar.show()
    clicks = Told(qtbot, bar.clicked)
    qtbot.mouseClick(bar, LEFT)
    qtbot.keyClick(bar, Qt.Key.Key_Space)
    qtbot.keyClick(bar, Qt.Key.Key_Return)
    assert len(clicks) == 3
    assert bar.text() == "6 of 10 GB"
    assert bar.toolTip() == "Storage: 4 GB free. Click to see what fills it."
    assert bar.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert_nothing_clipped(bar)
