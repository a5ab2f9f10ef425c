"""Images after their upload: previews, download, names, readiness, deletion, other accounts."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import requests
from osgeo import gdal

from tests.rig.imagery import landsat_tiles, odd_file


def size_of(picture: bytes) -> tuple[int, int]:
    path = "/vsimem/sandbox-preview"
    gdal.FileFromMemBuffer(path, picture)
    dataset = gdal.Open(path)
    size = dataset.RasterXSize, dataset.RasterYSize
    del dataset
    gdal.Unlink(path)
    return size


def test_preview_keeps_the_shape_of_the_raster(call: Any) -> None:
    image = call.make_image(odd_file("degrees.tif"))
    facts = image["meta_data"]
    width, height = size_of(call("GET", f"/rasters/image/{image['id']}/preview/s").content)
    assert max(width, height) == 256
    assert abs(width / height - facts["width"] / facts["height"]) < 0.02


def test_padded_png_previews(start: Any) -> None:
    call = start(pad_previews=True, preview_format="png")
    answer = call("GET", f"/rasters/image/{call.make_image()['id']}/preview/l")
    assert answer.content.startswith(b"\x89PNG")
    assert size_of(answer.content) == (1024, 1024)


def test_preview_of_another_size_is_a_validation_error(call: Any) -> None:
    assert call("GET", f"/rasters/image/{call.make_image()['id']}/preview/m").status_code == 422


def test_download_is_the_same_file_from_another_origin(call: Any) -> None:
    image = call.make_image()
    told = call.json("GET", f"/rasters/image/{image['id']}/download")
    assert told["filename"] == image["filename"]
    assert told["download_url"].startswith(call.box.public_url)
    plain = requests.get(told["download_url"], timeout=30)
    assert hashlib.sha1(plain.content).hexdigest() == image["checksum"]


def test_download_refuses_a_credential_and_a_changed_address(call: Any) -> None:
    url = call.json("GET", f"/rasters/image/{call.make_image()['id']}/download")["download_url"]
    assert requests.get(url, headers=call.box.headers, timeout=30).status_code == 400
    assert requests.get(f"{url}&token={call.box.token}", timeout=30).status_code == 400
    assert requests.get(url.replace("X-Signature=", "X-Signature=0"), timeout=30).status_code == 403


def test_not_downloadable(start: Any) -> None:
    call = start(no_download=True)
    image = call.make_image()
    assert image["available_for_download"] is False
    assert call("GET", f"/rasters/image/{image['id']}/download").status_code == 403


def test_rename(call: Any) -> None:
    image = call.make_image()
    renamed = call.json("PUT", f"/rasters/image/{image['id']}", params={"name": "Nord & Süd.tif"})
    assert renamed["filename"] == "Nord & Süd.tif"
    assert call("PUT", f"/rasters/image/{image['id']}?name=").status_code == 422


def test_link_an_image_by_its_url(call: Any) -> None:
    image, mosaic_id = call.make_image(), call.make_mosaic()
    call.json("POST", f"/rasters/mosaic/{mosaic_id}/link-image", json={"url": image["image_url"]})
    assert call.images(mosaic_id)[0]["checksum"] == image["checksum"]
    away = {"url": "s3://../../accounts.json"}
    assert call("POST", f"/rasters/mosaic/{mosaic_id}/link-image", json=away).status_code == 400


def test_deleting_frees_storage(start: Any) -> None:
    call = start()
    image = call.make_image()
    assert call.json("GET", "/rasters/memory")["memoryUsed"] == image["file_size"]
    assert call("DELETE", f"/rasters/image/{image['id']}").status_code == 200
    assert call("GET", f"/rasters/image/{image['id']}").status_code == 404
    assert call.json("GET", "/rasters/memory")["memoryUsed"] == 0


def test_deleting_a_mosaic_deletes_its_images(call: Any) -> None:
    image = call.make_image()
    assert call("DELETE", f"/rasters/mosaic/{image['mosaic_id']}").status_code == 200
    missing = call("GET", f"/rasters/image/{image['id']}")
    parameters = {"instance_type": "image", "uid": image["id"]}
    assert missing.json() == {"detail": {"code": "ItemNotFound", "parameters": parameters}}


def test_things_of_another_account_are_out_of_reach(call: Any) -> None:
    image = call.make_image()
    headers = {"Authorization": f"Bearer {call.box.other_token}"}
    answer = call("GET", f"/rasters/image/{image['id']}", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["detail"]["code"] == "AccessDenied"
    assert call.json("GET", "/rasters/mosaic", headers=headers) == []


def test_status_knows_an_image_before_the_list_does(start: Any) -> None:
    call = start(ready_delay=0.6)
    mosaic_id = call.make_mosaic()
    assert call.upload(mosaic_id, landsat_tiles()[0]).ok
    status = call.json("GET", f"/rasters/mosaic/{mosaic_id}/status")
    assert (status["total_images"], status["ready_images"]) == (1, 0)
    assert call.images(mosaic_id) == []
    assert call("GET", f"/rasters/image/{status['images'][0]['image_id']}/download").status_code == 409
    deadline = time.monotonic() + 30
    while not call.images(mosaic_id) and time.monotonic() < deadline:
        time.sleep(0.05)
    status = call.json("GET", f"/rasters/mosaic/{mosaic_id}/status")
    assert status["images"][0]["preprocessing_status"] == "COMPLETED"


def test_server_may_choose_name_and_checksum(start: Any) -> None:
    call = start(rename_files=True, other_checksum=True)
    image = call.make_image()
    assert image["filename"] != landsat_tiles()[0].name
    assert image["checksum"] != hashlib.sha1(landsat_tiles()[0].read_bytes()).hexdigest()
