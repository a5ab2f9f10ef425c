"""The first use of the plugin does nothing that can wait, and leaves Python as it was."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mapflow_data import gui
from tests.gui.kit.window import Window

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def collections() -> Iterator[list[str]]:
    """Those that Python does by itself."""
    seen: list[str] = []

    def note(phase: str, _info: object) -> None:
        seen.append(phase)

    gc.collect()
    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


def test_no_garbage_is_looked_for_while_it_is_made(window: Window, collections: list[str]) -> None:
    collections.clear()
    workspace = gui.make_workspace(window)
    looked = collections.count("start")
    workspace.close()
    assert looked <= 1  # at the end, for all that is new
    assert gc.isenabled()


def test_who_has_turned_that_off_finds_it_off(window: Window) -> None:
    gc.disable()
    try:
        gui.make_workspace(window).close()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_upload_dialog_is_read_at_the_first_upload() -> None:
    code = (
        "import sys, mapflow_data.gui.workspace as _;"
        "print('mapflow_data.gui.dock' in sys.modules, 'mapflow_data.gui.upload.dialog' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "True False"
