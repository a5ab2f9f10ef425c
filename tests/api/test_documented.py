"""The client sends what the documentation's own commands send, and reads its example as it is printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.query import CatalogQuery
from tests.api.conftest import TOKEN
from tests.rig import curl
from tests.rig.fault_server import FaultServer, Script, Seen
from tests.rig.script import answer

DOCUMENTED = Path(__file__).parents[1] / "sandbox" / "documented"
MOSAIC = answer({"id": "m", "name": "mosaic"})
JPEG = Script(body=b"\xff\xd8\xff\xe0 a picture", headers=(("Content-Type", "image/jpeg"),))


def sent(
    make_client: Any, scripts: list[Script], call: Callable[[MapflowClient], object], method: str
) -> Seen:
    """The one request of this method that a call makes."""
    with FaultServer(scripts) as server:
        call(make_client(server.url))
        (request,) = [one for one in server.requests if one.method == method]
    return request


def command(which: str, **places: str) -> curl.Command:
    return curl.read(DOCUMENTED / f"{which}.curl", curl.DOCUMENTED_HOST, TOKEN, **places)


def assert_same(request: Seen, documented: curl.Command) -> None:
    """Method, path, query and credential; the body where it is JSON."""
    there, here = urlsplit(documented.url), urlsplit(request.target)
    assert (request.method, here.path) == (documented.method, there.path)
    assert parse_qs(here.query) == parse_qs(there.query)
    assert request.headers["authorization"] == documented.headers["Authorization"]
    if documented.body is not None:
        assert request.headers["content-type"] == "application/json"
        assert json.loads(request.body) == json.loads(documented.body)


def test_create_mosaic(make_client: Any) -> None:
    request = sent(
        make_client,
        [answer([]), MOSAIC],
        lambda client: client.mosaics.create("mosaic-name", ["tag-1", "tag-2"]),
        "POST",
    )
    assert_same(request, command("create_mosaic"))


def test_create_mosaic_with_image(make_client: Any, make_file: Callable[..., str]) -> None:
    path = make_file()
    request = sent(
        make_client,
        [answer({"message": "ok", "mosaic_id": "m"})],
        lambda client: client.mosaics.create_with_image("North", path, ["a,b", "c"]),
        "POST",
    )
    places = {"name": "North", "tag1": "a%2Cb", "tag2": "c"}
    assert_same(request, command("create_mosaic_with_image", **places))
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="file"; filename="field.tif"' in request.body


def test_update_mosaic(make_client: Any) -> None:
    request = sent(
        make_client,
        [MOSAIC, MOSAIC],
        lambda client: client.mosaics.update("m", "new-mosaic-name", ["new-tag-1", "new-tag-2"]),
        "PUT",
    )
    assert_same(request, command("update_mosaic", mosaic_id="m"))


def test_image_preview(make_client: Any) -> None:
    request = sent(make_client, [JPEG], lambda client: client.images.preview("i", "s"), "GET")
    assert_same(request, command("image_preview", image_id="i"))


def test_search(make_client: Any) -> None:
    documented = command("search")
    assert documented.body is not None
    wanted = json.loads(documented.body)
    query = CatalogQuery.from_body(wanted)
    request = sent(make_client, [answer([])], lambda client: list(client.catalog.search(query)), "POST")
    assert urlsplit(request.target).path == urlsplit(documented.url).path
    body = json.loads(request.body)
    assert body["acquisitionDateTo"].startswith("2022-11-01T23:59:59")  # the last day to its end
    for name in wanted.keys() - {"acquisitionDateTo", "aoi"}:
        assert body[name] == wanted[name]
    assert corners(body) == corners(wanted)


def test_images_of_a_mosaic(make_client: Any) -> None:
    printed = (DOCUMENTED / "images.json").read_bytes()
    with FaultServer([Script(body=printed)]) as server:
        (image,) = make_client(server.url).images.list("m")
    (example,) = json.loads(printed)
    assert (image.id, image.filename, image.footprint) == (
        example["id"],
        example["filename"],
        example["footprint"],
    )
    assert (image.size_bytes, image.checksum) == (example["file_size"], example["checksum"])
    assert (image.crs, image.width) == (example["meta_data"]["crs"], example["meta_data"]["width"])


def corners(body: dict[str, Any]) -> set[tuple[float, ...]]:
    return {tuple(point) for ring in body["aoi"]["coordinates"] for point in ring}
