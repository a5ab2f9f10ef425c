"""Downloads from the running sandbox and from a server at its worst: whole under its name, or nothing."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import os
import resource
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mapflow_data.api import errors
from mapflow_data.api.cancel import CancelToken
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image
from mapflow_data.transfer import receive as module
from mapflow_data.transfer.receive import PART, receive
from tests.rig.fault_server import FaultServer
from tests.rig.geotiffs import make_raster
from tests.rig.patience import SOON
from tests.rig.sandbox import Sandbox
from tests.rig.script import Script, answer, bomb, html, redirect

BODY = b"II*\0" + bytes(range(256)) * 2000
IMAGE = Image("i-1", "m", "a.tif", size_bytes=len(BODY), checksum=hashlib.sha1(BODY).hexdigest())
FAST = 0.01


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MapflowClient]:
    with MapflowClient(make_connection(sandbox.url, sandbox.token)) as client:
        yield client


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


def link(server: FaultServer, path: str = "/files/a.tif?X-Signature=s") -> Script:
    return answer({"download_url": f"{server.origin}{path}", "filename": "../evil", "expires_in": 3600})


def fetch(server: FaultServer, target: Path, image: Image = IMAGE) -> list[tuple[int, int | None]]:
    """What was reported."""
    told: list[tuple[int, int | None]] = []
    with MapflowClient(make_connection(server.url, "dTpw"), time_scale=FAST) as client:
        receive(client, image, target, lambda *step: told.append(step))
    return told


def uploaded(client: MapflowClient, path: Path) -> Image:
    mosaic = client.mosaics.create("m")
    client.images.upload(mosaic.id, str(path))
    (image,) = client.images.list(mosaic.id)
    return image


def test_the_uploaded_file_comes_back(client: MapflowClient, sandbox: Sandbox, tmp_path: Path) -> None:
    sent = make_raster(tmp_path / "sent.tif", size=(900, 700))
    image = uploaded(client, sent)
    sandbox.clear_requests()
    told: list[tuple[int, int | None]] = []
    got = receive(client, image, tmp_path / "got.tif", lambda *step: told.append(step))
    assert (got.size, got.is_same) == (sent.stat().st_size, True)
    assert Path(got.path).read_bytes() == sent.read_bytes()
    assert told[0] == (0, got.size)
    assert told[-1] == (got.size, got.size)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["got.tif", "sent.tif"]
    (asked,) = [one for one in sandbox.requests() if one["origin"] == "public"]
    assert not asked["headers_carrying_credential"]
    assert not asked["credential_in_address"]


def test_another_checksum_is_told_and_proves_nothing(server: FaultServer, tmp_path: Path) -> None:
    for checksum, is_same in ((IMAGE.checksum, True), ("0" * 40, False), ("", None), ("abc", None)):
        server.add(link(server), Script(body=BODY))
        with MapflowClient(make_connection(server.url, "dTpw")) as client:
            image = replace(IMAGE, checksum=checksum)
            assert receive(client, image, tmp_path / "a.tif", lambda *_: None).is_same is is_same


def test_what_stood_there_is_written_over_only_by_a_whole_file(server: FaultServer, tmp_path: Path) -> None:
    target = tmp_path / "a.tif"
    target.write_bytes(b"old")
    server.add(link(server), Script(status=404))
    with pytest.raises(errors.NotFound):
        fetch(server, target)
    assert target.read_bytes() == b"old"
    server.add(link(server), Script(body=BODY))
    fetch(server, target)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize(
    ("answers", "error", "requests"),
    [
        ([Script(status=503)] * 4, errors.ServerFailed, 4),
        ([Script(body=BODY, drop_after=9_000)] * 2, errors.IncompleteAnswer, 2),
        ([Script(body=BODY, drop_after=9_000, reset=True)] * 4, errors.ConnectionFailed, None),
        ([Script(body=BODY[:-1])], errors.BadAnswer, 1),  # length
        ([Script(body=BODY + b"x")], errors.AnswerTooLarge, 1),
        ([Script(body=BODY + b"x" * 99, chunked=True)], errors.AnswerTooLarge, 1),
        ([Script(body=BODY[:-9], chunked=True)], errors.BadAnswer, 1),
        ([bomb(5_000_000, b"II*")], errors.AnswerTooLarge, 1),
        ([html()], errors.BadAnswer, 1),  # of another length
        ([Script(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")], errors.Forbidden, 1),
        ([Script(status=401)], errors.Forbidden, 1),
        ([Script(status=204)], errors.BadAnswer, 1),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_bad_answer_leaves_nothing(
    server: FaultServer, tmp_path: Path, answers: list[Script], error: type[Exception], requests: int | None
) -> None:
    server.add(link(server), *answers)
    with pytest.raises(error):
        fetch(server, tmp_path / "a.tif")
    assert list(tmp_path.iterdir()) == []
    if requests is not None:
        assert len(server.requests) == 1 + requests


def test_a_portal_is_told_as_such_where_the_length_is_not_known(server: FaultServer, tmp_path: Path) -> None:
    server.add(link(server), html())
    with pytest.raises(errors.NotMapflow):
        fetch(server, tmp_path / "a.tif", Image("i-1"))
    server.add(link(server), Script())
    with pytest.raises(errors.BadAnswer):
        fetch(server, tmp_path / "a.tif", Image("i-1"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "first",
    [
        Script(status=503),
        Script(status=429),
        Script(body=BODY, drop_after=9_000),
        Script(body=BODY, drop_after=9_000, reset=True, linger=0.1),
    ],
)
def test_a_read_is_begun_again(server: FaultServer, tmp_path: Path, first: Script) -> None:
    server.add(link(server), first, Script(body=BODY))
    told = fetch(server, tmp_path / "a.tif")
    assert (tmp_path / "a.tif").read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY))
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "error"), [(403, errors.Forbidden), (404, errors.NotFound), (409, errors.Conflict)]
)
def test_no_link_no_file(server: FaultServer, tmp_path: Path, status: int, error: type[Exception]) -> None:
    server.add(answer({"message": "no"}, status))
    with pytest.raises(error):
        fetch(server, tmp_path / "a.tif")
    assert len(server.requests) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.org/a.tif", "http://example.org/a.tif", "https://10.0.0.1/a.tif",
        "https://169.254.169.254/latest", "https://[::1]/a.tif", "https://me@example.org/a.tif", "s3://bucket/a.tif",
        "/vsicurl/http://example.org/a.tif", "https:///a.tif", "data:text/plain,a",
    ],
)  # fmt: skip
def test_no_odd_address_is_opened(server: FaultServer, tmp_path: Path, url: str) -> None:
    server.add(answer({"download_url": url}))
    server.then = answer({}, 404)
    with pytest.raises((errors.BadInput, errors.NotFound)):
        fetch(server, tmp_path / "a.tif")
    assert list(tmp_path.iterdir()) == []
    assert all(one.target.startswith("/rest") for one in server.requests)


def test_a_refusal_that_is_longer_than_the_file_is_read(server: FaultServer, tmp_path: Path) -> None:
    said = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    server.add(link(server), Script(status=403, body=said))
    with pytest.raises(errors.Forbidden) as caught:
        fetch(server, tmp_path / "a.tif", replace(IMAGE, size_bytes=5))
    assert caught.value.server_text == "AccessDenied: Request has expired"


def test_the_disk_is_never_far_behind(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part, steps, sync = tmp_path / f"a.tif{PART}", [0], os.fsync

    def fsync(handle: int) -> None:
        steps.append(part.stat().st_size)
        sync(handle)

    monkeypatch.setattr(module, "SYNC_EVERY", 100_000)
    monkeypatch.setattr(os, "fsync", fsync)
    server.add(link(server), Script(body=BODY))
    fetch(server, tmp_path / "a.tif")
    assert steps[-1] == len(BODY)
    assert max(after - before for before, after in itertools.pairwise(steps)) < 100_000 + 64 * 1024


def test_redirects_to_another_origin_go_without_the_credential(server: FaultServer, tmp_path: Path) -> None:
    with FaultServer([Script(body=BODY)]) as other:
        server.add(link(server), redirect(f"{other.origin}/b"))
        fetch(server, tmp_path / "a.tif")
        assert [one.has_credential for one in server.requests] == [True, True]  # the API's own origin
        assert [one.has_credential for one in other.requests] == [False]
    server.add(link(server), redirect("file:///etc/passwd"))
    with pytest.raises(errors.BadInput):
        fetch(server, tmp_path / "b.tif")
    server.add(link(server), *[redirect(f"{server.origin}/again")] * 4)
    with pytest.raises(errors.NotMapflow):
        fetch(server, tmp_path / "b.tif")
    assert [one.name for one in tmp_path.iterdir()] == ["a.tif"]


def test_a_file_that_is_packed_on_the_way_is_unpacked(server: FaultServer, tmp_path: Path) -> None:
    packed = Script(body=gzip.compress(BODY), headers=(("Content-Encoding", "gzip"),))
    server.add(link(server), packed)
    fetch(server, tmp_path / "a.tif")
    assert (tmp_path / "a.tif").read_bytes() == BODY
    assert server.requests[-1].headers["accept-encoding"] == "identity"


def test_a_full_disk_is_told_before_anything_is_asked(server: FaultServer, tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(errors.BadInput) as caught:
        fetch(server, tmp_path / "a.tif", replace(IMAGE, size_bytes=free - module.SPARE_BYTES // 2))
    assert caught.value.code == "room"
    told = caught.value.parameters
    assert told["needed"] > told["free"] > 0
    assert server.requests == []
    server.add(link(server), Script(body=BODY, told_length=free))
    with pytest.raises(errors.BadInput) as caught:
        fetch(server, tmp_path / "a.tif", Image("i-1"))
    assert (caught.value.code, caught.value.parameters["folder"]) == ("room", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_is_no_fault_of_the_network(server: FaultServer, tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    server.add(link(server), Script(body=BODY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(errors.BadInput) as caught:
            fetch(server, tmp_path / "a.tif")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.code == "disk"
    assert len(server.requests) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(server: FaultServer, tmp_path: Path) -> None:
    with pytest.raises(errors.BadInput) as caught:
        fetch(server, tmp_path / "gone" / "a.tif")
    assert (caught.value.code, server.requests) == ("disk", [])


@pytest.mark.parametrize(
    "stuck", [Script(body=BODY, drip=0.01), Script(body=BODY[:-99], told_length=len(BODY))]
)
def test_cancel_is_obeyed_at_once_and_leaves_nothing(
    server: FaultServer, tmp_path: Path, stuck: Script
) -> None:
    server.add(link(server), stuck)
    cancel, caught = CancelToken(), []

    def work() -> None:
        with MapflowClient(make_connection(server.url, "dTpw"), cancel) as client:
            try:
                receive(client, IMAGE, tmp_path / "a.tif", lambda *_: None)
            except errors.Cancelled as error:
                caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    until = time.monotonic() + SOON
    while not (tmp_path / f"a.tif{PART}").exists() and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.2)
    cancel.cancel()
    thread.join(SOON)
    assert not thread.is_alive()
    assert len(caught) == 1
    assert list(tmp_path.iterdir()) == []
