"""`make demo`: the main job on real imagery, in the real QGIS, against a local service.

Starts the sandbox, then QGIS under its own virtual screen with a clean profile; each walk prints what it
checked. Pictures and the saved project stay in build/demo/. Exits non-zero when any check fails.
"""

from __future__ import annotations

import base64
import json
import shutil
import sys
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "demo"
PICTURES = BUILD / "pictures"
PROFILE = BUILD / "profile"
FLIGHT = BUILD / "flight"
IMAGERY = ROOT / "build" / "data" / "landsat"
WALKS = ("upload.py", "search.py", "manage.py", "reopen.py")
QGIS_MAY_TAKE_S = 100

sys.path.insert(0, str(ROOT))

import flight

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from tests.rig.sandbox import Sandbox
from tools.throwaway_profile import environment as profile_environment
from tools.throwaway_profile import make_profile, running_qgis


def main() -> int:
    walks = sys.argv[1:] or WALKS
    if not set(walks) <= set(WALKS):
        print(f"demo: the walks are {', '.join(WALKS)}; each needs those before it", file=sys.stderr)
        return 2
    started = time.monotonic()
    shutil.rmtree(BUILD, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    make_profile(PROFILE)
    with Sandbox(BUILD / "sandbox", max_gsd=200) as box:
        print(f"The service runs at {box.url}")
        for walk in walks:
            if walk == "manage.py":
                fly(box)
            code = run_qgis(walk, box)
            if code:
                seen = f" and {PICTURES / 'failed.png'}" if (PICTURES / "failed.png").exists() else ""
                print(f"demo FAILED in {walk}; see {BUILD / 'qgis.log'}{seen}")
                return 1
        leaks = find_secrets(box.token)
    if leaks:
        print(f"demo FAILED: the token stands in {', '.join(leaks)}")
        return 1
    print("  ✓ no saved file holds the token")
    took = time.monotonic() - started
    print(f"demo passed in {took:.0f} s; pictures in {PICTURES}, project {BUILD / 'demo.qgz'}")
    return 0


def fly(box: Sandbox) -> None:
    """What somebody uploaded meanwhile, with another program."""
    started = time.monotonic()
    flight.make(IMAGERY, FLIGHT)
    flight.upload(lambda: MapflowClient(make_connection(box.url, box.token)), FLIGHT)
    print(f"\nA flight of {len(flight.windows())} images came in {time.monotonic() - started:.1f} s")


def run_qgis(walk: str, box: Sandbox) -> int:
    """One QGIS that makes one walk. Returns 0 when every check of it held."""
    print(f"\nQGIS · {walk}", flush=True)
    ended = None
    script = ROOT / "demo" / walk
    with (
        open(BUILD / "qgis.log", "a") as log,
        running_qgis(PROFILE, script, environment(box), QGIS_MAY_TAKE_S, log) as qgis,
    ):
        assert qgis.stdout is not None
        for line in qgis.stdout:
            if line.startswith("DEMO END "):
                ended = int(line.split()[-1])
            elif line.startswith("DEMO "):
                print(line[5:].rstrip(), flush=True)
            else:
                log.write(line)
    code = qgis.returncode
    if ended is None or (ended == 0 and code):
        print(
            f"  ✗ QGIS ended with {code} before its walk did"
            if ended is None
            else f"  ✗ QGIS ended with {code}"
        )
    return 1 if ended is None else ended or abs(code)


def environment(box: Sandbox) -> dict[str, str]:
    """What a walk needs to know, told to QGIS by two variables."""
    facts = {
        "demo": str(ROOT / "demo"),
        "build": str(BUILD),
        "imagery": str(IMAGERY),
        "flight": str(FLIGHT),
        "url": box.url,
        "port": box.port,
    }
    return {
        **profile_environment(PROFILE),
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DEMO_FACTS": json.dumps(facts),
        "DEMO_TOKEN": box.token,
    }


def find_secrets(token: str) -> list[str]:
    """Files under build/demo, unpacked where zipped, that hold the token in any spelling."""
    plain = base64.b64decode(token).decode()
    needles = [n.encode() for n in (token, token.rstrip("="), plain, plain.partition(":")[2])]
    found = []
    for path in sorted(BUILD.rglob("*")):
        if path.is_symlink() or not path.is_file() or (BUILD / "sandbox") in path.parents:
            continue
        contents = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                contents += [archive.read(name) for name in archive.namelist()]
        if any(needle in content for needle in needles for content in contents):
            found.append(str(path.relative_to(BUILD)))
    return found


if __name__ == "__main__":
    sys.exit(main())
