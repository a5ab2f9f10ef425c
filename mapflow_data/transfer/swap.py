"""The end of a replacement: the uploaded image is found and verified, and only then the old one deleted.

Whatever goes wrong on the way, the old image stays. Blocking, worker thread.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Callable, Optional

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.errors import BadAnswer, Cancelled, FileUnreadable, MapflowError, NotFound, Unconfirmed
from ..api.models import Image
from .crs import is_same_crs
from .inspect import RasterFacts, inspect, is_current
from .journal_rows import Stage
from .send import next_poll
from .sending import Note
from .twins import has_same_name, sha1_of_file

log = logging.getLogger(__name__)


class Step(Enum):
    FINDING = "finding"  # until the service lists it
    VERIFYING = "verifying"
    RENAMING = "renaming"
    DELETING = "deleting"


@dataclass(frozen=True)
class Swap:
    """`known_ids` were in the mosaic before the upload: none of them is the new image. `name` is what the new
    image is to be called, "" for its own name.
    """

    old: Image
    facts: RasterFacts
    mosaic_id: str
    known_ids: frozenset[str] = frozenset()
    name: str = ""


@dataclass(frozen=True)
class Swapped:
    """How far it came: done where `error` is None. `new` is the image once it was found, `note` why it could
    not be renamed.
    """

    step: Step
    new: Optional[Image] = None
    error: Optional[MapflowError] = None
    note: Optional[MapflowError] = None


Tell = Callable[[Step], None]


def swap(
    client: MapflowClient,
    wanted: Swap,
    image_id: str,
    tell: Tell,
    cancel: CancelToken,
    wait_for: float = 900.0,
    poll: float = 2.0,
    note: Optional[Note] = None,
) -> Swapped:
    """`image_id` is the new image's where the upload told it; `note` takes down that it is verified, before
    anything is done to the old one. May be called again after a failure.

    Raises `Cancelled` only.
    """
    return _Swapping(client, wanted, tell, cancel, note).run(image_id, wait_for, poll)


class _Swapping:
    def __init__(
        self, client: MapflowClient, wanted: Swap, tell: Tell, cancel: CancelToken, note: Optional[Note]
    ) -> None:
        self._client, self._wanted, self._tell, self._cancel = client, wanted, tell, cancel
        self._note_down = note
        self._step = Step.FINDING
        self._new: Optional[Image] = None
        self._note: Optional[MapflowError] = None
        self._facts, self._sha1 = wanted.facts, ""

    def run(self, image_id: str, wait_for: float, poll: float) -> Swapped:
        error: Optional[MapflowError] = None
        try:
            self._read_file()
            self._new = self._found(image_id, wait_for, poll)
            self._new = self._verified(self._new)
            if self._note_down is not None:
                self._note_down(stage=Stage.VERIFIED, image_id=self._new.id)
            self._rename()
            self._delete_old()
        except Cancelled:
            raise
        except MapflowError as failure:
            error = failure
        return Swapped(self._step, self._new, error, self._note)

    def _begin(self, step: Step) -> None:
        self._cancel.check()
        self._step = step
        self._tell(step)

    def _read_file(self) -> None:
        """As it is now: what was saved anew since it was sent is not what was sent."""
        self._begin(Step.FINDING)
        try:
            self._sha1 = sha1_of_file(self._facts.path, self._cancel)
        except FileUnreadable as error:
            log.info("%s cannot be read any more: %s", self._facts.name, error)
        else:
            if not is_current(self._facts):
                self._facts = inspect(self._facts.path, self._cancel)

    def _found(self, image_id: str, wait_for: float, poll: float) -> Image:
        """In the list of the mosaic: what is not listed there may never become an image."""
        until = time.monotonic() + wait_for
        while True:
            image = self._match(self._client.images.list(self._wanted.mosaic_id), image_id)
            if image is not None:
                return image
            left = until - time.monotonic()
            if left <= 0:
                raise Unconfirmed("the server does not list it", code="not_listed")
            self._cancel.wait(min(poll, left))
            poll = next_poll(poll)

    def _match(self, listed: Sequence[Image], image_id: str) -> Optional[Image]:
        known = {*self._wanted.known_ids, self._wanted.old.id}
        new = [image for image in listed if image.id not in known]
        if image_id:
            return next((image for image in new if image.id == image_id), None)
        return next((image for image in new if is_of_file(image, self._facts, self._sha1)), None)

    def _verified(self, listed: Image) -> Image:
        """Read by itself: the list may be older than the image."""
        self._begin(Step.VERIFYING)
        image = self._client.images.get(listed.id)
        is_elsewhere = image.mosaic_id not in ("", self._wanted.mosaic_id)
        if image.id != listed.id or is_elsewhere or not self._is_ours(image):
            raise BadAnswer("it is not the file that was sent", code="not_verified")
        return image

    def _is_ours(self, image: Image) -> bool:
        return is_proven(image, self._facts, self._sha1, self._wanted.name)

    def _rename(self) -> None:
        """Another name is a wish, and no reason to keep the old image, unless the new one is gone."""
        name, new = self._wanted.name, self._new
        if not name or new is None or name == new.filename:
            return
        self._begin(Step.RENAMING)
        try:
            self._new = self._client.images.rename(new.id, name)
        except Cancelled:
            raise
        except MapflowError as error:
            self._note = error
            self._new = self._verified(new)

    def _delete_old(self) -> None:
        self._begin(Step.DELETING)
        old = self._wanted.old.id
        try:
            self._client.images.delete(old)
        except NotFound:
            return  # gone is gone, whoever did it
        except Cancelled:
            raise
        except MapflowError:
            if not self._is_gone(old):
                raise

    def _is_gone(self, image_id: str) -> bool:
        """A deletion that answered with a failure may have worked all the same."""
        try:
            self._client.images.get(image_id)
        except NotFound:
            return True
        except Cancelled:
            raise
        except MapflowError as error:
            log.info("looking for the old image: %s", type(error).__name__)
        return False


def is_proven(image: Image, facts: RasterFacts, sha1: str, wish: str = "") -> bool:
    """Also by the name that an earlier attempt gave it."""
    names = {facts.name, wish or facts.name}
    return any(is_of_file(image, replace(facts, name=name), sha1) for name in names)


def is_of_file(image: Image, facts: RasterFacts, sha1: str) -> bool:
    """The SHA-1 proves it. An unequal one proves nothing: then name and size must be the file's, and all else
    that the service tells of the image must fit it.
    """
    if sha1 and image.checksum == sha1:
        return True
    told = (
        (image.width, facts.width),
        (image.height, facts.height),
        (image.bands, facts.bands),
        (image.size_bytes, facts.size),
    )
    fits = all(its is None or its == own for its, own in told)
    fits = fits and (not image.crs or is_same_crs(image.crs, facts.crs_wkt) is not False)
    return fits and image.size_bytes is not None and has_same_name(image.filename, facts.name)
