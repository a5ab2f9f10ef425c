"""How long threads of ours rest: those that never do keep QGIS waiting for its turns at the interpreter.
Worker threads.
"""

from __future__ import annotations

SHARE = 0.5  # of the interpreter at most, for all of them
LONGEST_REST = 0.1  # seconds


def rest_after(used: float, took: float, at_once: int) -> float:
    """Seconds to rest after `used` of the processor within `took`, where so many do the same: none where the
    network is the slower one.
    """
    return min(LONGEST_REST, max(0.0, used * at_once / SHARE - took))
