"""`make release-check`: builds the zip, unpacks it, holds it against the rules of plugins.qgis.org, then
loads and unloads it in the real QGIS. Prints one line per check, ends with 1 when one fails.

`ARGS=--links` also asks the addresses in metadata.txt, over the network.
"""

from __future__ import annotations

import compileall
import re
import shutil
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mapflow_data.api.client import MapflowClient  # noqa: E402 - needs the path above
from mapflow_data.api.connection import make_connection  # noqa: E402
from tests.rig.geotiffs import make_raster  # noqa: E402
from tests.rig.sandbox import Sandbox  # noqa: E402
from tools import release_rules as rules  # noqa: E402
from tools.package import TOP, pack  # noqa: E402
from tools.throwaway_profile import environment, make_profile, running_qgis  # noqa: E402

BUILD = ROOT / "build" / "release"
QGIS_MAY_TAKE_S = 60
LATENCY_S = 0.3  # so that transfers last


class Report:
    """Prints each check and remembers whether all held."""

    def __init__(self) -> None:
        self.is_good = True

    def tell(self, what: str, offences: Iterable[str] = ()) -> None:
        found = list(offences)
        print(f"  {'✗' if found else '✓'} {what}", *found, sep="\n      ", flush=True)
        self.is_good = self.is_good and not found


def main(arguments: list[str]) -> int:
    shutil.rmtree(BUILD, ignore_errors=True)
    archive = BUILD / "plugin.zip"
    pack(archive)
    report = Report()
    check_files(archive, unpacked(archive, BUILD / "unpacked"), report, with_links="--links" in arguments)
    check_in_qgis(archive, report)
    print("release-check: " + ("all well" if report.is_good else "FAILED"))
    return 0 if report.is_good else 1


def unpacked(archive: Path, folder: Path) -> Path:
    """The plugin's own folder below `folder`."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder / TOP


def check_files(archive: Path, plugin: Path, report: Report, with_links: bool) -> None:
    with zipfile.ZipFile(archive) as opened:
        report.tell("one folder, a Python identifier; nothing hidden or compiled", rules.bad_names(opened))
    report.tell("__init__.py, metadata.txt and LICENSE", rules.missing_files(plugin))
    report.tell(f"{archive.stat().st_size // 1000} kB, at most 2 MB", rules.too_large(archive))
    report.tell("metadata.txt has what is required, and nothing outdated", rules.bad_metadata(plugin))
    report.tell(
        f"bandit, {len(rules.BANDIT_TESTS.split(','))} tests of all severities", rules.bandit_findings(plugin)
    )
    report.tell("detect-secrets, all detectors", rules.secrets_found(plugin))
    if with_links:
        report.tell("tracker, repository and homepage answer", rules.dead_links(plugin))
    else:
        print("  - tracker, repository and homepage: not asked without ARGS=--links")


def check_in_qgis(archive: Path, report: Report) -> None:
    """Each line that the walk prints is a check; so are what it writes to stderr, and how QGIS ends."""
    profile = BUILD / "profile"
    make_profile(profile)
    plugins = profile / "profiles" / "default" / "python" / "plugins"
    (plugins / TOP).unlink()  # the link to this checkout
    compileall.compile_dir(unpacked(archive, plugins), quiet=1)  # as after the first start
    settings = profile / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    settings.write_text(settings.read_text().replace(f"{TOP}=true", f"{TOP}=false"))  # the walk loads it
    with Sandbox(BUILD / "sandbox", latency=LATENCY_S) as box:
        stock(box)
        env = environment(profile) | {
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(ROOT / "tools"),  # not ROOT: its package has the plugin's name
            "MAPFLOW_DATA_URL": box.url,
            "MAPFLOW_DATA_TOKEN": box.token,
            "OTHER_FILE": str(make_raster(BUILD / "other.tif", value=9)),
        }
        code, out, err = run_qgis(profile, env)
    (BUILD / "qgis.log").write_text(f"{out}\n-- stderr\n{err}")
    for verdict, what in re.findall(r"^RELEASE (ok|bad) (.*)", out, re.MULTILINE):
        report.tell(what, () if verdict == "ok" else ("see build/release/qgis.log",))
    is_over = "RELEASE END" in out and code == 0
    log = "see build/release/qgis.log"
    report.tell("QGIS ends by itself", () if is_over else (f"it ended with {code}, {log}",))
    report.tell("not a word in stderr", words_of_ours(err))


def stock(box: Sandbox) -> None:
    """A mosaic with two images."""
    with MapflowClient(make_connection(box.url, box.token)) as client:
        mosaic = client.mosaics.create("Two fields")
        for name, value in (("one.tif", 1), ("two.tif", 2)):
            client.images.upload(mosaic.id, str(make_raster(BUILD / name, value=value)))


def words_of_ours(err: str) -> list[str]:
    """All between the marks; beyond them, what names the plugin or Python."""
    _, _, rest = err.partition("RELEASE BEGIN\n")
    between, _, after = rest.partition("RELEASE END\n")
    late = re.findall(r"^.*(?:mapflow|Traceback|Error: ).*$", after, re.MULTILINE | re.IGNORECASE)
    return [line for line in between.splitlines() if line.strip()] + late


def run_qgis(profile: Path, env: dict[str, str]) -> tuple[int, str, str]:
    script = ROOT / "tools" / "release_load.py"
    with open(BUILD / "stderr", "w+") as err:
        with running_qgis(profile, script, env, QGIS_MAY_TAKE_S, err) as qgis:
            assert qgis.stdout is not None
            out = qgis.stdout.read()
        err.seek(0)
        return qgis.returncode, out, err.read()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
