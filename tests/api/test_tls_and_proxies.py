"""Certificates and proxies: what is trusted, what is said when not, and what never shows."""

from __future__ import annotations

import base64
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from mapflow_data.api import errors, tls
from tests.rig.certificates import Authority
from tests.rig.fault_server import FaultServer
from tests.rig.script import answer
from tests.rig.web_proxy import WebProxy

STORAGE = answer({"memoryUsed": 1})


def told_by(error: Exception) -> str:
    return "".join(traceback.format_exception(type(error), error, error.__traceback__)) + str(vars(error))


def test_an_authority_of_ones_own_is_trusted(authority: Authority, make_client: Any) -> None:
    with FaultServer([STORAGE], tls=authority.context()) as server:
        assert make_client(server.url, ca_pem=authority.pem).account.storage().used == 1


def test_a_host_by_its_name(authority: Authority, make_client: Any, localhost: str) -> None:
    with FaultServer([STORAGE], tls=authority.context(localhost)) as server:
        url = server.url.replace("127.0.0.1", localhost)
        assert make_client(url, ca_pem=authority.pem).account.storage().used == 1


@pytest.mark.parametrize(
    ("host", "days", "is_trusted", "reason", "code"),
    [
        ("127.0.0.1", 2, False, "unable to get local issuer certificate", ""),
        ("127.0.0.1", 0, True, "certificate has expired", "clock"),
        ("example.com", 2, True, "127.0.0.1", ""),
    ],
)
def test_a_bad_certificate_is_named(
    host: str, days: int, is_trusted: bool, reason: str, code: str, authority: Authority, make_client: Any
) -> None:
    with FaultServer(then=STORAGE, tls=authority.context(host, days)) as server:
        with pytest.raises(errors.TlsFailed) as caught:
            make_client(server.url, ca_pem=authority.pem if is_trusted else None).account.storage()
        assert reason in caught.value.reason
        assert caught.value.code == code
        assert server.requests == []
        assert server.connections == 1


def test_a_wrong_name_is_named(authority: Authority, make_client: Any, localhost: str) -> None:
    with FaultServer(then=STORAGE, tls=authority.context("example.com")) as server:
        url = server.url.replace("127.0.0.1", localhost)
        with pytest.raises(errors.TlsFailed) as caught:
            make_client(url, ca_pem=authority.pem).account.storage()
        assert localhost in caught.value.reason
        assert server.requests == []


def test_no_tls_at_the_port_is_no_bad_certificate(make_client: Any) -> None:
    with FaultServer(then=STORAGE) as server:
        with pytest.raises(errors.Unreachable):
            make_client(server.url.replace("http:", "https:")).account.storage()
        assert server.requests == []


def test_plain_http_at_the_port_is_told(make_client: Any) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        with pytest.raises(errors.Unreachable) as caught:
            make_client(f"https://127.0.0.1:{server.server_address[1]}").account.storage()
        server.shutdown()
    assert caught.value.code == "no_tls"


