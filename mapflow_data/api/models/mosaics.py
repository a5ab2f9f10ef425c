"""A mosaic, its tiles and the state of its images, as the API tells them. Any thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from .. import fields
from .parts import read_list, required


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
            id=required(mosaic_id, "mosaic"),
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
            image_id=required(fields.text(d.get("image_id")) or fields.text(d.get("id")), "image state"),
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


def _bounds(value: Any) -> Optional[tuple[float, float, float, float]]:
    numbers = [n for n in map(fields.number, fields.sequence(value)) if n is not None]
    if len(numbers) != 4 or len(fields.sequence(value)) != 4:
        return None
    return numbers[0], numbers[1], numbers[2], numbers[3]
