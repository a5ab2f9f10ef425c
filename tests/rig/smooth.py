"""The promise that nothing of ours holds QGIS up, as a statement that also a busy machine can judge.

    for heart in smooth(Heartbeat):
        with heart:
            ...what must hold nobody up

goes round again where something was held up, a few times, and fails where it was each time. What the machine
took is not counted (see `witness.py`), and a machine that is slow by itself has as much more time.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from tests.rig.witness import witness

LIMIT_MS = 50.0
ROUNDS = 5
BEAT = 0.005  # seconds
USUAL = 0.002  # seconds that `_errand` takes of a processor of today


class Stretch(NamedTuple):
    """From one moment to another, in which `used` seconds of the processor were ours and `late` too many."""

    begin: float
    end: float
    late: float
    used: float
    thread: int

    @property
    def ours(self) -> float:
        """Seconds of what is too much that are not the machine's."""
        return max(0.0, self.late - witness().of(self.begin, self.end, self.used, self.thread))


class Gauge:
    """Collects stretches while its block, or one of its blocks, is under way."""

    def __init__(self) -> None:
        witness().wake()
        self.stretches: list[Stretch] = []
        self._at = self._used = 0.0

    def __enter__(self) -> Gauge:
        self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        raise NotImplementedError

    @property
    def worst_ms(self) -> float:
        """Of the stretches, the time of the one that is worst by our own doing."""
        worst = 0.0
        for stretch in sorted(self.stretches, key=lambda one: -one.late):
            if stretch.late <= worst:
                break
            worst = max(worst, stretch.ours)
        witness().rest()
        return worst * 1000

    def restart(self) -> None:
        """What was up to now is not looked at."""
        self.stretches.clear()
        self._begin()

    def _begin(self) -> None:
        self._at, self._used = time.perf_counter(), time.thread_time()

    def _note(self, allowed: float) -> None:
        begin, used = self._at, self._used
        self._begin()
        took = self._at - begin
        me = threading.get_native_id()
        self.stretches.append(Stretch(begin, self._at, took - allowed, self._used - used, me))


class Stopwatch(Gauge):
    """How long each of its blocks took."""

    def __exit__(self, *_: object) -> None:
        self._note(0.0)


class Neighbour(Gauge):
    """How late another thread gets, which wants the interpreter every few milliseconds."""

    def __enter__(self) -> Neighbour:
        self._is_over = threading.Event()
        begun = threading.Event()
        self._thread = threading.Thread(target=self._beat, args=(begun,))
        self._thread.start()
        assert begun.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _beat(self, begun: threading.Event) -> None:
        self._begin()
        begun.set()
        while not self._is_over.is_set():
            time.sleep(BEAT)
            self._note(BEAT)


AnyGauge = TypeVar("AnyGauge", bound=Gauge)


def smooth(gauge: Callable[[], AnyGauge], limit_ms: float = LIMIT_MS) -> Iterator[AnyGauge]:
    """A gauge for each round. The last one is the first in which nothing was held up."""
    worst = []
    for _ in range(ROUNDS):
        one = gauge()
        gc.collect()  # what was before leaves nothing to be tidied up in between
        yield one
        assert one.stretches, "nothing was measured"
        worst.append(one.worst_ms)
        if worst[-1] <= limit_ms or worst[-1] <= limit_ms * slowness():
            return
    raise AssertionError(f"held up for {', '.join(f'{ms:.0f}' for ms in worst)} ms")


def slowness() -> float:
    """How many times as long as usual this machine takes for the same, just now; 1 if it is quicker."""
    times = []
    for _ in range(9):
        begun = time.thread_time()
        _errand()
        times.append(time.thread_time() - begun)
    return max(1.0, sorted(times)[4] / USUAL)


def _errand() -> None:
    seen = {}
    for number in range(20_000):
        seen[number % 977] = str(number)
