"""Files that are there more than once: found, told, selected."""

from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.models import Image, Mosaic
from tests.gui.conftest import PATIENCE_MS
from tests.gui.kit.storing import A, Desk, raw, some
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer
from tests.services.waiting import Told


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
    assert found.dialog.showButton.toolTip() == "Choose one of the copies first"
    view.setCurrentIndex(model.index(2, 0, top))
    assert found.dialog.showButton.isEnabled()
    assert found.dialog.showButton.toolTip() == ""


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
    assert not desk.dialog.duplicatesPage.statePage.stateProgress.isVisible()  # one bar is enough
    assert not desk.dialog.showButton.isVisible()  # there is nothing to show
    desk.click(bar.cancelButton)
    assert not bar.isVisible()
    assert not desk.inventory.is_reading
    assert desk.dialog.duplicatesPage.statePage.stateButton.text() == "Find exact duplicates"
    desk.find()
    assert desk.inventory.is_reading
    desk.click(desk.dialog.closeButton)
    assert not desk.inventory.is_reading
