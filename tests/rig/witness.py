"""What the machine takes from us, told by a process of its own that looks at our threads all the time.

Time goes by for nothing where a thread of ours has no processor though it is ready, or where another virtual
machine has it. On a system that does not tell how long threads wait, the witness' own lateness counts.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parents[2]


class Witness:
    """Watches the process that makes it, when it is told to. `is_blind`: as on such a system."""

    def __init__(self, *, is_blind: bool = False) -> None:
        command = [sys.executable, "-S", "-E", "-m", "tests.rig.machine"]
        command += [str(os.getpid()), "blind" if is_blind else "seeing"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        atexit.register(self.close)

    def wake(self) -> None:
        """It sees all from when this returns."""
        now = time.perf_counter()
        self._ask(f"{now!r} {now!r} 0")

    def rest(self) -> None:
        """What it has seen can be asked for all the same."""
        assert self._process.stdin is not None
        print("rest", file=self._process.stdin, flush=True)

    @property
    def process_id(self) -> int:
        return self._process.pid

    def of(self, begin: float, end: float, used: float, thread: int) -> float:
        """Seconds that the machine took between two moments of `time.perf_counter` from a thread of ours, by
        its native id, which has itself `used` so many of a processor.
        """
        return max(0.0, min(self._ask(f"{begin!r} {end!r} {thread}"), end - begin - used))

    def close(self) -> None:
        atexit.unregister(self.close)
        self._process.terminate()
        self._process.wait(30)
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                end.close()

    def _ask(self, question: str) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(question, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())


_the_one: Optional[Witness] = None


def witness() -> Witness:
    """The one of this process."""
    global _the_one
    if _the_one is None:
        _the_one = Witness()
    return _the_one
