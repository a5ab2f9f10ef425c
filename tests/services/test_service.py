"""The base of the services: single flight or latest wins by key, nothing after the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication
from qgis.PyQt import sip

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.errors import Conflict
from mapflow_data.services.service import Service


@pytest.fixture
def service(qgis_app: QgsApplication) -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


class Gate:
    """Work that waits until it is let through."""

    def __init__(self, result: Any) -> None:
        self.result = result
        self.entered = threading.Event()
        self.left = threading.Event()
        self.open = threading.Event()

    def __call__(self, token: CancelToken) -> Any:
        self.entered.set()
        try:
            with token.calling(self.open.set):
                self.open.wait(10)
            return self.result
        finally:
            self.left.set()


def test_answer_and_failure_reach_their_callbacks(qtbot: QtBot, service: Service) -> None:
    got: list[Any] = []

    def refuse(token: CancelToken) -> None:
        raise Conflict("taken")

    service.run("a", lambda token: 1, got.append, got.append)
    service.run("b", refuse, None, got.append)
    qtbot.waitUntil(lambda: len(got) == 2, timeout=2000)
    assert 1 in got
    assert [str(e) for e in got if isinstance(e, Conflict)] == ["taken"]


def test_second_of_the_same_key_is_refused_while_the_first_runs(qtbot: QtBot, service: Service) -> None:
    got: list[Any] = []
    first = Gate("first")
    assert service.run("key", first, got.append)
    assert not service.run("key", lambda token: "second", got.append)
    assert service.run("other", lambda token: "other", got.append)
    qtbot.waitUntil(lambda: got == ["other"], timeout=2000)
    first.open.set()
    qtbot.waitUntil(lambda: len(got) == 2, timeout=2000)
    assert got == ["other", "first"]
    assert service.run("key", lambda token: "again", got.append)
    qtbot.waitUntil(lambda: got[-1] == "again", timeout=2000)


def test_latest_wins_and_the_overtaken_one_is_cancelled(qtbot: QtBot, service: Service) -> None:
    got: list[Any] = []
    first = Gate("first")
    service.run("key", first, got.append, got.append, latest=True)
    qtbot.waitUntil(first.entered.is_set, timeout=2000)
    service.run("key", lambda token: "second", got.append, got.append, latest=True)
    qtbot.waitUntil(first.left.is_set, timeout=2000)
    qtbot.waitUntil(lambda: bool(got) and not service.is_busy, timeout=2000)
    qtbot.wait(50)
    assert got == ["second"]


def test_overtaken_before_it_was_started_never_runs(qtbot: QtBot, service: Service) -> None:
    got: list[Any] = []
    first = Gate("first")
    service.run("key", first, got.append, latest=True)
    service.run("key", lambda token: "second", got.append, latest=True)
    qtbot.waitUntil(lambda: got == ["second"], timeout=2000)
    assert not first.entered.is_set()


def test_busy_is_told_at_its_edges_only(qtbot: QtBot, service: Service) -> None:
    edges: list[bool] = []
    service.busy_changed.connect(edges.append)
    gate = Gate(None)
    service.run("a", gate)
    service.run("b", lambda token: None)
    qtbot.waitUntil(lambda: not service.is_running("b"), timeout=2000)
    assert edges == [True]
    gate.open.set()
    qtbot.waitUntil(lambda: edges == [True, False], timeout=2000)
    assert not service.is_busy


def test_cancel_all_drops_every_answer(qtbot: QtBot, service: Service) -> None:
    got: list[Any] = []
    edges: list[bool] = []
    service.busy_changed.connect(edges.append)
    gates = [Gate(1), Gate(2)]
    for key, gate in enumerate(gates):
        service.run(key, gate, got.append, got.append)
    qtbot.waitUntil(lambda: all(g.entered.is_set() for g in gates), timeout=2000)
    service.cancel_all()
    assert edges == [True, False]
    qtbot.waitUntil(lambda: all(g.left.is_set() for g in gates), timeout=2000)
    qtbot.wait(50)
    assert got == []
    assert service.run("again", lambda token: 3, got.append)
    qtbot.waitUntil(lambda: got == [3], timeout=2000)


def test_nothing_starts_or_answers_after_close(qtbot: QtBot, service: Service) -> None:
    got: list[Any] = []
    gate = Gate(1)
    service.run("a", gate, got.append)
    qtbot.waitUntil(gate.entered.is_set, timeout=2000)
    service.close()
    service.close()
    assert not service.run("b", lambda token: 2, got.append)
    qtbot.waitUntil(gate.left.is_set, timeout=2000)
    qtbot.wait(50)
    assert got == []


def test_a_thread_that_outlives_the_service_tells_nothing(qtbot: QtBot, service: Service) -> None:
    told: list[bool] = []
    service.busy_changed.connect(told.append)
    before = threading.Thread(target=service.tell, args=("busy_changed", True))
    late = threading.Thread(target=service.tell, args=("busy_changed", False))
    before.start()
    before.join()
    qtbot.waitUntil(lambda: told == [True], timeout=3000)
    service.close()
    sip.delete(service)
    late.start()
    late.join()
    qtbot.wait(50)
    assert told == [True]


def test_a_callback_may_start_the_next_run_of_its_key(qtbot: QtBot, service: Service) -> None:
    got: list[int] = []

    def on_done(value: int) -> None:
        got.append(value)
        if value < 3:
            service.run("key", lambda token: value + 1, on_done)

    service.run("key", lambda token: 1, on_done)
    qtbot.waitUntil(lambda: got == [1, 2, 3], timeout=3000)


class Few(Service):
    AT_ONCE: ClassVar[Mapping[str, int]] = {"list": 2}


def test_of_a_kind_that_is_limited_the_newest_is_next(qtbot: QtBot) -> None:
    service = Few()
    got: list[Any] = []
    gates = [Gate(number) for number in range(5)]
    for number, gate in enumerate(gates[:2]):
        service.run(("list", number), gate, got.append)
    qtbot.waitUntil(lambda: all(gate.entered.is_set() for gate in gates[:2]), timeout=2000)
    for number, gate in enumerate(gates[2:], 2):
        service.run(("list", number), gate, got.append)
    service.run(("other", 0), lambda token: "other", got.append)
    qtbot.waitUntil(lambda: got == ["other"], timeout=2000)
    service.cancel(("list", 4))
    gates[0].open.set()
    qtbot.waitUntil(gates[3].entered.is_set, timeout=2000)
    assert not gates[2].entered.is_set()
    for gate in gates:
        gate.open.set()
    qtbot.waitUntil(lambda: not service.is_busy, timeout=2000)
    assert got[:2] == ["other", 0]
    assert sorted(got[2:]) == [1, 2, 3]
    assert not gates[4].entered.is_set()


def test_what_waits_for_its_turn_never_starts_after_close(qtbot: QtBot) -> None:
    service = Few()
    gates = [Gate(number) for number in range(4)]
    for number, gate in enumerate(gates):
        service.run(("list", number), gate)
    qtbot.waitUntil(lambda: sum(gate.entered.is_set() for gate in gates) == 2, timeout=2000)
    service.close()
    qtbot.wait(100)
    assert sum(gate.entered.is_set() for gate in gates) == 2
    assert not service.is_busy
