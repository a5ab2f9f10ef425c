"""The public documentation's own commands and examples, as they stand, against the running service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.rig import curl
from tests.rig.imagery import landsat_tiles
from tests.rig.sandbox import Sandbox

DOCUMENTED = Path(__file__).parent / "documented"
MISPRINTS = {
    "{mosaic_id}\\image": "{mosaic_id}/image",
    "/rasters/{image_id}/preview": "/rasters/image/{image_id}/preview",
}
BODIES = {
    "POST https://api.mapflow.ai/rest/rasters/mosaic": {"json": {"name": "n", "tags": []}},
    "POST https://api.mapflow.ai/rest/rasters/mosaic/{mosaic_id}/image": {"files": {"file": "tile"}},
}


def run(command: str, box: Sandbox, **places: Any) -> Any:
    return curl.read(DOCUMENTED / f"{command}.curl", box.url, box.token, **places).send()


def test_create_mosaic(box: Sandbox, call: Any) -> None:
    answer = run("create_mosaic", box)
    assert answer.status_code == 200
    mosaic = call.json("GET", f"/rasters/mosaic/{answer.json()['id']}")
    assert (mosaic["name"], mosaic["tags"]) == ("mosaic-name", ["tag-1", "tag-2"])


def test_create_mosaic_with_image(box: Sandbox, call: Any) -> None:
    places = {"name": "with image", "tag1": "one", "tag2": "two"}
    answer = run("create_mosaic_with_image", box, file=landsat_tiles()[0], **places)
    assert answer.status_code == 200
    mosaic_id = answer.json()["mosaic_id"]
    assert call.json("GET", f"/rasters/mosaic/{mosaic_id}")["tags"] == ["one", "two"]
    assert [image["filename"] for image in call.images(mosaic_id)] == [landsat_tiles()[0].name]


def test_update_mosaic_replaces_its_tags(box: Sandbox, call: Any) -> None:
    mosaic_id = call.make_mosaic("old", "gone")
    assert run("update_mosaic", box, mosaic_id=mosaic_id).status_code == 200
    mosaic = call.json("GET", f"/rasters/mosaic/{mosaic_id}")
    assert (mosaic["name"], mosaic["tags"]) == ("new-mosaic-name", ["new-tag-1", "new-tag-2"])


def test_image_preview(box: Sandbox, call: Any) -> None:
    answer = run("image_preview", box, image_id=call.make_image()["id"])
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xff\xd8\xff")


def test_commands_need_the_token(box: Sandbox) -> None:
    command = curl.read(DOCUMENTED / "create_mosaic.curl", box.url, token="d3Jvbmc6d3Jvbmc=")
    answer = command.send()
    assert answer.status_code == 401
    assert answer.json()["detail"]


@pytest.mark.parametrize("line", (DOCUMENTED / "endpoints.txt").read_text(encoding="utf-8").splitlines())
def test_every_documented_call_exists(line: str, call: Any) -> None:
    image = call.make_image()
    method, _, url = line.partition(" ")
    for misprint, meant in MISPRINTS.items():
        url = url.replace(misprint, meant)
    options = dict(BODIES.get(line, {}))
    if "files" in options:
        options["files"] = {"file": landsat_tiles()[1].read_bytes()}
    if url.endswith("/catalog/meta"):
        options["json"] = {
            "aoi": {"type": "Polygon", "coordinates": [[[0, 0], [0.1, 0], [0.1, 0.1], [0, 0]]]}
        }
    places = {"{mosaic_id}": image["mosaic_id"], "{image_id}": image["id"], "{preview_type}": "l"}
    for name, value in places.items():
        url = url.replace(name, value)
    path = url.removeprefix("https://api.mapflow.ai").removeprefix("/rest")
    assert call(method, path, **options).status_code == 200


def test_images_look_like_the_example(call: Any) -> None:
    [documented] = json.loads((DOCUMENTED / "images.json").read_text(encoding="utf-8"))
    image = call.make_image()
    newer = {"mosaic_id", "available_for_download"}
    assert set(image) - newer == set(documented)
    assert kinds(image["meta_data"]) == kinds(documented["meta_data"])
    assert kinds({name: image[name] for name in documented}) == kinds(documented)


def test_footprint_starts_where_the_example_does(call: Any) -> None:
    """South-east first, then counter-clockwise, closed."""
    [documented] = json.loads((DOCUMENTED / "images.json").read_text(encoding="utf-8"))
    footprint = call.make_image()["footprint"]
    assert turns(footprint) == turns(documented["footprint"]) == ["SE", "NE", "NW", "SW", "SE"]


def kinds(value: Any) -> Any:
    """The same value with types instead of contents; numbers are of one kind."""
    if isinstance(value, dict):
        return {name: kinds(one) for name, one in value.items()}
    if isinstance(value, list):
        return [kinds(one) for one in value]
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def turns(wkt: str) -> list[str]:
    ring = [tuple(map(float, point.split())) for point in wkt[len("POLYGON ((") : -2].split(",")]
    middle = [sum(axis) / 4 for axis in zip(*ring[:4])]
    return [("S" if y < middle[1] else "N") + ("W" if x < middle[0] else "E") for x, y in ring]
