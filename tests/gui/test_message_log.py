"""Faults of the plugin itself, where people can find them: in QGIS' log."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import Qgis, QgsApplication

from mapflow_data.gui.workspace import Workspace
from mapflow_data.services.message_log import TAG
from mapflow_data.services.task import guarded
from tests.gui.kit.window import Window

Heard = list[tuple[str, str, int]]


@pytest.fixture
def heard(qgis_app: QgsApplication) -> Iterator[Heard]:
    """What came into QGIS' log: text, tag, level."""
    said: Heard = []

    def hear(text: str, tag: str, level: int) -> None:
        said.append((text, tag, level))

    QgsApplication.messageLog().messageReceived[str, str, Qgis.MessageLevel].connect(hear)
    yield said
    QgsApplication.messageLog().messageReceived[str, str, Qgis.MessageLevel].disconnect(hear)


def fail() -> None:
    raise ZeroDivisionError("https://user:secret@example.org/a?token=secret")


def fail_in_a_thread() -> None:
    def work() -> None:
        with pytest.raises(Exception, match="ZeroDivisionError"):
            guarded(fail)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_a_fault_is_in_the_log_of_qgis(workspace: Workspace, heard: Heard, qtbot: QtBot) -> None:
    fail_in_a_thread()
    qtbot.waitUntil(lambda: any(tag == TAG for _, tag, _ in heard))
    ((text, _, level),) = [one for one in heard if one[1] == TAG]
    assert "ZeroDivisionError" in text
    assert "in fail\n" in text
    assert "secret" not in text
    assert level == Qgis.MessageLevel.Critical


def test_nothing_comes_after_the_end(window: Window, heard: Heard, qtbot: QtBot) -> None:
    Workspace(window).close()
    fail_in_a_thread()
    qtbot.wait(50)
    assert [one for one in heard if one[1] == TAG] == []
