"""Runs the benches, each in a process of its own; exits with 1 when one misses its limits.

`make bench`, or `make bench ARGS="catalog"` for some of them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHES = ("upload", "upload_stalls", "catalog")


def main() -> int:
    unknown = set(sys.argv[1:]) - set(BENCHES)
    if unknown:
        print(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    missed = [name for name in sys.argv[1:] or BENCHES if not _passes(name)]
    print(f"missed: {', '.join(missed)}" if missed else "all benches within their limits")
    return 1 if missed else 0


def _passes(name: str) -> bool:
    return subprocess.run([sys.executable, HERE / f"{name}.py"], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
