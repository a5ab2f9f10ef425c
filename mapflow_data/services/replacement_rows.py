"""Which replacement has which row of the journal, and until when. Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Optional

from .replacement import Replacement, Stage, row_of
from .upload.journal_keeper import JournalKeeper, Note


class ReplacementRows:
    """Without a keeper nothing is noted."""

    def __init__(self, keeper: Optional[JournalKeeper]) -> None:
        self._keeper = keeper

    def opened(self, one: Replacement, account: str) -> Replacement:
        """With a row, which it keeps where it is tried again."""
        if self._keeper is None:
            return one
        row = replace(one.row, account=account) if one.row else row_of(one, account)
        self._keeper.put(row)
        return replace(one, row=row)

    def take(self, one: Replacement) -> None:
        """Its row is in the journal already."""
        if self._keeper is not None and one.row is not None:
            self._keeper.take([one.row.id])

    def note_for(self, one: Replacement) -> Optional[Note]:
        return self._keeper.note_for(one.row.id) if self._keeper is not None and one.row else None

    def closed(self, one: Replacement) -> Replacement:
        """It is over, and was told."""
        if self._keeper is None or one.row is None:
            return one
        row = self._keeper.row(one.row.id) or one.row
        self._keeper.remove([row.id])
        return replace(one, row=row)

    def let_go(self, those: Iterable[Replacement]) -> None:
        """The rows of those that were interrupted stay, for the next time that their account signs in."""
        if self._keeper is not None:
            self._keeper.let_go(
                one.row.id for one in those if one.row is not None and one.stage is Stage.INTERRUPTED
            )
