"""What a mosaic holds at one moment. Worker threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from ..api.client import MapflowClient
from ..api.models import Image, MosaicStatus


@dataclass(frozen=True)
class Listing:
    """`status` is None where the server does not tell it."""

    images: tuple[Image, ...]
    status: Optional[MosaicStatus] = None

    @classmethod
    def read(cls, client: MapflowClient, mosaic_id: str, *, has_status: bool = True) -> Listing:
        """The status first: what gets ready in between is then known all the same."""
        status = client.mosaics.status(mosaic_id) if has_status else None
        return cls(tuple(client.images.list(mosaic_id)), status)

    @property
    def ids(self) -> set[str]:
        return {image.id for image in self.images} | {
            s.image_id for s in (self.status or MosaicStatus()).images
        }
