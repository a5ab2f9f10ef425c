"""How records are spelt in answers, where documents of the Data API disagree.

data-catalog: the service's own specification, with the image of the API documentation.
documents: the newer reference pages. data-api: only what the Data API documentation names.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .rasters import wkt_of
from .service import Service
from .store import Image, Mosaic

INTERNAL_HOST = "http://data-catalog.internal:8000/rest"
GIB = 1024**3
FEW_FACTS = ("crs", "pixel_size", "width", "height")


class Dialect:
    """Answers as the data catalog spells them; the other dialects change what differs."""

    has_status = True
    has_user_status = True
    has_links = True
    has_paging = True
    has_envelope = True
    deleted_status = 200

    def __init__(self, service: Service) -> None:
        self.service = service

    def time(self, seconds: float) -> str:
        """UTC without a zone, with microseconds."""
        return _utc(seconds).strftime("%Y-%m-%dT%H:%M:%S.%f")

    def created_mosaic(self, mosaic: Mosaic) -> dict[str, Any]:
        return self.short_mosaic(mosaic)

    def updated_mosaic(self, mosaic: Mosaic) -> dict[str, Any]:
        return self.short_mosaic(mosaic)

    def short_mosaic(self, mosaic: Mosaic) -> dict[str, Any]:
        created = self.time(mosaic.created_at)
        return {"id": mosaic.id, "name": mosaic.name, "tags": mosaic.tags, "created_at": created}

    def mosaic(self, mosaic: Mosaic) -> dict[str, Any]:
        images = self.service.ready_images(mosaic.id)
        urls = {"tileUrl": self.service.tile_url(mosaic), "tileJsonUrl": self.service.tile_json_url(mosaic)}
        return {
            **self.short_mosaic(mosaic),
            "footprint": wkt_of([image.corners for image in images]),
            "sizeInBytes": sum(image.file_size for image in images),
            "rasterLayer": urls if images else None,
        }

    def image(self, image: Image) -> dict[str, Any]:
        preview = f"{self.preview_host()}/rasters/image/{image.id}/preview"
        return {
            "id": image.id,
            "mosaic_id": image.mosaic_id,
            "image_url": f"s3://{image.key}",
            "preview_url_l": f"{preview}/l",
            "preview_url_s": f"{preview}/s",
            "uploaded_at": self.time(image.uploaded_at),
            "file_size": image.file_size,
            "footprint": wkt_of([image.corners]),
            "filename": image.filename,
            "checksum": image.checksum,
            "meta_data": self.meta_data(image),
            "cog_link": f"s3://{image.cog_key}",
            "available_for_download": image.downloadable,
        }

    def preview_host(self) -> str:
        return self.service.base_url

    def meta_data(self, image: Image) -> dict[str, Any]:
        names = ("crs", "count", "width", "dtypes", "height", "nodata", "pixel_size")
        return {name: getattr(image, name) for name in names}

    def uploaded(self, image: Image) -> dict[str, Any]:
        return {"message": "Image has been uploaded successfully", "mosaic_id": image.mosaic_id}

    def storage(self, used: int) -> dict[str, Any]:
        options = self.service.options
        limit = options.storage_limit
        return {
            "memoryLimit": limit,
            "memoryUsed": used,
            "memoryFree": None if limit is None else max(0, limit - used),
            "maxUploadFileSize": options.max_upload,
            "maxPixelCount": options.max_pixels,
        }


class Documents(Dialect):
    """The newer reference: times with Z, another upload answer, storage in words of its own, fewer facts."""

    has_status = False
    has_envelope = False
    deleted_status = 204

    def time(self, seconds: float) -> str:
        return _utc(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")

    def mosaic(self, mosaic: Mosaic) -> dict[str, Any]:
        return {**self.short_mosaic(mosaic), "image_count": len(self.service.ready_images(mosaic.id))}

    def preview_host(self) -> str:
        return INTERNAL_HOST

    def meta_data(self, image: Image) -> dict[str, Any]:
        return {name: getattr(image, name) for name in FEW_FACTS}

    def uploaded(self, image: Image) -> dict[str, Any]:
        names = ("id", "mosaic_id", "filename", "file_size")
        answer = {name: getattr(image, name) for name in names}
        return {**answer, "uploaded_at": self.time(image.uploaded_at)}

    def storage(self, used: int) -> dict[str, Any]:
        limit = self.service.options.storage_limit
        return {
            "used_bytes": used,
            "limit_bytes": limit,
            "used_gb": round(used / GIB, 2),
            "limit_gb": None if limit is None else round(limit / GIB, 2),
            "usage_percent": round(100 * used / limit, 2) if limit else None,
        }


class DataApi(Dialect):
    """Only what the Data API documentation names: a created mosaic is its ID, nothing newer exists."""

    has_status = False
    has_user_status = False
    has_links = False
    has_paging = False

    def created_mosaic(self, mosaic: Mosaic) -> dict[str, Any]:
        return {"id": mosaic.id}

    def image(self, image: Image) -> dict[str, Any]:
        newer = ("mosaic_id", "available_for_download")
        return {key: value for key, value in super().image(image).items() if key not in newer}


BY_NAME: dict[str, type[Dialect]] = {"data-catalog": Dialect, "documents": Documents, "data-api": DataApi}


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
