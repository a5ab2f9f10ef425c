"""Pictures of the catalog lie anywhere: what is asked, with what, and what is never asked."""

from __future__ import annotations

from typing import Any

import pytest

from mapflow_data.api import errors
from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.connection import make_connection
from mapflow_data.api.dial import dial, is_public
from mapflow_data.api.foreign import check
from tests.rig.certificates import Authority
from tests.rig.fault_server import FaultServer, Script
from tests.rig.script import answer, html, redirect

PNG = Script(body=b"\x89PNG\r\n\x1a\nrest", headers=(("Content-Type", "image/jpeg"),))
REMOTE = make_connection("https://api.example.com", "me:token")
HERE = make_connection("http://127.0.0.1:8095", "me:token")


def test_no_credential_leaves_for_another_origin(make_client: Any) -> None:
    with FaultServer() as api, FaultServer([PNG]) as other:
        picture = make_client(api.url).catalog.quicklook(f"{other.origin}/a.jpg?x=1&y=2")
        assert picture.mime == "image/png"
        assert other.seen == ["GET /a.jpg?x=1&y=2"]
        assert not other.requests[0].has_credential
        assert "MapflowData" not in str(other.requests[0].head)
        assert api.requests == []


def test_a_picture_of_the_api_itself_is_signed(make_client: Any) -> None:
    with FaultServer([PNG]) as api:
        make_client(api.url).catalog.quicklook(f"{api.url}/rasters/image/i/preview/l")
        assert api.requests[0].has_credential


def test_a_redirect_drops_the_credential_for_good(make_client: Any) -> None:
    with FaultServer() as api, FaultServer() as other:
        api.add(redirect(f"{other.origin}/b"), PNG)
        other.add(redirect(f"{api.url}/c"))
        make_client(api.url).catalog.quicklook(f"{api.url}/a")
        assert [r.has_credential for r in api.requests] == [True, False]
        assert not other.requests[0].has_credential


def test_redirects_end(make_client: Any) -> None:
    with FaultServer() as api, FaultServer(then=redirect("/again")) as other:
        with pytest.raises(errors.NotMapflow):
            make_client(api.url).catalog.quicklook(f"{other.origin}/a")
        assert len(other.requests) == 4


def test_no_redirect_from_https_to_http(make_client: Any, authority: Authority) -> None:
    with FaultServer() as api, FaultServer([PNG]) as plain, FaultServer(tls=authority.context()) as other:
        other.add(redirect(f"{plain.origin}/a"))
        with pytest.raises(errors.BadInput) as caught:
            make_client(api.url, ca_pem=authority.pem).catalog.quicklook(f"{other.origin}/a")
        assert caught.value.code == "url"
        assert plain.connections == 0


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "http://10.0.0.1/", "ftp://x/", "//user@127.0.0.1/"]
)
def test_a_redirect_is_checked_like_the_first(target: str, make_client: Any) -> None:
    with FaultServer([redirect(target)]) as api, pytest.raises(errors.BadInput):
        make_client(api.url).catalog.quicklook(f"{api.url}/a")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.png",
        "file:///etc/passwd",
        "/vsicurl/https://x/a.tif",
        "\\\\server\\share\\a.png",
        "data:image/png;base64,AAAA",
        "ftp://x/a.png",
        "http://pictures.example.com/a.png",
        "https://me:pw@pictures.example.com/a.png",
        "https://tiles.example.com/{z}/{x}/{y}.png",
        "https://host:port/",
        "https:///a.png",
    ],
)
def test_what_is_no_picture_on_the_internet(url: str) -> None:
    with pytest.raises(errors.BadInput) as caught:
        check(url, REMOTE)
    assert caught.value.code == "url"


@pytest.mark.parametrize(
    "host",
    [
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "127.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[fd00::1]",
        "[::ffff:10.0.0.1]",
        "[fe80::1]",
        "100.64.0.1",
        "224.0.0.1",
    ],
)
def test_private_addresses_are_not_asked(host: str) -> None:
    with pytest.raises(errors.BadInput) as caught:
        check(f"https://{host}/a.png", REMOTE)
    assert caught.value.code == "address"
    assert not is_public(host.strip("[]"))


def test_what_may_be_asked() -> None:
    for url in ("https://pictures.example.com:443/a.jpg?q=1", "https://93.184.216.34/a.png"):
        check(url, REMOTE)
    check("http://127.0.0.1:9999/a.png", HERE)


def test_a_name_that_leads_inside_is_refused_at_connect(make_client: Any, localhost: str) -> None:
    """`localhost` stands for any name that somebody lets point to a private address."""
    with FaultServer(then=PNG) as inside:
        with pytest.raises(errors.BadInput) as caught:
            dial(localhost, inside.port, 5, CancelToken(), public_only=True)
        assert caught.value.code == "address"
        client = make_client("https://api.example.com")
        with pytest.raises(errors.BadInput) as caught:
            client.catalog.quicklook(f"https://{localhost}:{inside.port}/a.png")
        assert caught.value.code == "address"
        assert inside.connections == 0


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (html(), errors.NotMapflow),
        (Script(body=b"<VRTDataset></VRTDataset>"), errors.NotMapflow),
        (Script(body=b"<svg/>"), errors.NotMapflow),
        (Script(body=b"GIF89a"), errors.BadAnswer),
        (Script(body=b"\x89PNG\r\n\x1a\n" + bytes(50_000_001)), errors.AnswerTooLarge),
        (answer({}, 404), errors.NotFound),
        (answer({}, 403), errors.Forbidden),
    ],
)
def test_what_is_no_picture(script: Script, kind: type[Exception], make_client: Any) -> None:
    with FaultServer() as api, FaultServer(then=script) as other, pytest.raises(kind):
        make_client(api.url, scale=0.2).catalog.quicklook(f"{other.origin}/a.png")


def test_a_foreign_401_signs_nobody_out(make_client: Any) -> None:
    with FaultServer() as api, FaultServer(then=answer({}, 401)) as other:
        with pytest.raises(errors.Forbidden):
            make_client(api.url).catalog.quicklook(f"{other.origin}/a.png")
        assert api.requests == []
