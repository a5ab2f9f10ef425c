"""Every error has one sentence that says what to do, and survives missing parameters."""

from __future__ import annotations

import inspect

import pytest

from mapflow_data.api import errors
from mapflow_data.api.models import Image, Mosaic
from mapflow_data.gui.download import words as download_words
from mapflow_data.gui.manage import delete_words
from mapflow_data.gui.words import codes
from mapflow_data.gui.words.messages import describe
from mapflow_data.gui.words.plain import LONG_NAME, sentence, short
from mapflow_data.services.deletions import Outcome

CLASSES = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.MapflowError) and cls is not errors.MapflowError
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_class_has_words_of_its_own(cls: type[errors.MapflowError]) -> None:
    text = describe(cls(), "Mosaics were not loaded").text
    assert text.startswith("Mosaics were not loaded: ")
    assert cls.__name__ not in text or cls is errors.Cancelled
    assert "unknown error" not in text
    assert "\n" not in text


@pytest.mark.parametrize("code", sorted(codes.WORDS))
def test_every_code_survives_missing_and_odd_parameters(code: str) -> None:
    bare = describe(errors.Refused(code=code)).text
    odd = describe(
        errors.Refused(code=code, parameters={"bad_parameters": 7, "instance_type": None, "param_name": []})
    ).text
    for text in (bare, odd):
        assert len(text) > 20
        assert "None" not in text
        assert "{" not in text


def test_the_numbers_of_the_server_are_in_the_sentence() -> None:
    error = errors.Refused(
        code="MemoryLimitExceeded",
        parameters={"memory_requested": 3 * 1024**3, "available_memory": 0},
    )
    assert "3 GB are needed, 0 B are free" in describe(error).text


def test_a_mosaic_that_does_not_match_is_named_by_what_differs() -> None:
    parameters = {"param_name": "crs", "got_param": "EPSG:32638", "expected_param": "EPSG:32637"}
    text = describe(errors.BadRequest(code="FileValidationFailed", parameters=parameters), "DJI_1.tif").text
    assert text.startswith("DJI_1.tif: its CRS is EPSG:32638, the mosaic's is EPSG:32637;")


@pytest.mark.parametrize(
    ("got", "expected", "told"),
    [
        ([1.0, 1.0], [120.0, 120.0], "is 1, the mosaic's is 120;"),
        ([0.3, 0.25], 0.3, "is 0.3 × 0.25, the mosaic's is 0.3;"),
        (["uint8", "uint8"], ("uint16",), "is uint8, the mosaic's is uint16;"),
    ],
)
def test_what_differs_is_told_as_people_write_it(got: object, expected: object, told: str) -> None:
    parameters = {"param_name": "pixel_size", "got_param": got, "expected_param": expected}
    assert told in describe(errors.BadRequest(code="FileValidationFailed", parameters=parameters)).text


def test_a_file_that_is_refused_is_told_in_words_of_people() -> None:
    def told(*bad: str) -> str:
        return describe(errors.BadRequest(code="FileCheckFailed", parameters={"bad_parameters": bad})).text

    assert told("pixel_size") == "The server did not accept the file's pixel size; it may be too coarse."
    assert "the file's CRS, transform; check" in told("crs", "transform")
    assert told() == "The server did not accept the file; check that it is a georeferenced GeoTIFF."


def test_reasons_that_sound_alike_are_told_apart() -> None:
    clock = errors.TlsFailed("certificate has expired", code="clock")
    told = {
        describe(error).text
        for error in (
            errors.HostNotFound(),
            errors.Unreachable(),
            errors.Unreachable(code="no_tls"),
            errors.TlsFailed("self-signed certificate"),
            clock,
            errors.ProxyFailed(code="auth"),
            errors.ProxyFailed(code="socks"),
            errors.ProxyFailed(code="refused"),
            errors.NotMapflow(),
            errors.SignInRequired(),
        )
    }
    assert len(told) == 10
    assert "clock" in describe(clock).text


def test_a_proxy_is_named() -> None:
    error = errors.ProxyFailed(
        code="scheme", status=407, parameters={"proxy": "proxy.lan:3128", "schemes": ["NTLM"]}
    )
    text = describe(error).text
    assert "proxy.lan:3128" in text
    assert "NTLM" in text


def test_details_hold_what_a_support_person_asks_for() -> None:
    error = errors.Forbidden(
        request="PUT /rasters/mosaic/1", status=403, code="AccessDenied", server_text="x" * 1000
    )
    details = describe(error).details
    for part in ("PUT /rasters/mosaic/1", "403", "AccessDenied"):
        assert part in details
    assert len(details) < 500


def test_text_of_a_server_stays_as_it_is() -> None:
    assert "<b>no</b>" in describe(errors.Conflict(server_text="<b>no</b>")).text


@pytest.mark.parametrize(
    ("error", "may_work_later"),
    [
        (errors.TimedOut(), True),
        (errors.ServerFailed(status=503), True),
        (errors.Forbidden(), False),
        (errors.BadInput(code="token"), False),
    ],
)
def test_what_may_work_later(error: errors.MapflowError, may_work_later: bool) -> None:
    assert describe(error).is_retryable is may_work_later


@pytest.mark.parametrize("text", ["It failed", "It failed.", "Did it fail?", "Loading…"])
def test_what_is_said_ends_as_a_sentence_does(text: str) -> None:
    assert sentence(text) in (text, "It failed.")
    assert sentence(text).endswith((".", "?", "…"))
    assert sentence("") == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("field.tif", "field.tif"),
        ("line 1\nline 2", "line 1 line 2"),
        ("a" * 100 + "b" * 100 + ".tif", "a" * 27 + "…" + "b" * 8 + ".tif"),
    ],
)
def test_a_name_leaves_room_for_what_is_said_of_it(name: str, shown: str) -> None:
    assert short(name) == shown
    assert len(shown) <= LONG_NAME
    for words in (
        delete_words.failure([Outcome(Mosaic("m", name), errors.Unreachable())]),
        delete_words.failure([Outcome(Mosaic("m", name), errors.Unreachable()), Outcome(Mosaic("n", name))]),
        download_words.not_allowed(Image("i", "m", name)),
    ):
        text = words if isinstance(words, str) else words.text
        assert f"“{shown}”" in text
