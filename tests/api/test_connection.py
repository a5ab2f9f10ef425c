"""What people paste as server and token, and what becomes of it."""

from __future__ import annotations

import base64
import json
import re

import pytest

from mapflow_data.api.connection import clean_server, clean_token, make_connection, origin_of
from mapflow_data.api.errors import BadInput

PAIR = "user@example.com:secret-token"
TOKEN = base64.b64encode(PAIR.encode()).decode()


@pytest.mark.parametrize(
    "pasted",
    [
        "https://api.mapflow.ai/rest",
        "https://api.mapflow.ai",
        " https://api.mapflow.ai/rest/ \n",
        "https://api.mapflow.ai/",
        "api.mapflow.ai",
        "api.mapflow.ai/rest",
        "",
    ],
)
def test_server_in_any_form(pasted: str) -> None:
    assert clean_server(pasted) == "https://api.mapflow.ai/rest"


def test_server_with_port_and_path() -> None:
    assert clean_server("https://maps.example.com:8443/flow/") == "https://maps.example.com:8443/flow/rest"
    assert clean_server("http://[::1]:8095") == "http://[::1]:8095/rest"


@pytest.mark.parametrize(
    "pasted",
    [
        "http://api.mapflow.ai/rest",
        "ftp://api.mapflow.ai",
        "https://me:pw@api.mapflow.ai",
        "https://",
        "https://host:notaport",
        "file:///etc/passwd",
    ],
)
def test_server_refused(pasted: str) -> None:
    with pytest.raises(BadInput) as caught:
        clean_server(pasted)
    assert caught.value.code == "server"


@pytest.mark.parametrize(
    "pasted",
    [
        TOKEN,
        f"Basic {TOKEN}",
        f"basic  {TOKEN}\n",
        f"Authorization: Basic {TOKEN}",
        f'"{TOKEN}"',
        TOKEN.rstrip("="),
        f"{TOKEN[:10]}\r\n{TOKEN[10:]} ",
        PAIR,
        f" {PAIR}\n",
    ],
)
def test_basic_token_in_any_form(pasted: str) -> None:
    assert clean_token(pasted) == f"Basic {TOKEN}"


@pytest.mark.parametrize("pasted", ["aaa.bbb.ccc", "Bearer aaa.bbb.ccc", "bearer\taaa.bbb.ccc"])
def test_bearer_token(pasted: str) -> None:
    assert clean_token(pasted) == "Bearer aaa.bbb.ccc"


@pytest.mark.parametrize("pasted", ["", "  \n", "Basic ", "tokén", "abc\x07def"])
def test_token_refused(pasted: str) -> None:
    with pytest.raises(BadInput) as caught:
        clean_token(pasted)
    assert caught.value.code == "token"


def test_a_connection_does_not_show_its_secrets() -> None:
    connection = make_connection("", PAIR, proxies={"https": "http://me:hidden@proxy:3128"}, ca_pem="PEM")
    assert TOKEN not in repr(connection)
    assert "hidden" not in repr(connection)
    assert connection.account == "user@example.com"


def bearer(**claims: str) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"Bearer aaa.{payload}.ccc"


@pytest.mark.parametrize(
    ("one", "newer", "other"),
    [
        (PAIR, "user@example.com:renewed", "other@example.com:x"),
        (bearer(email="a@b.c", jti="1"), bearer(email="a@b.c", jti="2"), bearer(email="x@b.c", jti="1")),
        (bearer(sub="u1", jti="1"), bearer(sub="u1", jti="2"), bearer(sub="u2", jti="1")),
        ("Bearer opaque", "Bearer opaque", "Bearer another"),
        ("Bearer aaa.bbb.ccc", "Bearer aaa.bbb.ccc", "Bearer aaa.bbb.ddd"),
    ],
)
def test_accounts_are_told_apart_and_survive_a_newer_token(one: str, newer: str, other: str) -> None:
    key = make_connection("", one).key
    assert key == make_connection("", newer).key
    assert key != make_connection("", other).key
    assert key != make_connection("https://example.com", one).key
    assert re.fullmatch("[0-9a-f]{16}", key)


@pytest.mark.parametrize(("token", "account"), [(bearer(email="a@b.c"), "a@b.c"), ("Bearer a.b.c", "")])
def test_account_of_a_bearer_token(token: str, account: str) -> None:
    assert make_connection("", token).account == account


def test_origins_compare() -> None:
    assert origin_of("https://A.example.com/x?y") == origin_of("https://a.example.com:443/")
    assert origin_of("http://a.example.com") != origin_of("https://a.example.com")
    assert origin_of("not a url") == origin_of("https://host:port/") == ""
