"""`python -m sandbox`: two sockets on loopback, one line of JSON when they answer; serves until stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import warnings
from typing import Any

import uvicorn
from rasterio.errors import NotGeoreferencedWarning

from .app import make_app
from .auth import load_accounts
from .objects import ObjectStore
from .options import Options, parse
from .service import Service
from .store import Store

HOST = "127.0.0.1"


class Server(uvicorn.Server):
    """Says where it is as soon as it accepts connections."""

    greeting: dict[str, Any]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(json.dumps(self.greeting), flush=True)


def main() -> None:
    warnings.simplefilter("ignore", NotGeoreferencedWarning)  # an answer tells it, to whom it concerns
    options = parse()
    api, public = _listen(options.port), _listen(options.public_port)
    service = make_service(options, _origin(api), _origin(public))
    app = make_app(service, public.getsockname()[1])
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = Server(config)
    server.greeting = _greeting(service, api.getsockname()[1])
    if options.exit_with_parent:
        threading.Thread(target=_follow_parent, daemon=True).start()
    try:
        server.run(sockets=[api, public])
    finally:
        service.store.close()


def make_service(options: Options, api_origin: str, public_origin: str) -> Service:
    options.data.mkdir(parents=True, exist_ok=True)
    return Service(
        options=options,
        accounts=load_accounts(options.data, options.token),
        store=Store(options.data / "records.sqlite"),
        objects=ObjectStore(options.data),
        api_origin=api_origin,
        public_origin=public_origin,
    )


def _greeting(service: Service, port: int) -> dict[str, Any]:
    return {
        "url": service.base_url,
        "token": service.accounts[0].token,
        "port": port,
        "public_url": service.public_origin,
        "other_token": service.accounts[1].token,
    }


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        sys.exit(f"cannot listen on {HOST}:{port}: {error.strerror}")
    return listener


def _origin(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


def _follow_parent() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


main()
