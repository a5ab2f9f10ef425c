"""What the API answers, as frozen values. `from_json` takes every documented variant: a missing, null or
odd field is an absent value, and only an item without an id is no item. Any thread.
"""

from .account import (
    ASSUMED_MAX_GSD_M,
    ASSUMED_MAX_SIDE_PX,
    ASSUMED_MAX_UPLOAD_BYTES,
    Provider,
    Storage,
    UserStatus,
)
from .catalog import CatalogItem, Quicklook, SearchPage
from .images import DownloadLink, Image, Preview, UploadReceipt
from .mosaics import ImageState, Mosaic, MosaicStatus, TileJson
from .parts import read_list

__all__ = [
    "ASSUMED_MAX_GSD_M",
    "ASSUMED_MAX_SIDE_PX",
    "ASSUMED_MAX_UPLOAD_BYTES",
    "CatalogItem",
    "DownloadLink",
    "Image",
    "ImageState",
    "Mosaic",
    "MosaicStatus",
    "Preview",
    "Provider",
    "Quicklook",
    "SearchPage",
    "Storage",
    "TileJson",
    "UploadReceipt",
    "UserStatus",
    "read_list",
]
