"""Status and body become one error of the tree, in all documented shapes."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import Any

import pytest

from mapflow_data.api import errors
from mapflow_data.api.answers import Answer, read_json, refusal, retry_after

STATUSES = {
    400: errors.BadRequest,
    401: errors.SignInRequired,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.BadRequest,
    409: errors.Conflict,
    410: errors.NotFound,
    413: errors.TooLarge,
    422: errors.Invalid,
    429: errors.RateLimited,
    500: errors.ServerFailed,
    503: errors.ServerFailed,
}


def of(status: int, data: Any, **headers: str) -> errors.MapflowError:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return refusal(Answer(status, headers, body))


@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
@pytest.mark.parametrize("body", [b"", b'{"detail": "why"}', b"\xff\xfe", b"{", b"[]", b"null"])
def test_the_status_makes_the_class_whatever_the_body(
    status: int, kind: type[errors.MapflowError], body: bytes
) -> None:
    error = of(status, body)
    assert type(error) is kind
    assert error.status == status


def test_code_and_parameters() -> None:
    error = of(422, {"detail": {"code": "FileTooBig", "parameters": {"max_file_size": 5}}})
    assert (error.code, error.parameters) == ("FileTooBig", {"max_file_size": 5})
    assert of(422, {"detail": {"code": "ImageOutOfBounds", "parameters": None}}).parameters == {}


def test_validation_of_fields() -> None:
    error = of(
        422,
        {
            "detail": [
                {"loc": ["body", "aoi", "coordinates", 0], "msg": "field required", "type": "missing"},
                {"loc": ["query", "name"], "msg": "too long"},
                {"msg": "odd"},
                "text",
            ]
        },
    )
    assert error.parameters == {"aoi.coordinates.0": "field required", "name": "too long", "": "odd"}
    assert error.server_text == "aoi.coordinates.0: field required; name: too long; odd"


def test_plain_texts() -> None:
    assert of(400, {"detail": "no such\n mosaic"}).server_text == "no such mosaic"
    assert of(400, {"message": "bad name"}).server_text == "bad name"
    assert of(400, "bare").server_text == "bare"
    assert of(500, b"upstream died").server_text == "upstream died"


def test_the_processing_shape() -> None:
    error = of(400, {"code": "TOO_LARGE_PROCESSING", "message": "too large", "params": {"area": 9}})
    assert (error.code, error.parameters, error.server_text) == (
        "TOO_LARGE_PROCESSING",
        {"area": 9},
        "too large",
    )


def test_text_for_people_is_short_and_one_line() -> None:
    text = of(400, {"detail": "x\r\n\x00\x1b[31m" * 500}).server_text
    assert len(text) == 300
    assert text.isprintable()


@pytest.mark.parametrize("status", [400, 403, 404, 511])
def test_html_on_a_refusal_is_somebody_elses(status: int) -> None:
    assert isinstance(of(status, b" <!DOCTYPE html><p>Sign in"), errors.NotMapflow)


@pytest.mark.parametrize("status", [401, 413, 429, 500, 502, 504])
def test_html_of_a_gateway_keeps_its_status(status: int) -> None:
    error = of(status, b"<html><h1>413 Request Entity Too Large</h1>")
    assert type(error) is STATUSES.get(status, errors.ServerFailed)
    assert error.server_text == ""


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("-3", 0.0),
        ("", None),
        ("soon", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
    ],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": header}) == seconds


def test_retry_after_as_a_date() -> None:
    seconds = retry_after({"Retry-After": formatdate(time.time() + 90, usegmt=True)})
    assert seconds == pytest.approx(90, abs=2)


def test_json_is_json_whatever_it_is_called() -> None:
    assert read_json(Answer(200, {"Content-Type": "text/html"}, b"\xef\xbb\xbf[1]")) == [1]


@pytest.mark.parametrize("body", [b"", b"  ", b"[1, 2", b'{"a": 1', b'[{"id": "a"},'])
def test_a_cut_answer_is_incomplete(body: bytes) -> None:
    with pytest.raises(errors.IncompleteAnswer):
        read_json(Answer(200, {}, body))


@pytest.mark.parametrize("body", [b"<html>", b"OK", b"\x89PNG\r\n"])
def test_no_json_is_not_mapflow(body: bytes) -> None:
    with pytest.raises(errors.NotMapflow):
        read_json(Answer(200, {}, body))


def test_json_nested_without_end_is_no_answer() -> None:
    with pytest.raises(errors.IncompleteAnswer):
        read_json(Answer(200, {}, b"[" * 200_000))
