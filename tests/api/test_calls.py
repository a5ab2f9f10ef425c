"""What each call puts on the wire, and what it makes of the answers that servers of all ages give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.errors import BadAnswer, NotMapflow
from mapflow_data.api.models import DownloadLink, Mosaic, Preview, TileJson, UploadReceipt, UserStatus
from tests.rig.fault_server import FaultServer, Script
from tests.rig.script import answer, html

MEMORY = {"memoryLimit": 100, "memoryUsed": 40, "memoryFree": 60}
MOSAIC = {"id": "m 1", "name": "Fields"}
IMAGE = {"id": "i/1", "filename": "a.tif"}
DONE = Script(status=204)

CALLS: list[tuple[Callable[[MapflowClient], Any], list[Script], list[str]]] = [
    (lambda c: c.account.storage(), [answer(MEMORY)], ["GET /rest/rasters/memory"]),
    (lambda c: c.account.status(), [answer({"email": "a@b.c"})], ["GET /rest/user/status"]),
    (lambda c: c.mosaics.list(), [answer([MOSAIC])], ["GET /rest/rasters/mosaic"]),
    (
        lambda c: c.mosaics.list(["a,b", "ü&"]),
        [answer([])],
        ["GET /rest/rasters/mosaic?tags=a%2Cb&tags=%C3%BC%26"],
    ),
    (lambda c: c.mosaics.get("m 1/.."), [answer(MOSAIC)], ["GET /rest/rasters/mosaic/m%201%2F.."]),
    (
        lambda c: c.mosaics.create("Fields"),
        [answer([]), answer({"id": "x"}, 201)],
        ["GET /rest/rasters/mosaic", "POST /rest/rasters/mosaic"],
    ),
    (
        lambda c: c.mosaics.update("m", "New", ["t"]),
        [answer({}), answer(MOSAIC)],
        ["PUT /rest/rasters/mosaic/m", "GET /rest/rasters/mosaic/m"],
    ),
    (lambda c: c.mosaics.delete("m"), [DONE], ["DELETE /rest/rasters/mosaic/m"]),
    (lambda c: c.mosaics.status("m"), [answer({})], ["GET /rest/rasters/mosaic/m/status"]),
    (lambda c: c.images.list("m"), [answer([IMAGE])], ["GET /rest/rasters/mosaic/m/image"]),
    (lambda c: c.images.get("i"), [answer(IMAGE)], ["GET /rest/rasters/image/i"]),
    (
        lambda c: c.images.rename("i", "new & näme"),
        [answer({}), answer(IMAGE)],
        ["PUT /rest/rasters/image/i?name=new%20%26%20n%C3%A4me", "GET /rest/rasters/image/i"],
    ),
    (lambda c: c.images.delete("i"), [DONE], ["DELETE /rest/rasters/image/i"]),
    (
        lambda c: c.images.download_link("i"),
        [answer({"download_url": "u"})],
        ["GET /rest/rasters/image/i/download"],
    ),
    (lambda c: c.images.link("m", "s3://b/k"), [answer({})], ["POST /rest/rasters/mosaic/m/link-image"]),
]


@pytest.mark.parametrize(("call", "scripts", "wire"), CALLS)
def test_each_call_on_the_wire(call: Any, scripts: list[Script], wire: list[str], make_client: Any) -> None:
    with FaultServer(scripts) as server:
        call(make_client(server.url))
        assert server.seen == wire
        for request in server.requests:
            assert request.headers["authorization"].startswith("Basic ")
            assert request.headers["user-agent"] == "MapflowData/1.2.3"
            assert request.headers["x-plugin-version"] == "MapflowData/1.2.3"


def test_bodies_of_json(make_client: Any) -> None:
    scripts = [answer([]), answer({"id": "x"}), answer({}), answer(MOSAIC), answer({})]
    with FaultServer(scripts) as server:
        client = make_client(server.url)
        client.mosaics.create("Fjörd", ["a,b", "c"])
        client.mosaics.update("m", "N", [])
        client.images.link("m", "s3://b/k")
        sent = [r for r in server.requests if r.body]
        assert [r.json for r in sent] == [
            {"name": "Fjörd", "tags": ["a,b", "c"]},
            {"name": "N", "tags": []},
            {"url": "s3://b/k"},
        ]
        assert {r.headers["content-type"] for r in sent} == {"application/json"}


@pytest.mark.parametrize("made", ["x", {"id": "x"}, {"mosaic_id": "x", "message": "ok"}])
def test_a_new_mosaic_has_what_was_asked_for(made: Any, make_client: Any) -> None:
    with FaultServer([answer([]), answer(made)]) as server:
        assert make_client(server.url).mosaics.create("Fields", ["t"]) == Mosaic("x", "Fields", ("t",))


def test_combined_call(make_client: Any, make_file: Any) -> None:
    with FaultServer([answer({"message": "ok", "mosaic_id": "m"})]) as server:
        receipt = make_client(server.url).mosaics.create_with_image("F & G", make_file(), ["a,b", "c"])
        assert receipt == UploadReceipt("m", "")
        assert server.seen == ["POST /rest/rasters/mosaic/image?name=F%20%26%20G&tags=a%2Cb&tags=c"]


@pytest.mark.parametrize("status", [404, 405])
def test_calls_that_a_server_does_not_have(status: int, make_client: Any) -> None:
    with FaultServer(then=answer({"detail": "Not Found"}, status)) as server:
        client = make_client(server.url)
        assert client.account.status() == UserStatus()
        assert client.mosaics.status("m") is None
        assert client.mosaics.tilejson(Mosaic("m", "", tilejson_url=f"{server.origin}/t.json")) is None


def test_one_bad_item_never_loses_the_list(make_client: Any) -> None:
    with FaultServer([answer([None, {"name": "no id"}, MOSAIC, 3])]) as server:
        assert [m.id for m in make_client(server.url).mosaics.list()] == ["m 1"]


def test_images_know_their_mosaic(make_client: Any) -> None:
    with FaultServer([answer([IMAGE])]) as server:
        assert make_client(server.url).images.list("m")[0].mosaic_id == "m"


@pytest.mark.parametrize(
    ("data", "mime"), [(b"\xff\xd8\xff\xe0rest", "image/jpeg"), (b"\x89PNG\r\n\x1a\nrest", "image/png")]
)
def test_a_preview_is_told_by_its_bytes(data: bytes, mime: str, make_client: Any) -> None:
    script = Script(body=data, headers=(("Content-Type", "text/plain"),))
    with FaultServer([script, script]) as server:
        client = make_client(server.url)
        assert client.images.preview("i", "s") == Preview(data, mime)
        client.images.preview("i", "l")
        assert server.seen == ["GET /rest/rasters/image/i/preview/s", "GET /rest/rasters/image/i/preview/l"]


def test_a_preview_that_is_no_picture(make_client: Any) -> None:
    with FaultServer([Script(body=b"<VRTDataset>"), Script(body=b"GIF89a")]) as server:
        client = make_client(server.url)
        with pytest.raises(NotMapflow):
            client.images.preview("i", "s")
        with pytest.raises(BadAnswer) as caught:
            client.images.preview("i", "s")
        assert caught.value.code == "picture"


def test_download_link(make_client: Any) -> None:
    data = {"download_url": "https://elsewhere/x", "filename": "a.tif", "expires_in": 60}
    with FaultServer([answer(data)]) as server:
        link = make_client(server.url).images.download_link("i")
        assert link == DownloadLink("https://elsewhere/x", "a.tif", 60.0)


def test_tilejson_is_signed_for_the_own_origin_alone(make_client: Any) -> None:
    with (
        FaultServer([answer({"bounds": [1, 2, 3, 4]})]) as server,
        FaultServer([answer({"minzoom": 3})]) as other,
    ):
        client = make_client(server.url)
        own = Mosaic("m", "", tilejson_url=f"{server.origin}/tiles/m.json?uri=x")
        assert client.mosaics.tilejson(own) == TileJson((1, 2, 3, 4))
        elsewhere = Mosaic("m", "", tilejson_url=f"{other.origin}/m.json")
        assert client.mosaics.tilejson(elsewhere) == TileJson(None, 3)
        assert client.mosaics.tilejson(Mosaic("m", "")) is None
        assert client.mosaics.tilejson(Mosaic("m", "", tilejson_url="file:///etc/passwd")) is None
        assert server.requests[0].has_credential
        assert not other.requests[0].has_credential
        assert "MapflowData" not in str(other.requests[0].headers)


@pytest.mark.parametrize("data", [{"title": "Welcome"}, [], "hello", 3])
def test_another_service_that_speaks_json(data: Any, make_client: Any) -> None:
    with FaultServer(then=answer(data)) as server:
        with pytest.raises(NotMapflow) as caught:
            make_client(server.url).account.storage()
        assert caught.value.request == "GET /rasters/memory"


def test_another_service_that_knows_no_storage(make_client: Any) -> None:
    with FaultServer([answer({"detail": "Not Found"}, 404), html(404)]) as server:
        client = make_client(server.url)
        for _ in range(2):
            with pytest.raises(NotMapflow):
                client.account.storage()


def test_a_list_that_is_no_list(make_client: Any) -> None:
    with FaultServer([answer({"items": []})]) as server, pytest.raises(NotMapflow):
        make_client(server.url).mosaics.list()
