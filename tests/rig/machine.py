"""The process of the witness: looks at each thread of another process all the time and answers questions."""

from __future__ import annotations

import os
import sys
import threading
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

BEAT = 0.004  # seconds between looks
KEPT = 50_000  # looks: some minutes
SOME_WORK = 0.0003, 0.02  # seconds, and their share of the time between two looks
TICK = 0.01  # seconds; the unit in which /proc/stat tells what was stolen


class Seen(NamedTuple):
    """Of a thread since the last look: seconds without a processor though ready, whether it did more with one
    than to look whether the interpreter is free, and how often it lately had to leave one to somebody else.
    """

    waited: float
    worked: bool
    ousted: int


IDLE = Seen(0.0, False, 0)


class Look(NamedTuple):
    at: float
    threads: dict[int, Seen]  # those that did not sleep all the time
    late: float  # seconds that the witness was late; only where nothing is told of threads
    stolen: float  # seconds that one processor lost to other machines


def machines_share(looks: Sequence[Look], begin: float, end: float, asker: int) -> float:
    """Seconds between the two moments that the machine took of the time of the thread `asker`."""
    moments = [look.at for look in looks]
    first, last = bisect_right(moments, begin), min(bisect_right(moments, end), len(looks) - 1)
    within = looks[first : last + 1]
    spans = [(min(look.at, end) - look.late, look.at) for look in within]
    for thread in {thread for look in within for thread in look.threads}:
        reached = end
        for number in range(last, first - 1, -1):
            seen = looks[number].threads.get(thread, IDLE)
            now_and_next = [look.threads.get(thread, IDLE) for look in looks[number : number + 2]]
            if _counts(now_and_next, is_asker=thread == asker, is_last=number == last):
                until = min(reached, looks[number].at)  # how long it waited is exact, when that was is not
                reached = until - seen.waited
                spans.append((reached, until))
    return min(end - begin, _length(sorted(spans), begin, end) + sum(look.stolen for look in within))


def _counts(seen: Sequence[Seen], *, is_asker: bool, is_last: bool) -> bool:
    """Whether the thread that waited had something to do, or held what the one who asks waited for.

    Who waits for the interpreter wakes up every five milliseconds, and nobody waits for that.
    """
    if any(one.worked for one in seen):
        return True
    return is_last if is_asker else seen[0].ousted > 0


def _length(spans: Iterable[tuple[float, float]], begin: float, end: float) -> float:
    """Of their union between the two moments."""
    length, reached = 0.0, begin
    for first, last in spans:
        start, stop = max(first, reached), min(last, end)
        if stop > start:
            length += stop - start
            reached = stop
    return length


class Watched:
    """What is known of one thread."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._before = _times(folder)
        self._ousted = (_ousted(folder),) * 2  # two looks ago and one, of those in which something was new

    def look(self, seconds: float) -> Seen:
        """Since the last one, so many seconds ago."""
        (waited, ran), self._before = self._before, _times(self._folder)
        waited, ran = self._before[0] - waited, self._before[1] - ran
        if not waited + ran:
            return IDLE
        ousted, since = _ousted(self._folder), self._ousted[0]
        self._ousted = (self._ousted[1], ousted)
        return Seen(waited, ran > max(SOME_WORK[0], SOME_WORK[1] * seconds), ousted - since)


class Watch:
    """Reads what the system tells of the threads of one process."""

    def __init__(self, process: str, is_blind: bool) -> None:
        self._tasks = Path("/proc", process, "task")
        self.is_blind = is_blind or not Path("/proc/self/schedstat").exists()
        self._threads: dict[str, Watched] = {}
        self._stolen: list[int] = []
        self._at = time.perf_counter()

    def look(self) -> Look:
        before, self._at = self._at, time.perf_counter()
        if self.is_blind:
            return Look(self._at, {}, max(0.0, self._at - before - BEAT), 0.0)
        return Look(self._at, self._look_at_threads(self._at - before), 0.0, self._look_for_theft())

    def _look_at_threads(self, seconds: float) -> dict[int, Seen]:
        names = [task.name for task in self._tasks.iterdir()]
        found = {}
        for name in names:
            try:
                if name not in self._threads:
                    self._threads[name] = Watched(f"{self._tasks}/{name}")
                seen = self._threads[name].look(seconds)
            except OSError:  # it has just ended
                continue
            if seen is not IDLE:
                found[int(name)] = seen
        self._threads = {name: self._threads[name] for name in names if name in self._threads}
        return found

    def _look_for_theft(self) -> float:
        lines = Path("/proc/stat").read_text("ascii").splitlines()
        stolen = [int(line.split()[8]) for line in lines if line.startswith("cpu")][1:]
        most = max((now - then for now, then in zip(stolen, self._stolen)), default=0)
        self._stolen = stolen
        return most * TICK


def _times(folder: str) -> tuple[float, float]:
    """Seconds that a thread has been ready without a processor, and with one."""
    with open(f"{folder}/schedstat", encoding="ascii") as file:
        ran, waited, _ = file.read().split()
    return int(waited) / 1e9, int(ran) / 1e9


def _ousted(folder: str) -> int:
    with open(f"{folder}/status", encoding="utf-8") as file:
        return int(file.read().rsplit("nonvoluntary_ctxt_switches:", 1)[1])


def _main(process: str, sight: str) -> None:
    looks: deque[Look] = deque(maxlen=KEPT)
    is_awake = threading.Event()
    threading.Thread(target=_answer, args=(looks, is_awake), daemon=True).start()
    watch = Watch(process, sight == "blind")
    while True:
        was_awake = is_awake.is_set()
        is_awake.wait()
        time.sleep(BEAT)
        try:
            look = watch.look()
        except OSError:  # whom it watches is gone
            return
        if was_awake:
            looks.append(look)


def _answer(looks: deque[Look], is_awake: threading.Event) -> None:
    for line in sys.stdin:
        if line == "rest\n":
            is_awake.clear()
            continue
        is_awake.set()
        begin, end, asker = line.split()
        while not looks or looks[-1].at < float(end):
            time.sleep(BEAT)
        print(machines_share(tuple(looks), float(begin), float(end), int(asker)), flush=True)
    os._exit(0)  # whoever asked is gone


if __name__ == "__main__":
    _main(*sys.argv[1:])
