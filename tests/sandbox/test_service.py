"""The service itself: spelling by dialect, sign-in, the log of requests, life and end of the process."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.rig.imagery import landsat_tiles
from tests.rig.sandbox import ROOT, Sandbox, interpreter


def test_documents_dialect(start: Any) -> None:
    call = start(dialect="documents")
    mosaic_id = call.make_mosaic()
    uploaded = call.upload(mosaic_id, landsat_tiles()[0]).json()
    assert set(uploaded) == {"id", "mosaic_id", "filename", "file_size", "uploaded_at"}
    assert call.json("GET", f"/rasters/mosaic/{mosaic_id}")["image_count"] == 1
    storage = {"used_bytes", "limit_bytes", "used_gb", "limit_gb", "usage_percent"}
    assert set(call.json("GET", "/rasters/memory")) == storage
    image = call.images(mosaic_id)[0]
    assert set(image["meta_data"]) == {"crs", "pixel_size", "width", "height"}
    assert image["uploaded_at"].endswith("Z")
    assert not image["preview_url_l"].startswith(call.box.url)
    assert call("GET", f"/rasters/mosaic/{mosaic_id}/status").status_code == 404
    assert call("DELETE", f"/rasters/mosaic/{mosaic_id}").status_code == 204


def test_data_api_dialect(start: Any) -> None:
    call = start(dialect="data-api")
    assert set(call.json("POST", "/rasters/mosaic", json={"name": "n", "tags": []})) == {"id"}
    assert call("GET", "/user/status").status_code == 404


def test_no_storage_limit(start: Any) -> None:
    memory = start(storage_limit="none").json("GET", "/rasters/memory")
    assert (memory["memoryLimit"], memory["memoryFree"], memory["memoryUsed"]) == (None, None, 0)


def test_account_and_project(call: Any) -> None:
    status = call.json("GET", "/user/status")
    assert status["searchAreaLimit"] > 0
    assert all(
        {"name", "displayName", "price", "minAreaSqKm"} <= set(one) for one in status["searchDataProviders"]
    )
    assert call.json("GET", "/projects/default")["user"]["email"] == status["email"]


@pytest.mark.parametrize("scheme", ["Basic", "Bearer"])
def test_both_schemes_sign_in(box: Sandbox, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {box.token}"}
    assert requests.get(f"{box.url}/rasters/memory", headers=headers, timeout=30).status_code == 200


@pytest.mark.parametrize("authorization", [None, "Basic", "Basic wrong", "Digest x"])
def test_no_way_in_without_the_token(box: Sandbox, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = requests.get(f"{box.url}/rasters/memory", headers=headers, timeout=30)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/json"
    assert "WWW-Authenticate" not in answer.headers


def test_challenge(start: Any) -> None:
    answer = requests.get(start(challenge=True).box.url + "/rasters/memory", timeout=30)
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_log_tells_of_credentials_but_never_holds_one(start: Any, tmp_path: Path) -> None:
    call = start(requests_log=tmp_path / "requests.jsonl")
    call.box.clear_requests()
    requests.get(f"{call.box.url}/rasters/memory?leak={call.box.token}", timeout=30)
    requests.get(f"{call.box.public_url}/files/x", headers={"X-Own": call.box.token}, timeout=30)
    call("GET", "/rasters/memory", headers={"User-Agent": "someone/1"})
    first, second, third = call.box.requests()
    assert (first["credential"], first["credential_in_address"], first["status"]) == ("absent", True, 401)
    assert (second["origin"], second["headers_carrying_credential"], second["status"]) == (
        "public",
        True,
        400,
    )
    assert (third["credential"], third["user_agent"], third["path"]) == (
        "right",
        "someone/1",
        "/rest/rasters/memory",
    )
    written = (tmp_path / "requests.jsonl").read_text()
    assert len(written.splitlines()) == 3
    assert call.box.token not in written + json.dumps([first, second, third])


def test_latency(start: Any) -> None:
    call = start(latency=0.3)
    begun = time.monotonic()
    call("GET", "/rasters/memory")
    assert time.monotonic() - begun >= 0.3


def test_two_at_once_and_records_that_stay(start: Any, tmp_path: Path) -> None:
    first, second = start(), start()
    image = first.make_image()
    assert second.json("GET", "/rasters/mosaic") == []
    first.box.stop()
    with Sandbox(first.box.data, max_gsd=200) as again:
        assert again.token == first.box.token
        url = f"{again.url}/rasters/image/{image['id']}"
        assert requests.get(url, headers=again.headers, timeout=30).json()["checksum"] == image["checksum"]


def test_ends_with_its_parent(tmp_path: Path) -> None:
    command = [interpreter(), "-m", "sandbox", "--data", str(tmp_path), "--exit-with-parent"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert json.loads(process.stdout.readline())["port"] > 0
        process.stdin.close()
        process.wait(30)


def test_a_port_that_is_taken_is_told(box: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="did not start"):
        Sandbox(tmp_path, port=box.port).start()
