"""The Upload dialog by clicks and keys, against the running sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsMimeDataUtils,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from qgis.PyQt.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QFont
from qgis.PyQt.QtWidgets import QAbstractButton, QApplication, QLabel, QToolButton

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.gui.upload.dialog import UploadDialog
from mapflow_data.gui.upload.rows import Group, Row
from mapflow_data.services.bundle import Services, make_services
from mapflow_data.services.upload.uploads import UploadService
from tests.gui.kit.looks import assert_nothing_clipped, settle
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox

LEFT = Qt.MouseButton.LeftButton
SECONDS = 10_000  # ms; nothing here takes one


@pytest.fixture
def make_signed_in(qtbot: QtBot) -> Iterator[Callable[[Sandbox], Services]]:
    made: list[Services] = []

    def make(service: Sandbox) -> Services:
        services = make_services()
        made.append(services)
        with qtbot.waitSignal(services.session.signed_in, timeout=SECONDS):
            services.session.sign_in(service.url, service.token, remember=False)
        return services

    yield make
    for services in made:
        services.close()
    manager = QgsApplication.taskManager()
    qtbot.waitUntil(lambda: manager.countActiveTasks() == 0, timeout=SECONDS)


@pytest.fixture
def services(make_signed_in: Callable[[Sandbox], Services], sandbox: Sandbox) -> Services:
    return make_signed_in(sandbox)


@pytest.fixture
def open_dialog(qtbot: QtBot) -> Iterator[Callable[[Services], UploadDialog]]:
    made: list[UploadDialog] = []

    def make(services: Services) -> UploadDialog:
        dialog = UploadDialog(services)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # so that tests can look afterwards
        made.append(dialog)
        with qtbot.waitSignal(services.mosaics.mosaics_loaded, timeout=SECONDS):
            dialog.show()
        return dialog

    yield make
    for dialog in made:
        dialog.close()
        dialog.deleteLater()


@pytest.fixture
def dialog(open_dialog: Callable[[Services], UploadDialog], services: Services) -> UploadDialog:
    return open_dialog(services)


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MapflowClient]:
    with MapflowClient(make_connection(sandbox.url, sandbox.token)) as client:
        yield client


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[str]]:
    """So many good files, each with pixels of its own."""

    def make(count: int, stem: str = "tile", **raster: object) -> list[str]:
        names = [f"{stem}_{i}.tif" for i in range(count)]
        return [str(make_raster(tmp_path / n, value=i, **raster)) for i, n in enumerate(names)]  # type: ignore[arg-type]

    return make


def rows(dialog: UploadDialog, group: Group) -> list[Row]:
    return list(dialog.fileTree.rows_model.rows_of(group))


def names(dialog: UploadDialog, group: Group) -> list[str]:
    return [row.name for row in rows(dialog, group)]


def button_text(dialog: UploadDialog) -> str:
    return str(dialog.uploadButton.text().replace("&", ""))


def wait_checked(qtbot: QtBot, dialog: UploadDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.checkBar.isVisible(), timeout=SECONDS)
    assert not rows(dialog, Group.CHECKING)


def add(qtbot: QtBot, dialog: UploadDialog, paths: list[str]) -> None:
    dialog.add_paths(paths)
    wait_checked(qtbot, dialog)


def type_target(qtbot: QtBot, dialog: UploadDialog, name: str) -> None:
    edit = dialog.targetCombo.lineEdit()
    edit.selectAll()
    qtbot.keyClicks(edit, name)


def click_remedy(qtbot: QtBot, dialog: UploadDialog, group: Group) -> None:
    button = dialog.fileTree.findChild(QToolButton, f"{group.value}RemedyButton")
    qtbot.mouseClick(button, LEFT)
    wait_checked(qtbot, dialog)


def select(dialog: UploadDialog, group: Group, place: int = 0) -> None:
    model = dialog.fileTree.rows_model
    dialog.fileTree.setCurrentIndex(model.index(place, 0, model.index_of(group)))


def upload(qtbot: QtBot, dialog: UploadDialog) -> str:
    with qtbot.waitSignal(dialog.upload_started, timeout=SECONDS) as started:
        qtbot.mouseClick(dialog.uploadButton, LEFT)
    assert not dialog.isVisible()
    return str(started.args[0])


def wait_images(qtbot: QtBot, client: MapflowClient, mosaic_id: str, count: int) -> list[str]:
    qtbot.waitUntil(lambda: len(client.images.list(mosaic_id)) == count, timeout=SECONDS)
    return sorted(image.filename for image in client.images.list(mosaic_id))


def shown_messages(dialog: UploadDialog) -> str:
    return "\n".join(label.text() for label in dialog.messageBar.findChildren(QLabel))


def raster_layer(path: str, name: str) -> QgsRasterLayer:
    layer = QgsRasterLayer(path, name)
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    return layer


def test_layers_become_images_of_a_new_mosaic(
    qtbot: QtBot,
    qgis_new_project: None,
    dialog: UploadDialog,
    client: MapflowClient,
    files: Callable[..., list[str]],
) -> None:
    assert not dialog.uploadButton.isEnabled()
    assert "Add files" in dialog.summaryLabel.text()
    dialog.add_layers([raster_layer(path, f"Layer {i}") for i, path in enumerate(files(2))])
    assert names(dialog, Group.CHECKING) == ["tile_0.tif", "tile_1.tif"]  # at once
    wait_checked(qtbot, dialog)
    assert names(dialog, Group.READY) == ["tile_0.tif", "tile_1.tif"]
    assert {row.crs for row in rows(dialog, Group.READY)} == {"EPSG:32613"}
    assert button_text(dialog) == "Upload 2 files"
    assert dialog.summaryLabel.text().startswith("2 files · 19 KB of 10 GB free")
    type_target(qtbot, dialog, "North district")
    qtbot.keyClicks(dialog.tagsEdit.edit, "drone, 2026, drone,")
    mosaic_id = upload(qtbot, dialog)
    assert wait_images(qtbot, client, mosaic_id, 2) == ["tile_0.tif", "tile_1.tif"]
    mosaic = client.mosaics.get(mosaic_id)
    assert (mosaic.name, mosaic.tags) == ("North district", ("drone", "2026"))


def test_bad_files_say_why_and_do_not_stop_the_others(
    qtbot: QtBot,
    dialog: UploadDialog,
    client: MapflowClient,
    files: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    good = files(1)
    (tmp_path / "empty.tif").write_bytes(b"")
    (tmp_path / "text.tif").write_text("no picture")
    bad = {
        "empty.tif": "Is empty",
        "text.tif": "Cannot be read",
        "gone.tif": "Cannot be read",
        "no_crs.tif": "No CRS",
        "nowhere.tif": "Has no position",
        "picture.png": "Is PNG",
        "bands.tif": "4 bands, the mosaic 3",
    }
    make_raster(tmp_path / "no_crs.tif", crs=None)
    make_raster(tmp_path / "nowhere.tif", transform=None)
    make_raster(tmp_path / "picture.png", driver="PNG")
    make_raster(tmp_path / "bands.tif", bands=4)
    add(qtbot, dialog, [*good, *(str(tmp_path / name) for name in bad)])
    found = {row.name: row.happens for row in rows(dialog, Group.CANNOT)}
    assert found.keys() == bad.keys()
    for name, words in bad.items():
        assert words in found[name]
    assert button_text(dialog) == "Upload 1 file"
    assert "7 more are not sent" in dialog.summaryLabel.text()
    assert wait_images(qtbot, client, upload(qtbot, dialog), 1) == ["tile_0.tif"]


def test_a_mended_file_is_checked_again(qtbot: QtBot, dialog: UploadDialog, tmp_path: Path) -> None:
    path = make_raster(tmp_path / "mended.tif", crs=None)
    add(qtbot, dialog, [str(path)])
    assert names(dialog, Group.CANNOT) == ["mended.tif"]
    make_raster(path)
    qtbot.keyClick(dialog.fileTree, Qt.Key.Key_F5)
    wait_checked(qtbot, dialog)
    assert names(dialog, Group.READY) == ["mended.tif"]


def test_what_differs_is_sent_only_on_request(
    qtbot: QtBot, dialog: UploadDialog, files: Callable[..., list[str]], tmp_path: Path
) -> None:
    other = make_raster(tmp_path / "zone12.tif", crs="EPSG:32612")
    coarser = make_raster(tmp_path / "coarser.tif", transform=(500_000, 15, 0, 4_500_000, 0, -15))
    add(qtbot, dialog, [*files(1), str(other), str(coarser)])
    assert names(dialog, Group.DIFFERS) == ["zone12.tif", "coarser.tif"]
    crs, pixels = rows(dialog, Group.DIFFERS)
    assert crs.happens.startswith("Not sent: EPSG:32612 instead of EPSG:32613")
    assert pixels.happens.startswith("Not sent: pixels of 15 m instead of 10 m")
    assert button_text(dialog) == "Upload 1 file"
    click_remedy(qtbot, dialog, Group.DIFFERS)
    assert button_text(dialog) == "Upload 3 files"
    assert not rows(dialog, Group.DIFFERS)
    assert rows(dialog, Group.READY)[1].happens.startswith("Sent as it is: EPSG:32612")
    click_remedy(qtbot, dialog, Group.READY)  # undo
    assert button_text(dialog) == "Upload 1 file"
    select(dialog, Group.DIFFERS, 1)
    qtbot.mouseClick(dialog.overrideButton, LEFT)  # one row alone
    wait_checked(qtbot, dialog)
    assert names(dialog, Group.READY) == ["tile_0.tif", "coarser.tif"]
    select(dialog, Group.READY, 1)
    assert dialog.overrideButton.isChecked()


def test_coarse_imagery_may_be_tried(qtbot: QtBot, dialog: UploadDialog, tmp_path: Path) -> None:
    coarse = make_raster(tmp_path / "coarse.tif", transform=(500_000, 60, 0, 4_500_000, 0, -60))
    add(qtbot, dialog, [str(coarse)])
    dialog.fileTree.setFocus()
    qtbot.keyClick(dialog.fileTree, Qt.Key.Key_Tab)
    assert dialog.focusWidget().objectName() == "riskyRemedyButton"
    assert "60 m a pixel" in rows(dialog, Group.RISKY)[0].happens
    assert not dialog.uploadButton.isEnabled()
    assert "decide in the list" in dialog.uploadButton.toolTip()
    click_remedy(qtbot, dialog, Group.RISKY)
    assert button_text(dialog) == "Upload 1 file"


def test_storage_too_small_offers_what_fits(
    qtbot: QtBot,
    make_signed_in: Callable[[Sandbox], Services],
    open_dialog: Callable[[Services], UploadDialog],
    files: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    paths = files(3, size=(200, 100))  # 59 KB each
    with Sandbox(tmp_path / "sandbox", storage_limit=150_000) as small:
        services = make_signed_in(small)
        dialog = open_dialog(services)
        add(qtbot, dialog, paths)
        assert names(dialog, Group.READY) == ["tile_0.tif", "tile_1.tif"]
        assert "Does not fit" in rows(dialog, Group.CANNOT)[0].happens
        needed = sum(Path(path).stat().st_size for path in paths)
        assert f"{(needed - 150_000) / 1024:.0f} KB more storage is needed" in dialog.summaryLabel.text()
        assert button_text(dialog) == "Upload 2 files"
        mosaic_id = upload(qtbot, dialog)
        with MapflowClient(make_connection(small.url, small.token)) as client:
            assert wait_images(qtbot, client, mosaic_id, 2) == ["tile_0.tif", "tile_1.tif"]


def test_existing_mosaic_is_compared_without_reading_files_again(
    qtbot: QtBot,
    dialog: UploadDialog,
    services: Services,
    client: MapflowClient,
    files: Callable[..., list[str]],
) -> None:
    there, new = files(2, stem="flight")
    mosaic_id = client.mosaics.create_with_image("Quarry", there).mosaic_id
    with qtbot.waitSignal(services.mosaics.mosaics_loaded, timeout=SECONDS):
        services.mosaics.load()
    add(qtbot, dialog, [there, new])
    assert button_text(dialog) == "Upload 2 files"
    read_again: list[object] = []
    services.uploads.row_checked.connect(read_again.append)
    type_target(qtbot, dialog, "Quarry")
    qtbot.waitUntil(lambda: names(dialog, Group.THERE) == ["flight_0.tif"], timeout=SECONDS)
    assert not read_again
    assert not dialog.tagsEdit.isVisible()
    assert button_text(dialog) == "Upload 1 file"
    assert rows(dialog, Group.THERE)[0].happens == "Not sent: is in the mosaic already"
    click_remedy(qtbot, dialog, Group.THERE)
    assert rows(dialog, Group.READY)[0].happens == "Sent again: is in the mosaic already"
    click_remedy(qtbot, dialog, Group.READY)  # undo
    assert button_text(dialog) == "Upload 1 file"
    assert upload(qtbot, dialog) == mosaic_id
    assert wait_images(qtbot, client, mosaic_id, 2) == ["flight_0.tif", "flight_1.tif"]


def test_mosaic_asked_for_before_the_list_has_come(
    qtbot: QtBot, services: Services, client: MapflowClient, open_dialog: Callable[[Services], UploadDialog]
) -> None:
    mosaic = client.mosaics.create("Chosen beforehand")
    dialog = UploadDialog(services)
    qtbot.addWidget(dialog)
    dialog.set_target(mosaic.id)
    with qtbot.waitSignal(services.mosaics.mosaics_loaded, timeout=SECONDS):
        dialog.show()
    assert dialog.targetCombo.currentText() == "Chosen beforehand"
    assert not dialog.tagsEdit.isVisible()


def test_suggested_name_never_means_an_existing_mosaic(
    qtbot: QtBot,
    dialog: UploadDialog,
    services: Services,
    client: MapflowClient,
    files: Callable[..., list[str]],
) -> None:
    client.mosaics.create("harbour_0")
    with qtbot.waitSignal(services.mosaics.mosaics_loaded, timeout=SECONDS):
        services.mosaics.load()
    add(qtbot, dialog, files(1, stem="harbour"))
    assert dialog.targetCombo.currentText() == "harbour_0 (2)"
    assert dialog.targetCombo.lineEdit().selectedText() == "harbour_0 (2)"
    type_target(qtbot, dialog, "harbour")  # not completed to what exists
    assert dialog.targetCombo.currentText() == "harbour"
    assert dialog.targetHint.text() == "new mosaic"
    dialog.targetCombo.lineEdit().clear()
    assert not dialog.uploadButton.isEnabled()
    assert "type a name" in dialog.summaryLabel.text()


def test_same_names_are_asked_about_once(
    qtbot: QtBot, dialog: UploadDialog, files: Callable[..., list[str]], tmp_path: Path
) -> None:
    (tmp_path / "again").mkdir()
    twin = make_raster(tmp_path / "again" / "tile_0.tif", value=99)
    add(qtbot, dialog, [*files(1), str(twin)])
    assert len(rows(dialog, Group.NAMESAKE)) == 1
    assert button_text(dialog) == "Upload 1 file"
    click_remedy(qtbot, dialog, Group.NAMESAKE)
    assert button_text(dialog) == "Upload 2 files"
    assert rows(dialog, Group.READY)[1].happens == "Sent too: another image has this name"
    dialog.add_paths([str(twin)])  # a file is in the list once
    assert len(rows(dialog, Group.READY)) == 2


def test_escape_while_checking_ends_it(
    qtbot: QtBot,
    make_signed_in: Callable[[Sandbox], Services],
    open_dialog: Callable[[Services], UploadDialog],
    files: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    with Sandbox(tmp_path / "sandbox", latency=0.4) as slow:
        services = make_signed_in(slow)
        dialog = open_dialog(services)
        dialog.add_paths(files(2))
        assert dialog.checkBar.isVisible()
        assert "Checking files" in dialog.summaryLabel.text()
        with qtbot.assertNotEmitted(services.uploads.plan_ready, wait=700):
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
            assert not dialog.isVisible()
            assert not services.uploads.is_running("prepare")


def test_failure_to_make_the_mosaic_keeps_the_dialog_and_all_in_it(
    qtbot: QtBot,
    make_signed_in: Callable[[Sandbox], Services],
    open_dialog: Callable[[Services], UploadDialog],
    files: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    service = Sandbox(tmp_path / "sandbox").start()
    services = make_signed_in(service)
    impatient = UploadService(services.queue, services.queue, time_scale=0.05)
    impatient.set_connection(services.session.connection)
    dialog = open_dialog(replace(services, uploads=impatient))
    add(qtbot, dialog, files(2))
    type_target(qtbot, dialog, "Made later")
    service.stop()
    qtbot.mouseClick(dialog.uploadButton, LEFT)
    assert not dialog.uploadButton.isEnabled()
    assert not dialog.targetCombo.isEnabled()
    qtbot.waitUntil(lambda: "“Made later” was not created" in shown_messages(dialog), timeout=SECONDS)
    assert "cannot be reached" in shown_messages(dialog)
    assert dialog.isVisible()
    assert dialog.uploadButton.isEnabled()
    assert (button_text(dialog), dialog.targetCombo.currentText()) == ("Upload 2 files", "Made later")
    assert_nothing_clipped(dialog)
    with Sandbox(tmp_path / "sandbox", port=service.port):  # it is back
        upload(qtbot, dialog)
    impatient.close()


def test_failure_to_check_offers_to_try_again(
    qtbot: QtBot,
    make_signed_in: Callable[[Sandbox], Services],
    open_dialog: Callable[[Services], UploadDialog],
    files: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    service = Sandbox(tmp_path / "one").start()
    dialog = open_dialog(make_signed_in(service))
    service.stop()
    with Sandbox(tmp_path / "two", port=service.port, token="c29tZWJvZHk6ZWxzZQ=="):  # knows other people
        dialog.add_paths(files(1))
        qtbot.waitUntil(lambda: "were not checked" in shown_messages(dialog), timeout=SECONDS)
        assert "did not accept the token" in shown_messages(dialog)
        assert not dialog.uploadButton.isEnabled()
        assert "not checked" in dialog.uploadButton.toolTip()
    with Sandbox(tmp_path / "one", port=service.port):
        again = next(b for b in dialog.messageBar.findChildren(QToolButton) if b.text() == "Try again")
        qtbot.mouseClick(again, LEFT)
        qtbot.waitUntil(dialog.uploadButton.isEnabled, timeout=SECONDS)
    assert names(dialog, Group.READY) == ["tile_0.tif"]


def test_a_double_click_uploads_once(
    qtbot: QtBot, dialog: UploadDialog, sandbox: Sandbox, files: Callable[..., list[str]]
) -> None:
    add(qtbot, dialog, files(1))
    sandbox.clear_requests()
    with qtbot.waitSignal(dialog.upload_started, timeout=SECONDS):
        qtbot.mouseClick(dialog.uploadButton, LEFT)
        qtbot.mouseDClick(dialog.uploadButton, LEFT)
    made = [r for r in sandbox.requests() if r["method"] == "POST" and r["path"].endswith("/rasters/mosaic")]
    assert len(made) == 1


def test_signing_out_stops_and_signing_in_goes_on(
    qtbot: QtBot, dialog: UploadDialog, services: Services, sandbox: Sandbox, files: Callable[..., list[str]]
) -> None:
    add(qtbot, dialog, files(1))
    services.session.sign_out()
    assert "Sign in" in dialog.summaryLabel.text()
    assert not dialog.uploadButton.isEnabled()
    services.session.sign_in(sandbox.url, sandbox.token, remember=False)
    qtbot.waitUntil(dialog.uploadButton.isEnabled, timeout=SECONDS)
    assert button_text(dialog) == "Upload 1 file"


def make_subdataset(folder: Path) -> QgsMapLayer:
    """One table of a GeoPackage with two rasters."""
    path = folder / "two.gpkg"
    make_raster(path, driver="GPKG", options=("RASTER_TABLE=one",))
    make_raster(path, driver="GPKG", options=("RASTER_TABLE=two", "APPEND_SUBDATASET=YES"))
    return QgsRasterLayer(f"GPKG:{path}:two", "table", "gdal")


def test_layers_without_a_file_say_why(
    qtbot: QtBot, qgis_new_project: None, dialog: UploadDialog, tmp_path: Path
) -> None:
    uri = "type=xyz&url=http://127.0.0.1:9/%7Bz%7D/%7Bx%7D/%7By%7D.png&zmax=1&zmin=0"
    tiles = QgsRasterLayer(uri, "<b>tiles</b>", "wms")
    dialog.add_layers(
        [
            tiles,
            QgsVectorLayer("Point?crs=EPSG:4326", "points", "memory"),
            QgsRasterLayer(f"/vsizip/{tmp_path}/a.zip/a.tif", "zipped", "gdal"),
            make_subdataset(tmp_path),
            QgsRasterLayer(str(tmp_path / "gone.tif"), "gone", "gdal"),
        ]
    )
    found = {row.name: row.happens for row in rows(dialog, Group.CANNOT)}
    assert "no file on this computer" in found["<b>tiles</b>"]
    assert "not a raster" in found["points"]
    assert "archive" in found["zipped"]
    assert "part of a larger file" in found["table"]
    assert "is gone" in found["gone"]
    assert "<b>" not in rows(dialog, Group.CANNOT)[0].tip
    assert not dialog.uploadButton.isEnabled()
    assert "Nothing can be sent" in dialog.summaryLabel.text()


def test_a_layer_with_open_options_has_its_file(
    qtbot: QtBot, dialog: UploadDialog, files: Callable[..., list[str]]
) -> None:
    path = files(1)[0]
    dialog.add_layers([QgsRasterLayer(f"{path}|option:NUM_THREADS=2", "with options", "gdal")])
    wait_checked(qtbot, dialog)
    assert [row.key for row in rows(dialog, Group.READY)] == [path]


def test_a_layer_drawn_in_another_crs_is_told(
    qtbot: QtBot, qgis_new_project: None, dialog: UploadDialog, files: Callable[..., list[str]]
) -> None:
    layer = raster_layer(files(1)[0], "moved")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32614"))
    dialog.add_layers([layer])
    wait_checked(qtbot, dialog)
    row = rows(dialog, Group.READY)[0]
    assert row.crs == "EPSG:32613"
    assert "not in the layer's EPSG:32614" in row.happens
    assert dialog.targetCombo.currentText() == "moved"


def drop(dialog: UploadDialog, mime: QMimeData) -> None:
    """Over the list, as the window system would: who does not take it lets it through to the dialog."""
    over = dialog.fileTree.viewport() if dialog.fileTree.isVisible() else dialog.emptyPage
    rest = (Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(40, 40), *rest)
    QApplication.sendEvent(over, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(over, QDropEvent(QPointF(40, 40), *rest))


def test_files_folders_and_layers_can_be_dropped(
    qtbot: QtBot,
    qgis_new_project: None,
    dialog: UploadDialog,
    files: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    inside = tmp_path / "folder"
    inside.mkdir()
    make_raster(inside / "in_folder.TIF", value=50)
    (inside / "notes.txt").write_text("not taken")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(files(1)[0]), QUrl.fromLocalFile(str(inside))])
    drop(dialog, mime)
    layer = raster_layer(str(make_raster(tmp_path / "of_layer.tif", value=70)), "of layer")
    drop(dialog, QgsMimeDataUtils.encodeUriList([QgsMimeDataUtils.Uri(layer)]))
    wait_checked(qtbot, dialog)
    assert names(dialog, Group.READY) == ["tile_0.tif", "in_folder.TIF", "of_layer.tif"]


@pytest.mark.parametrize(
    ("actions", "is_taken"),
    [(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, True), (Qt.DropAction.MoveAction, False)],
)
def test_a_layer_is_never_moved_out_of_its_project(
    qgis_new_project: None,
    dialog: UploadDialog,
    files: Callable[..., list[str]],
    actions: Qt.DropAction,
    is_taken: bool,
) -> None:
    """The layer tree proposes to move it, and takes it out of the project where that is accepted."""
    mime = QgsMimeDataUtils.encodeUriList([QgsMimeDataUtils.Uri(raster_layer(files(1)[0], "field"))])
    rest = (actions, mime, LEFT, Qt.KeyboardModifier.ShiftModifier)  # with it Qt proposes to move
    for event in (
        QDragEnterEvent(QPoint(40, 40), *rest),
        QDragMoveEvent(QPoint(40, 40), *rest),
        QDropEvent(QPointF(40, 40), *rest),
    ):
        assert event.proposedAction() == Qt.DropAction.MoveAction
        QApplication.sendEvent(dialog.emptyPage, event)
        assert event.isAccepted() == is_taken
        assert not is_taken or event.dropAction() == Qt.DropAction.CopyAction
    assert (dialog.fileTree.model().rowCount() > 0) == is_taken


def test_layers_of_the_project_are_offered(
    qtbot: QtBot, qgis_new_project: None, dialog: UploadDialog, files: Callable[..., list[str]]
) -> None:
    menu = dialog.addLayersButton.menu()
    menu.aboutToShow.emit()
    assert [action.isEnabled() for action in menu.actions()] == [False]
    for place, path in enumerate(files(2)):
        raster_layer(path, f"R&D {place}")
    menu.aboutToShow.emit()
    labels = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert sorted(labels) == ["All 2 layers", "R&&D 0", "R&&D 1"]
    next(action for action in menu.actions() if action.text() == "R&&D 1").trigger()
    wait_checked(qtbot, dialog)
    assert names(dialog, Group.READY) == ["tile_1.tif"]
    menu.aboutToShow.emit()
    enabled = {action.text(): action.isEnabled() for action in menu.actions() if not action.isSeparator()}
    assert enabled == {"All 2 layers": True, "R&&D 0": True, "R&&D 1": False}


def test_delete_key_takes_rows_off_the_list_only(
    qtbot: QtBot, dialog: UploadDialog, files: Callable[..., list[str]]
) -> None:
    paths = files(3)
    add(qtbot, dialog, paths)
    select(dialog, Group.READY, 1)
    qtbot.keyClick(dialog.fileTree, Qt.Key.Key_Delete)
    wait_checked(qtbot, dialog)
    assert names(dialog, Group.READY) == ["tile_0.tif", "tile_2.tif"]
    assert Path(paths[1]).exists()
    dialog.targetCombo.lineEdit().setText("kept")
    dialog.targetCombo.lineEdit().setCursorPosition(0)
    qtbot.keyClick(dialog.targetCombo.lineEdit(), Qt.Key.Key_Delete)
    assert dialog.targetCombo.currentText() == "ept"
    assert len(rows(dialog, Group.READY)) == 2
    dialog.fileTree.selectAll()
    qtbot.mouseClick(dialog.removeButton, LEFT)
    assert dialog.listStack.currentWidget() is dialog.emptyPage


def test_keyboard_reaches_all_and_every_part_has_a_name(
    qtbot: QtBot, dialog: UploadDialog, files: Callable[..., list[str]]
) -> None:
    add(qtbot, dialog, files(1))
    dialog.addFilesButton.setFocus()
    seen = []
    for _ in range(8):
        seen.append(dialog.focusWidget().objectName() or dialog.focusWidget().parent().objectName())
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    wanted = ["addFilesButton", "addFolderButton", "addLayersButton", "fileTree", "targetCombo", "tagEdit"]
    assert seen == [*wanted, "uploadButton", "cancelButton"]
    for part in (dialog.fileTree, dialog.targetCombo, dialog.tagsEdit.edit, dialog.checkBar):
        assert part.accessibleName()
    buttons = [dialog.findChild(QAbstractButton, name) for name in seen if name.endswith("Button")]
    mnemonics = [b.text()[b.text().index("&") + 1].lower() for b in buttons if "&" in b.text()]
    mnemonics += [
        label.text()[label.text().index("&") + 1] for label in (dialog.targetLabel, dialog.tagsLabel)
    ]
    mnemonics += [
        b.text()[b.text().index("&") + 1].lower() for b in (dialog.removeButton, dialog.overrideButton)
    ]
    assert len(set(mnemonics)) == len(mnemonics)


def test_many_tags_keep_to_their_line(qtbot: QtBot, dialog: UploadDialog) -> None:
    type_target(qtbot, dialog, "North district")
    settle(dialog)
    before = [part.geometry() for part in (dialog.listStack, dialog.targetCombo, dialog.tagsEdit)]
    qtbot.keyClicks(dialog.tagsEdit.edit, "".join(f"tag {n}," for n in range(12)))
    assert dialog.tagsEdit.tags() == tuple(f"tag {n}" for n in range(12))
    assert_nothing_clipped(dialog)
    assert [part.geometry() for part in (dialog.listStack, dialog.targetCombo, dialog.tagsEdit)] == before


@pytest.fixture
def nine_points(qgis_app: QgsApplication) -> Iterator[None]:
    before = QApplication.font()
    font = QFont(before)
    font.setPointSize(9)
    QApplication.setFont(font)
    yield
    QApplication.setFont(before)


def test_nothing_is_clipped(
    qtbot: QtBot, nine_points: None, dialog: UploadDialog, files: Callable[..., list[str]], tmp_path: Path
) -> None:
    other = make_raster(tmp_path / "zone12.tif", crs="EPSG:32612")
    assert (dialog.width(), dialog.height()) == (860, 430)
    assert_nothing_clipped(dialog)
    add(qtbot, dialog, [*files(2), str(other), str(tmp_path / "gone.tif")])
    assert_nothing_clipped(dialog)
    dialog.resize(1, 1)  # as small as it gets
    assert_nothing_clipped(dialog)
    assert dialog.width() <= 720
    assert dialog.height() <= 320
