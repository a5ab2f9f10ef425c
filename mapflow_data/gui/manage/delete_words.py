"""The words of a deletion: what would go, and what became of it. Any thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from qgis.PyQt.QtCore import QCoreApplication

from ...api.errors import Cancelled, SignInRequired
from ...api.models import Mosaic
from ...services.deletions import Item, Outcome
from ...services.online import SIGNED_OUT
from ..imagery.cells import name_of
from ..words import counts, formats
from ..words.messages import Message, describe
from ..words.plain import cut, short

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Doomed:
    """`images` of a mosaic and `size` in bytes are None where they are not known."""

    item: Item
    images: Optional[int] = None
    size: Optional[int] = None

    @property
    def is_open(self) -> bool:
        """A mosaic with an unknown number of images."""
        return isinstance(self.item, Mosaic) and self.images is None


def headline(doomed: Sequence[Doomed]) -> str:
    """ "2 mosaics with 61 images, 41 GB"."""
    mosaics = [one for one in doomed if isinstance(one.item, Mosaic)]
    images = len(doomed) - len(mosaics)
    parts = [_mosaics(mosaics)] if mosaics else []
    if images:
        parts.append(_other_images(images) if mosaics else counts.images(images))
    sizes = [one.size for one in doomed if one.size is not None]
    if len(sizes) == len(doomed):
        parts.append(formats.size(sum(sizes)))
    return ", ".join(parts)


def question(doomed: Sequence[Doomed]) -> str:
    """ "Delete 2 mosaics with 61 images, 41 GB?"."""
    return translate("Delete", "Delete {0}?").format(headline(doomed))


def line(one: Doomed) -> str:
    """ "field_1.tif · 683 MB"."""
    count = counts.images(one.images) if one.images is not None else ""
    return " · ".join(part for part in (cut(name_of(one.item)), count, formats.size(one.size)) if part)


def success(outcomes: Sequence[Outcome]) -> str:
    if len(outcomes) == 1:
        return translate("Delete", "“{0}” was deleted from Mapflow.").format(short(name_of(outcomes[0].item)))
    return translate("Delete", "{0} deleted from Mapflow.").format(
        headline([Doomed(o.item) for o in outcomes])
    )


def stopped(outcomes: Sequence[Outcome]) -> str:
    gone = sum(outcome.error is None for outcome in outcomes)
    return translate("Delete", "Cancelled: {0} deleted, {1} not.").format(gone, len(outcomes) - gone)


def is_signed_out(outcomes: Sequence[Outcome]) -> bool:
    return any(outcome.error is not None and outcome.error.code == SIGNED_OUT for outcome in outcomes)


def signed_out(outcomes: Sequence[Outcome]) -> Message:
    """Of the one under way nobody knows; names are no business of who signs in next."""
    gone = sum(outcome.error is None for outcome in outcomes)
    text = translate(
        "Delete", "You signed out: {0} deleted, {1} not, or not for certain; look into the list."
    )
    return Message(text.format(gone, len(outcomes) - gone))


def failures(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [o for o in outcomes if o.error is not None and not isinstance(o.error, Cancelled)]


def is_refused(outcomes: Sequence[Outcome]) -> bool:
    return any(isinstance(outcome.error, SignInRequired) for outcome in outcomes)


def failure(outcomes: Sequence[Outcome]) -> Message:
    """One failure in full, several as their number with the first; all of them in the details."""
    reasons = [
        describe(outcome.error, _not_deleted(outcome.item) if len(outcomes) == 1 else _quoted(outcome.item))
        for outcome in failures(outcomes)
        if outcome.error is not None
    ]
    if len(outcomes) == 1:
        return reasons[0]
    gone = sum(outcome.error is None for outcome in outcomes)
    told = translate("Delete", "{0} deleted, {1} failed").format(gone, len(reasons))
    return Message(f"{told}. {reasons[0].text}", "\n".join(f"{one.text}\n{one.details}" for one in reasons))


def _quoted(item: Item) -> str:
    return f"“{short(name_of(item))}”"


def _not_deleted(item: Item) -> str:
    return translate("Delete", "“{0}” was not deleted").format(short(name_of(item)))


def _mosaics(mosaics: Sequence[Doomed]) -> str:
    known = [one.images for one in mosaics if one.images is not None]
    many = len(mosaics)
    named = translate("Delete", "1 mosaic") if many == 1 else translate("Delete", "{0} mosaics").format(many)
    if len(known) < many:
        return translate("Delete", "{0} with all images").format(named)
    return translate("Delete", "{0} with {1}").format(named, counts.images(sum(known)))


def _other_images(count: int) -> str:
    if count == 1:
        return translate("Delete", "1 image of another mosaic")
    return translate("Delete", "{0} images of other mosaics").format(count)
