"""What plugins.qgis.org asks of an upload, as functions from a zip or an unpacked plugin to offences.

Sources: validator.py, security_scanner.py and the rule lists of qgis/QGIS-Plugins-Website, as of July 2026.
"""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

OUR_LIMIT_BYTES = 2_000_000  # theirs is 25 MB
LINK_SECONDS = 10
ALLOWED_HIDDEN = {".bandit", ".secrets.baseline", ".flake8"}
NEVER_SHIPPED = {
    "__pycache__",
    "__MACOSX",
    "..",
    "tests",
    "sandbox",
    "demo",
    "bench",
    "tools",
    "docs",
    "build",
}
BINARIES = {".pyc", ".pyo", ".exe", ".dll", ".so", ".dylib", ".bat", ".sh", ".ps1", ".cmd"}
REQUIRED = (
    "name",
    "description",
    "version",
    "qgisMinimumVersion",
    "qgisMaximumVersion",
    "author",
    "email",
    "about",
    "tracker",
    "repository",
)
LINKS = ("tracker", "repository", "homepage")

# every test that is enabled there: those that may be skipped at an upload, too
BANDIT_TESTS = (
    "B101,B102,B103,B104,B105,B106,B107,B108,B110,B112,B113,B201,B202,B301,B302,B303,B304,"
    "B305,B306,B307,B308,B310,B311,B312,B313,B314,B315,B316,B317,B318,B319,B321,B323,B324,"
    "B401,B402,B403,B405,B406,B407,B408,B409,B412,B413,B501,B502,B503,B504,B505,B506,B507,"
    "B508,B509,B601,B602,B603,B604,B605,B606,B607,B608,B609,B610,B611,B612,B613,B614,B615,"
    "B701,B702,B703,B704"
)


def bad_names(archive: zipfile.ZipFile) -> list[str]:
    """One folder on top that is an identifier; nothing hidden, compiled, executable or for developers."""
    tops = {name.split("/")[0] for name in archive.namelist()}
    found = [] if len(tops) == 1 else [f"not one folder on top but {', '.join(sorted(tops))}"]
    found += [f"the folder {top} is no Python identifier" for top in sorted(tops) if not top.isidentifier()]
    for entry in archive.infolist():
        parts = PurePosixPath(entry.filename).parts
        if re.search(r"^/|\\|:", entry.filename) or NEVER_SHIPPED & set(parts):
            found.append(f"{entry.filename} must not be there")
        if any(part.startswith(".") and part not in ALLOWED_HIDDEN for part in parts):
            found.append(f"{entry.filename} is hidden")
        if PurePosixPath(entry.filename).suffix.lower() in BINARIES:
            found.append(f"{entry.filename} is compiled or executable")
        if entry.external_attr >> 16 & 0o111 and not entry.is_dir():
            found.append(f"{entry.filename} is marked as executable")
    return found


def missing_files(plugin: Path) -> list[str]:
    wanted = ("__init__.py", "metadata.txt", "LICENSE")
    return [f"no {name}" for name in wanted if not (plugin / name).is_file()]


def too_large(archive: Path) -> list[str]:
    size = archive.stat().st_size
    return [f"{size} bytes, more than {OUR_LIMIT_BYTES}"] if size > OUR_LIMIT_BYTES else []


def metadata_of(plugin: Path) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((plugin / "metadata.txt").read_text("utf-8"))
    return dict(parser["general"])


def bad_metadata(plugin: Path) -> list[str]:
    told = metadata_of(plugin)
    found = [f"no {key}" for key in REQUIRED if not told.get(key, "").strip()]
    if "supportsQt6" in told:
        found.append("supportsQt6 is no longer used: remove it")
    if "/" in told.get("author", ""):
        found.append("author holds a slash")
    if not re.fullmatch(r"\d+\.\d+(\.\d+)?", told.get("version", "")):
        found.append(f"version {told.get('version')} is not made of numbers")
    if not (plugin / told.get("icon", "no icon")).is_file():
        found.append("icon names no file of the plugin")
    return found


def dead_links(plugin: Path) -> list[str]:
    """Over the network: each link must answer a HEAD request with less than 400."""
    told = metadata_of(plugin)
    found = []
    for key in LINKS:
        try:
            request = urllib.request.Request(told.get(key, ""), method="HEAD")
            with urllib.request.urlopen(request, timeout=LINK_SECONDS):
                pass
        except (OSError, ValueError) as error:
            found.append(f"{key} {told.get(key)}: {error}")
    return found


def bandit_findings(plugin: Path) -> list[str]:
    """Of every severity, and files that bandit could not read."""
    told = _json_of("bandit", "-q", "-r", ".", "-f", "json", "-t", BANDIT_TESTS, folder=plugin)
    found = [f"{e['filename']}: {e['reason']}" for e in told["errors"]]
    for finding in told["results"]:
        at = f"{finding['filename']}:{finding['line_number']}"
        found.append(f"{at} {finding['test_id']} {finding['issue_text']}")
    if told["metrics"]["_totals"]["loc"] == 0:
        found.append("bandit saw no code")
    return found


def secrets_found(plugin: Path) -> list[str]:
    """By all detectors of detect-secrets, in all files but metadata.txt, as there."""
    told = _json_of(
        "detect_secrets", "scan", "--all-files", "--exclude-files", r"metadata\.txt", ".", folder=plugin
    )
    return [
        f"{name}:{secret['line_number']} {secret['type']}"
        for name, secrets in told["results"].items()
        for secret in secrets
    ]


def _json_of(module: str, *arguments: str, folder: Path) -> dict[str, Any]:
    ended = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    try:
        return json.loads(ended.stdout)
    except ValueError:
        raise RuntimeError(f"{module} ended with {ended.returncode}: {ended.stderr.strip()}") from None
