"""The files that the queue's engine has in hand: which may move, and what is told of each. No Qt.

All of it under the engine's lock.
"""

from __future__ import annotations

from typing import Any, Optional

from ...api.connection import Connection
from .courier import Item, Say, is_of
from .jobs import Note, State
from .line import Line


class Roster:
    """`connection` is whom the engine talks for, None while nobody is signed in."""

    def __init__(self, say: Say, line: Line) -> None:
        self._say = say
        self._line = line
        self.items: dict[int, Item] = {}
        self.connection: Optional[Connection] = None

    def movable(self) -> list[Item]:
        return [item for item in self.items.values() if is_of(item, self.connection)]

    def in_flight(self) -> list[Item]:
        return [item for item in self.items.values() if item.is_in_flight]

    def working(self) -> list[Item]:
        """Sent, and not found yet."""
        return [item for item in self.movable() if item.is_sent]

    def spend_tries(self) -> None:
        """There is a network: what failed on the way failed by itself."""
        for item in tuple(self.items.values()):
            failure, item.failure = item.failure, None
            if failure is not None and not item.spend_try(failure):
                self.finish(item, State.FAILED, error=failure)
            else:
                self.note_owner(item)

    def forgive(self) -> None:
        """What failed on the way was no fault of the item: no try is spent."""
        for item in self.items.values():
            item.failure = None
            self.note_owner(item)

    def ask_for_sign_in(self) -> None:
        """Once: until a new connection comes nothing is asked with this one."""
        if self.connection is None:
            return
        self.connection = None
        for item in self.items.values():
            if not item.is_in_flight:
                self._say(item.id, {"note": Note.SIGN_IN})
        self._say(None, {"sign_in_needed": True})

    def note_owner(self, item: Item) -> None:
        if item.is_in_flight:
            return
        if self.connection is None:
            note = Note.SIGN_IN
        elif is_of(item, self.connection):
            is_in_doubt = item.failure is not None  # until the network has been asked for, some seconds
            note = Note.NETWORK if self._line.is_down or is_in_doubt else Note.NONE
        else:
            note = Note.OTHER_ACCOUNT
        self._say(item.id, {"note": note})

    def note_stalls(self, after: float) -> None:
        for item in self.in_flight():
            if item.is_stalled(after):
                item.moved = 0.0  # told once
                self._say(item.id, {"note": Note.STALLED})

    def is_startable(self, item: Item) -> bool:
        is_held = item.is_in_flight or item.is_sent or item.failure is not None
        return not is_held and not self._line.is_down and is_of(item, self.connection)

    def has_startable(self) -> bool:
        return any(self.is_startable(item) and not item.is_blocked() for item in self.items.values())

    def put_back(self, item: Item, note: Note) -> None:
        item.leave()
        self._say(item.id, {"state": State.WAITING, "note": note, "sent": 0, "wait_s": None})
        self.note_owner(item)

    def finish(self, item: Item, state: State, **more: Any) -> None:
        item.leave()
        self.items.pop(item.id, None)
        self._say(item.id, {"state": state, "note": Note.NONE, "wait_s": None, **more})
