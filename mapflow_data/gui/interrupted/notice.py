"""Says what was under way when QGIS ended, and has it gone on with or forgotten. Main thread."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QObject, QTimer

from ...services.bundle import Services
from ...services.interrupted import Fate, Finding
from ..notices import Notices
from ..replace import outcomes
from ..words.messages import Message
from . import words


class InterruptedNotice(QObject):
    """A message for all uploads, one for all replacements, and one for each where both images are there. It
    goes when there is nothing left to choose.
    """

    def __init__(self, services: Services, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._interruptions = services.interruptions
        self._notices = notices
        self._asked: dict[str, list[Finding]] = {}  # text to what it is about
        services.interruptions.found.connect(self._on_found)
        services.interruptions.damaged.connect(self._on_damaged)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)  # after all changes of one go
        self._timer.timeout.connect(self._withdraw)
        services.queue.job_changed.connect(self._on_changed)
        services.queue.jobs_removed.connect(self._on_changed)
        # later: at another token of the account the messages are cleared
        services.session.signed_in.connect(lambda _: QTimer.singleShot(0, self.repeat))

    def repeat(self) -> None:
        """What was not answered, after the messages were cleared."""
        self._withdraw()
        for text, findings in self._asked.items():
            self._push(text, findings)

    def _on_found(self, findings: list[Finding]) -> None:
        self._asked.clear()
        files = [one for one in findings if not one.row.is_replacement]
        swaps = [one for one in findings if one.row.is_replacement]
        if files:
            self._tell(words.uploads(files), files)
        open_swaps = [one for one in swaps if one.fate is Fate.OPEN]
        if open_swaps:
            self._tell(words.replacements(open_swaps), open_swaps)
        for one in swaps:
            if one.fate is not Fate.OPEN:
                self._tell(words.replacement(one), [one])

    def _tell(self, text: str, findings: list[Finding]) -> None:
        waiting = [one for one in findings if one.is_open]
        if waiting:
            self._asked[text] = waiting
            self._push(text, waiting)
        elif findings[0].fate in (Fate.ARRIVED, Fate.REPLACED):
            self._notices.success(text)
        else:
            self._notices.warning(Message(text))

    def _push(self, text: str, findings: Sequence[Finding]) -> None:
        is_both = findings[0].fate is Fate.BOTH
        go_on = self.tr("Delete old one") if is_both else self.tr("Continue")
        leave = self.tr("Keep both") if is_both else self.tr("Discard")
        self._notices.warning(
            Message(text), go_on, lambda: self._resume(text), (leave, lambda: self._discard(text))
        )

    def _resume(self, text: str) -> None:
        for _ in self._interruptions.resume(self._asked.pop(text, [])):
            self._notices.info(outcomes.cannot_go_on())

    def _discard(self, text: str) -> None:
        self._interruptions.discard(self._asked.pop(text, []))

    def _on_changed(self, *_: object) -> None:
        if self._asked:
            self._timer.start()

    def _withdraw(self) -> None:
        """Somebody chose in the list, or signed out."""
        for text, findings in tuple(self._asked.items()):
            if not self._interruptions.waiting(findings):
                del self._asked[text]
                self._notices.withdraw(text)

    def _on_damaged(self, path: str) -> None:
        self._notices.warning(Message(words.damaged(path)))
