"""Where set-up cannot go on, it says why and what to do, in one line."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ["sh", "cat", "dirname", "mkdir", "flock", "wc", "tail", "grep", "sed", "env", "dpkg"]
STATUS = 'case "$*" in *Status*) echo {status} ;; *) echo {version} ;; esac'


class Machine:
    """A folder with set-up in it, and all commands that there are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a checkout"
        self.commands = folder / "bin"
        (self.folder / "tools").mkdir(parents=True)
        shutil.copy(ROOT / "tools" / "setup.sh", self.folder / "tools")
        self.commands.mkdir()
        for name in TOOLS:
            (self.commands / name).symlink_to(str(shutil.which(name)))
        self.has("id", "echo 1000")
        self.has("sudo", '[ "$1" = -v ] || exec "$@"')

    def has(self, name: str, script: str) -> None:
        path = self.commands / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def packages(self, status: str = "installed", version: str = "3.22.16") -> None:
        self.has("dpkg-query", STATUS.format(status=status, version=version))

    def set_up(self) -> str:
        """The last line that it says; it must fail."""
        env = {**os.environ, "PATH": str(self.commands), "LC_ALL": "de_DE.UTF-8"}
        ran = subprocess.run([self.folder / "tools" / "setup.sh"], env=env, capture_output=True, text=True)
        assert ran.returncode == 1
        return ran.stderr.splitlines()[-1]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_another_system_is_told_what_it_needs(machine: Machine) -> None:
    said = machine.set_up()
    assert said.startswith("setup: this is no Debian; install what these are called here: qgis python3-qgis")


def test_a_qgis_that_is_too_old_is_named(machine: Machine) -> None:
    machine.packages(version="3.10.14")
    assert machine.set_up() == "setup: QGIS 3.22 or later is needed, this system has 3.10.14"


def test_without_sudo_it_says_whom_to_ask_for_what(machine: Machine) -> None:
    machine.packages("unknown")
    (machine.commands / "sudo").unlink()
    said = machine.set_up()
    assert said.startswith("setup: there is no sudo; ask an administrator for: apt-get install qgis ")


def test_a_sudo_that_is_refused_is_told(machine: Machine) -> None:
    machine.packages("unknown")
    machine.has("sudo", "exit 1")
    assert machine.set_up().startswith("setup: sudo was refused; ask an administrator for: apt-get install ")


@pytest.mark.parametrize(
    ("apt_says", "reason"),
    [
        ("Temporary failure resolving 'deb.debian.org'", "the network cannot be reached"),
        ("dpkg: error: failed to write: No space left on device", "the disk is full"),
        ("E: Unable to locate package xdotool", "Unable to locate package xdotool"),
    ],
)
def test_apt_s_reason_is_given(machine: Machine, apt_says: str, reason: str) -> None:
    machine.packages("unknown")
    machine.has("apt-get", f'case "$*" in *install*) echo "{apt_says}"; exit 100 ;; esac')
    said = machine.set_up()
    assert said.startswith("setup: apt could not install: qgis ")
    assert reason in said
    assert said.endswith("(all of it is in build/setup.log)")
    assert apt_says in (machine.folder / "build" / "setup.log").read_text()
