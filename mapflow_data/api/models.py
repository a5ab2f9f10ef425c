"""What the API answers, as frozen values. `from_json` takes every documented variant: a missing, null or
odd field is an absent value, and only an item without an id is no item. Any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from . import fields
from .errors import IncompleteAnswer

ASSUMED_MAX_UPLOAD_BYTES = 2 * 1024**3  # where the server names none: the vendor's defaults
ASSUMED_MAX_SIDE_PX = 30_000
ASSUMED_MAX_GSD_M = 20.0  # no call tells it


@dataclass(frozen=True)
class Storage:
    """Bytes; None where the server gives no limit. `is_assumed` names the limits that are guesses."""

    used: int = 0
    limit: Optional[int] = None
    free: Optional[int] = None
    max_upload_bytes: int = ASSUMED_MAX_UPLOAD_BYTES
    max_side_px: int = ASSUMED_MAX_SIDE_PX
    limits_assumed: bool = True

    @classmethod
    def from_json(cls, data: Any) -> Storage:
        d = fields.mapping(data)
        used = _first(d, fields.integer, "memoryUsed", "used_bytes")
        limit = _first(d, fields.integer, "memoryLimit", "limit_bytes")
        free = fields.integer(d.get("memoryFree"))
        if used is None and limit is None and free is None and "memoryLimit" not in d:
            raise IncompleteAnswer("not a storage answer")
        if free is None and limit is not None:
            free = max(0, limit - (used or 0))
        upload, side = fields.integer(d.get("maxUploadFileSize")), fields.integer(d.get("maxPixelCount"))
        return cls(
            used=used or 0,
            limit=limit,
            free=free,
            max_upload_bytes=upload or ASSUMED_MAX_UPLOAD_BYTES,
            max_side_px=side or ASSUMED_MAX_SIDE_PX,
            limits_assumed=not (upload and side),
        )


@dataclass(frozen=True)
class Mosaic:
    """A collection of images. `footprint` is WKT, WGS 84, longitude first, "" for an empty one."""

    id: str
    name: str
    tags: tuple[str, ...] = ()
    created_at: Optional[datetime] = None
    footprint: str = ""
    size_bytes: Optional[int] = None
    image_count: Optional[int] = None
    tile_url: str = ""
    tilejson_url: str = ""

    @classmethod
    def from_json(cls, data: Any) -> Mosaic:
        """Raises `IncompleteAnswer` where there is no id."""
        d = fields.mapping(data)
        layer = fields.mapping(d.get("rasterLayer"))
        mosaic_id = fields.text(d.get("id")) or fields.text(d.get("mosaic_id"))
        return cls(
            id=_required(mosaic_id, "mosaic"),
            name=fields.text(d.get("name")),
            tags=fields.texts(d.get("tags")),
            created_at=fields.moment(d.get("created_at")),
            footprint=fields.text(d.get("footprint")),
            size_bytes=fields.integer(d.get("sizeInBytes")),
            image_count=fields.integer(d.get("image_count")),
            tile_url=fields.text(layer.get("tileUrl")),
            tilejson_url=fields.text(layer.get("tileJsonUrl")),
        )


@dataclass(frozen=True)
class Image:
    """One raster of a mosaic. `pixel_size` is (x, y) in units of `crs`; `checksum` is SHA-1 in hex."""

    id: str
    mosaic_id: str = ""
    filename: str = ""
    uploaded_at: Optional[datetime] = None
    size_bytes: Optional[int] = None
    footprint: str = ""  # WKT, WGS 84, longitude first; the ring may start and turn anyhow
    checksum: str = ""
    crs: str = ""  # "EPSG:32631", or WKT
    bands: Optional[int] = None
    width: Optional[int] = None
    height: Optional[int] = None
    dtypes: tuple[str, ...] = ()
    nodata: Optional[float] = None
    pixel_size: Optional[tuple[float, float]] = None
    is_downloadable: bool = True

    @classmethod
    def from_json(cls, data: Any, mosaic_id: str = "") -> Image:
        """`mosaic_id` fills in what the answer leaves out. Raises `IncompleteAnswer` where there is no id."""
        d = fields.mapping(data)
        meta = fields.mapping(d.get("meta_data"))
        image_id = fields.text(d.get("id")) or fields.text(d.get("image_id"))
        return cls(
            id=_required(image_id, "image"),
            mosaic_id=fields.text(d.get("mosaic_id")) or mosaic_id,
            filename=fields.text(d.get("filename")),
            uploaded_at=fields.moment(d.get("uploaded_at")),
            size_bytes=fields.integer(d.get("file_size")),
            footprint=fields.text(d.get("footprint")),
            checksum=fields.text(d.get("checksum")).lower(),
            crs=fields.text(meta.get("crs")),
            bands=fields.integer(meta.get("count")),
            width=fields.integer(meta.get("width")),
            height=fields.integer(meta.get("height")),
            dtypes=fields.texts(meta.get("dtypes")),
            nodata=fields.number(meta.get("nodata")),
            pixel_size=_pixel_size(meta.get("pixel_size")),
            is_downloadable=d.get("available_for_download") is not False,
        )


@dataclass(frozen=True)
class UploadReceipt:
    """What an accepted upload answered; the image's id only where the server tells it."""

    mosaic_id: str = ""
    image_id: str = ""

    @classmethod
    def from_json(cls, data: Any, mosaic_id: str = "") -> UploadReceipt:
        d = fields.mapping(data)
        return cls(
            mosaic_id=fields.text(d.get("mosaic_id")) or mosaic_id,
            image_id=fields.text(d.get("image_id")) or fields.text(d.get("id")),
        )


