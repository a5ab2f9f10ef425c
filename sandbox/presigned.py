"""Addresses of files that carry their own permission, as object stores give them out."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import quote

SECONDS = 3600


def make_url(origin: str, key: bytes, object_key: str) -> str:
    """An address that serves the object for an hour."""
    expires = int(time.time()) + SECONDS
    signature = _sign(key, object_key, expires)
    return f"{origin}/files/{quote(object_key)}?X-Expires={expires}&X-Signature={signature}"


def is_valid(key: bytes, object_key: str, expires: int, signature: str) -> bool:
    """Whether the address was made here, unchanged, and is still good."""
    return time.time() < expires and hmac.compare_digest(_sign(key, object_key, expires), signature)


def _sign(key: bytes, object_key: str, expires: int) -> str:
    return hmac.new(key, f"{object_key}\n{expires}".encode(), hashlib.sha256).hexdigest()
