"""Downloads by clicks: where to, what of files that are there, how far, what came; against real services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QObject, Qt, QUrl, pyqtSlot
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QAbstractButton, QFileDialog, QMessageBox, QVBoxLayout, QWidget

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.download.downloading import Downloading
from mapflow_data.services.downloads import DownloadService
from mapflow_data.services.session import SessionService
from mapflow_data.settings import DOWNLOAD_FOLDER
from tests.gui.kit.file_dialogs import choose, open_file_dialog
from tests.gui.kit.looks import assert_nothing_clipped
from tests.rig.fault_proxy import FaultProxy
from tests.rig.fault_server import FaultServer
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer

LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 10_000
A, B = (Image(name, "m", f"{name}.tif", size_bytes=5) for name in "ab")
BODY = Script(body=b"II*\0x")


@dataclass
class Panel:
    """A panel of the dock's width with the bar in it."""

    widget: QWidget
    service: DownloadService
    downloading: Downloading
    warnings: list[tuple[Any, str, Any]] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    sign_ins: list[bool] = field(default_factory=list)

    @property
    def bar(self) -> Any:
        return self.downloading.bar

    def dialog(self) -> QFileDialog:
        return open_file_dialog(self.widget)

    def choose(self, qtbot: QtBot, path: Path) -> None:
        choose(self.widget, qtbot, path)

    def question(self) -> QMessageBox:
        return next(one for one in self.widget.findChildren(QMessageBox) if one.isVisible())

    def answer(self, qtbot: QtBot, text: str) -> None:
        buttons = self.question().findChildren(QAbstractButton)
        qtbot.mouseClick(next(one for one in buttons if one.text().replace("&", "") == text), LEFT)

    def wait(self, qtbot: QtBot) -> None:
        qtbot.waitUntil(lambda: not self.service.is_busy, timeout=PATIENCE_MS)


@pytest.fixture
def panel(qgis_app: QgsApplication, qtbot: QtBot) -> Iterator[Panel]:
    QgsProject.instance().clear()
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.addStretch()
    service = DownloadService(time_scale=0.02)
    session = SessionService(widget)
    downloading = Downloading(session, service, QgsProject.instance(), widget)
    layout.addWidget(downloading.bar)
    qtbot.addWidget(widget)
    widget.resize(330, 300)
    widget.show()
    panel = Panel(widget, service, downloading)
    downloading.warned.connect(lambda *told: panel.warnings.append(told))
    downloading.stopped.connect(panel.stops.append)
    downloading.sign_in_requested.connect(lambda: panel.sign_ins.append(True))
    yield panel
    service.close()
    DOWNLOAD_FOLDER.forget()
    QgsProject.instance().clear()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def images(panel: Panel, client: MapflowClient, sandbox: Sandbox, stocked: Mosaic) -> list[Image]:
    panel.service.set_connection(make_connection(sandbox.url, sandbox.token))
    return client.images.list(stocked.id)


@pytest.fixture
def server(panel: Panel) -> Iterator[FaultServer]:
    with FaultServer() as server:
        panel.service.set_connection(make_connection(server.url, "YTpi"))
        yield server


def link(server: FaultServer) -> Script:
    return answer({"download_url": f"{server.origin}/file"})


