"""What the service saw of each request, for checks; never a token's value, only whether it was right."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .auth import Account, authorization_of, find_account

CREDENTIAL_HEADERS = {b"authorization", b"proxy-authorization", b"cookie", b"x-api-key"}


class RequestLog:
    """The entries, and a copy of each on disk where a file was asked for."""

    def __init__(self, accounts: list[Account], path: Path | None) -> None:
        self._accounts = accounts
        self._path = path
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] = []

    def entries(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def add(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._entries.append(entry)
            if self._path is not None:
                with self._path.open("a") as stream:
                    stream.write(json.dumps(entry) + "\n")

    def describe(self, scope: Scope, origin: str) -> dict[str, Any]:
        """The part of an entry that is known before the answer."""
        headers = scope["headers"]
        return {
            "origin": origin,
            "method": scope["method"],
            "path": self._redacted(scope["path"]),
            "query": self._redacted(scope["query_string"].decode("latin-1")),
            "headers_carrying_credential": any(self._carries(name, value) for name, value in headers),
            "credential_in_address": self._holds_token(
                scope["path"] + scope["query_string"].decode("latin-1")
            ),
            "credential": self._credential(authorization_of(scope)),
            "user_agent": _header(headers, b"user-agent"),
            "plugin_version": _header(headers, b"x-plugin-version"),
        }

    def _credential(self, authorization: str) -> str:
        if not authorization:
            return "absent"
        return "right" if find_account(self._accounts, authorization) else "wrong"

    def _carries(self, name: bytes, value: bytes) -> bool:
        return name in CREDENTIAL_HEADERS or self._holds_token(value.decode("latin-1"))

    def _holds_token(self, text: str) -> bool:
        return any(account.token in text for account in self._accounts)

    def _redacted(self, text: str) -> str:
        for account in self._accounts:
            text = text.replace(account.token, "<token>")
        return text


class Recorder:
    """The outermost layer of the service: counts, delays, and writes the log."""

    def __init__(self, app: ASGIApp, log: RequestLog, latency: float, public_port: int) -> None:
        self.app = app
        self.log = log
        self.latency = latency
        self.public_port = public_port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self.app(scope, receive, send)
            return
        origin = "public" if scope["server"][1] == self.public_port else "api"
        entry = {**self.log.describe(scope, origin), "status": None, "received_bytes": 0}

        async def counted_receive() -> Message:
            message = await receive()
            entry["received_bytes"] += len(message.get("body", b""))
            return message

        async def noted_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry["status"] = message["status"]
                self.log.add(entry)  # before the client can see the answer, and act on it
            await send(message)

        await asyncio.sleep(self.latency)
        try:
            await self.app(scope, counted_receive, noted_send)
        finally:
            if entry["status"] is None:
                self.log.add(entry)


def _header(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in headers if name == wanted), None)
