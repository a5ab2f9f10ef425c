"""The service's refusals: `{"detail": {"code", "parameters"}}` with the status that goes with each code."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

STATUS_OF = {
    "FileCheckFailed": 400,
    "FileOpenError": 400,
    "FileValidationFailed": 400,
    "ImageOutOfBounds": 400,
    "ImageExtentTooBig": 400,
    "MemoryLimitExceeded": 400,
    "AccessDenied": 403,
    "ItemNotFound": 404,
    "FileTooBig": 413,
}


class Refusal(Exception):
    """A refusal with one of the codes of the Mapflow Data API docs and its parameters."""

    def __init__(self, code: str, **parameters: Any) -> None:
        super().__init__(code)
        self.code = code
        self.parameters = parameters
        self.status = STATUS_OF[code]


def install(app: FastAPI) -> None:
    """Make `app` answer a Refusal in the shape of the data catalog."""
    app.add_exception_handler(Refusal, _answer)


def missing_field(*location: str) -> RequestValidationError:
    """The validation error (422) for a part of the request that did not come."""
    return RequestValidationError(
        [{"type": "missing", "loc": location, "msg": "Field required", "input": None}]
    )


async def _answer(_request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, Refusal)
    detail = {"code": refusal.code, "parameters": refusal.parameters}
    return JSONResponse({"detail": detail}, refusal.status)
