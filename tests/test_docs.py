"""README and guides name what is on the screen, all that can be met there, and nothing else."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent
GUI = ROOT / "mapflow_data" / "gui"
FOR_USERS = ("README.md", "docs/user-guide.md", "docs/troubleshooting.md")
PAGES = (*FOR_USERS, "docs/development.md", "docs/scripting.md", "CONTRIBUTING.md", "CHANGELOG.md")
# who speaks in these modules says why something was not done
SPEAKERS = (
    *(f"words/{name}.py" for name in ("codes", "failures", "local_reasons", "network_reasons", "reasons")),
    *("words/areas.py", "upload/problems.py", "replace/outcomes.py", "search/notices.py", "image/reasons.py"),
    "interrupted/words.py",
)
FOLDERS = ("", "mapflow_data", "mapflow_data/api", "tests/gui", "tests/rig")  # that paths begin at
NO_MESSAGES = re.compile("click (two|the)|.* was replaced by .*\\.$")
FEWEST_WORDS = 4  # with fewer it is a part of a sentence
ANYWHERE = {"cancel", "close", "retry", "all", "the project has none"}
NEVER_SEEN = {"&Keep the old name", "&Send it as it is"}  # a form's own words, before those of the case
OF_QGIS = {
    *("Plugins", "Manage and Install Plugins…", "Install from ZIP", "Installed", "Raster", "Layers"),
    *("Settings", "Options", "Authentication", "User Profiles", "Open Active Profile Folder"),
    *("Export", "Save As…", "Projections", "Assign Projection…", "Warp (Reproject)…"),
    *("Conversion", "Translate (Convert Format)…", "View", "Panels", "Log Messages"),
}


def plain(text: str) -> str:
    """As it is compared: without what is only there for Markdown, for keys or for QGIS' eye."""
    return " ".join(re.sub(r"[*&“”]", "", text).casefold().split())


@cache
def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def guides() -> str:
    return plain(page("docs/user-guide.md") + page("docs/troubleshooting.md"))


def pieces(text: str) -> list[str]:
    """Between what is filled in."""
    return [
        piece.strip(" .,:;") for piece in re.split(r"\{\w+\}|…|[()]", plain(text)) if piece.strip(" .,:;")
    ]


def key_phrase(message: str) -> str:
    """What tells it from others: the longest piece of its first clause, or of the whole."""
    clause = max(pieces(re.split("[;:.] ", message)[0]) or [""], key=len)
    return clause if " " in clause else max(pieces(message), key=len)


def texts_in(tree: ast.AST) -> Iterator[str]:
    """What `tr` and `translate` are called with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and name_of(node.func) in ("tr", "translate"):
            last = node.args[-1]
            if isinstance(last, ast.Constant) and isinstance(last.value, str):
                yield last.value


def name_of(function: ast.expr) -> str:
    return getattr(function, "attr", "") or getattr(function, "id", "")


def parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text("utf-8"))


@cache
def on_screen() -> str:
    """All words that the plugin can show, a line for each text."""
    lines = {text for path in (ROOT / "mapflow_data").rglob("*.py") for text in texts_in(parsed(path))}
    for path in (ROOT / "ui").rglob("*.ui"):
        lines |= {element.text or "" for element in ElementTree.parse(path).iter("string")}
    return "\n".join(map(plain, lines))


def commands() -> set[str]:
    """Texts of buttons in forms and of what is added to menus."""
    found = set()
    for path in (ROOT / "ui").rglob("*.ui"):
        for widget in ElementTree.parse(path).iter("widget"):
            if re.search("Button|CheckBox", widget.get("class", "")):
                found |= {text.text or "" for text in widget.iterfind("property[@name='text']/string")}
    for path in (*GUI.rglob("*.py"), ROOT / "mapflow_data" / "plugin.py"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and name_of(node.func) in (
                "_add",
                "addAction",
                "addMenu",
                "QAction",
            ):
                found |= set(texts_in(node))
    return {text for text in found - NEVER_SEEN if plain(text) not in ANYWHERE}


def links(name: str) -> Iterator[str]:
    found = re.findall(r"\]\(([^)]+)\)", page(name)) + re.findall(r'src="([^"]+)"', page(name))
    yield from (link for link in found if "://" not in link)


def anchors(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.casefold()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_every_message_is_in_the_guides(speaker: str) -> None:
    messages = [text for text in texts_in(parsed(GUI / speaker)) if len(text.split()) >= FEWEST_WORDS]
    wanted = [text for text in messages if not NO_MESSAGES.match(plain(text))]
    assert wanted
    missing = [text for text in wanted if key_phrase(text) not in guides()]
    assert not missing, "\n".join(missing)


def test_every_command_is_in_the_guides() -> None:
    found = commands()
    assert len(found) > 40
    missing = sorted(text for text in found if max(pieces(text), key=len) not in guides())
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("name", FOR_USERS)
def test_what_is_named_is_on_the_screen(name: str) -> None:
    """Words of the plugin stand in italics."""
    named = re.findall(r"(?<![*\w])\*([^*\n|]+(?:\n *[^*\n|]+)?)\*(?![*\w])", page(name))
    words = [word.strip() for text in named for word in " ".join(text.split()).split(" → ")]
    assert len(words) > 10
    ours = [word for word in words if word not in OF_QGIS]
    missing = [word for word in ours if not all(piece in on_screen() for piece in pieces(word))]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for link in links(name):
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), link


@pytest.mark.parametrize("name", PAGES)
def test_files_that_are_named_are_there(name: str) -> None:
    named = set(re.findall(r"`([\w/.-]+\.(?:py|ui|sh))`", page(name)))
    assert [path for path in named if not any((ROOT / folder / path).exists() for folder in FOLDERS)] == []


def test_every_picture_is_shown() -> None:
    shown = {Path(link).name for name in PAGES for link in links(name)}
    assert {path.name for path in (ROOT / "docs" / "pictures").iterdir()} <= shown


def test_the_script_runs_as_it_stands(sandbox: Sandbox, tmp_path: Path) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", page("docs/scripting.md"), re.DOTALL)
    make_raster(tmp_path / "DJI_0412.tif")
    told = {"MAPFLOW_DATA_URL": sandbox.url, "MAPFLOW_DATA_TOKEN": sandbox.token, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", script]
    ran = subprocess.run(command, cwd=tmp_path, env={**os.environ, **told}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "100%\n" in ran.stdout
    assert re.search(r"^DJI_0412.tif \S+ (MULTI)?POLYGON", ran.stdout, re.MULTILINE)
