"""What an exception of requests, urllib3, ssl or the socket means, as one of our errors. Any thread."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from typing import Optional

import requests
import urllib3
from urllib3.connection import CertificateError  # type: ignore[attr-defined]  # the one place that all versions have

from .errors import (
    BadInput,
    ConnectionLost,
    IncompleteAnswer,
    MapflowError,
    ProxyFailed,
    TimedOut,
    TlsFailed,
    Unreachable,
)

NETWORK_FAULTS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
)
_UNTRUSTED = (ssl.SSLCertVerificationError, CertificateError)
_CLOCK = (9, 10)  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED


def translate(error: Exception, has_sent: bool) -> MapflowError:
    """`has_sent`: whether a byte of the request left. The text never holds a header, body or password."""
    chain = list(_causes(error))
    untrusted = next((e for e in chain if isinstance(e, _UNTRUSTED)), None)
    if untrusted is not None:
        return _tls_failed(untrusted)
    if any(isinstance(e, requests.exceptions.InvalidSchema) for e in chain):
        return ProxyFailed(code="socks")  # the server's own scheme was checked before
    if any(isinstance(e, requests.exceptions.InvalidProxyURL) for e in chain):
        return ProxyFailed(code="refused")
    if any(
        isinstance(e, (requests.exceptions.InvalidURL, urllib3.exceptions.LocationParseError)) for e in chain
    ):
        return BadInput("not an address", code="server")
    text = _text(chain)
    if not has_sent:
        return Unreachable(text, code="no_tls" if any(map(_is_no_tls, chain)) else "")
    if any(isinstance(e, (socket.timeout, urllib3.exceptions.TimeoutError)) for e in chain):
        return TimedOut(text)
    if any(isinstance(e, http.client.RemoteDisconnected) for e in chain):
        return ConnectionLost(text)
    if any(isinstance(e, (http.client.IncompleteRead, urllib3.exceptions.IncompleteRead)) for e in chain):
        return IncompleteAnswer(text)
    return ConnectionLost(text)


def _is_no_tls(error: BaseException) -> bool:
    """What answered at an https address speaks something else, as a server of plain http does."""
    return isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER"


def _tls_failed(error: BaseException) -> TlsFailed:
    reason = getattr(error, "verify_message", "") or str(error)
    failed = TlsFailed(reason, code="clock" if getattr(error, "verify_code", None) in _CLOCK else "")
    failed.reason = reason
    return failed


def _causes(error: Optional[BaseException]) -> Iterator[BaseException]:
    """The error and all that it was made from, as these libraries hide them: in causes and arguments."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = [a for a in (*one.args, getattr(one, "reason", None)) if isinstance(a, BaseException)]
        waiting += [*inner, one.__cause__, one.__context__]


def _text(chain: list[BaseException]) -> str:
    """Words of the deepest system error; those of the libraries may name proxy URLs."""
    system = [one for one in chain if isinstance(one, (OSError, http.client.HTTPException))]
    told = [one.strerror for one in system if isinstance(one, OSError) and one.strerror]
    return told[-1] if told else type((system or chain)[-1]).__name__
