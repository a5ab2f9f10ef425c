"""Mosaics, images and storage as the shelf keeps them: as the API tells them, so that its own readers take
them back. Never a tile's address: it may carry a key. Any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Callable, Optional

from ...api import fields
from ...api.models import ASSUMED_MAX_SIDE_PX, ASSUMED_MAX_UPLOAD_BYTES, Image, Mosaic, Storage
from ...api.models.parts import attempted

MOSAICS, IMAGES, STORAGE = "mosaics", "images", "storage"
Record = dict[str, Any]


def of_mosaic(mosaic: Mosaic) -> Record:
    return {
        "id": mosaic.id,
        "name": mosaic.name,
        "tags": mosaic.tags,
        "created_at": _moment(mosaic.created_at),
        "footprint": mosaic.footprint,
        "sizeInBytes": mosaic.size_bytes,
        "image_count": mosaic.image_count,
    }


def of_image(image: Image) -> Record:
    return {
        "id": image.id,
        "mosaic_id": image.mosaic_id,
        "filename": image.filename,
        "uploaded_at": _moment(image.uploaded_at),
        "file_size": image.size_bytes,
        "footprint": image.footprint,
        "checksum": image.checksum,
        "meta_data": {
            "crs": image.crs,
            "count": image.bands,
            "width": image.width,
            "height": image.height,
            "dtypes": image.dtypes,
            "nodata": image.nodata,
            "pixel_size": image.pixel_size,
        },
        "available_for_download": image.is_downloadable,
        "state": image.state,
        "error": image.error,
    }


def read_image(data: Any) -> Image:
    """Raises `IncompleteAnswer`."""
    d = fields.mapping(data)
    state, error = fields.text(d.get("state")), fields.text(d.get("error"))
    return replace(Image.from_json(d), state=state, error=error)


def of_storage(storage: Storage) -> Record:
    return {
        "memoryUsed": storage.used,
        "memoryLimit": storage.limit,
        "memoryFree": storage.free,
        "maxUploadFileSize": _told(storage, storage.max_upload_bytes, ASSUMED_MAX_UPLOAD_BYTES),
        "maxPixelCount": _told(storage, storage.max_side_px, ASSUMED_MAX_SIDE_PX),
    }


def _told(storage: Storage, limit: int, assumed: int) -> Optional[int]:
    """A guess is not written: it would come back as the server's word."""
    return None if storage.limits_assumed and limit == assumed else limit


def _moment(value: Optional[datetime]) -> Optional[str]:
    return None if value is None else value.isoformat()


WRITE: Mapping[str, Callable[[Any], Record]] = {
    MOSAICS: of_mosaic,
    IMAGES: of_image,
    STORAGE: of_storage,
}
READ: Mapping[str, Callable[[Any], Any]] = {  # None for what is no such thing
    MOSAICS: lambda record: attempted(record, Mosaic.from_json),
    IMAGES: lambda record: attempted(record, read_image),
    STORAGE: lambda record: attempted(record, Storage.from_json),
}
