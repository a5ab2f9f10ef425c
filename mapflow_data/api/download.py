"""A file from the link of an answer, piece by piece, wherever it lies. Blocking, any one thread."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Optional

from .answers import Answer, is_html, plain, refusal
from .bodies import Open, Write
from .call import Call
from .errors import NotMapflow
from .retry import DOWNLOAD

if TYPE_CHECKING:
    from .transport import Transport

MOST = 2**50  # bytes, where nothing tells how large the file is
_XML = re.compile(rb"<(Code|Message)>([^<]{1,300})</")


def fetch(transport: Transport, url: str, save: Open, size: Optional[int] = None) -> None:
    """GET `url`: without the credential on any origin but our own, from no address inside a network.

    `save` is called with the length that the answer tells, for each attempt anew, and gives what takes the
    pieces. More than `size` bytes are not taken. Raises `BadInput` (code "url" or "address"), `Refused`,
    `NotMapflow` for a page instead of a file, `AnswerTooLarge`, and what `save` and its pieces raise.
    """
    call = Call("GET", url, DOWNLOAD, cap=MOST if size is None else size, is_foreign=True)
    transport.run(replace(call, save=lambda told: _checked(save(told))), _check)
    transport.cancel.check()  # an answer of unknown length that was shut off looks like a whole one


def _checked(write: Write) -> Write:
    """No raster begins like a page of HTML."""
    is_first = True

    def checked(piece: bytes) -> None:
        nonlocal is_first
        if is_first and is_html(Answer(200, body=piece[:100])):
            raise NotMapflow("a page instead of a file", status=200)
        is_first = is_first and not piece
        write(piece)

    return checked


def _check(answer: Answer) -> None:
    """Stores of files tell in XML what is wrong; what they mean is their status."""
    if 200 <= answer.status < 300:
        return
    if 300 <= answer.status < 400:
        raise NotMapflow("a redirect", status=answer.status)
    said = ": ".join(part.decode("utf-8", "replace") for _, part in _XML.findall(answer.body))
    error = refusal(replace(answer, body=b"") if is_html(answer) else answer)
    error.server_text = error.server_text or plain(said)
    raise error
