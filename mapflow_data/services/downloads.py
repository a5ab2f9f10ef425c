"""Downloads images to files, one after the other, and tells what became of each. Main thread."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import Cancelled, MapflowError
from ..api.models import Image
from ..transfer.receive import Received, receive
from .online import SIGNED_OUT, STOPPERS, OnlineService, with_client

KEY = "download"
TELL_EVERY_S = 0.1


@dataclass(frozen=True)
class Download:
    """What is to come where: `path` is written over if there is a file."""

    image: Image
    path: str


@dataclass(frozen=True)
class Outcome:
    """`error` is `Cancelled` where it was not tried any more; else `received` tells of the file."""

    download: Download
    received: Optional[Received] = None
    error: Optional[MapflowError] = None


@dataclass(frozen=True)
class Progress:
    """Of all files: bytes received of those under way and done, and in all where every size is known."""

    done: int
    count: int
    received: int
    total: Optional[int]


class DownloadService(OnlineService):
    """One series of downloads at a time; a change of account stops it."""

    GOES_ON = True

    started = pyqtSignal(list)  # of Download
    progressed = pyqtSignal(object)  # Progress
    outcome = pyqtSignal(object)  # Outcome, as they come
    ended = pyqtSignal(list)  # one Outcome for each download
    _told = pyqtSignal(int, object)  # by the worker: number of the run, Outcome or Progress

    def __init__(self, parent: Optional[QObject] = None, *, time_scale: float = 1.0) -> None:
        """`time_scale` stretches the client's waits; it is 1 but in tests."""
        super().__init__(parent)
        self._scale = time_scale
        self._run = 0
        self._downloads: list[Download] = []
        self._outcomes: list[Outcome] = []
        self._told.connect(self._on_told)

    def set_connection(self, connection: Optional[Connection]) -> None:
        if not self.is_of_account(connection):
            self._stop(Cancelled(code=SIGNED_OUT))
        super().set_connection(connection)

    def download(self, downloads: Sequence[Download]) -> bool:
        """False where it was not started."""
        connection, wanted = self._connection, list(downloads)
        if connection is None or not wanted or self.is_running(KEY):
            return False
        self._run += 1
        number = self._run

        def work(client: MapflowClient, token: CancelToken) -> list[Outcome]:
            return _Series(client, token, wanted, lambda told: self.tell("_told", number, told)).run()

        is_started = self.run(
            KEY,
            lambda token: with_client(connection, token, work, self._scale, self._on_wait),
            self.ended.emit,
            lambda error: self.ended.emit(self._with_rest(error)),
            description="Mapflow Data: download",
        )
        if is_started:
            self._downloads, self._outcomes = wanted, []
            self.started.emit(wanted)
        return is_started

    def stop(self) -> None:
        """At once; of what is under way nothing stays."""
        self._stop(Cancelled())

    def _stop(self, why: MapflowError) -> None:
        if self.is_running(KEY):
            self.cancel(KEY)
            self.ended.emit(self._with_rest(why))

    def _on_told(self, number: int, told: object) -> None:
        if number != self._run or not self.is_running(KEY):
            return
        if isinstance(told, Outcome):
            self._outcomes.append(told)
            self.note_failure(told.error)
            self.outcome.emit(told)
        else:
            self.progressed.emit(told)

    def _with_rest(self, error: MapflowError) -> list[Outcome]:
        left = self._downloads[len(self._outcomes) :]
        return self._outcomes + [Outcome(one, error=error) for one in left]


class _Series:
    """The work of one series. Worker thread."""

    def __init__(
        self,
        client: MapflowClient,
        token: CancelToken,
        downloads: Sequence[Download],
        tell: Callable[[object], None],
    ) -> None:
        self._client, self._token, self._downloads, self._tell = client, token, downloads, tell
        sizes = [one.image.size_bytes for one in downloads]
        self._total = None if None in sizes else sum(size or 0 for size in sizes)
        self._before = 0  # bytes of the files that are done
        self._done = 0
        self._told_at = 0.0

    def run(self) -> list[Outcome]:
        outcomes: list[Outcome] = []
        error: Optional[MapflowError] = None
        for download in self._downloads:
            outcome = Outcome(download, error=error)
            if not isinstance(error, STOPPERS):
                outcome = self._fetch(download)
                error = outcome.error
            outcomes.append(outcome)
            self._done += 1
            self._before += download.image.size_bytes or (outcome.received.size if outcome.received else 0)
            self._token.check()
            self._tell(outcome)
        return outcomes

    def _fetch(self, download: Download) -> Outcome:
        try:
            return Outcome(download, receive(self._client, download.image, Path(download.path), self._report))
        except Cancelled:
            raise
        except MapflowError as error:
            return Outcome(download, error=error)

    def _report(self, received: int, total: Optional[int]) -> None:
        now = time.monotonic()
        if received not in (0, total) and now - self._told_at < TELL_EVERY_S:
            return
        self._told_at = now
        self._token.check()
        all_bytes = total if len(self._downloads) == 1 else self._total
        self._tell(Progress(self._done, len(self._downloads), self._before + received, all_bytes))
