"""What the account may use: storage, limits, linked providers. Any thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from .. import fields
from ..errors import IncompleteAnswer
from .parts import first, read_list, required

ASSUMED_MAX_UPLOAD_BYTES = 2 * 1024**3  # where the server names none: the vendor's defaults
ASSUMED_MAX_SIDE_PX = 30_000
ASSUMED_MAX_GSD_M = 20.0  # no call tells it


@dataclass(frozen=True)
class Storage:
    """Bytes; None where the server gives no limit. `limits_assumed`: an upload limit is a guess."""

    used: int = 0
    limit: Optional[int] = None
    free: Optional[int] = None
    max_upload_bytes: int = ASSUMED_MAX_UPLOAD_BYTES
    max_side_px: int = ASSUMED_MAX_SIDE_PX
    limits_assumed: bool = True

    @classmethod
    def from_json(cls, data: Any) -> Storage:
        d = fields.mapping(data)
        used = first(d, fields.integer, "memoryUsed", "used_bytes")
        limit = first(d, fields.integer, "memoryLimit", "limit_bytes")
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
class Provider:
    """An imagery provider that is linked to the account. `min_area_km2` is its smallest order."""

    name: str
    display_name: str = ""
    price: Optional[float] = None
    min_area_km2: Optional[float] = None

    @classmethod
    def from_json(cls, data: Any) -> Provider:
        d = fields.mapping(data)
        name = required(fields.text(d.get("name")), "provider")
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
