"""Pictures as a server sends them, right and wrong, and what it was asked for."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Callable

from mapflow_data.api.models import Image
from mapflow_data.services.pictures.service import PictureService
from tests.rig.fault_server import FaultServer
from tests.rig.pngs import png_answer

Make = Callable[..., PictureService]


def huge_png() -> bytes:
    """A small file that claims 30,000 × 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


PICTURE = png_answer()


def some(count: int, first: int = 0) -> list[Image]:
    return [Image(f"i{number}", "m", f"{number}.tif") for number in range(first, first + count)]


def asked(server: FaultServer) -> list[str]:
    """Ids, in the order of arrival."""
    return [one.target.split("/")[4] for one in server.requests if "/preview/" in one.target]


def picture_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "pictures" in thread.name]
