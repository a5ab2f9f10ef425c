"""The journal of what is under way, as services use it: rows of the main thread are written in a task, those
of a thread that is about to send at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any, Callable, Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...api.cancel import CancelToken
from ...api.errors import BadInput
from ...transfer.journal import Journal
from ...transfer.journal_rows import Row
from ..service import Service

log = logging.getLogger(__name__)

Note = Callable[..., None]  # changes of a row by name; blocks until they are on the disk


class JournalKeeper(Service):
    """A journal that cannot be written is told once, and keeps nothing from being sent."""

    failed = pyqtSignal(str, object)  # "journal", MapflowError

    def __init__(self, journal: Journal, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._journal = journal
        self._live: set[str] = set()  # ids of rows that somebody here has in hand
        self._is_told = False
        self._is_due = False  # something came while it was written
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)  # what is asked for in one go is written in one go
        self._timer.timeout.connect(self._write)

    def put(self, row: Row) -> None:
        self._live.add(row.id)
        self._journal.put(row)
        self._timer.start()

    def remove(self, row_ids: Iterable[str]) -> None:
        ids = tuple(row_ids)
        self._live.difference_update(ids)
        self._journal.remove(ids)
        self._timer.start()

    def row(self, row_id: str) -> Optional[Row]:
        return self._journal.row(row_id)

    def take(self, row_ids: Iterable[str]) -> None:
        """They are somebody's from now on."""
        self._live.update(row_ids)

    def let_go(self, row_ids: Iterable[str]) -> None:
        """They stay, and are nobody's until they are found again."""
        self._live.difference_update(row_ids)

    def orphans(self, account: str) -> list[Row]:
        """Rows that nobody here has in hand."""
        return [row for row in self._journal.rows(account) if row.id not in self._live]

    def note_for(self, row_id: str) -> Note:
        """For one worker thread or another."""
        return partial(self._note, row_id)

    def adopt(self, account: str, token: CancelToken) -> list[str]:
        """Of those whose QGIS is no more; the paths of what was put aside. Worker thread."""
        try:
            return self._journal.adopt(account, token)
        except OSError as error:
            self._fail(error)
            return []

    def close(self) -> None:
        """What is under way is on the disk by then."""
        self._timer.stop()
        super().close()
        try:
            self._journal.close()
        except OSError as error:
            self._fail(error)

    def _note(self, row_id: str, **changes: Any) -> None:
        self._journal.change(row_id, **changes)
        self._flush()

    def _write(self) -> None:
        self._is_due = not self.run(
            "write", lambda _: self._flush(), self._on_written, description="Mapflow Data: note uploads"
        )

    def _on_written(self, _: object) -> None:
        if self._is_due:
            self._timer.start()

    def _flush(self) -> None:
        try:
            self._journal.flush()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        """Any thread."""
        text = error.strerror or type(error).__name__
        log.warning("what is under way is not noted: %s", text)
        if not self._is_told:
            self._is_told = True
            self.tell("failed", "journal", BadInput(text, code="journal"))
