"""The second origin: files that need no token. Like an object store it refuses a request that carries one."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .catalog import Catalog
from .presigned import is_valid
from .publicpictures import make_router
from .service import Service


class NoCredentials:
    """Answers 400 to whatever carries a credential, in a header or in its address."""

    def __init__(self, app: ASGIApp, carries: Callable[[Scope], bool]) -> None:
        self.app = app
        self.carries = carries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.carries(scope):
            text = "Only one auth mechanism allowed"
            await _error(400, "InvalidArgument", text)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def make_public_app(service: Service, catalog: Catalog) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.include_router(make_router(catalog.folder, catalog.items, service.public_origin))

    @app.get("/files/{key:path}")
    def file(key: str, request: Request) -> Response:
        query = request.query_params
        expires = query.get("X-Expires", "0")
        if not expires.isdecimal() or not is_valid(
            service.signing_key, key, int(expires), query.get("X-Signature", "")
        ):
            return _error(403, "AccessDenied", "Request has expired or its signature does not match")
        path = service.objects.path(key)
        if not path.is_file():
            return _error(404, "NoSuchKey", "The specified key does not exist.")
        return FileResponse(path, media_type="image/tiff")

    return app


def _error(status: int, code: str, message: str) -> Response:
    detail = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{detail}'
    return Response(body, status, media_type="application/xml")
