"""The judge of smoothness: also on a busy machine it catches what is ours, and only that."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication

from tests.rig.heartbeat import Heartbeat
from tests.rig.machine import Look, Seen, machines_share
from tests.rig.smooth import LIMIT_MS, ROUNDS, Gauge, Neighbour, Stopwatch, smooth
from tests.rig.witness import Witness

PLANTED = 0.12  # seconds
BUSY = """
import os
parent = os.getppid()
while os.getppid() == parent:
    sum(range(100_000))
"""
TELLS = Path("/proc/self/schedstat").exists()


@pytest.fixture(params=[0, 8], ids=["quiet", "busy"])
def load(request: pytest.FixtureRequest) -> Iterator[int]:
    """So many processes that want a processor all the time."""
    if request.param and not TELLS:
        pytest.skip("this system does not tell how long a thread waits for a processor")
    busy = [subprocess.Popen([sys.executable, "-S", "-c", BUSY]) for _ in range(request.param)]
    yield request.param
    for process in busy:
        process.kill()
        process.wait()


def work() -> None:
    until = time.thread_time() + PLANTED
    while time.thread_time() < until:
        pass


def rest() -> None:
    time.sleep(PLANTED)


def in_a_thread(act: Callable[[], object]) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def hold() -> None:
    """Works, and lets nobody else have the interpreter meanwhile."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(60)
    try:
        work()
    finally:
        sys.setswitchinterval(usual)


def hold_asleep() -> None:
    ctypes.PyDLL(None).usleep(round(PLANTED * 1_000_000))


def in_small_steps() -> None:
    """As long, but to others the interpreter is free again and again."""
    until = time.thread_time() + PLANTED
    while time.thread_time() < until:
        sum(range(100))
        time.sleep(0.001)


def test_what_does_nothing_is_smooth(qgis_app: QgsApplication, qtbot: QtBot, load: int) -> None:
    for heart in smooth(Heartbeat):
        with heart:
            qtbot.wait(1500)
    assert len(heart.stretches) > 30


def test_a_thread_that_lets_others_go_first_is_smooth(
    qgis_app: QgsApplication, qtbot: QtBot, load: int
) -> None:
    for heart in smooth(Heartbeat):
        thread = threading.Thread(target=in_small_steps)
        with heart:
            thread.start()
            qtbot.waitUntil(lambda thread=thread: not thread.is_alive(), timeout=30_000)


