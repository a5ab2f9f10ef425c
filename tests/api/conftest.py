"""Clients for loopback servers, with timeouts and waits twenty times shorter than in life."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from tests.rig.certificates import Authority, make_authority

TOKEN = "dXNlckBleGFtcGxlLmNvbTpzZWNyZXQtdG9rZW4="  # user@example.com:secret-token
MakeClient = Callable[..., MapflowClient]


@pytest.fixture
def make_client() -> Iterator[MakeClient]:
    """make_client(url, cancel=None, on_wait=None, scale=0.05, token=TOKEN, **of make_connection)"""
    with ExitStack() as open_clients:

        def make(
            url: str,
            cancel: CancelToken | None = None,
            on_wait: Any = None,
            scale: float = 0.05,
            token: str = TOKEN,
            **connection: Any,
        ) -> MapflowClient:
            made = make_connection(url, token, user_agent="MapflowData/1.2.3", **connection)
            return open_clients.enter_context(MapflowClient(made, cancel, on_wait, time_scale=scale))

        yield make


@pytest.fixture
def make_file(tmp_path: Path) -> Callable[..., str]:
    """make_file(size, name="field.tif"): a path. The bytes look like a TIFF's, as no test here opens them."""

    def make(size: int = 300_000, name: str = "field.tif") -> str:
        path = tmp_path / name
        path.write_bytes((b"II*\0" + bytes(range(256)) * (size // 256 + 1))[:size])
        return str(path)

    return make


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def localhost(monkeypatch: pytest.MonkeyPatch) -> str:
    """A name for 127.0.0.1 that resolves also where there is no hosts file, as in a bare container."""
    resolve = socket.getaddrinfo

    def resolve_here(host: Any, *more: Any, **named: Any) -> Any:
        return resolve("127.0.0.1" if host == "localhost" else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_here)
    return "localhost"
