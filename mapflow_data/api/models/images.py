"""An image, and what the calls on one image answer. Any thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from .. import fields
from .parts import required


@dataclass(frozen=True)
class Image:
    """One raster of a mosaic. `pixel_size` is (x, y) in units of `crs`; `checksum` is SHA-1 in hex.

    `state` is "" for a ready one, the only ones that the service lists. Of another one little more is known
    than its name: `state` is then PENDING, IN_PROGRESS, FAILED, NONE or what the service says, `error` why.
    """

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
    state: str = ""
    error: str = ""

    @property
    def is_ready(self) -> bool:
        return not self.state

    @classmethod
    def from_json(cls, data: Any, mosaic_id: str = "") -> Image:
        """`mosaic_id` fills in what the answer leaves out. Raises `IncompleteAnswer` where there is no id."""
        d = fields.mapping(data)
        meta = fields.mapping(d.get("meta_data"))
        image_id = fields.text(d.get("id")) or fields.text(d.get("image_id"))
        return cls(
            id=required(image_id, "image"),
            mosaic_id=fields.text(d.get("mosaic_id")) or mosaic_id,
            filename=fields.text(d.get("filename")),
            uploaded_at=fields.moment(d.get("uploaded_at")),
            size_bytes=fields.integer(d.get("file_size")),
            footprint=fields.text(d.get("footprint")),
            checksum=fields.text(d.get("checksum")).lower(),
            crs=fields.text(meta.get("crs")),
            bands=fields.integer(meta.get("count"), fields.MOST_32_BIT),
            width=fields.integer(meta.get("width"), fields.MOST_32_BIT),
            height=fields.integer(meta.get("height"), fields.MOST_32_BIT),
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
            url=required(fields.text(d.get("download_url")), "download link"),
            filename=fields.text(d.get("filename")),
            expires_in=fields.number(d.get("expires_in")),
        )


def _pixel_size(value: Any) -> Optional[tuple[float, float]]:
    sizes = [fields.number(v) for v in fields.sequence(value)]
    if len(sizes) == 1:
        sizes *= 2
    if len(sizes) < 2 or not sizes[0] or not sizes[1]:
        return None
    return abs(sizes[0]), abs(sizes[1])
