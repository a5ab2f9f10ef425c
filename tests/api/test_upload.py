"""A file on its way up: what the server gets, and what becomes of every kind of interruption."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any

import pytest

from mapflow_data.api import errors
from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.models import UploadReceipt
from mapflow_data.api.multipart import FileBody, upload_name
from tests.rig.certificates import Authority
from tests.rig.fault_proxy import FaultProxy
from tests.rig.fault_server import FaultServer, Script
from tests.rig.script import answer, html

OK = answer({"message": "ok", "mosaic_id": "m"})
BIG = 16_000_000  # more than the system takes into its buffers
MakeFile = Callable[..., str]


def parts_of(request: Any) -> Any:
    """The multipart body as a parser other than ours reads it."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    return BytesParser(policy=HTTP).parsebytes(head + request.body).get_payload()


def test_one_part_named_file_of_exact_length(make_client: Any, make_file: MakeFile) -> None:
    path = make_file(40_000)
    with FaultServer([OK]) as server:
        assert make_client(server.url).images.upload("m", path) == UploadReceipt("m", "")
        request = server.requests[0]
        assert server.seen == ["POST /rest/rasters/mosaic/m/image"]
        assert int(request.headers["content-length"]) == request.size
        assert "transfer-encoding" not in request.headers
        (part,) = parts_of(request)
        assert part.get_param("name", header="content-disposition") == "file"
        assert part.get_filename() == "field.tif"
        assert part.get_payload(decode=True) == Path(path).read_bytes()


def test_a_large_file_arrives_as_it_is(make_client: Any, make_file: MakeFile) -> None:
    path = make_file(BIG)
    with FaultServer([OK]) as server:
        body = FileBody(path, CancelToken())
        make_client(server.url).images.upload("m", path)
        assert server.requests[0].size == len(body)
        assert hashlib.sha256(b"".join(body)).hexdigest() != server.requests[0].sha256  # another boundary
        assert server.requests[0].is_whole


def test_progress_is_by_time_and_ends_whole(make_client: Any, make_file: MakeFile) -> None:
    seen: list[tuple[float, int, int]] = []
    with FaultServer([Script(status=200, body=b"{}", read_pause=0.005)]) as server:
        make_client(server.url).images.upload(
            "m", make_file(4_000_000), lambda sent, total: seen.append((time.monotonic(), sent, total))
        )
    assert [sent for _, sent, _ in seen] == sorted(sent for _, sent, _ in seen)
    assert (seen[0][1], seen[-1][1]) == (0, 4_000_000)
    assert {total for *_, total in seen} == {4_000_000}
    inner = [at for at, sent, _ in seen if sent not in (0, 4_000_000)]
    assert all(b - a >= 0.099 for a, b in zip(inner, inner[1:]))


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ('a"b.tif', b'filename="a%22b.tif"'),
        ("a\r\nX-Evil: 1.tif", b'filename="a%0D%0AX-Evil: 1.tif"'),
        ("Поле 北京 🛰.tif", 'filename="Поле 北京 🛰.tif"'.encode()),
        ("cafe\u0301.tif", 'filename="café.tif"'.encode()),
        ("n" * 251 + ".tif", b'filename="' + b"n" * 251 + b'.tif"'),
        ("100%; a'b\\c.tif", b'filename="100%; a\'b\\c.tif"'),
    ],
)
def test_names_of_any_script(name: str, header: bytes, make_client: Any, make_file: MakeFile) -> None:
    with FaultServer([OK]) as server:
        make_client(server.url).images.upload("m", make_file(10, name))
        head = server.requests[0].body.partition(b"\r\n\r\n")[0]
        assert header in head
        assert head.count(b"\r\n") == 2


