"""Where to send and what to sign with: a frozen snapshot that any thread may hold."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional
from urllib.parse import urlsplit, urlunsplit

from . import fields
from .errors import BadInput

DEFAULT_SERVER = "https://api.mapflow.ai/rest"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Connection:
    """Made by `make_connection`, or by hand from parts that are clean already."""

    server: str  # base URL, no slash at the end: https://api.mapflow.ai/rest
    authorization: str = field(repr=False)  # the whole header value
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)  # as `requests` takes them
    ca_pem: Optional[str] = field(default=None, repr=False)  # trusted besides the system's
    user_agent: str = "MapflowData"

    @property
    def origin(self) -> str:
        return origin_of(self.server)

    @property
    def account(self) -> str:
        """The e-mail in a Basic token or in a JWT, "" where the token does not tell."""
        return _basic_user(self.authorization) or fields.text(_claims(self.authorization).get("email"))

    @property
    def key(self) -> str:
        """Stands for server and account without telling either; a newer token of an account changes nothing.

        Of a token that does not tell its account it stands for the token.
        """
        subject = fields.text(_claims(self.authorization).get("sub"))
        who = self.account or subject or self.authorization
        return hashlib.sha256(f"{self.server}\n{who}".encode()).hexdigest()[:16]


def make_connection(
    server: str,
    token: str,
    *,
    proxies: Optional[Mapping[str, str]] = None,
    ca_pem: Optional[str] = None,
    user_agent: str = "MapflowData",
) -> Connection:
    """A connection from what a person pasted. Raises `BadInput` (code "server" or "token")."""
    return Connection(
        server=clean_server(server),
        authorization=clean_token(token),
        proxies=dict(proxies or {}),
        ca_pem=ca_pem,
        user_agent=user_agent,
    )


def clean_server(text: str) -> str:
    """The base URL from any pasted form: with or without scheme, `/rest`, a slash at the end.

    Plain http is taken for this computer only, as the token would travel in clear.
    """
    text = "".join(text.split()) or DEFAULT_SERVER
    parts = urlsplit(text if "://" in text else f"https://{text}")
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadInput(str(error), code="server") from error
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not host or not secure or parts.username is not None:
        raise BadInput("not an https address", code="server")
    name = f"[{host}]" if ":" in host else host
    path = parts.path.rstrip("/")
    if not path.endswith("/rest"):
        path += "/rest"
    return urlunsplit((parts.scheme, f"{name}:{port}" if port else name, path, "", ""))


def clean_token(text: str) -> str:
    """The Authorization header from any pasted form: "Basic …", "Bearer …", a JWT, base64 with its padding
    lost and lines broken, or the bare "email:api_token" that it stands for.

    Source: Mapflow Data API docs (Basic), newer pages of them (Bearer).
    """
    text = text.strip().strip("\"'")
    text = re.sub(r"^authorization\s*:\s*", "", text, flags=re.IGNORECASE)
    scheme, rest = "", text
    match = re.match(r"(basic|bearer)(?:\s+(.*))?$", text, flags=re.IGNORECASE | re.DOTALL)
    if match:
        scheme, rest = match.group(1).capitalize(), match.group(2) or ""
    value = "".join(rest.split())
    if not value or not value.isascii() or not value.isprintable():
        raise BadInput("empty or not a token", code="token")
    if ":" in value and scheme != "Bearer":  # no letter of base64: the pair itself
        return f"Basic {base64.b64encode(value.encode()).decode()}"
    if scheme == "Bearer" or value.count(".") == 2:
        return f"Bearer {value}"
    return f"Basic {_padded(value)}"


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL in one comparable form, "" for what has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname and port else ""


def _padded(value: str) -> str:
    return value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4)


def _basic_user(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme != "Basic":
        return ""
    try:
        return base64.b64decode(value).decode("utf-8").partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _claims(authorization: str) -> Mapping[str, Any]:
    """What a JWT says of itself, believed for telling accounts apart only."""
    scheme, _, value = authorization.partition(" ")
    if scheme != "Bearer" or value.count(".") != 2:
        return {}
    try:
        return fields.mapping(json.loads(base64.urlsafe_b64decode(_padded(value.split(".")[1]))))
    except (ValueError, RecursionError):
        return {}
