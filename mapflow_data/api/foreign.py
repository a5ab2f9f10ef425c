"""Which addresses out of answers may be asked: pictures and tiles lie on other hosts. Any thread."""

from __future__ import annotations

from urllib.parse import urlsplit

from .connection import LOOPBACK, Connection
from .dial import is_public
from .errors import BadInput
from .tls import is_address


def check(url: str, own: Connection, before: str = "") -> None:
    """Raise `BadInput`: code "url" for anything but https (http on this computer and on the API's own host,
    and never after https), code "address" for an IP address that is not of the open internet.

    A name that leads to such an address is refused when its connection is opened.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise BadInput("not a URL", code="url") from None
    may_be_plain = host in LOOPBACK or host == host_of(own)
    is_downgrade = before.startswith("https:") and parts.scheme != "https"
    known = parts.scheme == "https" or (parts.scheme == "http" and may_be_plain)
    if not host or not known or is_downgrade or "@" in parts.netloc or "{" in url:
        raise BadInput("not the address of a picture", code="url", parameters={"host": host})
    if is_address(host) and must_be_public(url, own) and not is_public(host):
        raise BadInput("not a public address", code="address", parameters={"host": host})


def must_be_public(url: str, own: Connection) -> bool:
    """The API's own host may be a private one, such as this computer."""
    return urlsplit(url).hostname != host_of(own)


def host_of(own: Connection) -> str:
    return urlsplit(own.server).hostname or ""
