"""The one reader of answers: bytes to JSON, and status and body to an error, in all documented shapes.
Pure functions, any thread.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import mktime_tz, parsedate_tz
from typing import Any, Optional, TypeVar

from . import fields
from .decode import Each, decode
from .errors import (
    BadRequest,
    Conflict,
    Forbidden,
    IncompleteAnswer,
    Invalid,
    MapflowError,
    NotFound,
    NotMapflow,
    RateLimited,
    Refused,
    ServerFailed,
    SignInRequired,
    TooLarge,
)
from .models.parts import attempted

MAX_TEXT = 300
T = TypeVar("T")
_CLASSES: dict[int, type[Refused]] = {
    400: BadRequest,
    401: SignInRequired,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    413: TooLarge,
    422: Invalid,
    429: RateLimited,
}
_FROM_GATEWAYS = frozenset({401, 413, 429})  # said in HTML by a gateway in front of the service, too


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def read_json(answer: Answer, each: Optional[Each] = None) -> Any:
    """The JSON of a 2xx answer, whatever its content type says; the error of any other."""
    check(answer)
    if is_html(answer):
        raise NotMapflow("HTML instead of JSON", status=answer.status)
    if not answer.body.strip():
        raise IncompleteAnswer("empty answer", status=answer.status)
    try:
        return decode(answer.body, each)
    except (ValueError, RecursionError) as error:
        if answer.body.lstrip()[:1] in (b"{", b"["):
            raise IncompleteAnswer(str(error)[:MAX_TEXT], status=answer.status) from None
        raise NotMapflow("no JSON", status=answer.status) from None


def read_items(answer: Answer, read: Callable[[Any], T]) -> list[T]:
    """The items of a JSON list that `read` takes; one bad item never loses the others."""
    items = read_json(answer, lambda item: attempted(item, read))
    if not isinstance(items, list):
        raise NotMapflow("no list", status=answer.status)
    return [item for item in items if item is not None]


def check(answer: Answer) -> None:
    """Raise the error of an answer that is not 2xx."""
    if 200 <= answer.status < 300:
        return
    if 300 <= answer.status < 400:
        raise NotMapflow("a redirect", status=answer.status)
    raise refusal(answer)


def refusal(answer: Answer) -> MapflowError:
    """The error of a 4xx or 5xx. HTML on a 4xx is a portal's or another site's."""
    status = answer.status
    if is_html(answer) and ((status < 500 and status not in _FROM_GATEWAYS) or status == 511):
        return NotMapflow("HTML instead of JSON", status=status)
    kind = _CLASSES.get(status, BadRequest if status < 500 else ServerFailed)
    try:
        data = None if is_html(answer) else decode(answer.body)
    except (ValueError, RecursionError):
        data = answer.body[: 4 * MAX_TEXT].decode("utf-8", "replace")
    code, parameters, text = _explain(data)
    error = kind(status=status, code=code, parameters=parameters, server_text=text)
    error.retry_after = retry_after(answer.headers)
    return error


def is_html(answer: Answer) -> bool:
    """By the first byte; a wrong content type alone does not make HTML of JSON."""
    return answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def retry_after(headers: Mapping[str, str]) -> Optional[float]:
    """Seconds from now, from seconds or an HTTP date."""
    value = headers.get("Retry-After", "").strip()
    seconds = fields.number(value) if value else None
    if seconds is None and value:
        seconds = _seconds_until(value)
    return None if seconds is None else max(0.0, seconds)


def _seconds_until(http_date: str) -> Optional[float]:
    date = parsedate_tz(http_date)
    try:
        return mktime_tz(date) - time.time() if date else None
    except (ValueError, OverflowError):  # of a year that there is not
        return None


def plain(text: str) -> str:
    """Server text for showing: one line of at most 300 characters."""
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()[:MAX_TEXT]


def _explain(data: Any) -> tuple[str, dict[str, Any], str]:
    """Code, parameters and text; source: the Mapflow Data API docs and the data catalog's specification."""
    body = fields.mapping(data)
    detail = body.get("detail")
    if isinstance(detail, Mapping):
        return _coded(detail, "parameters")
    if isinstance(detail, list):
        faults = dict(map(_field_fault, filter(_is_mapping, detail)))
        return "", faults, plain("; ".join(f"{k}: {v}" if k else v for k, v in faults.items()))
    if isinstance(detail, str):
        return "", {}, plain(detail)
    if isinstance(data, str):
        return "", {}, plain(data)
    return _coded(body, "params" if "params" in body else "parameters")


def _coded(body: Mapping[str, Any], name: str) -> tuple[str, dict[str, Any], str]:
    text = fields.text(body.get("message")) or fields.text(body.get("error"))
    return fields.text(body.get("code")), dict(fields.mapping(body.get(name))), plain(text)


def _field_fault(fault: Mapping[str, Any]) -> tuple[str, str]:
    """("aoi.coordinates", "field required"): where, without the leading "body" or "query", and what."""
    where = [fields.text(part) for part in fields.sequence(fault.get("loc"))]
    if where[:1] and where[0] in ("body", "query", "path"):
        where = where[1:]
    return ".".join(where), plain(fields.text(fault.get("msg")))


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)