def files(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_one_image_goes_where_the_person_says(
    panel: Panel, images: list[Image], qtbot: QtBot, tmp_path: Path
) -> None:
    DOWNLOAD_FOLDER.set(str(tmp_path))
    panel.downloading.ask(images[:1])
    assert panel.dialog().directory().absolutePath() == str(tmp_path)
    assert Path(panel.dialog().selectedFiles()[0]).name == "field_1.tif"
    folder = tmp_path / "to"
    folder.mkdir()
    panel.choose(qtbot, folder / "mine.tif")
    panel.wait(qtbot)
    assert (folder / "mine.tif").stat().st_size == images[0].size_bytes
    assert panel.bar.label.text() == "“mine.tif” was downloaded to “to”."
    assert panel.bar.isVisible()
    assert DOWNLOAD_FOLDER.get() == str(folder)
    assert_nothing_clipped(panel.widget)
    qtbot.mouseClick(panel.bar.closeButton, LEFT)
    assert not panel.bar.isVisible()


class Opener(QObject):
    """Stands for the file manager of this computer."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    @pyqtSlot(QUrl)
    def open_url(self, url: QUrl) -> None:
        self.urls.append(url.toLocalFile())


def test_what_came_is_shown_in_its_folder_and_on_the_map(
    panel: Panel, images: list[Image], qtbot: QtBot, tmp_path: Path
) -> None:
    panel.downloading.ask(images)
    panel.choose(qtbot, tmp_path)
    panel.wait(qtbot)
    assert files(tmp_path) == ["field_1.tif", "field_2.tif"]
    assert panel.bar.label.text() == f"2 images were downloaded to “{tmp_path.name}”."
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "open_url")
    qtbot.mouseClick(panel.bar.folderButton, LEFT)
    QDesktopServices.unsetUrlHandler("file")
    assert opener.urls == [str(tmp_path)]
    qtbot.mouseClick(panel.bar.mapButton, LEFT)
    names = sorted(layer.name() for layer in QgsProject.instance().mapLayers().values())
    assert names == ["field_1", "field_2"]
    assert not panel.bar.mapButton.isEnabled()


@pytest.mark.parametrize(
    ("choice", "kept", "there"),
    [
        ("Skip these", b"mine", ["field_1.tif", "field_2.tif"]),
        ("Overwrite", None, ["field_1.tif", "field_2.tif"]),
        ("Keep both", b"mine", ["field_1 (2).tif", "field_1.tif", "field_2.tif"]),
        ("Cancel", b"mine", ["field_1.tif"]),
    ],
)
def test_files_that_are_there_are_asked_for_once(
    panel: Panel,
    images: list[Image],
    qtbot: QtBot,
    tmp_path: Path,
    choice: str,
    kept: bytes | None,
    there: list[str],
) -> None:
    (tmp_path / "field_1.tif").write_bytes(b"mine")
    panel.downloading.ask(images)
    panel.choose(qtbot, tmp_path)
    assert panel.question().text() == "“field_1.tif” is in this folder already."
    assert not panel.service.is_busy
    panel.answer(qtbot, choice)
    panel.wait(qtbot)
    assert files(tmp_path) == there
    content = (tmp_path / "field_1.tif").read_bytes()
    assert content == kept if kept else len(content) == images[0].size_bytes


def test_no_key_pressed_in_a_hurry_overwrites(
    panel: Panel, images: list[Image], qtbot: QtBot, tmp_path: Path
) -> None:
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        (tmp_path / "field_1.tif").write_bytes(b"mine")
        panel.downloading.ask(images)
        panel.choose(qtbot, tmp_path)
        qtbot.keyClick(panel.question(), key)
        assert not panel.service.is_busy
        assert files(tmp_path) == ["field_1.tif"]


def test_two_images_of_one_name_are_two_files(
    panel: Panel, server: FaultServer, qtbot: QtBot, tmp_path: Path
) -> None:
    server.add(link(server), BODY, link(server), BODY)
    names = ("../up/same.tif", "SAME.tif")
    panel.downloading.ask([Image(f"i{n}", "m", name, size_bytes=5) for n, name in enumerate(names)])
    panel.choose(qtbot, tmp_path)
    panel.wait(qtbot)
    assert files(tmp_path) == ["SAME (2).tif", "same.tif"]


def test_nothing_is_written_after_cancel(panel: Panel, images: list[Image], qtbot: QtBot) -> None:
    panel.downloading.ask(images)
    panel.downloading.ask(images)  # one dialog at a time
    qtbot.keyClick(panel.dialog(), Qt.Key.Key_Escape)
    assert not panel.service.is_busy
    panel.downloading.ask(images)
    assert panel.dialog()
    panel.dialog().reject()


def test_what_may_not_be_downloaded_is_said_at_once(panel: Panel, server: FaultServer) -> None:
    panel.downloading.ask([Image("i", "m", "a<b>.tif", is_downloadable=False)])
    ((message, button, _),) = panel.warnings
    assert message.text.startswith("“a<b>.tif” was not downloaded: Mapflow does not allow it")
    assert button == ""
    assert server.requests == []
    assert panel.widget.findChildren(QFileDialog) == []


@pytest.mark.parametrize(
    ("scripts", "words"),
    [
        ([answer({"message": "no"}, 403)], "Mapflow does not allow it for this image"),
        ([answer({"message": "no"}, 404)], "it no longer exists on the server; refresh the list"),
        ([answer({"message": "not ready"}, 409)], "Mapflow still works on it; try again later"),
        ([answer({"download_url": "file:///etc/passwd"})], "the server names an address that is not safe"),
        ([answer({"download_url": "https://10.0.0.1/a"})], "the address lies inside a private network"),
        ([Script(body=b"II*\0xyz")], "what came has not the length of the image; try again"),
        ([Script(body=b"II*")], "what came has not the length of the image; try again"),
    ],
)  # fmt: skip
def test_failures_are_told_and_tried_again_alone(
    panel: Panel, server: FaultServer, qtbot: QtBot, tmp_path: Path, scripts: list[Script], words: str
) -> None:
    is_link = b"download_url" not in scripts[0].body and scripts[0].status == 200
    server.add(*([link(server)] if is_link else []), *scripts, link(server), BODY)
    panel.downloading.ask([A, B])
    panel.choose(qtbot, tmp_path)
    panel.wait(qtbot)
    ((message, button, again),) = panel.warnings
    assert message.text.startswith(f"“a.tif” was not downloaded: {words}")
    assert panel.bar.label.text() == f"1 of 2 images were downloaded to “{tmp_path.name}”."
    assert (button, files(tmp_path)) == ("Retry", ["b.tif"])
    server.add(link(server), BODY)
    again()
    panel.wait(qtbot)
    assert files(tmp_path) == ["a.tif", "b.tif"]


def test_a_full_disk_names_the_folder(
    panel: Panel, server: FaultServer, qtbot: QtBot, tmp_path: Path
) -> None:
    panel.downloading.ask([Image("i", "m", "a.tif", size_bytes=2**55)])
    panel.choose(qtbot, tmp_path / "a.tif")
    panel.wait(qtbot)
    ((message, _, _),) = panel.warnings
    assert message.text.startswith(f"“a.tif” was not downloaded: {tmp_path} has ")
    assert message.text.endswith(" free and 32 PB are needed; make room there.")
    assert server.requests == []


def test_a_refused_token_is_told_with_a_way_to_another(
    panel: Panel, server: FaultServer, qtbot: QtBot, tmp_path: Path
) -> None:
    server.then = answer({}, 401)
    panel.downloading.ask([A])
    panel.choose(qtbot, tmp_path / "a.tif")
    panel.wait(qtbot)
    ((_, button, act),) = panel.warnings
    assert button == "Sign in"
    act()
    assert panel.sign_ins == [True]


def test_a_long_download_shows_how_far_it_is_and_stops(
    panel: Panel, server: FaultServer, qtbot: QtBot, tmp_path: Path
) -> None:
    size = 40_000_000
    with FaultProxy(server.url) as line:
        line.throttle(10_000_000)
        url = line.url.replace("/rest", "/file")
        server.add(answer({"download_url": url}), Script(body=bytes(size)))
        panel.downloading.ask([Image("a", "m", "a.tif", size_bytes=size)])
        panel.choose(qtbot, tmp_path / "a.tif")
        bar = panel.bar
        qtbot.waitUntil(lambda: bar.isVisible() and bar.progressBar.value() > 100, timeout=PATIENCE_MS)
        assert bar.label.text().startswith("Downloading · ")
        assert bar.label.text().endswith(" of 38 MB")
        assert_nothing_clipped(panel.widget)
        panel.downloading.ask([B])
        assert panel.stops == ["Another download is under way: try again after it."]
        qtbot.mouseClick(bar.cancelButton, LEFT)
        assert panel.stops[-1] == "The download was cancelled; nothing was kept."
        assert not bar.isVisible()
        qtbot.waitUntil(lambda: files(tmp_path) == [], timeout=1000)


def test_another_checksum_is_a_note(panel: Panel, server: FaultServer, qtbot: QtBot, tmp_path: Path) -> None:
    server.add(link(server), BODY)
    panel.downloading.ask([Image("a", "m", "a.tif", size_bytes=5, checksum="0" * 40)])
    panel.choose(qtbot, tmp_path / "a.tif")
    panel.wait(qtbot)
    assert panel.warnings == []
    assert "Mapflow tells another checksum, which may be that of a copy" in panel.bar.label.text()
    qtbot.mouseClick(panel.bar.mapButton, LEFT)
    ((message, _, _),) = panel.warnings
    assert message.text == "“a.tif” was not added to the map: QGIS cannot read it"


def test_a_sign_out_while_the_folder_is_chosen_is_said(
    panel: Panel, images: list[Image], qtbot: QtBot, tmp_path: Path
) -> None:
    panel.downloading.ask(images)
    panel.service.set_connection(None)
    panel.choose(qtbot, tmp_path)
    assert panel.stops == ["Sign in to Mapflow first; nothing was downloaded."]
    assert files(tmp_path) == []


def test_a_closed_service_hides_the_bar(
    panel: Panel, server: FaultServer, qtbot: QtBot, tmp_path: Path
) -> None:
    server.add(link(server), Script(body=b"II*", told_length=5))
    panel.downloading.ask([A])
    panel.choose(qtbot, tmp_path / "a.tif")
    qtbot.waitUntil(panel.bar.isVisible, timeout=PATIENCE_MS)
    panel.service.set_connection(None)
    assert not panel.bar.isVisible()
