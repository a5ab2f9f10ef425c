"""Every state, light, dark, in long words, at 200 %: nothing is cut, and all can be read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtGui import QIcon, QImage
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QDockWidget,
    QLabel,
    QStyleOptionViewItem,
    QWidget,
)

from mapflow_data.gui.activity.model import SECOND_LINE_ROLE
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.widgets.icons import plugin_icon
from tests.gui.kit import samples
from tests.gui.kit.contrast import ENOUGH, faint_texts
from tests.gui.kit.long_words import LongWords
from tests.gui.kit.looks import faults_of, settle
from tests.gui.kit.pictures import Album
from tests.gui.kit.tidy import untidy
from tests.gui.kit.variants import VARIANTS
from tests.gui.states.stage import DOCK_SIZE, Stage, State, all_states

ROOT = Path(__file__).resolve().parents[2]
MAX_MINIMUM = {"long": 340, "night": 345}  # px of the dock; that theme has wide margins
USUAL_MAX_MINIMUM = 330
THEMES_OWN_CONTRAST = {"night": 3.7}  # of its links, buttons and combo boxes
MAX_MINIMUM_HEIGHT = 440  # with a message in it, of about 560 that a small laptop leaves to docks
IS_DOUBLE = os.environ.get("QT_SCALE_FACTOR") == "2"
HERE = ["double"] if IS_DOUBLE else ["light", "dark", "long"]
DRAWN_ONLY = [] if IS_DOUBLE else ["night"]  # by make looks

STATES = all_states()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "variant" in metafunc.fixturenames:
        is_drawn = metafunc.config.getoption("--pictures", default=None)
        metafunc.parametrize("variant", [*HERE, *(DRAWN_ONLY if is_drawn else [])], indirect=True)


@pytest.fixture
def variant(qgis_app: QApplication, request: pytest.FixtureRequest) -> Iterator[str]:
    with VARIANTS[request.param](qgis_app) as made:
        yield request.param
        if isinstance(made, LongWords):
            assert made.unknown == set(), "no translator would see these"


def put_up(widget: QWidget) -> None:
    if isinstance(widget, QDockWidget):
        widget.setFloating(True)
    widget.show()
    settle(widget)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_nothing_is_cut_and_all_can_be_read(state: State, variant: str, stage: Stage, album: Album) -> None:
    widget = state.make(stage)
    put_up(widget)
    usual = [(size or (widget.width(), widget.height())) for size in state.sizes]
    found = []
    for size in (*usual, (1, DOCK_SIZE[1]) if state.is_dock else (1, 1)):
        widget.resize(*size)
        settle(widget)
        found += [f"{widget.width()} × {widget.height()}: {fault}" for fault in faults_of(widget)]
        if size in usual:
            is_first = size == usual[0]
            album.add(variant, state.name if is_first else f"{state.name}_{size[0]}", widget)
            found += faint_texts(widget, THEMES_OWN_CONTRAST.get(variant, ENOUGH))
            found += untidy(widget)
    if state.is_dock:
        found += too_large(widget, variant)
    if isinstance(widget, (QDialog, QDockWidget)) and drawn(widget.windowIcon()) != drawn(plugin_icon()):
        found.append("the icon of its window is not the plugin's")
    assert not found, "\n".join(found)


def drawn(icon: QIcon) -> QImage:
    return icon.pixmap(32, 32).toImage()


def too_large(dock: QWidget, variant: str) -> list[str]:
    hint, most = dock.minimumSizeHint(), MAX_MINIMUM.get(variant, USUAL_MAX_MINIMUM)
    found = [f"{hint.width()} px at least"] if hint.width() > most else []
    return [*found, f"{hint.height()} px high at least"] if hint.height() > MAX_MINIMUM_HEIGHT else found


def test_at_twice_the_scale(request: pytest.FixtureRequest) -> None:
    """In a process of its own: the scale is set for good when the first window is made."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__))]
    pictures = request.config.getoption("--pictures", default=None)
    command += [
        "-k",
        "test_nothing_is_cut",
        *(["--pictures", str(Path(pictures).absolute())] if pictures else []),
    ]
    environment = {**os.environ, "QT_SCALE_FACTOR": "2"}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout[-8000:] + ended.stderr[-2000:]
    assert f"{len(STATES)} passed" in ended.stdout


def test_names_and_states_of_uploads_have_room_beside_times_and_bars(stage: Stage) -> None:
    stage.services.queue.jobs_added.emit(samples.jobs())
    stage.sign_in().show_activity()
    stage.dock.setFloating(True)
    stage.dock.resize(*DOCK_SIZE)
    settle(stage.dock)
    view, model = stage.dock.activity.activityView, stage.dock.activity.model
    option = QStyleOptionViewItem()
    option.initFrom(view)
    option.widget, option.rect = view, view.visualRect(model.index(0, 0))
    width = view.fontMetrics().horizontalAdvance
    for row, job in enumerate(model.jobs):
        index = model.index(row, 0)
        parts = view.itemDelegate().parts(option, index)
        assert width(job.name) <= parts.name.width(), job.name
        line = index.data(SECOND_LINE_ROLE)
        assert job.error is not None or width(line) <= parts.state.width(), line


def test_the_dock_takes_no_shortcut_from_qgis(dock: MapflowDock) -> None:
    assert [w.objectName() for w in dock.findChildren(QAbstractButton) if not w.shortcut().isEmpty()] == []
    assert not any(part.inherits("QShortcut") for part in dock.findChildren(QObject))
    labels = [w for w in dock.findChildren(QLabel) if w.buddy() is not None]
    assert labels
    assert [label.text() for label in labels if "&" in label.text()] == []
