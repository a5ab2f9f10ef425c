"""Looks for what was sent: one listing of a mosaic serves all its files. The queue task's thread. No Qt."""

from __future__ import annotations

import logging
import time
from typing import Any, Callable, Optional

from ...api.cancel import CancelToken
from ...api.client import MapflowClient
from ...api.errors import Cancelled, ConnectionFailed, MapflowError, NotFound, Refused, SignInRequired
from ...transfer.listing import Listing
from ...transfer.send import next_poll
from .courier import Item, Say
from .jobs import Note, State

log = logging.getLogger(__name__)

End = tuple[Item, State, dict[str, Any]]


class Searcher:
    """Looks soon after a file was sent, then less and less often."""

    def __init__(self, say: Say, poll: float) -> None:
        self._say = say
        self._poll = poll
        self._statusless: set[str] = set()  # mosaics whose server does not tell their status
        self._polls: dict[str, tuple[float, float]] = {}  # mosaic id to (when to look, pause after it)

    def hurry(self, mosaic_id: str) -> None:
        """Something new was sent there."""
        self._polls[mosaic_id] = (time.monotonic(), self._poll)

    def pauses(self, items: list[Item]) -> list[float]:
        now = time.monotonic()
        return [self._due(item.sending.mosaic_id) - now for item in items]

    def look(
        self, items: list[Item], make_client: Callable[[], MapflowClient], token: CancelToken
    ) -> list[End]:
        """Look where it is time to; what ended, and how. Raises what the calls raise."""
        mosaics: dict[str, list[Item]] = {}
        for item in items:
            if self._due(item.sending.mosaic_id) <= time.monotonic():
                mosaics.setdefault(item.sending.mosaic_id, []).append(item)
        ends: list[End] = []
        if mosaics:
            with make_client() as client:
                for mosaic_id, sent in mosaics.items():
                    ends += self._look_into(client, mosaic_id, sent, token)
        return ends

    def _look_into(
        self, client: MapflowClient, mosaic_id: str, items: list[Item], token: CancelToken
    ) -> list[End]:
        pause = self._polls.get(mosaic_id, (0.0, self._poll))[1]
        self._polls[mosaic_id] = (time.monotonic() + pause, next_poll(pause))
        try:
            listing = Listing.read(client, mosaic_id, has_status=mosaic_id not in self._statusless)
            if listing.status is None:
                self._statusless.add(mosaic_id)
        except (Cancelled, ConnectionFailed, SignInRequired):
            raise
        except NotFound as error:  # the mosaic was deleted meanwhile
            return [(item, State.FAILED, {"error": error}) for item in items]
        except MapflowError as error:  # the next look may be luckier
            log.info("looking into mosaic %s: %s", mosaic_id, type(error).__name__)
            found = None
        else:
            found = listing
        ends = [end for end in (self._judge(item, found, token) for item in items) if end]
        self._polls[mosaic_id] = (time.monotonic() + pause, next_poll(pause))
        return ends

    def _judge(self, item: Item, listing: Optional[Listing], token: CancelToken) -> Optional[End]:
        is_known = item.sending.is_accepted
        if listing is not None:
            try:
                image = item.sending.find(listing, token)
            except Refused as error:
                return item, State.FAILED, {"error": error}
            if image is not None:
                return item, State.DONE, {"image": image, "image_id": image.id}
            is_known = is_known or item.sending.is_known(listing)
        if time.monotonic() < item.confirm_until:
            return None
        if is_known:
            return item, State.DONE, {"image": None, "note": Note.NOT_LISTED}
        return item, State.UNCONFIRMED, {"error": item.sending.doubt}

    def _due(self, mosaic_id: str) -> float:
        return self._polls.get(mosaic_id, (0.0, self._poll))[0]
