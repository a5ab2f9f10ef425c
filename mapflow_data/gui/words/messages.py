"""Errors in words: one sentence that says what happened, to what, and what to do. Always plain text,
never put into rich text unescaped. Any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

from qgis.PyQt.QtCore import QCoreApplication

from ...api import errors
from .plain import cut, sentence, words_of
from .reasons import reason_of

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Message:
    """`text` for everybody, `details` for whoever reports a fault; the same call may work later, or not."""

    text: str
    details: str = ""
    is_retryable: bool = False


def describe(error: errors.MapflowError, what: str = "") -> Message:
    """`what` is a clause such as "Mosaics were not loaded"; without it the reason stands alone."""
    reason = reason_of(error)
    text = f"{what}: {reason}" if what else reason[:1].upper() + reason[1:]
    return Message(sentence(text), details(error), is_retryable(error))


def is_retryable(error: errors.MapflowError) -> bool:
    transient = (
        errors.ConnectionFailed,
        errors.BadAnswer,
        errors.RateLimited,
        errors.ServerFailed,
        errors.FileUnreadable,
        errors.SourceChanged,
    )
    return isinstance(error, transient)


def details(error: errors.MapflowError) -> str:
    """What a support person asks for: the call, the status, code, parameters and text of the server."""
    lines = [
        error.request,
        translate("Messages", "Status {0}").format(error.status) if error.status else "",
        translate("Messages", "Code {0}").format(error.code) if error.code else "",
        *(f"{name}: {cut(str(value))}" for name, value in error.parameters.items()),
        cut(error.server_text),
    ]
    technical = words_of(error)
    if technical and technical not in lines and technical != error.code:
        lines.append(technical)
    return "\n".join(line for line in lines if line)