def usual_ms(gauge: Callable[[], Gauge], act: Callable[[], object]) -> float:
    """What is seen of a stall in most rounds."""
    seen = []
    for _ in range(ROUNDS):
        with gauge() as one:
            act()
        seen.append(one.worst_ms)
    return sorted(seen)[ROUNDS // 2]


@pytest.mark.parametrize("stall", [work, rest, lambda: in_a_thread(hold), lambda: in_a_thread(hold_asleep)])
def test_a_stall_of_the_main_thread_is_seen(
    qgis_app: QgsApplication, qtbot: QtBot, load: int, stall: Callable[[], None]
) -> None:
    def act() -> None:
        qtbot.wait(20)
        stall()
        qtbot.wait(20)

    assert usual_ms(Heartbeat, act) > LIMIT_MS


@pytest.mark.parametrize("holding", [hold, hold_asleep])
def test_a_worker_that_keeps_the_interpreter_is_seen(
    qgis_app: QgsApplication, qtbot: QtBot, load: int, holding: Callable[[], None]
) -> None:
    def act() -> None:
        thread = threading.Thread(target=holding)
        thread.start()
        qtbot.waitUntil(lambda: not thread.is_alive(), timeout=30_000)

    assert usual_ms(Heartbeat, act) > LIMIT_MS


def test_a_stall_at_the_end_of_a_block_is_seen(qgis_app: QgsApplication) -> None:
    assert usual_ms(Heartbeat, rest) > LIMIT_MS


@pytest.mark.parametrize("holding", [hold, hold_asleep])
def test_a_neighbour_feels_who_keeps_the_interpreter(load: int, holding: Callable[[], None]) -> None:
    assert usual_ms(Neighbour, holding) > LIMIT_MS


@pytest.mark.parametrize("waiting", [rest, in_small_steps])
def test_a_neighbour_does_not_feel_who_gives_it_away(load: int, waiting: Callable[[], None]) -> None:
    for neighbour in smooth(Neighbour):
        with neighbour:
            waiting()


@pytest.mark.parametrize("slow", [work, rest])
def test_a_stopwatch_tells_what_is_slow(load: int, slow: Callable[[], None]) -> None:
    assert usual_ms(Stopwatch, slow) > LIMIT_MS


def test_what_a_stopwatch_takes_from_the_machine_is_not_counted(load: int) -> None:
    for watch in smooth(Stopwatch, PLANTED * 2000):
        with watch:
            work()
    assert watch.worst_ms > PLANTED * 1000 - LIMIT_MS


def test_what_is_never_smooth_fails() -> None:
    rounds = 0
    with pytest.raises(AssertionError, match="held up for"):
        for watch in smooth(Stopwatch):
            rounds += 1
            with watch:
                time.sleep(1)
    assert rounds == ROUNDS


def test_one_smooth_round_is_enough() -> None:
    rounds = 0
    for watch in smooth(Stopwatch):
        rounds += 1
        with watch:
            if rounds < 3:
                time.sleep(1)
    assert rounds == 3


def test_what_was_before_a_restart_does_not_count() -> None:
    for watch in smooth(Stopwatch):
        with watch:
            rest()
            watch.restart()


def test_nothing_measured_is_no_success() -> None:
    with pytest.raises(AssertionError, match="nothing was measured"):
        for _ in smooth(Stopwatch):
            pass


def test_where_the_system_tells_nothing_the_lateness_of_the_witness_counts() -> None:
    blind = Witness(is_blind=True)
    try:
        blind.wake()
        begin = time.perf_counter()
        rest()
        end = time.perf_counter()
        quiet = blind.of(begin, end, 0.0, 0)
        assert 0 <= quiet <= end - begin
        os.kill(blind.process_id, signal.SIGSTOP)  # as all does where the machine is overloaded
        begin = time.perf_counter()
        rest()
        end = time.perf_counter()
        os.kill(blind.process_id, signal.SIGCONT)
        assert blind.of(begin, end, 0.0, 0) == pytest.approx(end - begin, abs=0.02)
        assert blind.of(begin, end, PLANTED / 2, 0) == pytest.approx(end - begin - PLANTED / 2, abs=0.02)
    finally:
        blind.close()


ME, OTHER = 1, 2


@pytest.mark.parametrize(
    ("threads", "share"),
    [
        ({}, 0.0),
        ({ME: Seen(0.03, True, 0)}, 0.03),
        ({ME: Seen(0.03, False, 0)}, 0.03),  # before it got on
        ({OTHER: Seen(0.03, True, 0)}, 0.03),  # what it held could not be had
        ({OTHER: Seen(0.03, False, 1)}, 0.03),
        ({OTHER: Seen(0.03, False, 0)}, 0.0),  # it has but looked whether there is something to do
        ({ME: Seen(0.03, True, 0), OTHER: Seen(0.02, True, 0)}, 0.03),  # at the same time
        ({ME: Seen(9.0, True, 0)}, 0.049),  # no more than there was
    ],
)
def test_what_counts_as_the_machines(threads: dict[int, Seen], share: float) -> None:
    looks = [Look(1.0, {}, 0, 0), Look(1.05, threads, 0, 0), Look(1.06, {}, 0, 0)]
    assert machines_share(looks, 1.0, 1.049, ME) == pytest.approx(share)


def test_what_the_whole_machine_lost_counts() -> None:
    looks = [Look(1.0, {}, 0, 0), Look(1.05, {}, 0.02, 0), Look(1.1, {}, 0, 0.01), Look(1.2, {}, 0, 0)]
    assert machines_share(looks, 1.0, 1.1, ME) == pytest.approx(0.03)
    assert machines_share(looks, 1.0, 1.02, ME) == pytest.approx(0.02)
