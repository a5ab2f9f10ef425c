"""Runs the benches, each in a process of its own; exits with 1 when one misses its limits.

`make bench`, or `make bench ARGS="catalog"` for some of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHES = ("upload", "upload_stalls", "catalog", "imagery", "map", "opening", "dock")


def main() -> int:
    unknown = set(sys.argv[1:]) - set(BENCHES)
    if unknown:
        print(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores / 2:
        print(
            f"this computer is busy ({load:.1f} tasks on {cores} cores): others' work will look like stalls"
        )
    missed = [name for name in sys.argv[1:] or BENCHES if not _passes(name)]
    print(f"missed: {', '.join(missed)}" if missed else "all benches within their limits")
    return 1 if missed else 0


def _passes(name: str) -> bool:
    return subprocess.run([sys.executable, HERE / f"{name}.py"], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
