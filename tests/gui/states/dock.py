"""The dock while signed out and in, My imagery and Activity."""

from __future__ import annotations

from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QWidget

from mapflow_data.api import errors
from mapflow_data.api.models import Image
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.manage.deletion_bar import DeletionBar
from mapflow_data.gui.manage.waiting_bar import WaitingBar
from mapflow_data.gui.my_imagery.states import CANCEL_AFTER_MS
from mapflow_data.services.deletions import Outcome
from mapflow_data.services.upload.jobs import Summary
from tests.gui.kit import samples
from tests.gui.states.stage import Stage, dock_state

TYPING_MS = 400  # until the filter thinks that nobody types any more
FORBIDDEN = errors.Forbidden(request="DELETE /rasters/image/1", status=403)


@dock_state
def signed_out(stage: Stage) -> QWidget:
    return stage.dock


@dock_state
def checking(stage: Stage) -> QWidget:
    """A stored token is tried."""
    stage.services.session.run("sign_in", lambda token: token.wait(30))
    stage.services.session.busy_changed.emit(True)
    return stage.dock


@dock_state
def sign_in_busy(stage: Stage) -> QWidget:
    """A token that was typed is tried."""
    stage.dock.signInPage.tokenEdit.setText("YTpi")
    return checking(stage)


@dock_state
def sign_in_refused(stage: Stage) -> QWidget:
    stage.services.session.sign_in_failed.emit(errors.SignInRequired())
    return stage.dock


@dock_state
def sign_in_without_trust(stage: Stage) -> QWidget:
    failure = errors.TlsFailed("self-signed certificate in certificate chain")
    stage.services.session.sign_in_failed.emit(failure)
    return stage.dock


@dock_state
def imagery_loading(stage: Stage) -> QWidget:
    return stage.sign_in(samples.VAST)


@dock_state
def imagery_loading_long(stage: Stage) -> QWidget:
    """It can be cancelled."""
    dock = stage.sign_in(samples.VAST)
    QTest.qWait(CANCEL_AFTER_MS + TYPING_MS)
    return dock


@dock_state
def imagery_empty(stage: Stage) -> QWidget:
    dock = stage.sign_in()
    stage.services.mosaics.mosaics_loaded.emit([])
    return dock


@dock_state
def imagery_failed(stage: Stage) -> QWidget:
    dock = stage.sign_in()
    stage.services.mosaics.failed.emit("mosaics", errors.Unreachable())
    return dock


@dock_state
def imagery_refused(stage: Stage) -> QWidget:
    dock = stage.sign_in()
    stage.services.mosaics.failed.emit("mosaics", errors.SignInRequired())
    return dock


def _with_tree(stage: Stage) -> MapflowDock:
    dock = stage.sign_in()
    stage.services.mosaics.mosaics_loaded.emit(samples.mosaics())
    return dock


@dock_state
def imagery_tree(stage: Stage) -> QWidget:
    dock = _with_tree(stage)
    stage.services.images.images_loaded.emit("m1", samples.images(12), [])
    dock.imagery.imageryTree.show_image(samples.image(1))
    dock.imagery.imageryTree.select_mosaic("m1")
    return dock


@dock_state
def imagery_everything(stage: Stage) -> QWidget:
    """Long names, images that came, that are coming, that did not come, and none."""
    dock = _with_tree(stage)
    images = stage.services.images
    many = [
        samples.image(4, state="FAILED", error="FileValidationFailed"),
        samples.image(5, state="IN_PROGRESS"),
        samples.image(1),
        samples.image(2, name=f"{samples.LONG}.tif"),
        samples.image(3, crs="x" * 99),
    ]
    images.images_loaded.emit("m1", many, [])
    images.images_loading.emit("m2")
    images.images_loaded.emit("m4", [], [])
    dock.imagery.imageryTree.expandAll()
    images.images_failed.emit("m3", errors.TimedOut())
    dock.imagery.imageryTree.select_images({"m1": {"i2"}})
    return dock


@dock_state
def imagery_nothing_matches(stage: Stage) -> QWidget:
    dock = _with_tree(stage)
    dock.imagery.filterEdit.setText("no such tag")
    QTest.qWait(TYPING_MS)
    return dock


@dock_state
def imagery_nothing_matches_yet(stage: Stage) -> QWidget:
    """The lists of mosaics that were not opened are being read."""
    dock = imagery_nothing_matches(stage)
    dock.imagery.findingBar.findButton.hide()
    dock.imagery.findingBar.readingBar.show_progress(340, 1000)
    dock.imagery.findingBar.readingBar.show()
    dock.imagery.filter.looking.emit(True)
    return dock


@dock_state
def imagery_waiting(stage: Stage) -> QWidget:
    """The server takes its time to rename an image."""
    dock = _with_tree(stage)
    bar = dock.imagery.findChild(WaitingBar)
    stage.services.images.run(("change", "i"), lambda token: token.wait(30))
    bar.show()
    return dock


@dock_state
def imagery_deleting(stage: Stage) -> QWidget:
    dock = _with_tree(stage)
    stage.services.deletions.started.emit(60)
    dock.imagery.findChild(DeletionBar).show()
    return dock


@dock_state
def deletion_failed_in_part(stage: Stage) -> QWidget:
    dock = _with_tree(stage)
    theirs: list[Image] = samples.images(7, "m2")
    gone = [Outcome(one) for one in samples.images(493)]
    stage.services.deletions.ended.emit([*gone, *(Outcome(one, FORBIDDEN) for one in theirs)])
    return dock


@dock_state
def message_with_buttons(stage: Stage) -> QWidget:
    """Of details, and of what to do."""
    dock = _with_tree(stage)
    failure = errors.SignInRequired(request="GET /rasters/mosaic/1/image", status=401)
    stage.services.mosaics.failed.emit("mosaics", failure)
    return dock


@dock_state
def message_of_success(stage: Stage) -> QWidget:
    dock = _with_tree(stage)
    stage.services.deletions.ended.emit([Outcome(samples.image(1, name=f"{samples.LONG}.tif"))])
    return dock


@dock_state
def message_of_note(stage: Stage) -> QWidget:
    dock = _with_tree(stage)
    stage.services.session.token_not_stored.emit()
    return dock


def _with_jobs(stage: Stage) -> MapflowDock:
    dock = stage.sign_in()
    stage.services.queue.jobs_added.emit(samples.jobs())
    dock.show_activity()
    return dock


@dock_state
def activity_empty(stage: Stage) -> QWidget:
    dock = stage.sign_in()
    dock.show_activity()
    return dock


@dock_state
def activity(stage: Stage) -> QWidget:
    dock = _with_jobs(stage)
    total = Summary(total=60, done=38, failed=2, active=2, waiting=18, seconds_left=15_600.0)
    stage.services.queue.summary_changed.emit(total)
    return dock


@dock_state
def activity_without_network(stage: Stage) -> QWidget:
    dock = _with_jobs(stage)
    total = Summary(total=60, done=38, failed=2, unconfirmed=1, waiting=20, waiting_since=1_781_400_000.0)
    stage.services.queue.summary_changed.emit(total)
    dock.activity.activityView.scrollToBottom()
    return dock


@dock_state
def activity_failure(stage: Stage) -> QWidget:
    """The row that is selected says why."""
    dock = _with_jobs(stage)
    row = next(n for n, job in enumerate(dock.activity.model.jobs) if job.error is not None)
    dock.activity.activityView.setCurrentIndex(dock.activity.model.index(row, 0))
    return dock
