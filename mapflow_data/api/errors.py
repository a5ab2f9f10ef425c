"""Every failure of a call as one class of one tree. Pure data: the words for people are gui's. Any thread.

MapflowError                what and where: .request, .status, .code, .parameters, .server_text
├─ Cancelled                the user's wish, never shown as a fault
├─ BadInput                 refused here, before anything was sent
│  ├─ FileUnreadable        the local file cannot be opened or read (not a network fault)
│  └─ SourceChanged         the local file changed or shrank while it was sent
├─ ConnectionFailed         no answer of a Mapflow server came
│  ├─ Unreachable           nothing was sent: the network, the host or its port cannot be reached
│  │  └─ HostNotFound       the name cannot be resolved
│  ├─ ConnectionLost        reset or closed on the way
│  ├─ TimedOut              no progress within the time that the call class allows
│  ├─ TlsFailed             the certificate is not trusted (.reason says why)
│  ├─ ProxyFailed           the proxy refused, or asks for a scheme that cannot be spoken
│  └─ NotMapflow            HTML or a redirect where JSON belongs: a portal, a proxy or another site
├─ BadAnswer                a Mapflow server, but its answer cannot be used
│  ├─ IncompleteAnswer      cut short or not JSON
│  └─ AnswerTooLarge        past the cap, also after unpacking
├─ Unexpected               a fault of the plugin itself; its traceback is in the log
├─ Unconfirmed              the body was sent whole, no usable answer came: it may or may not have worked
└─ Refused                  the server said no
   ├─ BadRequest 400, other 4xx   ├─ SignInRequired 401   ├─ Forbidden 403   ├─ NotFound 404 (410)
   ├─ Conflict 409     ├─ TooLarge 413         ├─ Invalid 422     ├─ RateLimited 429 (.retry_after)
   └─ ServerFailed 5xx
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional


class MapflowError(Exception):
    """Base of all. `request` is method and path without query, never a header or a body; `server_text` is
    the server's own words, plain text of at most 300 characters.
    """

    def __init__(
        self,
        message: str = "",
        *,
        request: str = "",
        status: Optional[int] = None,
        code: str = "",
        parameters: Optional[Mapping[str, Any]] = None,
        server_text: str = "",
    ) -> None:
        super().__init__(message or code or server_text or type(self).__name__)
        self.request = request
        self.status = status
        self.code = code
        self.parameters: dict[str, Any] = dict(parameters or {})
        self.server_text = server_text


class Cancelled(MapflowError):
    pass


class BadInput(MapflowError):
    pass


class FileUnreadable(BadInput):
    pass


class SourceChanged(BadInput):
    pass


class ConnectionFailed(MapflowError):
    pass


class Unreachable(ConnectionFailed):
    pass


class HostNotFound(Unreachable):
    pass


class ConnectionLost(ConnectionFailed):
    pass


class TimedOut(ConnectionFailed):
    pass


class TlsFailed(ConnectionFailed):
    """`reason` is OpenSSL's verify message, such as "certificate has expired"; `code` "clock" where the
    date of this computer may be to blame.
    """

    reason = ""


class ProxyFailed(ConnectionFailed):
    """`code`: "refused", "auth" (407), "scheme" (407 for NTLM or Negotiate alone), "tunnel" or "socks" (no
    PySocks here). `parameters`: "proxy" is host:port, "schemes" what it asks for; never its password.
    """


class NotMapflow(ConnectionFailed):
    pass


class BadAnswer(MapflowError):
    pass


class IncompleteAnswer(BadAnswer):
    pass


class AnswerTooLarge(BadAnswer):
    pass


class Unexpected(MapflowError):
    pass


class Unconfirmed(MapflowError):
    pass


class Refused(MapflowError):
    """`retry_after` in seconds as the server told, None where it did not."""

    retry_after: Optional[float] = None


class BadRequest(Refused):
    pass


class SignInRequired(Refused):
    pass


class Forbidden(Refused):
    pass


class NotFound(Refused):
    pass


class Conflict(Refused):
    pass


class TooLarge(Refused):
    pass


class Invalid(Refused):
    """422: `parameters` maps a field's dotted path to the server's message."""


class RateLimited(Refused):
    pass


class ServerFailed(Refused):
    pass
