"""Cuts the tests off from the user's profile, display and network settings, and offers the sandbox.

Imported before any Qt application exists, and also where QGIS cannot be imported (`make test-api`).
"""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.sandbox import Sandbox

MASTER_PASSWORD = "only for tests"


def _isolate() -> None:
    home = Path(tempfile.mkdtemp(prefix="mapflow-data-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for name in (
        "QGIS_AUTH_DB_DIR_PATH",
        "XDG_RUNTIME_DIR",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
    ):
        folder = home / name.lower()
        folder.mkdir(mode=0o700)
        os.environ[name] = str(folder)
    for name in list(os.environ):
        if name.startswith("MAPFLOW_DATA_") or name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["LC_ALL"] = "C.UTF-8"


_isolate()


def pytest_configure(config: pytest.Config) -> None:
    if config.pluginmanager.has_plugin("pytest-qt"):
        config.pluginmanager.register(importlib.import_module("tests.rig.patient_bot"))


@pytest.fixture(autouse=True, scope="session")
def _open_auth_database(request: pytest.FixtureRequest) -> None:
    """So that no test waits at a password prompt: any of them may come by a token."""
    if request.config.pluginmanager.has_plugin("pytest_qgis"):
        request.getfixturevalue("qgis_app")
        from qgis.core import QgsApplication

        assert QgsApplication.authManager().setMasterPassword(MASTER_PASSWORD, True)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A running local Mapflow of this test module: .url, .token, .requests()."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as service:
        yield service
