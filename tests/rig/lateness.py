"""How long a piece of work keeps the interpreter to itself, as another thread feels it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

BEAT = 0.005  # seconds


def worst_lateness(work: Callable[[], object]) -> float:
    """Seconds by which a beat of another thread came too late, at worst."""
    late, over = [0.0], threading.Event()

    def beat() -> None:
        while not over.is_set():
            at = time.perf_counter()
            time.sleep(BEAT)
            late.append(time.perf_counter() - at - BEAT)

    heart = threading.Thread(target=beat)
    heart.start()
    time.sleep(4 * BEAT)
    work()
    over.set()
    heart.join()
    return max(late)
