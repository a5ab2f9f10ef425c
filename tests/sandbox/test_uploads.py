"""What the service takes and what it refuses, with which code, and how early."""

from __future__ import annotations

import hashlib
import http.client
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.rig.imagery import landsat_tiles, odd_file


def detail(answer: Any) -> tuple[int, str, dict[str, Any]]:
    body = answer.json()["detail"]
    return answer.status_code, body["code"], body["parameters"]


def test_facts_come_from_the_raster(call: Any) -> None:
    tile = landsat_tiles()[0]
    image = call.make_image(tile)
    assert image["checksum"] == hashlib.sha1(tile.read_bytes()).hexdigest()
    assert image["file_size"] == tile.stat().st_size
    expected = {"crs": "EPSG:32613", "count": 3, "width": 220, "height": 220, "pixel_size": [120.0, 120.0]}
    assert image["meta_data"] == {**expected, "dtypes": ["uint8"] * 3, "nodata": None}


@pytest.mark.parametrize("name", ["not_a_raster.tif", "empty.tif", "picture.png"])
def test_refuses_what_is_no_geotiff(call: Any, name: str) -> None:
    answer = call.upload(call.make_mosaic(), odd_file(name))
    assert detail(answer) == (400, "FileOpenError", {"filename": name})


@pytest.mark.parametrize(
    ("name", "bad"), [("no_georeference.tif", ["crs", "transform"]), ("coarse.tif", ["pixel_size"])]
)
def test_refuses_a_raster_it_cannot_use(call: Any, name: str, bad: list[str]) -> None:
    answer = call.upload(call.make_mosaic(), odd_file(name))
    assert detail(answer) == (400, "FileCheckFailed", {"filename": name, "bad_parameters": bad})


@pytest.mark.parametrize(
    ("name", "parameter", "got", "expected"),
    [
        ("other_crs.tif", "crs", "EPSG:32612", "EPSG:32613"),
        ("one_band.tif", "count", 1, 3),
        ("four_bands.tif", "count", 4, 3),
    ],
)
def test_refuses_what_differs_from_its_mosaic(
    call: Any, name: str, parameter: str, got: Any, expected: Any
) -> None:
    mosaic_id = call.make_image()["mosaic_id"]
    status, code, parameters = detail(call.upload(mosaic_id, odd_file(name)))
    assert (status, code) == (400, "FileValidationFailed")
    assert parameters == {
        "filename": name,
        "mosaic_id": mosaic_id,
        "param_name": parameter,
        "got_param": got,
        "expected_param": expected,
    }
    assert len(call.images(mosaic_id)) == 1


def test_refuses_another_resolution(start: Any) -> None:
    call = start(max_gsd=300)
    mosaic_id = call.make_image()["mosaic_id"]
    _, code, parameters = detail(call.upload(mosaic_id, odd_file("coarse.tif")))
    assert (code, parameters["param_name"]) == ("FileValidationFailed", "pixel_size")


def test_landsat_is_too_coarse_unless_told_otherwise(start: Any) -> None:
    call = start(max_gsd=20)
    assert detail(call.upload(call.make_mosaic(), landsat_tiles()[0]))[2]["bad_parameters"] == ["pixel_size"]


def test_too_many_pixels(start: Any) -> None:
    call = start(max_pixels=200)
    answer = call.upload(call.make_mosaic(), landsat_tiles()[0])
    assert detail(answer)[2]["bad_parameters"] == ["width", "height"]


def test_full_storage(start: Any) -> None:
    tile = landsat_tiles()[0]
    size = tile.stat().st_size
    call = start(storage_limit=size + 100)
    mosaic_id = call.make_image(tile)["mosaic_id"]
    parameters = {"memory_requested": size, "available_memory": 100}
    assert detail(call.upload(mosaic_id, tile)) == (400, "MemoryLimitExceeded", parameters)
    assert call.json("GET", "/rasters/memory")["memoryFree"] == 100


