"""A `qtbot` that gives nothing up early. A plugin of pytest, where there is Qt."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.rig.patience import AT_LEAST_MS


class PatientBot(QtBot):
    def waitUntil(self, callback: Any, *, timeout: int = 0) -> None:
        super().waitUntil(callback, timeout=max(timeout, AT_LEAST_MS))

    def waitSignal(self, signal: Any, *, timeout: int = 0, **more: Any) -> Any:
        return super().waitSignal(signal, timeout=max(timeout, AT_LEAST_MS), **more)

    def waitSignals(self, signals: Any, *, timeout: int = 0, **more: Any) -> Any:
        return super().waitSignals(signals, timeout=max(timeout, AT_LEAST_MS), **more)


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)