def test_certificates_that_are_none(make_client: Any) -> None:
    with FaultServer(then=STORAGE) as server, pytest.raises(errors.TlsFailed) as caught:
        make_client(
            server.url, ca_pem="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        ).account.storage()
    assert caught.value.code == "ca"


# --- proxies


def through(proxy: WebProxy, user: str = "") -> dict[str, str]:
    url = proxy.url.replace("//", f"//{user}@") if user else proxy.url
    return {"http": url, "https": url}


def test_plain_calls_pass_a_proxy(make_client: Any) -> None:
    with FaultServer([STORAGE]) as server, WebProxy() as proxy:
        make_client(server.url, proxies=through(proxy)).account.storage()
        assert proxy.heads[0].startswith(f"GET {server.url}/rasters/memory HTTP/1.1")
        assert server.requests[0].has_credential


def test_a_tunnel_shows_the_proxy_nothing(authority: Authority, make_client: Any, make_file: Any) -> None:
    with FaultServer([STORAGE, answer({})], tls=authority.context()) as server, WebProxy() as proxy:
        client = make_client(server.url, proxies=through(proxy), ca_pem=authority.pem)
        client.account.storage()
        client.images.upload("m", make_file(2_000_000))
        assert [head.splitlines()[0] for head in proxy.heads] == [
            f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"
        ] * 2
        assert "authorization" not in "".join(proxy.heads).lower()
        assert server.requests[1].is_whole


@pytest.mark.parametrize("is_tls", [False, True])
def test_a_proxy_with_a_password(is_tls: bool, authority: Authority, make_client: Any) -> None:
    context = authority.context() if is_tls else None
    with FaultServer([STORAGE], tls=context) as server, WebProxy("us er", "p@ss:w") as proxy:
        proxies = through(proxy, "us%20er:p%40ss%3Aw")
        make_client(server.url, proxies=proxies, ca_pem=authority.pem).account.storage()
        secret = base64.b64encode(b"us er:p@ss:w").decode()
        assert f"Basic {secret}" in proxy.heads[-1]
        assert "proxy-authorization" not in server.requests[0].headers


@pytest.mark.parametrize("is_tls", [False, True])
@pytest.mark.parametrize(
    ("schemes", "code"),
    [
        (("Basic realm=x",), "auth"),
        (("NTLM", "Negotiate"), "scheme"),
        (("Negotiate, Basic realm=y",), "auth"),
    ],
)
def test_a_407_is_the_proxys(
    is_tls: bool, schemes: tuple[str, ...], code: str, authority: Authority, make_client: Any
) -> None:
    context = authority.context() if is_tls else None
    with FaultServer(then=STORAGE, tls=context) as server, WebProxy("me", "right", schemes) as proxy:
        client = make_client(server.url, proxies=through(proxy, "me:wr0ng"), ca_pem=authority.pem)
        with pytest.raises(errors.ProxyFailed) as caught:
            client.account.storage()
        error = caught.value
        assert (error.code, error.status) == (code, 407)
        assert error.parameters["proxy"] == f"127.0.0.1:{proxy.port}"
        assert [s.lower() for s in error.parameters["schemes"]] == [
            s.split()[0].lower() for one in schemes for s in one.split(",")
        ]
        assert "wr0ng" not in told_by(error)
        assert len(proxy.heads) == 1
        assert server.requests == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there(scheme: str, make_client: Any) -> None:
    with WebProxy() as proxy:
        gone = {scheme: f"http://me:hidden@127.0.0.1:{proxy.port}"}
    with pytest.raises(errors.ProxyFailed) as caught:
        make_client(f"{scheme}://127.0.0.1:9", proxies=gone).account.storage()
    assert caught.value.code == "refused"
    assert caught.value.parameters["proxy"] == f"127.0.0.1:{proxy.port}"
    assert "hidden" not in told_by(caught.value)


def test_a_proxy_that_will_not_tunnel(authority: Authority, make_client: Any) -> None:
    with FaultServer(then=answer({}, 403)) as wall:
        client = make_client("https://127.0.0.1:9", proxies={"https": wall.origin})
        with pytest.raises(errors.ProxyFailed) as caught:
            client.account.storage()
        assert (caught.value.code, caught.value.status) == ("tunnel", 403)


def test_socks_without_its_module_is_told_before_anything_is_sent(
    make_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_args: Any, **_kwargs: Any) -> None:
        raise requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support.")

    monkeypatch.setattr(requests.adapters, "SOCKSProxyManager", absent)  # as where PySocks is not installed
    with FaultServer() as server:
        client = make_client(server.url, proxies={"http": f"socks5h://127.0.0.1:{server.port}"})
        with pytest.raises(errors.ProxyFailed) as caught:
            client.account.storage()
        assert caught.value.code == "socks"
        assert server.connections == 0


# --- the environment


def test_the_environment_has_no_say(
    make_client: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login thief password netrc\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("no_proxy", "")
    with FaultServer() as trap, FaultServer([STORAGE]) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, trap.origin)
        make_client(server.url, token="bWU6dG9rZW4=").account.storage()
        assert server.requests[0].headers["authorization"] == "Basic bWU6dG9rZW4="
        assert trap.connections == 0


def test_a_bundle_named_in_the_environment_is_trusted(
    authority: Authority, make_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.folder / "ca.pem"))
    tls.make_trust.cache_clear()  # a process makes it once
    try:
        with FaultServer([STORAGE], tls=authority.context()) as server:
            assert make_client(server.url, scale=1.0).account.storage().used == 1
    finally:
        tls.make_trust.cache_clear()