def test_too_big_is_told_before_the_body_is_read(start: Any) -> None:
    call = start(max_upload=1000)
    path = f"/rest/rasters/mosaic/{call.make_mosaic()}/image"
    call.box.clear_requests()
    connection = http.client.HTTPConnection("127.0.0.1", call.box.port, timeout=30)
    connection.putrequest("POST", path)
    for name, value in {**call.box.headers, "Content-Length": str(10**9)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    assert call.box.requests()[0]["received_bytes"] == 0


def test_a_little_too_big_is_told_while_reading(start: Any) -> None:
    tile = landsat_tiles()[0]
    limit = tile.stat().st_size - 1
    call = start(max_upload=limit)
    status, code, parameters = detail(call.upload(call.make_mosaic(), tile))
    assert (status, code, parameters["max_file_size"]) == (413, "FileTooBig", limit)


HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="big.tif"\r\n\r\n'
TAIL = b"\r\n--b--\r\n"


class Large:
    """A multipart body of 200 MiB that is made as it is sent."""

    pieces = 200

    def __len__(self) -> int:
        return len(HEAD) + self.pieces * 2**20 + len(TAIL)

    def __iter__(self) -> Iterator[bytes]:
        yield HEAD
        for _ in range(self.pieces):
            yield bytes(2**20)
        yield TAIL


def test_an_upload_is_not_held_in_memory(start: Any) -> None:
    call = start()
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = call("POST", f"/rasters/mosaic/{call.make_mosaic()}/image", data=Large(), headers=headers)
    assert detail(answer) == (400, "FileOpenError", {"filename": "big.tif"})
    status = Path(f"/proc/{call.box.pid}/status").read_text()
    assert int(status.split("VmHWM:")[1].split()[0]) < 180_000  # kB, most of it libraries
    assert list((call.box.data / "incoming").iterdir()) == []


def test_a_client_that_goes_away_leaves_nothing_behind(start: Any) -> None:
    call = start()
    request = f"POST /rest/rasters/mosaic/{call.make_mosaic()}/image HTTP/1.1\r\nHost: x\r\n"
    headers = {
        **call.box.headers,
        "Content-Type": "multipart/form-data; boundary=b",
        "Content-Length": "9999",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", call.box.port), timeout=30) as connection:
        connection.sendall(request.encode() + lines.encode() + b"\r\n" + HEAD + b"x" * 100)
    deadline = time.monotonic() + 30
    while len(call.box.requests()) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert call.box.requests()[-1]["status"] == 400
    while list((call.box.data / "incoming").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list((call.box.data / "incoming").iterdir()) == []


def test_chunked_body_is_refused(call: Any) -> None:
    answer = call("POST", f"/rasters/mosaic/{call.make_mosaic()}/image", data=iter([b"part"]))
    assert answer.status_code == 411


def test_missing_file_is_a_validation_error(call: Any) -> None:
    answer = call("POST", f"/rasters/mosaic/{call.make_mosaic()}/image", files={"other": b"x"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "file"]


def test_a_refused_first_image_makes_no_mosaic(call: Any) -> None:
    files = {"file": ("bad.tif", b"no raster")}
    assert call("POST", "/rasters/mosaic/image?name=never", files=files).status_code == 400
    assert "never" not in [mosaic["name"] for mosaic in call.json("GET", "/rasters/mosaic")]


@pytest.mark.parametrize("name", ["Ümläut 图像.tif", 'with \\"quotes\\".tif', "semi;colon=.tif"])
def test_file_names_of_any_script(call: Any, name: str) -> None:
    mosaic_id = call.make_mosaic()
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n\r\n'
    body += landsat_tiles()[0].read_bytes() + b"\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert call("POST", f"/rasters/mosaic/{mosaic_id}/image", data=body, headers=headers).ok
    assert call.images(mosaic_id)[0]["filename"] == name.replace('\\"', '"')


def test_tags_are_repeated_and_may_hold_commas(call: Any) -> None:
    query = f"name={quote('a & b')}&tags={quote('one, two')}&tags=three"
    files = {"file": landsat_tiles()[0].read_bytes()}
    mosaic_id = call.json("POST", f"/rasters/mosaic/image?{query}", files=files)["mosaic_id"]
    mosaic = call.json("GET", f"/rasters/mosaic/{mosaic_id}")
    assert (mosaic["name"], mosaic["tags"]) == ("a & b", ["one, two", "three"])
    found = call.json("GET", "/rasters/mosaic", params={"tags": "one, two"})
    assert [one["id"] for one in found] == [mosaic_id]
