"""What was under way when QGIS ended: found again when its account signs in, and gone on with when somebody
says so. Main thread; the looking is done in a task.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import MapflowError
from .interrupted import Fate, Finding, look
from .online import OnlineService, with_client
from .replacements import ReplacementService
from .upload.journal_keeper import JournalKeeper
from .upload.queue import QueueService, State

IMPATIENCE = 0.5  # of the usual times, and no second try: all is looked for again before it is sent


class InterruptionService(OnlineService):
    """What waits for somebody is a job of the queue, or of the replacements; the rest is over and told."""

    found = pyqtSignal(list)  # Finding; never an empty list
    damaged = pyqtSignal(str)  # path of a journal that was put aside, as it could not be read whole

    def __init__(
        self,
        keeper: JournalKeeper,
        queue: QueueService,
        replacements: ReplacementService,
        parent: Optional[QObject] = None,
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._queue = queue
        self._replacements = replacements
        self._account = ""

    def set_connection(self, connection: Optional[Connection]) -> None:
        """After the queue and the replacements: what they have in hand is not looked for."""
        account = connection.key if connection else ""
        if account != self._account:
            self._account = account
            self._queue.put_away()
        super().set_connection(connection)
        if connection is not None:
            self.run(
                "look",
                lambda token: with_client(connection, token, self._look, IMPATIENCE, _give_up),
                self._on_looked,
                self.failing("queue"),
                latest=True,
            )

    def waiting(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those of them that wait for somebody to say what is to become of them."""
        jobs = {job.id for job in self._queue.jobs if job.state is State.INTERRUPTED}
        return [
            one
            for one in findings
            if (
                self._replacements.is_interrupted(one.number)
                if one.row.is_replacement
                else one.number in jobs
            )
        ]

    def resume(self, findings: Iterable[Finding]) -> list[Finding]:
        """Goes on; those with which that is not possible."""
        files, swaps = _parted(self.waiting(findings))
        self._queue.retry([one.number for one in files])
        return [one for one in swaps if not self._replacements.retry(one.number)]

    def discard(self, findings: Iterable[Finding]) -> None:
        """Forgets them; what is on the server stays there."""
        files, swaps = _parted(self.waiting(findings))
        self._queue.remove([one.number for one in files])
        for one in swaps:
            self._replacements.discard(one.number)

    def _look(self, client: MapflowClient, token: CancelToken) -> list[Finding]:
        """Worker thread."""
        account = client.connection.key
        for path in self._keeper.adopt(account, token):
            self.tell("damaged", path)
        return look(client, self._keeper.orphans(account), token)

    def _on_looked(self, findings: list[Finding]) -> None:
        self._keeper.remove(one.row.id for one in findings if not one.is_open)
        uploads, _ = _parted(one for one in findings if one.is_open)
        numbers = dict(zip((one.row.id for one in uploads), self._queue.restore(one.row for one in uploads)))
        told = [self._taken(one, numbers) for one in findings]
        if told:
            self.found.emit(told)

    def _taken(self, one: Finding, numbers: dict[str, int]) -> Finding:
        if not one.is_open:
            return one
        if not one.row.is_replacement:
            return replace(one, number=numbers[one.row.id])
        new = one.new if one.fate is Fate.BOTH else None
        return replace(one, number=self._replacements.restore(one.row, one.old, new))


def _give_up(_seconds: float, why: MapflowError) -> None:
    """Instead of a wait before the next try."""
    raise why


def _parted(findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Uploads, and replacements."""
    found = tuple(findings)
    files = [one for one in found if not one.row.is_replacement]
    return files, [one for one in found if one.row.is_replacement]
