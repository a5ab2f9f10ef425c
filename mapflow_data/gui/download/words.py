"""The words of a download: what is asked, how far it is, what became of it. Any thread."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication

from ...api.errors import (
    AnswerTooLarge,
    BadAnswer,
    Cancelled,
    Conflict,
    Forbidden,
    MapflowError,
    SignInRequired,
)
from ...api.models import Image
from ...services.downloads import Outcome, Progress
from ...services.online import SIGNED_OUT
from ..imagery.cells import name_of
from ..words import formats
from ..words.messages import Message, describe, details, is_retryable
from ..words.plain import short

translate = QCoreApplication.translate


def progress(now: Progress) -> str:
    """ "Downloading 2 of 3 · 34 of 120 MB"."""
    size = formats.size(now.received) if now.total is None else formats.part_of(now.received, now.total)
    if now.count == 1:
        return translate("Download", "Downloading · {0}").format(size)
    return translate("Download", "Downloading {0} of {1} · {2}").format(
        min(now.done + 1, now.count), now.count, size
    )


def result(outcomes: Sequence[Outcome]) -> str:
    """What has come, and where to."""
    done = received(outcomes)
    folder = Path(done[0].download.path).parent
    where = short(folder.name or str(folder))
    if len(outcomes) == 1:
        text = translate("Download", "“{0}” was downloaded to “{1}”.")
        text = text.format(short(Path(done[0].download.path).name), where)
    elif len(done) == len(outcomes):
        text = translate("Download", "{0} images were downloaded to “{1}”.").format(len(done), where)
    else:
        text = translate("Download", "{0} of {1} images were downloaded to “{2}”.")
        text = text.format(len(done), len(outcomes), where)
    return " ".join(filter(None, [text, _checksums(done)]))


def _checksums(done: Sequence[Outcome]) -> str:
    others = sum(one.received is not None and one.received.is_same is False for one in done)
    if not others:
        return ""
    if len(done) == 1:
        return translate(
            "Download", "All bytes came. Mapflow tells another checksum, which may be that of a copy."
        )
    return translate(
        "Download",
        "All bytes came. For {0} of them Mapflow tells another checksum, which may be that of a copy.",
    ).format(others)


def received(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if one.received is not None]


def is_signed_out(outcomes: Sequence[Outcome]) -> bool:
    return any(one.error is not None and one.error.code == SIGNED_OUT for one in outcomes)


def signed_out(outcomes: Sequence[Outcome]) -> Message:
    """Names of images are no business of who signs in next."""
    done = received(outcomes)
    if not done:
        text = translate("Download", "You signed out: {0} images were not downloaded; nothing was kept.")
        if len(outcomes) == 1:
            text = translate("Download", "You signed out: the image was not downloaded; nothing was kept.")
        return Message(text.format(len(outcomes)))
    folder = Path(done[0].download.path).parent
    text = translate(
        "Download",
        "You signed out: {0} of {1} images were downloaded to “{2}”, {3} not; nothing half done was kept.",
    )
    left = len(outcomes) - len(done)
    return Message(text.format(len(done), len(outcomes), short(folder.name or str(folder)), left))


def failures(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if one.error is not None and not isinstance(one.error, Cancelled)]


def is_refused(outcomes: Sequence[Outcome]) -> bool:
    return any(isinstance(one.error, SignInRequired) for one in outcomes)


def failure(outcomes: Sequence[Outcome]) -> Message:
    """One failure in full, of several their number and the first; all of them in the details."""
    told = [_reason(one.download.image, one.error) for one in failures(outcomes) if one.error is not None]
    if len(told) == 1:
        return told[0]
    text = translate("Download", "{0} images were not downloaded. {1}").format(len(told), told[0].text)
    return Message(text, "\n".join(f"{one.text}\n{one.details}" for one in told))


def not_allowed(image: Image) -> str:
    return translate(
        "Download", "“{0}” was not downloaded: Mapflow does not allow it for this image; ask its owner"
    ).format(short(name_of(image)))


def _reason(image: Image, error: MapflowError) -> Message:
    name = short(name_of(image))
    if isinstance(error, Forbidden):
        text = not_allowed(image)
    elif isinstance(error, Conflict):
        text = translate(
            "Download", "“{0}” was not downloaded: Mapflow still works on it; try again later"
        ).format(name)
    elif isinstance(error, AnswerTooLarge) or (isinstance(error, BadAnswer) and error.code == "length"):
        text = translate(
            "Download", "“{0}” was not downloaded: what came has not the length of the image; try again"
        ).format(name)
    else:
        return describe(error, translate("Download", "“{0}” was not downloaded").format(name))
    return Message(text, details(error), is_retryable(error))


def stopped() -> str:
    return translate("Download", "The download was cancelled; nothing was kept.")


def busy() -> str:
    return translate("Download", "Another download is under way: try again after it.")


def needs_sign_in() -> str:
    return translate("Download", "Sign in to Mapflow first; nothing was downloaded.")


def file_title() -> str:
    return translate("Download", "Download Image")


def folder_title(count: int) -> str:
    return translate("Download", "Download {0} Images into a Folder").format(count)


def exist(names: Sequence[str], count: int) -> str:
    """Of `count` files that are to come, those of `names` are there."""
    if len(names) == 1:
        return translate("Download", "“{0}” is in this folder already.").format(names[0])
    return translate("Download", "{0} of the {1} files are in this folder already: {2}").format(
        len(names), count, "“" + "”, “".join(names[:3]) + ("”…" if len(names) > 3 else "”")
    )


def not_added(name: str) -> str:
    return translate("Download", "“{0}” was not added to the map: QGIS cannot read it").format(short(name))
