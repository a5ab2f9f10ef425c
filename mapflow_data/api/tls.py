"""Whom we trust: the TLS contexts of a connection. Any thread."""

from __future__ import annotations

import ipaddress
import os
import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Optional

from .errors import TlsFailed


@dataclass(frozen=True)
class Trust:
    """Two contexts of the same authorities: urllib3 1.26 names no host to OpenSSL where the host is an IP
    address, and checks the certificate's name itself where the context does not.
    """

    for_names: ssl.SSLContext
    for_addresses: ssl.SSLContext


@lru_cache(maxsize=4)
def make_trust(ca_pem: Optional[str]) -> Trust:
    """In the system's authorities, those that `requests` ships, and the PEM of the connection."""
    for_addresses = _make_context(ca_pem)
    for_addresses.check_hostname = False
    return Trust(_make_context(ca_pem), for_addresses)


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def _make_context(ca_pem: Optional[str]) -> ssl.SSLContext:
    from requests.utils import DEFAULT_CA_BUNDLE_PATH  # not before a connection is made: it takes long

    context = ssl.create_default_context()
    # Python 3.13 sets it and refuses authorities of companies that QGIS itself, and Python before, take
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    try:
        for bundle in (DEFAULT_CA_BUNDLE_PATH, os.environ.get("REQUESTS_CA_BUNDLE", "")):
            if bundle and Path(bundle).is_file():
                context.load_verify_locations(cafile=bundle)
        if ca_pem:
            context.load_verify_locations(cadata=ca_pem)
    except ssl.SSLError as error:
        raise TlsFailed(f"certificates cannot be loaded: {error}", code="ca") from None
    return context
