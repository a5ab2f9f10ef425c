"""`make qgis`: the QGIS desktop with the plugin enabled, in a throw-away profile, signed in to a sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.rig.sandbox import Sandbox  # noqa: E402 - needs the path above
from tools.throwaway_profile import environment, make_profile  # noqa: E402

PROFILE = ROOT / "build" / "qgis-profile"
MAX_GSD_M = 200  # the imagery that set-up fetched is Landsat


def main(arguments: list[str]) -> int:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        print("make qgis needs a display: neither DISPLAY nor WAYLAND_DISPLAY is set", file=sys.stderr)
        return 1
    make_profile(PROFILE)
    env = environment(PROFILE)
    if "XDG_RUNTIME_DIR" in os.environ:
        env["XDG_RUNTIME_DIR"] = os.environ["XDG_RUNTIME_DIR"]  # Wayland's socket is there
    with Sandbox(ROOT / "build" / "sandbox", max_gsd=MAX_GSD_M) as box:
        env.update(MAPFLOW_DATA_URL=box.url, MAPFLOW_DATA_TOKEN=box.token)
        print(
            "QGIS opens: Raster → Mapflow Data → Mapflow Data panel; rasters to try are in build/data/landsat"
        )
        command = ["/usr/bin/qgis", "--nologo", "--noversioncheck", "--profiles-path", str(PROFILE)]
        return subprocess.run(command + arguments, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
