"""What set-up installs is pinned, and the Makefile offers the verbs that the README promises."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VERBS = ("setup", "demo", "test", "lint", "bench", "qgis", "sandbox", "zip", "release-check", "i18n", "clean")


@pytest.mark.parametrize("path", ["tools/requirements-dev.txt", "sandbox/requirements.txt"])
def test_requirements_are_pinned(path: str) -> None:
    lines = [line.strip() for line in (ROOT / path).read_text("utf-8").splitlines()]
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert wanted
    assert [line for line in wanted if not re.match(r"[\w.-]+==[\w.]+( |$|;)", line)] == []


def test_help_lists_the_verbs() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [verb for verb in VERBS if not re.search(rf"^  make {verb} +\w", told, re.MULTILINE)] == []


def test_every_script_is_readable_by_a_plain_shell() -> None:
    for script in sorted((ROOT / "tools").glob("*.sh")):
        subprocess.run(["/bin/sh", "-n", str(script)], check=True)
