"""Python's garbage collector, kept from QGIS' whole heap while very many objects are made. Any thread."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

STEP = 200
_lock = threading.Lock()
_pauses: list[bool] = []  # of each that is under way, whether the collector was on when it began
Item = TypeVar("Item")


@contextmanager
def uncollected() -> Iterator[None]:
    """Half a second without the automatic garbage collector: so many new objects would make it walk the whole
    heap of QGIS' Python, which holds the interpreter for up to 100 ms a time. The young objects alone are
    collected every few items instead, see `in_portions`.
    """
    with _lock:
        _pauses.append(gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            was_enabled = _pauses[0]  # the first one's: the later ones found it off
            _pauses.pop()
            if was_enabled and not _pauses:
                gc.enable()


def in_portions(items: Iterable[Item]) -> Iterator[Item]:
    for number, item in enumerate(items, start=1):
        yield item
        collect_after(number)


def collect_after(number: int) -> None:
    if number % STEP == 0:
        gc.collect(1)
