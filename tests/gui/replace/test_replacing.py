"""Replace image… by clicks: what is asked, what is said, and what tree and map show afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QDialogButtonBox, QVBoxLayout, QWidget

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.canvas.fresh_tiles import FreshTiles
from mapflow_data.gui.canvas.presenter import Presenter
from mapflow_data.gui.imagery.model import ImageryModel
from mapflow_data.gui.replace.dialog import ReplaceDialog
from mapflow_data.gui.replace.replacing import Replacing
from mapflow_data.services.bundle import Services, make_services
from mapflow_data.services.replacement import Patience
from mapflow_data.services.replacements import ReplacementService
from mapflow_data.settings import UPLOAD_FOLDER
from tests.gui.kit.file_dialogs import choose
from tests.gui.kit.looks import assert_nothing_clipped
from tests.rig.fault_proxy import FaultProxy
from tests.rig.geotiffs import UTM13, make_raster
from tests.rig.sandbox import Sandbox

LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 15_000
EAST = (UTM13[0] + 50_000, *UTM13[1:])
EDGE = QPoint(8, 8)  # on the box itself


@dataclass
class Panel:
    """What the imagery panel is made of, as far as replacing goes."""

    widget: QWidget
    services: Services
    service: ReplacementService
    replacing: Replacing
    presenter: Presenter
    model: ImageryModel
    told: list[str] = field(default_factory=list)
    warnings: list[tuple[Any, str, Any]] = field(default_factory=list)

    def choose(self, qtbot: QtBot, path: Path) -> ReplaceDialog:
        """The dialog once the file is checked."""
        choose(self.widget, qtbot, path)
        shown = self.dialog()
        qtbot.waitUntil(lambda: not shown.checkBar.isVisible(), timeout=PATIENCE_MS)
        return shown

    def dialog(self) -> ReplaceDialog:
        (dialog,) = [one for one in self.widget.findChildren(ReplaceDialog) if one.isVisible()]
        return dialog

    def ask(self, qtbot: QtBot, image: Image, path: Path) -> ReplaceDialog:
        self.replacing.ask(image)
        return self.choose(qtbot, path)


@pytest.fixture
def line(sandbox: Sandbox) -> Iterator[FaultProxy]:
    with FaultProxy(sandbox.url) as line:
        yield line


@pytest.fixture
def panel(qgis_app: QgsApplication, qtbot: QtBot, line: FaultProxy, sandbox: Sandbox) -> Iterator[Panel]:
    project = QgsProject.instance()
    project.clear()
    font = qgis_app.font()
    font.setPointSize(9)
    qgis_app.setFont(font)
    widget = QWidget()
    made, presenter, model = make_services(), Presenter(project), ImageryModel()
    service = ReplacementService(made.queue, patience=Patience(wait_for=3.0, poll=0.1, scale=0.05))
    services = replace(made, replacements=service)
    services.session.signed_in.connect(service.set_connection)
    services.session.signed_out.connect(lambda: service.set_connection(None))
    services.images.images_loaded.connect(lambda mosaic_id, images, _: model.set_images(mosaic_id, images))
    replacing = Replacing(services, presenter, model, widget)
    FreshTiles(services, presenter, widget)
    QVBoxLayout(widget).addWidget(replacing.bar)
    qtbot.addWidget(widget)
    widget.resize(330, 300)
    widget.show()
    panel = Panel(widget, services, service, replacing, presenter, model)
    replacing.succeeded.connect(panel.told.append)
    replacing.stopped.connect(panel.told.append)
    replacing.warned.connect(lambda *told: panel.warnings.append(told))
    with qtbot.waitSignal(services.session.signed_in, timeout=PATIENCE_MS):
        services.session.sign_in(line.url, sandbox.token, False)
    yield panel
    line.heal()
    service.close()
    made.close()
    presenter.close()
    UPLOAD_FOLDER.forget()
    project.clear()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)


@pytest.fixture
def mosaic(panel: Panel, client: MapflowClient, tmp_path: Path) -> Mosaic:
    """One image in a mosaic that the tree knows."""
    mosaic = client.mosaics.create("Field <b>")
    client.images.upload(mosaic.id, str(make_raster(tmp_path / "old.tif")))
    mosaic = client.mosaics.get(mosaic.id)
    panel.model.set_mosaics([mosaic])
    return mosaic


@pytest.fixture
def old(client: MapflowClient, mosaic: Mosaic) -> Image:
    return client.images.list(mosaic.id)[0]


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return make_raster(tmp_path / "new.tif", size=(70, 48), value=99)


def names(client: MapflowClient, mosaic: Mosaic) -> list[str]:
    return sorted(image.filename for image in client.images.list(mosaic.id))


def test_both_are_shown_side_by_side(panel: Panel, old: Image, new: Path, qtbot: QtBot) -> None:
    dialog = panel.ask(qtbot, old, new)
    assert dialog.whatLabel.text() == "Replace “old.tif” with “new.tif”?"
    grid = dialog.compareGrid
    assert grid.texts(1)[0] == "old.tif"
    assert grid.texts(2)[0] == "new.tif"
    assert grid.texts(1)[3:] == ["EPSG:32613", "10 m", "3 bands, uint8", "64 × 48 px"]
    assert grid.texts(2)[3:] == ["EPSG:32613", "10 m", "3 bands, uint8", "70 × 48 px"]
    assert grid.texts(3) == ["", "", "", "", "", "", "differs"]
    assert dialog.orderLabel.text() == (
        "The new image is uploaded and checked first; then “old.tif” (9.6 KB) is deleted from Mapflow and "
        "cannot be restored."
    )
    assert not dialog.problemLabel.isVisible()
    assert dialog.replace_button.isEnabled()
    assert_nothing_clipped(dialog)
    assert UPLOAD_FOLDER.get() == str(new.parent)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Space])
@pytest.mark.parametrize("where", ["as it opens", "on the button", "on the check box"])
def test_no_key_pressed_in_a_hurry_replaces(
    panel: Panel, old: Image, new: Path, qtbot: QtBot, where: str, key: Qt.Key
) -> None:
    dialog = panel.ask(qtbot, old, new)
    focus = {"on the button": dialog.replace_button, "on the check box": dialog.nameCheck}.get(where)
    if focus is not None:
        focus.setFocus()
    qtbot.keyClick(dialog.focusWidget(), key)
    is_pressed = (where, key) == ("on the button", Qt.Key.Key_Space)
    assert bool(panel.service.open) is is_pressed


def test_after_cancel_nothing_was_sent(
    panel: Panel, old: Image, new: Path, qtbot: QtBot, sandbox: Sandbox
) -> None:
    sandbox.clear_requests()
    dialog = panel.ask(qtbot, old, new)
    qtbot.mouseClick(dialog.buttonBox.button(QDialogButtonBox.StandardButton.Cancel), LEFT)
    assert panel.service.open == ()
    assert {one["method"] for one in sandbox.requests()} == {"GET"}


def test_tree_tiles_and_preview_show_the_new_one(
    panel: Panel, mosaic: Mosaic, old: Image, new: Path, qtbot: QtBot, client: MapflowClient, tmp_path: Path
) -> None:
    tiles = panel.presenter.show_tiles(mosaic, client.mosaics.tilejson(mosaic), [])
    panel.presenter.show_preview(old, str(make_raster(tmp_path / "preview.tif")))
    source = tiles.source()
    dialog = panel.ask(qtbot, old, new)
    qtbot.mouseClick(dialog.replace_button, LEFT)
    qtbot.waitUntil(lambda: bool(panel.told), timeout=PATIENCE_MS)
    assert panel.told == ["“old.tif” was replaced by “new.tif”."]
    (image,) = client.images.list(mosaic.id)
    qtbot.waitUntil(lambda: [i.id for i in panel.model.branch(mosaic.id).images] == [image.id])
    qtbot.waitUntil(lambda: tiles.source() != source)
    find = panel.presenter.find
    qtbot.waitUntil(lambda: find("preview", image_id=image.id) is not None, timeout=PATIENCE_MS)
    assert find("preview", image_id=old.id) is None
    assert panel.services.queue.jobs[0].mosaic_name == "Field <b>"
    assert not panel.replacing.bar.isVisible()


def test_the_name_may_stay(
    panel: Panel, mosaic: Mosaic, old: Image, new: Path, qtbot: QtBot, client: MapflowClient
) -> None:
    dialog = panel.ask(qtbot, old, new)
    assert dialog.nameCheck.text() == "&Keep the name “old.tif”"
    assert not dialog.nameCheck.isChecked()
    qtbot.mouseClick(dialog.nameCheck, LEFT, pos=dialog.nameCheck.rect().topLeft() + EDGE)
    qtbot.mouseClick(dialog.replace_button, LEFT)
    qtbot.waitUntil(lambda: bool(panel.told), timeout=PATIENCE_MS)
    assert panel.told == ["“old.tif” was replaced by “new.tif”."]
    assert names(client, mosaic) == ["old.tif"]


def test_what_cannot_be_sent_is_said(
    panel: Panel, mosaic: Mosaic, old: Image, qtbot: QtBot, client: MapflowClient, tmp_path: Path
) -> None:
    client.images.upload(mosaic.id, str(make_raster(tmp_path / "other.tif", value=50)))
    (tmp_path / "text.tif").write_text("no raster")
    files = {
        make_raster(tmp_path / "copy.tif"): "This is the file that is there already; choose another one.",
        tmp_path / "other.tif": (
            "It is in the mosaic already, as “other.tif”; delete the old image, or choose another file."
        ),
        make_raster(tmp_path / "bands.tif", bands=1): "It has 1 band, the mosaic 3; choose another file.",
        make_raster(tmp_path / "bare.tif", crs=None): "No CRS; use Raster",
        tmp_path / "text.tif": "Cannot be read",
    }
    for path, words in files.items():
        dialog = panel.ask(qtbot, old, path)
        assert dialog.problemLabel.text().startswith(words)
        assert not dialog.replace_button.isEnabled()
        assert not dialog.orderLabel.isVisible()
        assert not dialog.consentCheck.isVisible()
        assert_nothing_clipped(dialog)
        dialog.reject()


def test_what_differs_is_sent_only_with_consent(
    panel: Panel, mosaic: Mosaic, old: Image, qtbot: QtBot, client: MapflowClient, tmp_path: Path
) -> None:
    client.images.upload(mosaic.id, str(make_raster(tmp_path / "other.tif", value=50)))
    coarse = make_raster(tmp_path / "coarse.tif", transform=(EAST[0], 11.0, 0.0, EAST[3], 0.0, -11.0))
    dialog = panel.ask(qtbot, old, coarse)
    lines = dialog.problemLabel.text().split("\n")
    assert lines == [
        "Pixels of 11 m instead of 10 m as in other.tif.",
        "It lies elsewhere: the two images do not overlap.",
    ]
    assert not dialog.replace_button.isEnabled()
    qtbot.mouseClick(dialog.consentCheck, LEFT, pos=dialog.consentCheck.rect().topLeft() + EDGE)
    assert dialog.replace_button.isEnabled()
    assert_nothing_clipped(dialog)


def test_the_only_image_is_seen_by_the_service_until_the_end(
    panel: Panel, mosaic: Mosaic, old: Image, qtbot: QtBot, client: MapflowClient, tmp_path: Path
) -> None:
    dialog = panel.ask(qtbot, old, make_raster(tmp_path / "bands.tif", bands=1))
    assert dialog.problemLabel.text().startswith("Mapflow may refuse it while the old image is there: ")
    qtbot.mouseClick(dialog.replace_button, LEFT)
    qtbot.waitUntil(lambda: bool(panel.warnings), timeout=PATIENCE_MS)
    ((message, button, _),) = panel.warnings
    assert message.text.startswith("“old.tif” was not replaced: its number of bands is 1, the mosaic's is 3")
    assert message.text.endswith("The old image is there as before.")
    assert button == "Retry"
    assert names(client, mosaic) == ["old.tif"]


def test_an_image_that_is_gone_is_said_in_the_dialog(
    panel: Panel, old: Image, new: Path, qtbot: QtBot, client: MapflowClient
) -> None:
    client.images.delete(old.id)
    dialog = panel.ask(qtbot, old, new)
    assert dialog.problemLabel.text().startswith("The file was not checked: the image no longer exists")
    assert not dialog.replace_button.isEnabled()


def test_a_deletion_that_fails_is_tried_again_alone(
    panel: Panel, mosaic: Mosaic, old: Image, new: Path, qtbot: QtBot, client: MapflowClient, line: FaultProxy
) -> None:
    dialog = panel.ask(qtbot, old, new)
    line.throttle(20_000)
    panel.service.progressed.connect(
        lambda one: one.step is not None and one.step.value == "deleting" and line.go_offline()
    )
    qtbot.mouseClick(dialog.replace_button, LEFT)
    qtbot.waitUntil(lambda: bool(panel.warnings), timeout=PATIENCE_MS)
    message, button, again = panel.warnings[0]
    assert message.text.startswith("“old.tif” was not deleted: ")
    assert message.text.endswith("Both images are there.")
    assert button == "Delete old one"
    assert names(client, mosaic) == ["new.tif", "old.tif"]
    line.heal()
    panel.service.progressed.disconnect()
    again()
    qtbot.waitUntil(lambda: names(client, mosaic) == ["new.tif"], timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: bool(panel.told), timeout=PATIENCE_MS)


@pytest.mark.parametrize("how", ["cancel", "sign out"])
def test_a_stop_on_the_way_is_said(
    panel: Panel, mosaic: Mosaic, old: Image, tmp_path: Path, qtbot: QtBot, client: MapflowClient,
    line: FaultProxy, how: str,
) -> None:  # fmt: skip
    dialog = panel.ask(qtbot, old, make_raster(tmp_path / "big.tif", size=(2000, 1500), value=3))
    line.throttle(1_000_000)
    qtbot.mouseClick(dialog.replace_button, LEFT)
    bar = panel.replacing.bar
    qtbot.waitUntil(lambda: bar.isVisible() and " sent" in bar.label.text(), timeout=PATIENCE_MS)
    assert bar.label.text().startswith("Replacing “old.tif”: ")
    assert_nothing_clipped(panel.widget)
    panel.replacing.ask(old)
    assert panel.told == ["“old.tif” is being replaced already."]
    if how == "cancel":
        qtbot.mouseClick(bar.cancelButton, LEFT)
        assert panel.told[1:] == ["Cancelled: “old.tif”. The old image is there as before."]
    else:
        panel.services.session.sign_out()
        ((message, button, _),) = panel.warnings
        expected = "“old.tif” was not replaced: you signed out. The old image is there as before."
        assert (message.text, button) == (expected, "")
    assert not bar.isVisible()
    line.heal()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=5000)
    assert names(client, mosaic) == ["old.tif"]


def test_a_network_that_is_away_is_said(
    panel: Panel, mosaic: Mosaic, old: Image, tmp_path: Path, qtbot: QtBot, client: MapflowClient,
    line: FaultProxy,
) -> None:  # fmt: skip
    dialog = panel.ask(qtbot, old, make_raster(tmp_path / "big.tif", size=(2000, 1500), value=3))
    line.throttle(1_000_000)
    qtbot.mouseClick(dialog.replace_button, LEFT)
    bar = panel.replacing.bar
    qtbot.waitUntil(lambda: bar.isVisible() and " sent" in bar.label.text(), timeout=PATIENCE_MS)
    line.go_offline()
    said = "Replacing “old.tif”: waiting for the network"
    qtbot.waitUntil(lambda: bar.label.text() == said, timeout=PATIENCE_MS)
    qtbot.mouseClick(bar.cancelButton, LEFT)
    assert panel.told == ["Cancelled: “old.tif”. The old image is there as before."]
    assert names(client, mosaic) == ["old.tif"]


def test_a_sign_out_closes_the_dialog(panel: Panel, old: Image, new: Path, qtbot: QtBot) -> None:
    dialog = panel.ask(qtbot, old, new)
    panel.services.session.sign_out()
    assert not dialog.isVisible()
    assert panel.service.open == ()


@pytest.mark.parametrize("points", [9, 18])
def test_long_names_fit(panel: Panel, old: Image, new: Path, qtbot: QtBot, points: int) -> None:
    font = QgsApplication.font()
    font.setPointSize(points)
    QgsApplication.setFont(font)
    long = replace(old, filename="an_orthophoto_with_a_name_that_nobody_ever_shortens_" * 4 + ".tif")
    dialog = ReplaceDialog(long, new.name)
    qtbot.addWidget(dialog)
    dialog.show()
    assert_nothing_clipped(dialog)
    panel.service.prepare(old, str(new))
    with qtbot.waitSignal(panel.service.prepared, timeout=PATIENCE_MS) as caught:
        pass
    dialog.show_prepared(replace(caught.args[0], old=long, needs_consent=True, overlaps=False))
    assert_nothing_clipped(dialog)
    assert dialog.width() <= 1100
