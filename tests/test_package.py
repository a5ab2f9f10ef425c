"""The zip that users install: the rules of plugins.qgis.org, and that it holds all that QGIS loads."""

from __future__ import annotations

import configparser
import re
import zipfile
from pathlib import Path

import pytest

from tools.package import ROOT, pack

REQUIRED = {
    "name",
    "description",
    "about",
    "version",
    "qgisMinimumVersion",
    "qgisMaximumVersion",
    "author",
    "email",
    "homepage",
    "tracker",
    "repository",
    "category",
    "icon",
}
NOT_FOR_USERS = {"tests", "sandbox", "demo", "bench", "tools", "docs", "build", "__pycache__"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("package") / "plugin.zip"
    pack(target)
    return target


@pytest.fixture(scope="module")
def names(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


@pytest.fixture(scope="module")
def metadata(archive: Path) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    with zipfile.ZipFile(archive) as opened:
        parser.read_string(opened.read("mapflow_data/metadata.txt").decode("utf-8"))
    return dict(parser["general"])


def test_one_folder_on_top(names: list[str]) -> None:
    assert {name.split("/")[0] for name in names} == {"mapflow_data"}
    assert len(names) == len(set(names))


def test_all_that_qgis_loads_is_there(names: list[str]) -> None:
    package = [path.relative_to(ROOT).as_posix() for path in (ROOT / "mapflow_data").rglob("*.py")]
    forms = [path.relative_to(ROOT).as_posix() for path in (ROOT / "ui").rglob("*.ui")]
    wanted = {"__init__.py", "metadata.txt", "LICENSE", *package, *forms}
    assert {f"mapflow_data/{name}" for name in wanted} <= set(names)


def test_nothing_else_is_there(names: list[str]) -> None:
    parts = {part for name in names for part in name.split("/")[1:]}
    assert not parts & NOT_FOR_USERS
    assert not [part for part in parts if part.startswith(".") or part.endswith((".pyc", ".ts", ".so"))]
    assert not [name for name in names if re.search(r"\.\.|\\|:|__MACOSX", name)]


def test_small(archive: Path) -> None:
    assert archive.stat().st_size < 2_000_000


def test_same_tree_same_bytes(archive: Path, tmp_path: Path) -> None:
    pack(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_metadata_is_whole(metadata: dict[str, str]) -> None:
    assert {key for key in REQUIRED if not metadata.get(key, "").strip()} == set()
    assert "/" not in metadata["author"]
    assert metadata["qgisMinimumVersion"] == "3.22"
    assert metadata["qgisMaximumVersion"] == "4.99"
    assert "supportsQt6" not in metadata
    assert re.fullmatch(r"\d+\.\d+\.\d+", metadata["version"])


def test_icon_is_there(metadata: dict[str, str], names: list[str]) -> None:
    assert f"mapflow_data/{metadata['icon']}" in names


def test_version_has_an_entry_in_the_changelog(metadata: dict[str, str]) -> None:
    assert f"\n## {metadata['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_processing_is_declared_when_it_is_there(metadata: dict[str, str]) -> None:
    has_provider = (ROOT / "mapflow_data" / "processing").is_dir()
    assert metadata["hasProcessingProvider"] == ("yes" if has_provider else "no")
