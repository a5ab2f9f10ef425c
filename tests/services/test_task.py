"""The base task: one end, nothing escapes from it, and a cancel reaches blocked work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import QThread, QThreadPool

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.errors import NotFound, Unexpected
from mapflow_data.services.task import Task, redacted
from tests.rig.patience import SOON_MS


@pytest.fixture
def watch(qgis_app: QgsApplication) -> Callable[[Task], list[tuple[str, Any]]]:
    """Submits a task; the list fills with the ends that it tells."""
    kept: list[Task] = []

    def submit(task: Task) -> list[tuple[str, Any]]:
        ends: list[tuple[str, Any]] = []
        task.done.connect(lambda result: ends.append(("done", result)))
        task.failed.connect(lambda error: ends.append(("failed", error)))
        task.cancelled.connect(lambda: ends.append(("cancelled", None)))
        kept.append(task)
        QgsApplication.taskManager().addTask(task)
        return ends

    return submit


def test_result_arrives_on_the_main_thread(qtbot: QtBot, watch: Any) -> None:
    threads: list[Any] = []

    def work(token: CancelToken) -> int:
        threads.append(QThread.currentThread())
        return 7

    task = Task("seven", work)
    task.done.connect(lambda _: threads.append(QThread.currentThread()))
    ends = watch(task)
    qtbot.waitUntil(lambda: bool(ends), timeout=2000)
    assert ends == [("done", 7)]
    main = QgsApplication.instance().thread()
    assert threads[0] is not main
    assert threads[1] == main


def test_expected_failure_is_handed_on_as_it_is(qtbot: QtBot, watch: Any) -> None:
    error = NotFound("gone", status=404)

    def work(token: CancelToken) -> None:
        raise error

    ends = watch(Task("fails", work))
    qtbot.waitUntil(lambda: bool(ends), timeout=2000)
    assert ends == [("failed", error)]


def test_fault_of_ours_is_logged_without_secrets_and_wrapped(
    qtbot: QtBot, watch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def work(token: CancelToken) -> None:
        raise KeyError("Authorization: Basic dXNlcjpzZWNyZXQ= http://u:pw@proxy:1/x?sig=abc")

    with caplog.at_level(logging.ERROR):
        ends = watch(Task("breaks", work))
        qtbot.waitUntil(lambda: bool(ends), timeout=2000)
    (kind, error), *rest = ends
    assert kind == "failed"
    assert not rest
    assert isinstance(error, Unexpected)
    assert "Traceback" in caplog.text
    for secret in ("dXNlcjpzZWNyZXQ", "pw@", "sig=abc"):
        assert secret not in caplog.text
        assert secret not in str(error)


def test_cancel_ends_a_waiting_task_at_once(qtbot: QtBot, watch: Any) -> None:
    waiting = threading.Event()

    def work(token: CancelToken) -> None:
        waiting.set()
        token.wait(30)

    task = Task("waits", work)
    ends = watch(task)
    qtbot.waitUntil(waiting.is_set, timeout=SOON_MS)
    task.cancel()
    qtbot.waitUntil(lambda: bool(ends), timeout=SOON_MS)
    assert ends == [("cancelled", None)]


def test_result_after_a_cancel_is_no_result(qtbot: QtBot, watch: Any) -> None:
    running, go_on = threading.Event(), threading.Event()

    def work(token: CancelToken) -> str:
        running.set()
        go_on.wait(5)
        return "too late"

    task = Task("deaf", work)
    ends = watch(task)
    qtbot.waitUntil(running.is_set, timeout=2000)
    task.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: bool(ends), timeout=2000)
    assert ends == [("cancelled", None)]


def test_cancel_from_the_task_manager_reaches_the_work(qtbot: QtBot, watch: Any) -> None:
    waiting = threading.Event()

    def work(token: CancelToken) -> None:
        waiting.set()
        token.wait(30)

    ends = watch(Task("waits", work))
    qtbot.waitUntil(waiting.is_set, timeout=2000)
    QgsApplication.taskManager().cancelAll()
    qtbot.waitUntil(lambda: bool(ends), timeout=2000)
    assert ends == [("cancelled", None)]


def test_long_tasks_leave_the_renderer_its_threads(qtbot: QtBot, watch: Any) -> None:
    pool = QThreadPool.globalInstance()
    before = pool.activeThreadCount()
    running = threading.Event()

    def work(token: CancelToken) -> None:
        running.set()
        token.wait(30)

    task = Task("long", work)
    ends = watch(task)
    qtbot.waitUntil(running.is_set, timeout=2000)
    qtbot.waitUntil(lambda: pool.activeThreadCount() <= before, timeout=2000)
    task.cancel()
    qtbot.waitUntil(lambda: bool(ends), timeout=2000)
    qtbot.waitUntil(lambda: pool.activeThreadCount() == before, timeout=2000)


def test_qgis_may_close_without_asking() -> None:
    flags = Task("x", lambda token: None).flags()
    assert flags & QgsTask.Flag.CancelWithoutPrompt
    assert flags & QgsTask.Flag.CanCancel


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bearer ab.c-d", "Bearer ..."),
        ("get https://h/a?x=1&y=2 end", "get https://h/a?... end"),
        ("socks5h://me:pw@host:1", "socks5h://...@host:1"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_redacted(text: str, expected: str) -> None:
    assert redacted(text) == expected
