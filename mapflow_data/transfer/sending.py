"""One file on its way into a mosaic: what was there before, was it taken, is it listed? Worker threads.

An upload is not idempotent and its answer may name no image, so a new image is ours only by the id from the
answer, by our SHA-1, or by our name and size.
"""

from __future__ import annotations

import logging
import threading
import time
from enum import Enum
from typing import Any, Callable, Optional

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.errors import FileUnreadable, MapflowError, Refused, SourceChanged, Unconfirmed
from ..api.models import Image, ImageState, MosaicStatus
from .claims import CLAIMS, Key, pick
from .inspect import RasterFacts
from .journal_rows import Row
from .journal_rows import Stage as Noted
from .listing import Listing
from .same_file import check_unchanged, up_to_date
from .twins import has_same_name, sha1_of_file

log = logging.getLogger(__name__)

LOOKS_FOR_A_COPY = 2


class Stage(Enum):
    CHECKING = "checking"
    SENDING = "sending"
    SERVER_WORKING = "server_working"


Report = Callable[[Stage, int, int], None]  # stage, bytes sent, bytes in all
Note = Callable[..., None]  # changes of the journal's row by name, on the disk when it comes back


_NOTHING_YET: dict[str, Any] = {"image_id": "", "is_accepted": False, "sent_at": 0.0}


