"""The words of the Activity tab: states, results, the line that sums up. Any thread."""

from __future__ import annotations

from datetime import datetime, timezone

from qgis.PyQt.QtCore import QCoreApplication

from ...services.upload.jobs import Job, Note, State, Summary
from ..words import formats
from ..words.messages import describe
from ..words.plain import cut

translate = QCoreApplication.translate


def state_name(state: State) -> str:
    names = {
        State.WAITING: translate("Activity", "Waiting"),
        State.CHECKING: translate("Activity", "Checking the file"),
        State.CONVERTING: translate("Activity", "Converting"),
        State.UPLOADING: translate("Activity", "Uploading"),
        State.WORKING: translate("Activity", "Server is working"),
        State.UNCONFIRMED: translate("Activity", "Not confirmed"),
        State.DONE: translate("Activity", "Uploaded"),
        State.FAILED: translate("Activity", "Not uploaded"),
        State.CANCELLED: translate("Activity", "Cancelled"),
        State.PAUSED: translate("Activity", "Paused"),
        State.INTERRUPTED: translate("Activity", "Interrupted"),
    }
    return names[state]


def note_words(job: Job) -> str:
    seconds = formats.duration(job.wait_s)
    words = {
        Note.NONE: "",
        Note.SIGN_IN: translate("Activity", "goes on after you sign in"),
        Note.OTHER_ACCOUNT: translate("Activity", "until its own account signs in"),
        Note.NETWORK: translate("Activity", "waiting for the network"),
        Note.RETRY: translate("Activity", "next try in {0}").format(seconds),
        Note.STALLED: translate("Activity", "no progress"),
        Note.NOT_LISTED: translate("Activity", "not listed yet: refresh later"),
    }
    return words[job.note]


def second_line(job: Job) -> str:
    """The state, with what tells most about it."""
    name, note = state_name(job.state), note_words(job)
    if job.state is State.WAITING and job.note is Note.NETWORK:
        return translate("Activity", "Waiting for the network")
    if job.state is State.UPLOADING and job.note is Note.RETRY:
        return translate("Activity", "Next try in {0}").format(formats.duration(job.wait_s))
    if job.state is State.UPLOADING and job.note is Note.STALLED:
        return translate("Activity", "No progress")
    if job.state is State.FAILED and job.error is not None:
        return describe(job.error).text.rstrip(".")  # as the other lines
    if job.state is State.UNCONFIRMED:
        return translate("Activity", "Not confirmed: Retry looks for it first")
    if job.state is State.INTERRUPTED:
        return _interrupted(job)
    if note:
        return f"{name} · {note}"
    if job.state is State.UPLOADING:
        return formats.part_of(job.sent, job.size)
    return f"{name} · {formats.size(job.size)}" if job.state is State.DONE else name


def _interrupted(job: Job) -> str:
    if job.old_name:
        return translate("Activity", "Interrupted, replaces “{0}”: Retry goes on").format(cut(job.old_name))
    return translate("Activity", "Interrupted: Retry goes on with it")


def explanation(job: Job) -> str:
    """All that is known of a job, in plain lines."""
    lines = [
        job.path,
        translate("Activity", "Mosaic: {0}").format(job.mosaic_name) if job.mosaic_name else "",
    ]
    if job.error is not None and job.state is not State.DONE:
        message = describe(job.error, state_name(job.state))
        lines += [message.text, message.details]
    else:
        lines.append(second_line(job))
    return "\n".join(line for line in lines if line)


def failure(job: Job) -> str:
    """The whole sentence about a job that did not succeed, "" for others."""
    if job.error is None or job.state not in (State.FAILED, State.UNCONFIRMED):
        return ""
    return describe(job.error, job.name).text


def summary(total: Summary) -> str:
    """ "38 of 60 uploaded · 2 need you · 4 h 20 min left"."""
    parts = [translate("Activity", "{0} of {1} uploaded").format(total.done, total.total)]
    left = total.failed + total.unconfirmed
    if left:
        parts.append(
            translate("Activity", "1 needs you")
            if left == 1
            else translate("Activity", "{0} need you").format(left)
        )
    if total.interrupted:
        parts.append(translate("Activity", "{0} interrupted").format(total.interrupted))
    if total.waiting_since is not None:
        since = formats.clock(datetime.fromtimestamp(total.waiting_since, timezone.utc))
        parts.append(translate("Activity", "waiting for the network since {0}").format(since))
    elif total.seconds_left is not None and total.active:
        parts.append(translate("Activity", "{0} left").format(formats.duration(total.seconds_left)))
    return " · ".join(parts)
