"""One blocking call as a QGIS task. `run` is on a worker thread, all else on the main thread."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable, Optional

from qgis.core import Qgis, QgsTask
from qgis.PyQt.QtCore import QThreadPool, pyqtSignal

from ..api.cancel import CancelToken
from ..api.errors import Cancelled, MapflowError, Unexpected

log = logging.getLogger(__name__)

SILENT_SINCE = 32600  # before it QGIS tells of the end of every task that took five seconds
OWN_POOL_SINCE = 33400  # before it tasks and the map renderer share one pool
_SECRETS = (
    (re.compile(r"\b(basic|bearer)\s+[^\s'\",]+", re.IGNORECASE), r"\1 ..."),
    (re.compile(r"://[^/\s@'\"]+@"), "://...@"),
    (re.compile(r"(://[^\s?'\"]+)\?[^\s'\")]+"), r"\1?..."),
)


class Task(QgsTask):
    """Runs `work(token)` and tells its end by exactly one of three signals.

    `cancel()` cancels the token, so that a blocked socket is shut at once and QGIS can close without a
    question. Nothing that `work` raises gets out of `run`: what is no `MapflowError` is logged and handed on
    as `Unexpected`.
    """

    done = pyqtSignal(object)
    failed = pyqtSignal(object)
    cancelled = pyqtSignal()

    def __init__(self, description: str, work: Callable[[CancelToken], Any]) -> None:
        super().__init__(description, _flags())
        self.token = CancelToken()
        self._work: Optional[Callable[[CancelToken], Any]] = work
        self._result: Any = None
        self._error: Optional[MapflowError] = None

    def cancel(self) -> None:
        self.token.cancel()
        super().cancel()

    def run(self) -> bool:
        with _room_for_the_renderer():
            try:
                self.token.check()
                self._result = self._work(self.token) if self._work else None
                return True
            except MapflowError as error:
                self._error = error
            except Exception as error:  # noqa: BLE001  the one place: what gets out of `run` would end QGIS
                self._error = unexpected(error)
            return False

    def finished(self, result: bool) -> None:
        self._work = None  # frees what it holds
        if self.token.is_cancelled or isinstance(self._error, Cancelled):
            self.cancelled.emit()
        elif result:
            self.done.emit(self._result)
        else:
            self.failed.emit(self._error or Cancelled())


def guarded(work: Callable[[], Any]) -> Any:
    """The result of `work` in a thread of our own, which must end with a `MapflowError` at worst."""
    try:
        return work()
    except MapflowError:
        raise
    except Exception as error:  # noqa: BLE001  the same, for the threads that a task starts
        raise unexpected(error) from None


def unexpected(error: Exception) -> MapflowError:
    """A fault of ours in the form that is shown; its traceback goes to the log."""
    text = redacted("".join(traceback.format_exception(type(error), error, error.__traceback__)))
    log.error("%s", text)
    return Unexpected(redacted(f"{type(error).__name__}: {error}"))


def redacted(text: str) -> str:
    """Without tokens, passwords in addresses and query strings."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def _flags() -> QgsTask.Flag:
    flags = QgsTask.Flag.CanCancel | QgsTask.Flag.CancelWithoutPrompt
    silent = getattr(QgsTask.Flag, "Silent", None)  # since 3.26
    return flags if silent is None else flags | silent


@contextmanager
def _room_for_the_renderer() -> Iterator[None]:
    """Lets map drawing have this thread's place in the shared pool: long tasks would stop it."""
    if Qgis.QGIS_VERSION_INT >= OWN_POOL_SINCE:
        yield
        return
    pool = QThreadPool.globalInstance()
    pool.releaseThread()
    try:
        yield
    finally:
        pool.reserveThread()
