"""Gets the pictures that are wanted now: from the disk in the task's own thread, what is not there from the
server by up to four threads beside it. No QObject.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterable
from typing import Callable, Optional

from qgis.core import Qgis
from qgis.PyQt.QtGui import QImage

from ...api.cancel import CancelToken
from ...api.client import MapflowClient
from ...api.connection import Connection
from ...api.errors import Cancelled, MapflowError
from ...api.models import Image
from ..online import with_client
from ..pacing import rest_after
from ..task import SILENT_SINCE, guarded
from .cache import PictureCache, key_of
from .source import SMALL, fetch, from_disk, is_about_all

log = logging.getLogger(__name__)

AT_ONCE = 4
LINGER_S = 1.0  # who browses wants the next one soon, on the connections that are open
# after it the first rest is the end of a task: QGIS tells everybody of those that took five seconds, if they
# cannot be silent
SHIFT_S = 3.0 if Qgis.QGIS_VERSION_INT < SILENT_SINCE else math.inf

Tell = Callable[[Optional[Image], Optional[QImage], Optional[MapflowError]], None]


class PictureDesk:
    """Of one account. `tell` is called from any thread: with an image and its picture, with an image and why
    it has none, with an image alone that cannot be had now, or with an error alone, once for each wish, once
    nothing more can be had. Who was told of an image says so by `settle`.
    """

    def __init__(
        self,
        owner: str,
        connection: Optional[Connection],
        cache: Optional[PictureCache],
        tell: Tell,
        time_scale: float = 1.0,
    ) -> None:
        self._owner = owner
        self._connection = connection
        self._cache = cache
        self._tell = tell
        self._time_scale = time_scale
        self._changed = threading.Condition()
        self._fresh: dict[str, Image] = {}  # not looked for yet, most wanted first
        self._missing: dict[str, Image] = {}  # not on the disk, in the same order
        self._under_way: set[str] = set()  # until somebody was told
        self._threads: list[threading.Thread] = []
        self._at_work = 0
        self._number = 0  # of the newest wish
        self._told_of = 0  # the wish that came to an end
        self._began = 0.0  # `time.monotonic()` of the task
        self._is_down = self._is_over = False

    # main thread

    def want(self, images: Iterable[Image]) -> None:
        """In the place of what waited before; what is under way goes on."""
        with self._changed:
            self._fresh = {image.id: image for image in images if image.id not in self._under_way}
            self._missing = {}
            self._number += 1
            self._is_down = False
            self._changed.notify_all()

    def has_work(self) -> bool:
        with self._changed:
            return bool(self._fresh or self._missing)

    def is_loading(self, image_id: str) -> bool:
        with self._changed:
            return image_id in self._fresh or image_id in self._missing or image_id in self._under_way

    def settle(self, image_id: str) -> None:
        with self._changed:
            self._under_way.discard(image_id)

    # the task's thread

    def serve(self, token: CancelToken) -> None:
        """Until nothing was wanted for a while. Raises `Cancelled` when the task is cancelled."""
        self._began, self._is_over = time.monotonic(), False
        with token.calling(self._wake):
            try:
                while not token.is_cancelled and self._step(token):
                    pass
            finally:
                with self._changed:
                    self._is_over = True
                    self._changed.notify_all()
                for thread in self._threads:
                    thread.join()
                self._threads = []
        token.check()

    def _step(self, token: CancelToken) -> bool:
        with self._changed:
            image = next(iter(self._fresh.values()), None)
            number = self._number
            if image is None:
                return self._rest(token)
        picture = from_disk(self._cache, key_of(self._owner, image, SMALL), SMALL)
        with self._changed:
            if number != self._number:
                return True  # other things are wanted now
            del self._fresh[image.id]
            is_to_be_fetched = picture is None and self._connection is not None and not self._is_down
            if is_to_be_fetched:
                self._missing[image.id] = image
                self._hire(token)
                self._changed.notify_all()
            else:
                self._under_way.add(image.id)
        if not is_to_be_fetched:
            self._tell(image, picture, None)
        return True

    def _rest(self, token: CancelToken) -> bool:
        """Until something is wanted; False once nothing was for a while."""
        if token.is_cancelled:
            return False
        self._hire(token)
        if self._missing or self._at_work:
            self._changed.wait()
            return True
        left = self._began + SHIFT_S - time.monotonic()
        return self._changed.wait(max(0.0, min(LINGER_S, left))) or bool(self._fresh)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _hire(self, token: CancelToken) -> None:
        """One more thread, if those that are there cannot take all that is missing."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        idle = len(self._threads) - self._at_work
        if len(self._threads) < AT_ONCE and idle < len(self._missing):
            thread = threading.Thread(target=self._work, args=(token,), name="Mapflow pictures")
            self._threads.append(thread)
            thread.start()

    # the threads beside it

    def _work(self, token: CancelToken) -> None:
        connection = self._connection
        if connection is None:  # then nothing is ever missing
            return
        try:
            guarded(lambda: with_client(connection, token, self._fetch_wanted, self._time_scale))
        except MapflowError as error:
            log.debug("a thread for pictures ended: %s", type(error).__name__)

    def _fetch_wanted(self, client: MapflowClient, token: CancelToken) -> None:
        image = self._take()
        while image is not None:
            began, used = time.perf_counter(), time.thread_time()
            self._fetch(client, image)
            used, took = time.thread_time() - used, time.perf_counter() - began
            token.wait(rest_after(used, took, AT_ONCE))
            image = self._take()

    def _take(self) -> Optional[Image]:
        """Waits for one; None at the end of the task."""
        with self._changed:
            while not self._missing and not self._is_over:
                self._changed.wait()
            if self._is_over:
                return None
            image = self._missing.pop(next(iter(self._missing)))
            self._under_way.add(image.id)
            self._at_work += 1
            return image

    def _fetch(self, client: MapflowClient, image: Image) -> None:
        number = self._number
        try:
            picture = guarded(lambda: fetch(client, image, SMALL, self._cache, self._owner))
        except Cancelled:
            self.settle(image.id)
        except MapflowError as error:
            if is_about_all(error):
                self._stop(error, number)
            self._tell(image, None, None if is_about_all(error) else error)
        else:
            self._tell(image, picture, None)
        finally:
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()

    def _stop(self, error: MapflowError, number: int) -> None:
        """Nothing more is asked for until something is wanted again; what is on the disk still comes."""
        with self._changed:
            dropped, is_news = [], number != self._told_of
            self._told_of = number
            if number == self._number:
                self._is_down = True
                dropped, self._missing = list(self._missing.values()), {}
                self._under_way.update(image.id for image in dropped)
        if is_news:
            self._tell(None, None, error)
        for image in dropped:
            self._tell(image, None, None)