class Sending:
    """`enter`, then `upload`, then `find` until it is found, then `leave`. After a failure `upload` may be
    called again: it looks first.
    """

    def __init__(self, mosaic_id: str, facts: RasterFacts, note: Optional[Note] = None) -> None:
        """`note` takes down how far it is, before that is so."""
        self.mosaic_id = mosaic_id
        self.facts = facts
        self._note = note or (lambda **_: None)
        self._is_resumed = False
        self._wait_until = 0.0  # time.time() up to which it may still turn up by itself
        self.is_accepted = False  # the server said 2xx
        self.image_id = ""  # from the answer, where it names one
        self.doubt: Optional[Unconfirmed] = None  # why there was no answer
        self._before: Optional[set[str]] = None
        self._is_settled = True
        self._sha1: Optional[str] = None
        self._lock = threading.Lock()

    @classmethod
    def resumed(cls, row: Row, note: Optional[Note] = None, confirm_for: float = 0.0) -> Sending:
        """Of an earlier QGIS: the file must be as it was then. What was sent is waited for `confirm_for`
        seconds since, before it is sent again.
        """
        one = cls(row.mosaic_id, row.facts, note)
        one._is_resumed = True
        if row.stage is not Noted.WAITING:
            one._before = set(row.known_ids)
            one.image_id, one.is_accepted = row.image_id, row.is_accepted
            one._is_settled = row.stage is Noted.SENDING
        if row.stage is Noted.SENT:
            one.doubt = Unconfirmed(code="interrupted")
            now = time.time()
            one._wait_until = row.sent_at + confirm_for if row.sent_at <= now else now + confirm_for
        return one

    @property
    def key(self) -> Key:
        return self.mosaic_id, self.facts.name

    def enter(self) -> bool:
        """False while another file of this name is on its way into this mosaic."""
        return CLAIMS.enter(self.key, self.facts.size)

    def leave(self) -> None:
        """Let others of this name go. What may still turn up is remembered as nobody's."""
        CLAIMS.leave(self.key, is_settled=self._is_settled)

    def upload(
        self, client: MapflowClient, report: Report, cancel: CancelToken, poll: float = 2.0
    ) -> Optional[Image]:
        """Note what is there, send, take the answer. The image if an earlier attempt had brought it.

        An answer that was lost is no failure here: `is_accepted` stays False. Raises `MapflowError`.
        """
        report(Stage.CHECKING, 0, self.facts.size)
        if not self._is_resumed:
            self._refresh(cancel)
        listing = Listing.read(client, self.mosaic_id)
        if self._before is None:
            self._before = listing.ids
        else:
            found = self.find(listing, cancel)
            if found is not None:
                return found
            self.is_accepted = self.is_accepted or self.is_known(listing)
        if not self.is_accepted and not self._may_turn_up():
            if self._is_resumed:
                check_unchanged(self.facts)
            self._note(stage=Noted.SENDING, known_ids=self._lookalikes(listing), **_NOTHING_YET)
            self._send(client, report, cancel, poll)
        report(Stage.SERVER_WORKING, self.facts.size, self.facts.size)
        return None

    def _may_turn_up(self) -> bool:
        """Once: who tries again after that wants it sent."""
        until, self._wait_until = self._wait_until, 0.0
        return time.time() < until

    def _lookalikes(self, listing: Listing) -> tuple[str, ...]:
        """Of what was there before, what could be taken for this file: the rest need not be noted."""
        sized = {image.id for image in listing.images if image.size_bytes in (self.facts.size, None)}
        named = {
            state.image_id for state in (listing.status or MosaicStatus()).images if self._is_ours(state)
        }
        return tuple(sorted((sized | named) & (self._before or set())))

    def _refresh(self, cancel: CancelToken) -> None:
        """A file that was saved anew since is another one than was accepted, if it was."""
        facts = up_to_date(self.facts, cancel)
        if facts != self.facts:
            self.facts, self._sha1 = facts, None
            self.is_accepted, self.image_id = False, ""

    def _send(self, client: MapflowClient, report: Report, cancel: CancelToken, poll: float) -> None:
        def progress(sent: int, total: int) -> None:
            if sent >= total:
                self._is_settled = False  # from here on the server may have it
                self._note(stage=Noted.SENT, sent_at=time.time())
            report(Stage.SENDING, sent, total)

        try:
            receipt = client.images.upload(self.mosaic_id, self.facts.path, progress)
        except Unconfirmed as error:
            self.doubt = error
            log.info("upload of %s: no usable answer (%s)", self.facts.name, type(error).__name__)
        except SourceChanged:
            self._remove_copy(client, cancel, poll)
            raise
        except Refused:
            self._is_settled = True
            self._note(stage=Noted.WAITING, **_NOTHING_YET)
            raise
        else:
            self.is_accepted, self.image_id = True, receipt.image_id
            self._note(is_accepted=True, image_id=receipt.image_id)

    def find(self, listing: Listing, cancel: CancelToken, *, takes: bool = True) -> Optional[Image]:
        """Our image in the listing. Raises `Refused` (PreprocessingFailed) where the server gave up."""
        with self._lock:
            image = self._match(listing, cancel)
            if image is not None and (not takes or CLAIMS.take(self.key, image.id)):
                self._is_settled = True
                return image
            self._check_state(listing)
            return None

    def is_known(self, listing: Listing) -> bool:
        """The server is at work on it, though it is not listed yet."""
        return any(
            state.image_id == self.image_id or self._is_ours(state) for state in self._new_states(listing)
        )

    def _match(self, listing: Listing, cancel: CancelToken) -> Optional[Image]:
        new = CLAIMS.free(image for image in listing.images if image.id not in (self._before or ()))
        by_id = [image for image in new if self.image_id and image.id == self.image_id]
        if by_id:
            return by_id[0]
        sized = [image for image in new if image.size_bytes in (self.facts.size, None)]
        named = [image for image in sized if self._has_our_name_and_size(image)]
        if len(named) == 1:
            return named[0]
        checked = pick(sized, self._own_sha1(cancel)) if any(image.checksum for image in sized) else None
        if checked is not None or named:
            return checked or named[0]
        is_sure = self.is_accepted and len(sized) == 1 and CLAIMS.is_alone(self.key)
        return sized[0] if is_sure and sized[0].size_bytes == self.facts.size else None

    def _has_our_name_and_size(self, image: Image) -> bool:
        """Where the server tells no size, its 2xx must stand for it."""
        is_sized = image.size_bytes == self.facts.size or (image.size_bytes is None and self.is_accepted)
        return is_sized and has_same_name(image.filename, self.facts.name)

    def _own_sha1(self, cancel: CancelToken) -> str:
        if self._sha1 is None:
            try:
                self._sha1 = sha1_of_file(self.facts.path, cancel)
            except FileUnreadable as error:
                log.warning("%s cannot be read any more: %s", self.facts.name, error)
                self._sha1 = ""
        return self._sha1

    def _new_states(self, listing: Listing) -> list[ImageState]:
        states = (listing.status or MosaicStatus()).images
        return [state for state in states if state.image_id not in (self._before or ())]

    def _check_state(self, listing: Listing) -> None:
        for state in self._new_states(listing):
            is_ours = state.image_id == self.image_id if self.image_id else self._is_ours(state)
            if state.state == "FAILED" and is_ours:
                if self._before is not None:
                    self._before.add(state.image_id)  # the next attempt is another image
                self.image_id, self.is_accepted, self._is_settled = "", False, True
                self._note(stage=Noted.WAITING, **_NOTHING_YET)
                raise Refused(
                    code="PreprocessingFailed",
                    server_text=state.error,
                    parameters={"filename": self.facts.name},
                )

    def _is_ours(self, state: ImageState) -> bool:
        return has_same_name(state.filename, self.facts.name)

    def _remove_copy(self, client: MapflowClient, cancel: CancelToken, poll: float) -> None:
        """The file changed while it was read: what the server may have made of it is no image of anything.

        A name alone proves nothing, as somebody else's new image may bear it: the size has to be ours, too.
        """
        try:
            for look in range(LOOKS_FOR_A_COPY):
                cancel.wait(poll * look)
                listing = Listing.read(client, self.mosaic_id)
                copies = {
                    i.id
                    for i in listing.images
                    if i.id not in (self._before or ()) and self._has_our_name_and_size(i)
                }
                for image_id in copies:
                    client.images.delete(image_id)
                if copies:
                    break
            self._is_settled = True
        except MapflowError as error:
            log.warning("a copy of %s may be left on the server: %s", self.facts.name, error)
