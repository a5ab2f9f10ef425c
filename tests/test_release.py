"""The release check finds what plugins.qgis.org would refuse, and finds none of it in what is shipped."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import release_rules as rules
from tools.package import TOP, pack
from tools.release_check import unpacked, words_of_ours

METADATA = """\
[general]
name=A
description=A
version=1.0
qgisMinimumVersion=3.22
qgisMaximumVersion=4.99
author=A
email=a@example.org
about=A
tracker=https://example.org
repository=https://example.org
icon=icon.svg
"""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("release") / "plugin.zip"
    pack(archive)
    return unpacked(archive, archive.parent / "unpacked")


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """The smallest one that is good."""
    folder = tmp_path / "plugin"
    folder.mkdir()
    (folder / "metadata.txt").write_text(METADATA)
    for name in ("__init__.py", "LICENSE", "icon.svg"):
        (folder / name).write_text("x = 1\n")
    return folder


def zipped(folder: Path, names: list[str], mode: int = 0o100644) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(folder / "a.zip", "w")
    for name in names:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        archive.writestr(entry, b"")
    return archive


def test_what_is_shipped_is_clean_to_bandit(shipped: Path) -> None:
    assert rules.bandit_findings(shipped) == []


def test_what_is_shipped_is_clean_to_detect_secrets(shipped: Path) -> None:
    assert rules.secrets_found(shipped) == []


def test_what_is_shipped_keeps_the_rules(shipped: Path) -> None:
    archive = shipped.parents[1] / "plugin.zip"
    with zipfile.ZipFile(archive) as opened:
        assert rules.bad_names(opened) == []
    assert rules.too_large(archive) + rules.missing_files(shipped) + rules.bad_metadata(shipped) == []
    assert shipped.name == TOP


def test_a_good_one_has_no_offence(plugin: Path) -> None:
    for rule in (rules.missing_files, rules.bad_metadata, rules.bandit_findings, rules.secrets_found):
        assert rule(plugin) == []


@pytest.mark.parametrize(
    "name",
    [
        "other/__init__.py",
        "p/.hidden",
        "p/.git/config",
        "p/__pycache__/a.py",
        "p/a.pyc",
        "p/lib.so",
        "p/run.sh",
        "p/../a.py",
        "p/C:/a.py",
        "p/tests/a.py",
        "__MACOSX/a",
    ],
)
def test_names_that_are_refused(tmp_path: Path, name: str) -> None:
    with zipped(tmp_path, ["p/__init__.py", name]) as archive:
        assert rules.bad_names(archive)


def test_a_folder_that_python_cannot_import(tmp_path: Path) -> None:
    with zipped(tmp_path, ["my-plugin/__init__.py"]) as archive:
        assert rules.bad_names(archive) == ["the folder my-plugin is no Python identifier"]


def test_executable_files(tmp_path: Path) -> None:
    with zipped(tmp_path, ["p/__init__.py"], 0o100755) as archive:
        assert rules.bad_names(archive) == ["p/__init__.py is marked as executable"]


def test_a_licence_with_an_extension(plugin: Path) -> None:
    (plugin / "LICENSE").rename(plugin / "LICENSE.txt")
    assert rules.missing_files(plugin) == ["no LICENSE"]


@pytest.mark.parametrize("key", rules.REQUIRED)
def test_metadata_that_lacks_something(plugin: Path, key: str) -> None:
    told = METADATA.replace(f"\n{key}=", "\nother=")
    (plugin / "metadata.txt").write_text(told)
    assert f"no {key}" in rules.bad_metadata(plugin)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("icon=", "supportsQt6=True\nicon="),
        ("author=A", "author=A/B"),
        ("version=1.0", "version=one"),
        ("icon.svg", "x.svg"),
    ],
)
def test_metadata_that_is_refused(plugin: Path, old: str, new: str) -> None:
    (plugin / "metadata.txt").write_text(METADATA.replace(old, new, 1))
    assert len(rules.bad_metadata(plugin)) == 1


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (rules.bandit_findings, "assert x"),  # of low severity: it counts as well
        (rules.bandit_findings, "a_token = 'abc'"),
        (rules.bandit_findings, "this is no Python"),
        (rules.secrets_found, "server = 'https://me:hunter2@example.org'"),
        (rules.secrets_found, "password = 'correct horse'"),
    ],
)
def test_code_that_is_refused(plugin: Path, rule: Callable[[Path], list[str]], code: str) -> None:
    (plugin / "__init__.py").write_text(f"x = 1\n{code}\n")
    assert len(rule(plugin)) == 1


@pytest.mark.parametrize(
    ("err", "words"),
    [
        ("Qt: hello\nRELEASE BEGIN\nRELEASE END\nQt: bye\n", []),
        ("RELEASE BEGIN\nQLayout: again\nRELEASE END\n", ["QLayout: again"]),
        (
            "RELEASE BEGIN\nRELEASE END\nTraceback (most recent call last):\n",
            ["Traceback (most recent call last):"],
        ),
    ],
)
def test_whose_words_they_are(err: str, words: list[str]) -> None:
    assert words_of_ours(err) == words
