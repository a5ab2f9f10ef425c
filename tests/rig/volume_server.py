"""An account with very many images, in a process of its own so that it takes nothing from the one measured.

`with VolumeServer(1000, 60) as server: server.url` answers the storage, the list of mosaics, their images and
the pictures of those. In every other mosaic each tenth file is the one of the mosaic before. With a third
number the first mosaic has so many images.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SIZE = 50_000_000
TWICE_EVERY = 10


class VolumeServer:
    def __init__(self, mosaics: int, images: int, large: int = 0) -> None:
        self._counts = (str(mosaics), str(images), str(large or images))
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> VolumeServer:
        command = [sys.executable, "-m", "tests.rig.volume_server", *self._counts]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}/rest"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(30)
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                end.close()


def mosaics_of(mosaics: int, images: int, large: int = 0) -> list[dict[str, Any]]:
    found = _mosaics_of(mosaics, images)
    if large:
        found[0].update(sizeInBytes=large * SIZE, image_count=large)
    return found


def _mosaics_of(mosaics: int, images: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"00000000-0000-4000-8000-{number:012d}",
            "name": f"Flight {number}",
            "created_at": "2026-05-01T10:00:00Z",
            "sizeInBytes": images * SIZE,
            "image_count": images,
        }
        for number in range(mosaics)
    ]


def images_of(mosaic: int, images: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{mosaic:08d}-0000-4000-8000-{number:012d}",
            "filename": f"DJI_{mosaic:04d}_{number:04d}.tif",
            "uploaded_at": f"2026-05-{mosaic % 28 + 1:02d}T10:00:00Z",
            "file_size": SIZE,
            "checksum": f"{_file_of(mosaic, number, images):040x}",
            "footprint": _footprint(mosaic, number),
            "meta_data": {"crs": "EPSG:32632", "count": 3, "width": 4000, "height": 3000},
        }
        for number in range(images)
    ]


def _file_of(mosaic: int, number: int, images: int) -> int:
    """The number of the file, from 1: of an odd mosaic's tenth image that of its namesake before."""
    is_copy = number % TWICE_EVERY == 0 and mosaic % 2 == 1
    return (mosaic - is_copy) * images + number + 1


def _footprint(mosaic: int, number: int) -> str:
    """Side by side, a mosaic's images in a block."""
    x = 10 + mosaic % 30 * 0.3 + number % 20 * 0.01
    y = 40 + mosaic // 30 * 0.3 + number // 20 * 0.01
    corners = ((0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01), (0, 0))
    return f"POLYGON(({', '.join(f'{x + right:.5f} {y + up:.5f}' for right, up in corners)}))"


@lru_cache(maxsize=64)
def picture(number: int, side: int) -> bytes:
    """A JPEG, made without Qt; one of a few colours with some grain."""
    import numpy as np
    from osgeo import gdal

    gdal.UseExceptions()
    grain = np.random.default_rng(number).integers(0, 60, (3, side, side), dtype=np.uint8)
    base = np.array([number * 37 % 190, number * 71 % 190, number * 113 % 190], dtype=np.uint8)
    bands = gdal.GetDriverByName("MEM").Create("", side, side, 3, gdal.GDT_Byte)
    bands.WriteArray(grain + base[:, None, None])
    path = f"/vsimem/{number}_{side}.jpg"
    gdal.GetDriverByName("JPEG").CreateCopy(path, bands)
    file = gdal.VSIFOpenL(path, "rb")
    data = bytes(gdal.VSIFReadL(1, gdal.VSIStatL(path).size, file))
    gdal.VSIFCloseL(file)
    return data


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    counts = (0, 0, 0)

    def do_GET(self) -> None:
        parts = self.path.strip("/").split("/")
        if parts[-1] == "memory":
            self._answer({"memoryLimit": None, "memoryUsed": 0})
        elif parts[-1] == "mosaic":
            self._answer(mosaics_of(*self.counts))
        elif parts[-2] == "preview":
            data = picture(int(parts[-3][-12:]) % 16, 256 if parts[-1] == "s" else 1024)
            self._send(200, "image/jpeg", data)
        elif parts[-1] == "image":
            mosaic = int(parts[-2][-12:])
            self._answer(images_of(mosaic, self.counts[1] if mosaic else self.counts[2]))
        else:
            self._send(404, "application/json", b"{}")

    def _answer(self, data: Any) -> None:
        self._send(200, "application/json", json.dumps(data).encode())

    def _send(self, code: int, kind: str, body: bytes) -> None:
        head = f"HTTP/1.1 {code} -\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def main() -> None:
    _Handler.counts = (int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()  # until whoever started it is gone


if __name__ == "__main__":
    main()
