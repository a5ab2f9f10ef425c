"""Downloads, and the dock while the server is away."""

from __future__ import annotations

from datetime import UTC, datetime

from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from mapflow_data.api.errors import TimedOut, Unreachable
from mapflow_data.gui.download.bar import DownloadBar
from mapflow_data.gui.download.existing_files import ExistingFiles
from mapflow_data.services.downloads import Download, DownloadService, Outcome, Progress
from mapflow_data.services.offline.shelf import Known
from mapflow_data.transfer.receive import Received
from tests.gui.kit import samples
from tests.gui.kit.samples import GB, LONG, MB
from tests.gui.states.stage import CONNECTION, Stage, dock_state, sized_state, state

BAR_SIZE = (332, 160)  # px that the dock leaves to it, and more


@dock_state
def offline_meanwhile(stage: Stage) -> QWidget:
    """What was loaded stays in sight."""
    dock = stage.sign_in()
    stage.services.mosaics.mosaics_loaded.emit(samples.mosaics())
    session = stage.services.session
    session._was_online = True
    session.away.lost.emit(session.connection, Unreachable())
    return dock


@dock_state
def offline_from_the_start(stage: Stage) -> QWidget:
    known = Known(datetime(2026, 6, 13, 18, 5, tzinfo=UTC), samples.STORAGE)
    stage.services.session._go_offline(CONNECTION, Unreachable(), known)
    stage.services.mosaics.mosaics_loaded.emit(samples.mosaics())
    return stage.dock


def _bar(stage: Stage) -> tuple[QWidget, DownloadService]:
    downloads = DownloadService(stage.window.mainWindow())
    holder = stage.own(QWidget())
    holder.setMinimumHeight(BAR_SIZE[1])
    layout = QVBoxLayout(holder)
    layout.addWidget(bar := DownloadBar(downloads))
    layout.addStretch()
    holder.show()
    downloads.started.emit(_downloads())
    bar.show()
    return holder, downloads


def _downloads() -> list[Download]:
    names = ("DJI_20260614_0901_ortho_3cm.tif", f"{LONG}.tif", "field_3.tif")
    return [Download(samples.image(n, name=name), f"/data/{name}") for n, name in enumerate(names, 1)]


@sized_state(BAR_SIZE)
def download_under_way(stage: Stage) -> QWidget:
    holder, downloads = _bar(stage)
    downloads.progressed.emit(Progress(38, 60, int(4.1 * GB), int(6.4 * GB)))
    return holder


@sized_state(BAR_SIZE)
def download_ended(stage: Stage) -> QWidget:
    """One of them did not come."""
    holder, downloads = _bar(stage)
    whole = [Outcome(one, Received(one.path, 683 * MB)) for one in _downloads()[:2]]
    downloads.ended.emit([*whole, Outcome(_downloads()[2], error=TimedOut())])
    return holder


@state
def download_over_files(stage: Stage) -> QWidget:
    return stage.own(ExistingFiles([one.filename for one in samples.images(3)], 60))
