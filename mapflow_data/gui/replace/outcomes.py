"""The words of a replacement that is over: what became of it, which of both images is there. Any thread."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from ...api.errors import BadAnswer, Cancelled, MapflowError, NotFound, Refused, SignInRequired, Unconfirmed
from ...services.replacement import Replacement
from ...services.replacements import SIGNED_OUT
from ...transfer.swap import Step
from ..imagery.cells import name_of
from ..words.messages import Message, describe, details
from ..words.plain import short

translate = QCoreApplication.translate


def success(one: Replacement) -> str:
    """The new one goes by its file: its name may be the old one's."""
    new = short(one.prepared.facts.name)
    text = translate("Replace", "“{0}” was replaced by “{1}”.").format(short(name_of(one.old)), new)
    if one.note is None:
        return text
    note = describe(one.note, translate("Replace", "It has not got the old name")).text
    return f"{text} {note}"


def is_cancelled(one: Replacement) -> bool:
    return isinstance(one.error, Cancelled) and not is_signed_out(one)


def is_signed_out(one: Replacement) -> bool:
    return isinstance(one.error, Cancelled) and one.error.code == SIGNED_OUT


def is_refused(one: Replacement) -> bool:
    return isinstance(one.error, SignInRequired)


def is_half_done(one: Replacement) -> bool:
    """The new one is good: only the old one could not be deleted."""
    return one.step is Step.DELETING and one.new is not None


def failure(one: Replacement) -> Message:
    """Why, and which of both is there."""
    error, name = one.error or Cancelled(), short(name_of(one.old))
    what = translate("Replace", "“{0}” was not replaced").format(name)
    if is_half_done(one) and not isinstance(error, Cancelled):
        what = translate("Replace", "“{0}” was not deleted").format(name)
    text = f"{what}: {_reason(error)}".rstrip(".")
    return Message(f"{text}. {_what_is_there(one)}".strip(), details(error), True)


def is_unsettled(one: Replacement) -> bool:
    """Cancelled when all was sent: the new one may be there, or come yet."""
    was_sent = one.step is Step.FINDING or (one.step is None and one.sent >= one.prepared.facts.size)
    return is_cancelled(one) and was_sent


def unsettled(one: Replacement) -> Message:
    text = translate("Replace", "“{0}” was not replaced, as you stopped looking for the new image.")
    return Message(f"{text.format(short(name_of(one.old)))} {_what_is_there(one)}", "", True)


def stopped(one: Replacement) -> str:
    name = short(name_of(one.old))
    return " ".join([translate("Replace", "Cancelled: “{0}”.").format(name), _what_is_there(one)])


def _reason(error: MapflowError) -> str:
    if isinstance(error, Cancelled):
        return translate("Replace", "you signed out")
    if isinstance(error, Unconfirmed) and error.code == "not_listed":
        return translate("Replace", "Mapflow does not list the new image; look into the list later")
    if isinstance(error, BadAnswer) and error.code == "not_verified":
        return translate("Replace", "Mapflow does not tell enough to prove that the new image is your file")
    reason = describe(error).text
    return reason[:1].lower() + reason[1:]


def _what_is_there(one: Replacement) -> str:
    """As far as it is known: "" where it is not."""
    if isinstance(one.error, NotFound):
        return ""
    if is_half_done(one):
        if isinstance(one.error, Cancelled):
            return translate("Replace", "The new image is there; the list tells whether the old one is.")
        return translate("Replace", "Both images are there.")
    if one.new is not None:
        return translate("Replace", "Both images are there.")
    is_open = one.sent >= one.prepared.facts.size and not isinstance(one.error, Refused)
    if one.step is not None or is_open or isinstance(one.error, Unconfirmed):
        return translate("Replace", "The old image is there, the new one may be there, too.")
    return translate("Replace", "The old image is there as before.")


def retry(one: Replacement) -> str:
    return translate("Replace", "Delete old one") if is_half_done(one) else translate("Replace", "Retry")


def cannot_go_on() -> str:
    return translate("Replace", "It cannot be gone on with any more; choose Replace image… once more.")
