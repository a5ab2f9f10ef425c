"""The next start, as often as a test wants one, and a folder of journals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from mapflow_data.api.connection import Connection, make_connection
from mapflow_data.services.upload.queue import Times
from tests.rig.fault_proxy import FaultProxy
from tests.rig.sandbox import Sandbox
from tests.services.interruptions.interrupting import PATIENT, Next

MakeNext = Callable[..., Next]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def start(qgis_app: QgsApplication, qtbot: QtBot, folder: Path) -> Iterator[MakeNext]:
    made: list[Next] = []

    def make(times: Times = PATIENT) -> Next:
        made.append(Next(folder, qtbot, times))
        return made[-1]

    yield make
    for one in made:
        one.close()
    qtbot.waitUntil(lambda: QgsApplication.taskManager().countActiveTasks() == 0, timeout=8000)


@pytest.fixture
def line(sandbox: Sandbox) -> Iterator[FaultProxy]:
    with FaultProxy(sandbox.url) as line:
        yield line


@pytest.fixture
def way(line: FaultProxy, sandbox: Sandbox) -> Connection:
    """Over the line."""
    return make_connection(line.url, sandbox.token)
