"""Who may come in: the accounts of a data folder, and the gate in front of everything under /rest."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SCHEMES = ("basic", "bearer")


@dataclass(frozen=True)
class Account:
    """`token` is base64 of email:api_token, as the service gives it out."""

    id: str
    email: str
    token: str


def load_accounts(folder: Path, token: str | None = None) -> list[Account]:
    """The two accounts of a data folder: the analyst, and a neighbour whose things are out of reach."""
    path = folder / "accounts.json"
    if not path.exists():
        made = [_make_account("analyst@example.org"), _make_account("neighbour@example.org")]
        path.touch(mode=0o600)
        path.write_text(json.dumps([asdict(account) for account in made]))
    accounts = [Account(**record) for record in json.loads(path.read_text())]
    if token:
        accounts[0] = Account(accounts[0].id, accounts[0].email, token)
    return accounts


def _make_account(email: str) -> Account:
    token = base64.b64encode(f"{email}:{secrets.token_hex(16)}".encode()).decode()
    return Account(str(uuid.uuid4()), email, token)


def find_account(accounts: list[Account], authorization: str) -> Account | None:
    """The account that an Authorization header names, if its scheme and token are right."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() not in SCHEMES:
        return None
    return next((one for one in accounts if hmac.compare_digest(one.token.encode(), token.encode())), None)


class Gate:
    """Lets a request under /rest pass only with a right token, before a byte of its body is read."""

    def __init__(self, app: ASGIApp, accounts: list[Account], challenge: bool) -> None:
        self.app = app
        self.accounts = accounts
        self.challenge = challenge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/rest"):
            await self.app(scope, receive, send)
            return
        account = find_account(self.accounts, authorization_of(scope))
        if account is None:
            headers = {"www-authenticate": 'Basic realm="mapflow"'} if self.challenge else {}
            await JSONResponse({"detail": "Not authenticated"}, 401, headers)(scope, receive, send)
            return
        scope.setdefault("state", {})["account"] = account
        await self.app(scope, receive, send)


def authorization_of(scope: Scope) -> str:
    """The Authorization header as sent, or an empty string."""
    values = [value for name, value in scope["headers"] if name == b"authorization"]
    return str(values[0].decode("latin-1")) if values else ""
