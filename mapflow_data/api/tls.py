"""Whom we trust: the TLS context of a connection. Any thread."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Optional

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from .errors import TlsFailed


@lru_cache(maxsize=4)
def make_context(ca_pem: Optional[str]) -> ssl.SSLContext:
    """Trusts the system's authorities, those that `requests` ships, and the PEM of the connection."""
    context = ssl.create_default_context()
    try:
        for bundle in (DEFAULT_CA_BUNDLE_PATH, os.environ.get("REQUESTS_CA_BUNDLE", "")):
            if bundle and Path(bundle).is_file():
                context.load_verify_locations(cafile=bundle)
        if ca_pem:
            context.load_verify_locations(cadata=ca_pem)
    except ssl.SSLError as error:
        raise TlsFailed(f"certificates cannot be loaded: {error}", code="ca") from None
    return context
