"""Every documented variant of an answer becomes the same value; what is missing is absent."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from mapflow_data.api.errors import IncompleteAnswer
from mapflow_data.api.models import (
    DownloadLink,
    Image,
    Mosaic,
    MosaicStatus,
    Provider,
    Storage,
    TileJson,
    UploadReceipt,
    UserStatus,
    read_list,
)

GB = 1024**3
# the example of the Mapflow Data API docs, its URLs shortened
DOCUMENTED_IMAGE = {
    "id": "6ae7f9e9-da2d-41e0-b16f-83396003af57",
    "image_url": "s3://users-data/6ae7f9e9-da2d-41e0-b16f-83396003af57.tif",
    "preview_url_l": "https://api.mapflow.ai/rest/rasters/image/6ae7f9e9/preview/l",
    "uploaded_at": "2023-01-26T13:58:32.122099",
    "file_size": 68417439,
    "footprint": "POLYGON ((1.99 48.76, 1.99 48.77, 1.96 48.77, 1.96 48.76, 1.99 48.76))",
    "filename": "bd8b9969505748898adac2cfa80d3425.tif",
    "checksum": "9D2D9E9BD347FC5204E5FD1ADD0982AADFF21F17",
    "meta_data": {
        "crs": "EPSG:32631",
        "count": 3,
        "width": 5589,
        "dtypes": ["uint8", "uint8", "uint8"],
        "height": 4079,
        "nodata": None,
        "pixel_size": [0.3000000000000021, 0.3000000000000457],
    },
    "cog_link": "s3://users-data/cog/area-1101712.tif",
}


def test_the_documented_image() -> None:
    image = Image.from_json(DOCUMENTED_IMAGE, "mosaic-1")
    assert image.id == "6ae7f9e9-da2d-41e0-b16f-83396003af57"
    assert image.mosaic_id == "mosaic-1"
    assert image.uploaded_at == datetime(2023, 1, 26, 13, 58, 32, 122099, tzinfo=timezone.utc)
    assert (image.size_bytes, image.width, image.height, image.bands) == (68417439, 5589, 4079, 3)
    assert image.checksum == "9d2d9e9bd347fc5204e5fd1add0982aadff21f17"
    assert image.crs == "EPSG:32631"
    assert image.dtypes == ("uint8",) * 3
    assert image.nodata is None
    assert image.pixel_size == pytest.approx((0.3, 0.3))
    assert image.is_downloadable


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"meta_data": None, "footprint": None, "uploaded_at": None},
        {"meta_data": "none", "file_size": "many", "footprint": 7, "filename": None},
        {"meta_data": {"pixel_size": [0, 0], "width": "wide", "dtypes": None}},
        {"meta_data": {"pixel_size": "0.3"}},
    ],
)
def test_an_image_needs_an_id_only(odd: dict[str, Any]) -> None:
    image = Image.from_json({"id": 12, "surprise": [1], **odd})
    assert image.id == "12"
    assert (image.width, image.pixel_size, image.uploaded_at, image.size_bytes) == (None, None, None, None)


def test_one_size_of_a_pixel_is_both() -> None:
    image = Image.from_json({"id": "a", "meta_data": {"pixel_size": [-0.5]}, "available_for_download": False})
    assert image.pixel_size == (0.5, 0.5)
    assert not image.is_downloadable


@pytest.mark.parametrize("bad", [{}, {"id": None}, {"id": ""}, None, [], "text"])
def test_without_an_id_there_is_no_item(bad: Any) -> None:
    for read in (Image.from_json, Mosaic.from_json):
        with pytest.raises(IncompleteAnswer):
            read(bad)
    assert read_list([bad, {"id": "b"}, 7], Mosaic.from_json) == (Mosaic("b", ""),)


def test_the_long_and_the_short_mosaic() -> None:
    long = Mosaic.from_json(
        {
            "id": "m",
            "name": "Fields",
            "tags": ["a", "b,c"],
            "created_at": "2024-05-01T10:00:00Z",
            "footprint": "POLYGON ((0 0, 0 1, 1 1, 0 0))",
            "sizeInBytes": 12,
            "rasterLayer": {"tileUrl": "https://t/{z}/{x}/{y}.png?uri=a", "tileJsonUrl": "https://t/json"},
        }
    )
    assert (long.tags, long.size_bytes, long.tilejson_url) == (("a", "b,c"), 12, "https://t/json")
    assert long.tile_url.endswith("{y}.png?uri=a")
    short = Mosaic.from_json(
        {"id": "m", "name": "Fields", "tags": None, "rasterLayer": None, "image_count": 3}
    )
    assert (short.tags, short.tile_url, short.size_bytes, short.image_count) == ((), "", None, 3)


def test_storage_of_the_catalog_service() -> None:
    storage = Storage.from_json(
        {
            "memoryLimit": 10 * GB,
            "memoryUsed": 4 * GB,
            "memoryFree": 6 * GB,
            "maxUploadFileSize": GB,
            "maxPixelCount": 20000,
        }
    )
    assert storage == Storage(4 * GB, 10 * GB, 6 * GB, GB, 20000, limits_assumed=False)


def test_storage_of_the_newer_docs() -> None:
    storage = Storage.from_json(
        {"used_bytes": 4 * GB, "limit_bytes": 10 * GB, "used_gb": 4, "usage_percent": 40}
    )
    assert (storage.used, storage.limit, storage.free) == (4 * GB, 10 * GB, 6 * GB)
    assert (storage.max_upload_bytes, storage.max_side_px, storage.limits_assumed) == (2 * GB, 30000, True)


def test_no_limit_is_not_none_free() -> None:
    assert Storage.from_json({"memoryLimit": None, "memoryUsed": 5, "memoryFree": None}).free is None
    assert Storage.from_json({"memoryLimit": 5, "memoryUsed": 5, "memoryFree": 0}).free == 0
    assert Storage.from_json({"memoryLimit": 5, "memoryUsed": 9}).free == 0
    with pytest.raises(IncompleteAnswer):
        Storage.from_json({"title": "Welcome"})


def test_status_of_a_mosaic() -> None:
    status = MosaicStatus.from_json(
        {
            "total_images": 3,
            "ready_images": 1,
            "failed_images": 1,
            "images": [
                {
                    "image_id": "a",
                    "filename": "a.tif",
                    "preprocessing_status": "completed",
                    "data_available": True,
                },
                {"image_id": "b", "preprocessing_status": "FAILED", "preprocessing_error": "no CRS"},
                {"filename": "nameless"},
            ],
        }
    )
    assert (status.total, status.ready, status.failed) == (3, 1, 1)
    assert [(s.image_id, s.state, s.is_ready, s.error) for s in status.images] == [
        ("a", "COMPLETED", True, ""),
        ("b", "FAILED", False, "no CRS"),
    ]


def test_receipts_of_both_documents() -> None:
    assert UploadReceipt.from_json({"message": "ok", "mosaic_id": "m"}, "x") == UploadReceipt("m", "")
    assert UploadReceipt.from_json({"id": "i", "filename": "a.tif"}, "x") == UploadReceipt("x", "i")


def test_tilejson() -> None:
    assert TileJson.from_json({"bounds": ["1", 2, 3, 4.5], "minzoom": 0, "maxzoom": 18}) == TileJson(
        (1, 2, 3, 4.5), 0, 18
    )
    assert TileJson.from_json({"bounds": [1, 2, None, 4, 5]}) == TileJson()


def test_user_status() -> None:
    status = UserStatus.from_json(
        {"email": "a@b.c", "searchAreaLimit": 7e8, "searchDataProviders": [{"name": "CG", "price": 3}, {}]}
    )
    assert status.providers == (Provider("CG", "CG", 3.0),)
    assert UserStatus.from_json({}) == UserStatus("", None, None)


def test_download_link() -> None:
    link = DownloadLink.from_json({"download_url": "https://x/y", "filename": "a.tif", "expires_in": "60"})
    assert link == DownloadLink("https://x/y", "a.tif", 60.0)
