"""Moves the upload queue: decides what is sent next, looks for what was sent, waits for the network.

`run` is the body of the queue's task. Its thread looks and waits; at most `at_once` threads of its own send,
one file each, and end with it. All other methods may be called from any thread. No Qt.
"""

from __future__ import annotations

import threading
import time
from typing import Optional

from ...api.cancel import CancelToken
from ...api.client import MapflowClient
from ...api.connection import Connection
from ...api.errors import ConnectionFailed, MapflowError, SignInRequired
from ..task import guarded
from .courier import Courier, Item, Say, Times, is_of
from .jobs import Note, State
from .line import Line, ask, may_be_down
from .roster import Roster
from .searcher import Searcher


class Engine:
    """`say(job_id, changes)` is called from its threads for each change of a job, and with job_id None for
    changes of the whole: {"waiting_since": time or None} and {"sign_in_needed": True}.
    """

    def __init__(self, say: Say, at_once: int = 2, times: Optional[Times] = None) -> None:
        self._say = say
        self._at_once = at_once
        self._times = times or Times()
        self._changed = threading.Condition()
        self._threads: dict[int, threading.Thread] = {}
        self._line = Line(self._times.look_for_network)
        self._roster = Roster(say, self._line)
        self._token = CancelToken()
        self._is_running = False
        self._searcher = Searcher(say, self._times.poll)

    # any thread

    def add(self, item: Item) -> None:
        with self._changed:
            self._roster.items[item.id] = item
            self._changed.notify_all()

    def cancel(self, job_id: int) -> None:
        with self._changed:
            item = self._roster.items.get(job_id)
            if item is None:
                return
            item.is_unwanted = True
            if not item.is_in_flight:
                self._roster.finish(item, State.CANCELLED)
            self._changed.notify_all()
        item.token.cancel()  # outside of the lock: it shuts sockets

    def set_connection(self, connection: Optional[Connection]) -> None:
        """From now on. What is being sent for another account is put back, and goes on when it signs in."""
        with self._changed:
            self._roster.connection = connection
            self._line.is_doubtful = False
            halted = [item for item in self._roster.in_flight() if not is_of(item, connection)]
            for item in self._roster.items.values():
                self._roster.note_owner(item)
            self._changed.notify_all()
        for item in halted:
            item.token.cancel()

    def has_work(self) -> bool:
        with self._changed:
            return bool(self._threads) or bool(self._roster.movable())

    def halt(self) -> None:
        """Cancel everything in flight at once; what was not done stays waiting."""
        with self._changed:
            halted = self._roster.in_flight()
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
            self._roster.note_stalls(self._times.stalled_after)
            if not self._threads and not self._roster.movable():
                return False
            has_room = len(self._threads) < self._at_once
            if not self._line.is_doubtful and not (has_room and self._roster.has_startable()):
                self._changed.wait(self._pause())
        return True

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _pause(self) -> float:
        due = [self._times.tick, *self._searcher.pauses(self._roster.working())]
        if self._line.is_down:
            due.append(self._line.pause())
        return max(0.01, min(due))

    # sending

    def _start_ready(self) -> None:
        connection = self._roster.connection
        if connection is None:
            return
        for item in tuple(self._roster.items.values()):
            if len(self._threads) >= self._at_once or not self._is_running:
                return
            if self._roster.is_startable(item) and item.enter():
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
            self._roster.finish(item, State.CANCELLED)
        elif item.token.is_cancelled:
            item.renew()
            self._roster.put_back(item, Note.NONE)
        elif error is None:
            self._arrive(item)
        elif isinstance(error, SignInRequired):
            self._roster.put_back(item, Note.SIGN_IN)
            if connection is self._roster.connection:
                self._roster.ask_for_sign_in()
        elif may_be_down(error):
            item.failure = error
            self._roster.put_back(item, Note.NETWORK)
            self._line.is_doubtful = True
        else:
            self._roster.finish(item, State.FAILED, error=error)

    def _arrive(self, item: Item) -> None:
        if item.image is not None:
            self._roster.finish(item, State.DONE, image=item.image, image_id=item.image.id)
            return
        item.is_sent = True
        item.confirm_until = time.monotonic() + self._times.confirm_for
        self._say(item.id, {"state": State.WORKING, "note": Note.NONE, "wait_s": None})
        self._searcher.hurry(item.sending.mosaic_id)

    # looking

    def _search(self) -> None:
        """Look into the mosaics where something was sent to and is not found yet."""
        with self._changed:
            working, connection = self._roster.working(), self._roster.connection
            if not working or connection is None or self._line.is_down:
                return
        try:
            ends = self._searcher.look(working, lambda: self._client(connection), self._token)
        except SignInRequired:
            with self._changed:
                if connection is self._roster.connection:  # not another one that came meanwhile
                    self._roster.ask_for_sign_in()
            return
        except ConnectionFailed:
            with self._changed:
                self._line.is_doubtful = True
            return
        with self._changed:
            for item, state, more in ends:
                if item.id in self._roster.items:
                    self._roster.finish(item, state, **more)

    # waiting

    def _look_for_network(self) -> None:
        with self._changed:
            connection = self._roster.connection
            if connection is None or not self._line.is_due():
                return
        failure = ask(lambda: self._client(connection))
        with self._changed:
            if connection is not self._roster.connection:
                return
            if isinstance(failure, SignInRequired):
                self._roster.forgive()  # the line may have broken with the refusal on its way
                self._roster.ask_for_sign_in()
            self._note_network(is_there=not may_be_down(failure))

    def _note_network(self, *, is_there: bool) -> None:
        if self._line.note(is_there=is_there):
            self._say(None, {"waiting_since": self._line.down_since})
        if is_there:
            self._roster.spend_tries()
            return
        self._roster.forgive()
        for item in self._roster.working():
            item.confirm_until += self._times.look_for_network

    def _client(self, connection: Connection) -> MapflowClient:
        return MapflowClient(connection, self._token, time_scale=self._times.scale)