@dataclass(frozen=True)
class ImageState:
    """Preprocessing of one image: NONE, PENDING, IN_PROGRESS, COMPLETED, FAILED or what the server says."""

    image_id: str
    filename: str = ""
    state: str = ""
    error: str = ""
    is_ready: bool = False

    @classmethod
    def from_json(cls, data: Any) -> ImageState:
        d = fields.mapping(data)
        return cls(
            image_id=_required(fields.text(d.get("image_id")) or fields.text(d.get("id")), "image state"),
            filename=fields.text(d.get("filename")),
            state=fields.text(d.get("preprocessing_status")).upper(),
            error=fields.text(d.get("preprocessing_error")),
            is_ready=d.get("data_available") is True,
        )


@dataclass(frozen=True)
class MosaicStatus:
    """The images of a mosaic that are ready, under way or failed. Only some servers tell it."""

    total: int = 0
    ready: int = 0
    failed: int = 0
    images: tuple[ImageState, ...] = ()

    @classmethod
    def from_json(cls, data: Any) -> MosaicStatus:
        d = fields.mapping(data)
        return cls(
            total=fields.integer(d.get("total_images")) or 0,
            ready=fields.integer(d.get("ready_images")) or 0,
            failed=fields.integer(d.get("failed_images")) or 0,
            images=read_list(d.get("images"), ImageState.from_json),
        )


@dataclass(frozen=True)
class Preview:
    """A picture as it came. `mime` is told by its first bytes: image/jpeg or image/png."""

    data: bytes
    mime: str


@dataclass(frozen=True)
class DownloadLink:
    """A link to an image's file, good for `expires_in` seconds; it may lie on another host."""

    url: str
    filename: str = ""
    expires_in: Optional[float] = None

    @classmethod
    def from_json(cls, data: Any) -> DownloadLink:
        d = fields.mapping(data)
        return cls(
            url=_required(fields.text(d.get("download_url")), "download link"),
            filename=fields.text(d.get("filename")),
            expires_in=fields.number(d.get("expires_in")),
        )


@dataclass(frozen=True)
class TileJson:
    """`bounds` is (west, south, east, north) in WGS 84 degrees."""

    bounds: Optional[tuple[float, float, float, float]] = None
    min_zoom: Optional[int] = None
    max_zoom: Optional[int] = None

    @classmethod
    def from_json(cls, data: Any) -> TileJson:
        d = fields.mapping(data)
        return cls(
            bounds=_bounds(d.get("bounds")),
            min_zoom=fields.integer(d.get("minzoom")),
            max_zoom=fields.integer(d.get("maxzoom")),
        )


@dataclass(frozen=True)
class Provider:
    """An imagery provider that is linked to the account. `min_area_km2` is its smallest order."""

    name: str
    display_name: str = ""
    price: Optional[float] = None
    min_area_km2: Optional[float] = None

    @classmethod
    def from_json(cls, data: Any) -> Provider:
        d = fields.mapping(data)
        name = _required(fields.text(d.get("name")), "provider")
        return cls(
            name=name,
            display_name=fields.text(d.get("displayName")) or name,
            price=fields.number(d.get("price")),
            min_area_km2=fields.number(d.get("minAreaSqKm")),
        )


@dataclass(frozen=True)
class UserStatus:
    """`search_area_limit_m2` and `providers` are None where the server does not tell them."""

    email: str = ""
    search_area_limit_m2: Optional[float] = None
    providers: Optional[tuple[Provider, ...]] = None

    @classmethod
    def from_json(cls, data: Any) -> UserStatus:
        d = fields.mapping(data)
        providers = d.get("searchDataProviders")
        return cls(
            email=fields.text(d.get("email")),
            search_area_limit_m2=fields.number(d.get("searchAreaLimit")),
            providers=None if providers is None else read_list(providers, Provider.from_json),
        )


def read_list(data: Any, read: Any) -> tuple[Any, ...]:
    """Every item that `read` takes; one bad item never loses the others."""
    items = []
    for item in fields.sequence(data):
        try:
            items.append(read(item))
        except IncompleteAnswer:
            continue
    return tuple(items)


def _required(value: str, what: str) -> str:
    if not value:
        raise IncompleteAnswer(f"{what} without an id")
    return value


def _first(data: Any, read: Any, *names: str) -> Any:
    return next((v for v in (read(data.get(name)) for name in names) if v is not None), None)


def _pixel_size(value: Any) -> Optional[tuple[float, float]]:
    sizes = [fields.number(v) for v in fields.sequence(value)]
    if len(sizes) == 1:
        sizes *= 2
    if len(sizes) < 2 or not sizes[0] or not sizes[1]:
        return None
    return abs(sizes[0]), abs(sizes[1])


def _bounds(value: Any) -> Optional[tuple[float, float, float, float]]:
    numbers = [n for n in map(fields.number, fields.sequence(value)) if n is not None]
    if len(numbers) != 4 or len(fields.sequence(value)) != 4:
        return None
    return numbers[0], numbers[1], numbers[2], numbers[3]
