"""Moves the upload queue: decides what is sent next, looks for what was sent, waits for the network.

`run` is the body of the queue's task. Its thread looks and waits; at most `at_once` threads of its own send,
one file each, and end with it. All other methods may be called from any thread. No Qt.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Optional

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import ConnectionFailed, MapflowError, SignInRequired
from .courier import Courier, Item, Say, Times, is_of
from .jobs import Note, State
from .line import Line, ask, may_be_down
from .searcher import Searcher
from .task import guarded


class Engine:
    """`say(job_id, changes)` is called from its threads for each change of a job, and with job_id None for
    changes of the whole: {"waiting_since": time or None} and {"sign_in_needed": True}.
    """

    def __init__(self, say: Say, at_once: int = 2, times: Optional[Times] = None) -> None:
        self._say = say
        self._at_once = at_once
        self._times = times or Times()
        self._changed = threading.Condition()
        self._items: dict[int, Item] = {}
        self._threads: dict[int, threading.Thread] = {}
        self._connection: Optional[Connection] = None
        self._line = Line(self._times.look_for_network)
        self._token = CancelToken()
        self._is_running = False
        self._searcher = Searcher(say, self._times.poll)

    # any thread

    def add(self, item: Item) -> None:
        with self._changed:
            self._items[item.id] = item
            self._changed.notify_all()

    def cancel(self, job_id: int) -> None:
        with self._changed:
            item = self._items.get(job_id)
            if item is None:
                return
            item.is_unwanted = True
            if not item.is_in_flight:
                self._finish(item, State.CANCELLED)
            self._changed.notify_all()
        item.token.cancel()  # outside of the lock: it shuts sockets

    def set_connection(self, connection: Optional[Connection]) -> None:
        """From now on. What is being sent for another account is put back, and goes on when it signs in."""
        with self._changed:
            self._connection = connection
            self._line.is_doubtful = False
            halted = [i for i in self._items.values() if i.is_in_flight and not is_of(i, connection)]
            for item in self._items.values():
                self._note_owner(item)
            self._changed.notify_all()
        for item in halted:
            item.token.cancel()

    def has_work(self) -> bool:
        with self._changed:
            return bool(self._threads) or bool(self._movable())

    def halt(self) -> None:
        """Cancel everything in flight at once; what was not done stays waiting."""
        with self._changed:
            halted = [item for item in self._items.values() if item.is_in_flight]
        for item in halted:
            item.token.cancel()

    # the task's thread

    def run(self, token: CancelToken) -> None:
        """Until nothing is left that can be moved. Raises `Cancelled` when the task is cancelled."""
        self._token = token
        self._is_running = True
        with token.calling(self._wake):
            try:
                while self._step():
                    pass
            finally:
                with self._changed:
                    self._is_running = False
                self.halt()
                for thread in tuple(self._threads.values()):
                    thread.join()
        token.check()

    def _step(self) -> bool:
        self._token.check()
        self._look_for_network()
        with self._changed:
            self._start_ready()
        self._search()
        with self._changed:
            self._note_stalls()
            if not self._threads and not self._movable():
                return False
            if not self._line.is_doubtful and not self._has_startable():
                self._changed.wait(self._pause())
        return True

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _pause(self) -> float:
        due = [self._times.tick, *self._searcher.pauses(self._working())]
        if self._line.is_down:
            due.append(self._line.pause())
        return max(0.01, min(due))

    # sending

    def _start_ready(self) -> None:
        connection = self._connection
        if connection is None:
            return
        for item in tuple(self._items.values()):
            if len(self._threads) >= self._at_once or not self._is_running:
                return
            if self._is_startable(item) and item.enter():
                courier = Courier(item, connection, self._times.scale, self._times.poll, self._say)
                thread = threading.Thread(target=self._carry, args=(courier,), name=f"upload {item.id}")
                self._threads[item.id] = thread
                item.is_in_flight = True
                thread.start()

    def _carry(self, courier: Courier) -> None:
        """Body of a sending thread."""
        item = courier.item
        error: Optional[MapflowError] = None
        try:
            guarded(courier.carry)
        except MapflowError as failure:
            error = failure
        with self._changed:
            self._threads.pop(item.id, None)
            item.is_in_flight = False
            self._settle(item, error, courier.connection)
            self._start_ready()  # the other thread may be held up by a slow answer
            self._changed.notify_all()

    def _settle(self, item: Item, error: Optional[MapflowError], connection: Connection) -> None:
        """What becomes of an item whose thread has ended, with `error` or well."""
        if item.is_unwanted:
            self._finish(item, State.CANCELLED)
        elif item.token.is_cancelled:
            item.renew()
            self._put_back(item, Note.NONE)
        elif error is None:
            self._arrive(item)
        elif isinstance(error, SignInRequired):
            self._put_back(item, Note.SIGN_IN)
            if connection is self._connection:
                self._ask_for_sign_in()
        elif may_be_down(error):
            item.failure = error
            self._put_back(item, Note.NETWORK)
            self._line.is_doubtful = True
        else:
            self._finish(item, State.FAILED, error=error)

    def _arrive(self, item: Item) -> None:
        if item.image is not None:
            self._finish(item, State.DONE, image=item.image, image_id=item.image.id)
            return
        item.is_sent = True
        item.confirm_until = time.monotonic() + self._times.confirm_for
        self._say(item.id, {"state": State.WORKING, "note": Note.NONE, "wait_s": None})
        self._searcher.hurry(item.sending.mosaic_id)

    def _put_back(self, item: Item, note: Note) -> None:
        item.leave()
        self._say(item.id, {"state": State.WAITING, "note": note, "sent": 0, "wait_s": None})
        self._note_owner(item)

    def _finish(self, item: Item, state: State, **more: Any) -> None:
        item.leave()
        self._items.pop(item.id, None)
        self._say(item.id, {"state": state, "note": Note.NONE, "wait_s": None, **more})

    # looking

    def _search(self) -> None:
        """Look into the mosaics where something was sent to and is not found yet."""
        with self._changed:
            working, connection = self._working(), self._connection
            if not working or connection is None or self._line.is_down:
                return
        try:
            ends = self._searcher.look(working, lambda: self._client(connection), self._token)
        except SignInRequired:
            with self._changed:
                self._ask_for_sign_in()
            return
        except ConnectionFailed:
            with self._changed:
                self._line.is_doubtful = True
            return
        with self._changed:
            for item, state, more in ends:
                if item.id in self._items:
                    self._finish(item, state, **more)

    def _working(self) -> list[Item]:
        return [item for item in self._movable() if item.is_sent]

    # waiting

    def _look_for_network(self) -> None:
        with self._changed:
            connection = self._connection
            if connection is None or not self._line.is_due():
                return
        failure = ask(lambda: self._client(connection))
        with self._changed:
            if connection is not self._connection:
                return
            if isinstance(failure, SignInRequired):
                self._ask_for_sign_in()
            self._note_network(is_there=not may_be_down(failure))

    def _note_network(self, *, is_there: bool) -> None:
        if self._line.note(is_there=is_there):
            self._say(None, {"waiting_since": self._line.down_since})
        if is_there:
            self._spend_tries()
            return
        for item in self._items.values():
            item.failure = None  # not its fault
            self._note_owner(item)
        for item in self._working():
            item.confirm_until += self._times.look_for_network

    def _spend_tries(self) -> None:
        """There is a network: what failed on the way failed by itself."""
        for item in tuple(self._items.values()):
            failure, item.failure = item.failure, None
            if failure is not None and not item.spend_try(failure):
                self._finish(item, State.FAILED, error=failure)
            elif not item.is_in_flight and not item.is_sent:
                self._say(item.id, {"note": Note.NONE})
                self._note_owner(item)

    def _ask_for_sign_in(self) -> None:
        """Once: until a new connection comes nothing is asked with this one."""
        if self._connection is None:
            return
        self._connection = None
        for item in self._items.values():
            if not item.is_in_flight:
                self._say(item.id, {"note": Note.SIGN_IN})
        self._say(None, {"sign_in_needed": True})

    def _note_owner(self, item: Item) -> None:
        if item.is_in_flight:
            return
        if self._connection is None:
            note = Note.SIGN_IN
        elif is_of(item, self._connection):
            is_in_doubt = item.failure is not None  # until the network has been asked for, some seconds
            note = Note.NETWORK if self._line.is_down or is_in_doubt else Note.NONE
        else:
            note = Note.OTHER_ACCOUNT
        self._say(item.id, {"note": note})

    def _note_stalls(self) -> None:
        for item in self._items.values():
            if item.is_in_flight and item.is_stalled(self._times.stalled_after):
                item.moved = 0.0  # told once
                self._say(item.id, {"note": Note.STALLED})

    def _movable(self) -> list[Item]:
        return [item for item in self._items.values() if is_of(item, self._connection)]

    def _is_startable(self, item: Item) -> bool:
        is_held = item.is_in_flight or item.is_sent or item.failure is not None
        return not is_held and not self._line.is_down and is_of(item, self._connection)

    def _has_startable(self) -> bool:
        is_full = len(self._threads) >= self._at_once
        return not is_full and any(self._is_startable(i) and not i.is_blocked() for i in self._items.values())

    def _client(self, connection: Connection) -> MapflowClient:
        return MapflowClient(connection, self._token, time_scale=self._times.scale)
