"""Quicklooks lie where their footprints say, tiles count rows as their type says, no credential is wanted."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
import requests
from osgeo import gdal, osr

from tests.rig.imagery import landsat_tiles

AREA = [[-105.8, 40.3], [-105.6, 40.3], [-105.6, 40.45], [-105.8, 40.45], [-105.8, 40.3]]
STEPS = (0.15, 0.35, 0.5, 0.65, 0.85)


@pytest.fixture
def items(call: Any) -> list[dict[str, Any]]:
    aoi = {"type": "Polygon", "coordinates": [AREA]}
    found: list[dict[str, Any]] = call.json("POST", "/catalog/meta", json={"aoi": aoi})["images"]
    return found


def fetch(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=30)


def read(picture: bytes) -> Any:
    gdal.FileFromMemBuffer("/vsimem/quicklook", picture)
    pixels = gdal.Open("/vsimem/quicklook").ReadAsArray()
    gdal.Unlink("/vsimem/quicklook")
    return pixels


def utm_corners(ring: list[list[float]]) -> list[tuple[float, float]]:
    """North-west, north-east, south-west of a ring that starts anywhere and runs in any sense."""
    utm, wgs84 = osr.SpatialReference(), osr.SpatialReference()
    utm.ImportFromEPSG(32613)
    wgs84.ImportFromEPSG(4326)
    wgs84.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    to_utm = osr.CoordinateTransformation(wgs84, utm)
    points = [to_utm.TransformPoint(*point)[:2] for point in ring[:4]]
    return [
        max(points, key=lambda p: p[1] - p[0]),
        max(points, key=lambda p: p[0] + p[1]),
        min(points, key=lambda p: p[0] + p[1]),
    ]


def true_pixel(x: float, y: float) -> list[int] | None:
    """The colours of the raster at a point in UTM, None outside the tiles."""
    for path in landsat_tiles():
        raster = gdal.Open(str(path))
        left, size, _, top, _, _ = raster.GetGeoTransform()
        column, row = math.floor((x - left) / size), math.floor((top - y) / size)
        if 0 <= column < raster.RasterXSize and 0 <= row < raster.RasterYSize:
            return list(raster.ReadAsArray(column, row, 1, 1).ravel().tolist())
    return None


def test_quicklooks_lie_where_their_footprints_say(items: list[dict[str, Any]]) -> None:
    compared = equal = 0
    for item in items:
        if not item["previewUrl"].endswith(".png") or "quicklooks" not in item["previewUrl"]:
            continue
        pixels = read(fetch(item["previewUrl"]).content)
        nw, ne, sw = utm_corners(item["footprint"]["coordinates"][0])
        for across in STEPS:
            for along in STEPS:
                column, row = int(across * pixels.shape[2]), int(along * pixels.shape[1])
                u, v = (column + 0.5) / pixels.shape[2], (row + 0.5) / pixels.shape[1]
                x, y = (nw[i] + u * (ne[i] - nw[i]) + v * (sw[i] - nw[i]) for i in (0, 1))
                expected = true_pixel(x, y)
                compared += expected is not None
                equal += expected == pixels[:, row, column].tolist()
    assert compared > 100
    assert equal / compared > 0.98


def test_rings_start_anywhere_and_run_both_ways(items: list[dict[str, Any]]) -> None:
    starts, senses = set(), set()
    for item in items:
        if item["footprint"]["type"] == "Polygon":
            ring = item["footprint"]["coordinates"][0]
            starts.add(max(range(4), key=lambda index: ring[index][1]))
            twice_area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
            senses.add(twice_area > 0)
    assert len(starts) == 4
    assert senses == {True, False}


def test_previews_come_in_every_form(items: list[dict[str, Any]]) -> None:
    scenes = [item for item in items if "quicklooks" in item["previewUrl"]]
    forms = {type(item["previews"][0]).__name__ if item.get("previews") else "none" for item in scenes}
    assert forms == {"dict", "str", "none"}
    assert any("previews" not in item for item in scenes)
    declared = {(item["previewType"], item["previewUrl"][-3:]) for item in scenes}
    assert declared == {("png", "png"), ("png", "jpg"), ("jpg", "jpg")}


def test_magic_bytes_tell_the_truth(items: list[dict[str, Any]]) -> None:
    for item in items[:9]:
        url = item["previewUrl"]
        if url.endswith((".png", ".jpg")):
            magic = b"\x89PNG" if url.endswith("png") else b"\xff\xd8\xff"
            assert fetch(url).content.startswith(magic)


def test_tiles_count_rows_from_either_end(items: list[dict[str, Any]]) -> None:
    urls = {item["id"]: item["previewUrl"] for item in items}
    zoom, x, y = 9, 105, 192
    south_up = urls["JL1_mosaic_2022"].replace("{-y}", "{y}").format(z=zoom, x=x, y=2**zoom - 1 - y)
    north_down = urls["JL1_mosaic_2020"].format(z=zoom, x=x, y=y)
    tile = fetch(north_down).content
    assert tile == fetch(south_up).content
    assert read(tile)[3].any()
    assert fetch(south_up.split("?")[0]).status_code == 422


def test_wms_draws_the_raster(items: list[dict[str, Any]]) -> None:
    url = next(item["previewUrl"] for item in items if item["previewType"] == "wms")
    assert b"WMS_Capabilities" in fetch(url.split("?")[0] + "?service=WMS&request=GetCapabilities").content
    bounds = "bbox=-11790000,4890000,-11750000,4930000"
    picture = fetch(f"{url}&service=WMS&request=GetMap&{bounds}&width=100&height=100")
    assert (read(picture.content)[3] == 255).mean() > 0.99  # the whitest snow counts as empty
    assert fetch(f"{url}&request=GetMap&width=100&height=100").status_code == 400


def test_the_second_origin_refuses_credentials(call: Any, items: list[dict[str, Any]]) -> None:
    url = next(item["previewUrl"] for item in items if "quicklooks" in item["previewUrl"])
    assert url.startswith(call.box.public_url)
    assert fetch(url).status_code == 200
    assert fetch(url, **call.box.headers).status_code == 400
    assert fetch(url, Cookie="session=1").status_code == 400
    assert fetch(f"{url}?key={call.box.token}").status_code == 400
