"""The whole service as one ASGI application that answers for both origins."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from . import account, errors, images, mosaics, tiles
from . import catalog as search
from .auth import Gate
from .catalog import Catalog
from .public import NoCredentials, make_public_app
from .requestlog import Recorder, RequestLog
from .service import Service


def make_app(service: Service, public_port: int) -> ASGIApp:
    """`public_port` tells the second origin's requests from the API's."""
    log = RequestLog(service.accounts, service.options.requests_log)

    def carries(scope: Scope) -> bool:
        seen = log.describe(scope, "public")
        return bool(seen["headers_carrying_credential"] or seen["credential_in_address"])

    catalog = Catalog(service.options, service.public_origin)
    api = Gate(make_api(service, log, catalog), service.accounts, service.options.challenge)
    public = NoCredentials(make_public_app(service, catalog), carries)
    return Recorder(ByPort(api, public, public_port), log, service.options.latency, public_port)


class ByPort:
    """Hands a request to the origin whose port it came to."""

    def __init__(self, api: ASGIApp, public: ASGIApp, public_port: int) -> None:
        self.api = api
        self.public = public
        self.public_port = public_port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_public = scope["type"] == "http" and scope["server"][1] == self.public_port
        await (self.public if is_public else self.api)(scope, receive, send)


def make_api(service: Service, log: RequestLog, catalog: Catalog) -> FastAPI:
    app = FastAPI(title="Mapflow sandbox")
    app.state.service = service
    app.state.catalog = catalog
    errors.install(app)
    for router in (account.router, mosaics.router, tiles.router, images.router, search.router):
        app.include_router(router, prefix="/rest")
    _add_control(app, log)
    return app


def _add_control(app: FastAPI, log: RequestLog) -> None:
    @app.get("/_sandbox/requests")
    def requests() -> list[dict[str, Any]]:
        return log.entries()

    @app.delete("/_sandbox/requests")
    def clear() -> Response:
        log.clear()
        return Response(status_code=204)
