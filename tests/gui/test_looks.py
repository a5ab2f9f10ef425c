"""At 340 px and 9 pt nothing is cut, nothing overlaps, in every state; and the keyboard gets everywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QShortcut,
    QToolButton,
    QWidget,
)

from mapflow_data.api import errors
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image, Mosaic, Storage
from mapflow_data.gui.dock import MapflowDock
from mapflow_data.gui.messages import describe
from mapflow_data.gui.mosaic_dialog import MosaicDialog
from mapflow_data.services.jobs import Job, State
from tests.gui.looks import assert_nothing_clipped, settle

WIDTH = 340
MAX_MINIMUM = 330
MAX_MINIMUM_HEIGHT = 380  # of about 560 that a small laptop leaves to docks
LONG = "an_orthophoto_with_a_name_that_nobody_ever_shortened_2026-06-14_final_v2"
MB = 1024**2
GB = 1024**3


def signed_out(dock: MapflowDock) -> None:
    dock._show_state()


def refused(dock: MapflowDock) -> None:
    dock.signInPage.show_failure(errors.TlsFailed("self-signed certificate in certificate chain"))


def busy(dock: MapflowDock) -> None:
    dock.signInPage.set_busy(True)


def signed(dock: MapflowDock) -> None:
    dock.headerBox.show()
    dock.accountButton.set_connection(make_connection("", "x"), "someone.with.a.long.name@a.long.company.org")
    dock.storageBar.set_storage(Storage(683 * MB, 999 * GB, 998 * GB))
    dock.pages.setCurrentWidget(dock.tabs)


def loading(dock: MapflowDock) -> None:
    signed(dock)


def empty(dock: MapflowDock) -> None:
    signed(dock)
    dock.imagery._on_mosaics_loaded([])


def failed(dock: MapflowDock) -> None:
    signed(dock)
    dock.imagery.show_list_failure(errors.Unreachable())


def tree(dock: MapflowDock) -> None:
    signed(dock)
    mosaics = [Mosaic("m1", LONG, size_bytes=40 * GB, image_count=3), Mosaic("m2", "Test flight")]
    dock.imagery._on_mosaics_loaded(mosaics)
    dock.imagery.model.set_images("m1", [Image("i1", "m1", f"{LONG}.tif", size_bytes=683 * 1024**2)])
    dock.imagery.imageryTree.expandAll()
    dock.imagery.imageryTree.select_mosaic("m1")


def message(dock: MapflowDock) -> None:
    tree(dock)
    error = errors.Forbidden(request="PUT /rasters/mosaic/1", status=403)
    dock.notices.warning(describe(error, "The mosaic was not changed"), "Sign in", lambda: None)


def activity(dock: MapflowDock) -> None:
    signed(dock)
    dock.show_activity()
    states = [State.UPLOADING, State.WORKING, State.WAITING, State.DONE, State.FAILED]
    dock.activity.model.add(
        [
            Job(
                n,
                LONG,
                f"{LONG}.tif",
                "m1",
                LONG,
                683 * 1024**2,
                10**8,
                state,
                errors.TooLarge(),
                started=1.0,
            )
            for n, state in enumerate(states)
        ]
    )
    dock.activity.activityView.setCurrentIndex(dock.activity.model.index(4, 0))


STATES = [signed_out, refused, busy, loading, empty, failed, tree, message, activity]


@pytest.mark.parametrize("make", STATES, ids=lambda make: make.__name__)
def test_nothing_is_cut_at_340_px(
    dock: MapflowDock, qtbot: QtBot, make: Callable[[MapflowDock], None]
) -> None:
    make(dock)
    dock.setFloating(True)
    dock.resize(WIDTH, 640)
    settle(dock)
    assert dock.minimumSizeHint().width() <= MAX_MINIMUM
    assert dock.minimumSizeHint().height() <= MAX_MINIMUM_HEIGHT
    assert dock.width() == WIDTH
    assert_nothing_clipped(dock)
    dock.resize(dock.minimumSizeHint().width(), 640)
    settle(dock)
    assert dock.width() < WIDTH
    assert_nothing_clipped(dock)


def test_the_new_mosaic_dialog(qtbot: QtBot, qgis_app: object) -> None:
    dialog = MosaicDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    assert_nothing_clipped(dialog)


@pytest.mark.parametrize("make", STATES, ids=lambda make: make.__name__)
def test_the_keyboard_gets_to_all_that_can_be_used(
    dock: MapflowDock, qtbot: QtBot, make: Callable[[MapflowDock], None]
) -> None:
    make(dock)
    usable = [w for w in operable(dock) if w.isVisible() and w.isEnabled()]
    assert usable
    reached = set()
    widget: QWidget = dock.widget()
    for _ in range(300):
        widget = widget.nextInFocusChain()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.add(widget)
    assert [w.objectName() for w in usable if w not in reached] == []


@pytest.mark.parametrize("make", STATES, ids=lambda make: make.__name__)
def test_icons_have_words_for_eyes_and_screen_readers(
    dock: MapflowDock, make: Callable[[MapflowDock], None]
) -> None:
    make(dock)
    ours = [w for w in operable(dock) if w.isVisible()]
    silent = [w.objectName() for w in ours if not (w.accessibleName() or getattr(w, "text", str)())]
    assert silent == []
    icons = [
        w
        for w in ours
        if isinstance(w, QToolButton) and w.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    ]
    assert [w.objectName() for w in icons if not w.toolTip()] == []


def test_the_dock_takes_no_shortcut_from_qgis(dock: MapflowDock) -> None:
    assert [w.objectName() for w in dock.findChildren(QAbstractButton) if not w.shortcut().isEmpty()] == []
    assert dock.findChildren(QShortcut) == []
    labels = [w for w in dock.findChildren(QLabel) if w.buddy() is not None]
    assert labels
    assert [label.text() for label in labels if "&" in label.text()] == []


def operable(dock: MapflowDock) -> list[QWidget]:
    """Buttons, fields and lists of ours: those of QGIS' own widgets have no names or begin with qt_."""
    kinds = (QAbstractButton, QLineEdit, QAbstractItemView)
    found = [w for w in dock.widget().findChildren(QWidget) if isinstance(w, kinds)]
    return [
        w
        for w in found
        if w.objectName()
        and not w.objectName().startswith(("qt_", "m"))
        and not isinstance(w.parent(), (QLineEdit, QAbstractItemView))
    ]