def test_a_name_that_is_no_text(make_client: Any, tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.tif")  # noqa: PTH118  as bytes
    Path(os.fsdecode(path)).write_bytes(b"II*\0")
    with FaultServer([OK]) as server:
        make_client(server.url).images.upload("m", os.fsdecode(path))
        assert b'filename="caf?.tif"' in server.requests[0].body


def test_the_shown_name_is_composed() -> None:
    assert upload_name("/data/cafe\u0301.tif") == "café.tif"


# --- lost on the way


def test_a_reset_on_the_way_starts_again_from_the_start(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer([Script(reset_after=1_000_000), OK]) as server:
        make_client(server.url).images.upload("m", make_file(BIG))
        first, second = server.requests
        assert (first.is_whole, second.is_whole) == (False, True)
        assert second.size > BIG


def test_after_two_more_it_is_lost(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer(then=Script(reset_after=500_000)) as server:
        with pytest.raises(errors.ConnectionLost) as caught:
            make_client(server.url).images.upload("m", make_file(BIG))
        assert len(server.requests) == 3
        assert caught.value.request == "POST /rasters/mosaic/m/image"


def test_a_reset_over_tls_is_no_bad_certificate(
    make_client: Any, make_file: MakeFile, authority: Authority
) -> None:
    with FaultServer(then=Script(reset_after=500_000), tls=authority.context()) as server:
        client = make_client(server.url, ca_pem=authority.pem)
        with pytest.raises(errors.ConnectionLost):
            client.images.upload("m", make_file(BIG))
        assert len(server.requests) == 3


def test_a_server_that_reads_nothing(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer(then=Script(stall=True)) as server:
        before = time.monotonic()
        with pytest.raises(errors.TimedOut):
            make_client(server.url, scale=0.005).images.upload("m", make_file(20_000_000))
        assert server.connections == 3
        assert 3 * 60 * 0.005 <= time.monotonic() - before < 8  # 9 where answers are awaited


def test_a_slow_line_is_no_stall(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer([OK]) as server, FaultProxy(server.url) as proxy:
        proxy.throttle(400_000)
        make_client(proxy.url, scale=0.005).images.upload("m", make_file(400_000))  # idle limit 0.3 s
        assert server.requests[0].is_whole


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_busy_is_asked_again(status: int, make_client: Any, make_file: MakeFile) -> None:
    with FaultServer([Script(status=status), OK]) as server:
        make_client(server.url).images.upload("m", make_file())
        assert [r.is_whole for r in server.requests] == [True, True]


def test_without_a_network_no_try_is_spent(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer() as server, FaultProxy(server.url) as proxy:
        proxy.go_offline()
        waits: list[float] = []
        with pytest.raises(errors.Unreachable):
            make_client(proxy.url, on_wait=lambda s, _: waits.append(s)).images.upload("m", make_file())
        assert waits == []


# --- all sent, no usable answer

LOST = [
    Script(silent=True),
    Script(body=b'{"message"', told_length=500, close=True),
    Script(status=500),
    html(502),
    Script(status=504),
    html(200),
    Script(status=200),
]


@pytest.mark.parametrize("lost", LOST)
def test_all_sent_and_no_usable_answer_is_unconfirmed(
    lost: Script, make_client: Any, make_file: MakeFile
) -> None:
    with FaultServer(then=lost) as server:
        with pytest.raises(errors.Unconfirmed) as caught:
            make_client(server.url).images.upload("m", make_file())
        assert len(server.requests) == 1
        assert server.requests[0].is_whole
        assert caught.value.request == "POST /rasters/mosaic/m/image"


def test_a_server_that_thinks_long_is_waited_for(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer([answer({"id": "i"}, delay=0.7)]) as server:  # send idle 0.3 s, answer idle 3 s
        assert make_client(server.url, scale=0.005).images.upload("m", make_file()).image_id == "i"


def test_a_server_that_never_answers_is_unconfirmed(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer(then=Script(silent=True, delay=5)) as server:
        with pytest.raises(errors.Unconfirmed):
            make_client(server.url, scale=0.001).images.upload("m", make_file(1000))
        assert len(server.requests) == 1


def test_a_combined_upload_is_not_begun_twice(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer(then=Script(reset_after=100_000)) as server:
        with pytest.raises(errors.ConnectionLost):
            make_client(server.url).mosaics.create_with_image("n", make_file(BIG))
        assert len(server.requests) == 1


# --- answered before all was sent

TOO_BIG = {"detail": {"code": "FileTooBig", "parameters": {"max_file_size": 5, "actual_file_size": 9}}}


@pytest.mark.parametrize(("is_tls", "ending"), [(False, "reset"), (False, "close"), (True, "close")])
def test_an_early_413_is_read(
    is_tls: bool, ending: str, make_client: Any, make_file: MakeFile, authority: Authority
) -> None:
    early = answer(TOO_BIG, 413, read_only=200_000, **{ending: True})
    with FaultServer(then=early, tls=authority.context() if is_tls else None) as server:
        client = make_client(server.url, ca_pem=authority.pem)
        with pytest.raises(errors.TooLarge) as caught:
            client.images.upload("m", make_file(20_000_000))
        assert caught.value.code == "FileTooBig"
        assert caught.value.parameters == {"max_file_size": 5, "actual_file_size": 9}
        assert len(server.requests) == 1


def test_a_413_of_a_gateway_that_then_stops_reading(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer(then=html(413, read_only=100_000, linger=20)) as server:
        with pytest.raises(errors.TooLarge):
            make_client(server.url, scale=0.005).images.upload("m", make_file(20_000_000))
        assert len(server.requests) == 1


def test_an_early_401_is_told(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer([answer({}, 401, read_only=10_000, close=True)], then=Script(status=401)) as server:
        with pytest.raises(errors.SignInRequired):
            make_client(server.url).images.upload("m", make_file(BIG))
        assert len(server.requests) == 2


def test_the_connection_of_a_half_sent_body_is_not_used_again(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer([answer(TOO_BIG, 413, read_only=10_000, close=True), answer([])]) as server:
        client = make_client(server.url)
        with pytest.raises(errors.TooLarge):
            client.images.upload("m", make_file(BIG))
        assert client.images.list("m") == []
        assert server.seen[-1] == "GET /rest/rasters/mosaic/m/image"


# --- the file itself


@pytest.mark.parametrize("change", ["shrink", "grow", "touch", "replace"])
def test_a_file_that_changes_while_it_is_sent(
    change: str, make_client: Any, make_file: MakeFile, tmp_path: Path
) -> None:
    path = Path(make_file(BIG))

    def meddle(sent: int, _total: int) -> None:
        if sent:
            return
        if change == "shrink":
            os.truncate(path, 100_000)
        elif change == "grow":
            with path.open("ab") as file:
                file.write(b"more")
        elif change == "touch":
            os.utime(path, (1, 1))
        else:
            (tmp_path / "other").write_bytes(path.read_bytes())
            (tmp_path / "other").replace(path)

    with FaultServer([OK]) as server:
        with pytest.raises(errors.SourceChanged) as caught:
            make_client(server.url).images.upload("m", str(path), meddle)
        assert caught.value.parameters == {"path": str(path)}
    assert server.connections <= 1  # it may be over before the server has looked
    assert not any(request.is_whole for request in server.requests)


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "null"])
def test_a_file_that_cannot_be_read_is_no_network_fault(kind: str, make_client: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "x.tif")
    if kind == "folder":
        Path(path).mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "null":
        path = "a\0b.tif"
    with FaultServer() as server:
        with pytest.raises(errors.FileUnreadable) as caught:
            make_client(server.url).images.upload("m", path)
        assert caught.value.parameters == {"path": path}
        assert server.requests == []


def test_a_drive_that_vanishes_on_the_way(make_client: Any, make_file: MakeFile, tmp_path: Path) -> None:
    path = Path(make_file(BIG))
    with FaultServer([OK]) as server, pytest.raises(errors.FileUnreadable):
        make_client(server.url).images.upload("m", str(path), lambda sent, _: sent or path.unlink())
    assert server.connections <= 1  # it may be over before the server has looked
    assert not any(request.is_whole for request in server.requests)


def test_an_empty_file_is_sent_as_one(make_client: Any, make_file: MakeFile) -> None:
    with FaultServer([OK]) as server:
        make_client(server.url).images.upload("m", make_file(0))
        assert server.requests[0].is_whole
