"""An account with very many images, in a process of its own so that it takes nothing from the one measured.

`with VolumeServer(1000, 60) as server: server.url` answers the storage, the list of mosaics and their images.
In every other mosaic each tenth file is the one of the mosaic before.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SIZE = 50_000_000
TWICE_EVERY = 10


class VolumeServer:
    def __init__(self, mosaics: int, images: int) -> None:
        self._counts = (str(mosaics), str(images))
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
        self._process.wait(5)
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                end.close()


def mosaics_of(mosaics: int, images: int) -> list[dict[str, Any]]:
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
            "footprint": "POLYGON((10 50, 10.01 50, 10.01 50.01, 10 50.01, 10 50))",
            "meta_data": {"crs": "EPSG:32632", "count": 3, "width": 4000, "height": 3000},
        }
        for number in range(images)
    ]


def _file_of(mosaic: int, number: int, images: int) -> int:
    """The number of the file, from 1: of an odd mosaic's tenth image that of its namesake before."""
    is_copy = number % TWICE_EVERY == 0 and mosaic % 2 == 1
    return (mosaic - is_copy) * images + number + 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    counts = (0, 0)

    def do_GET(self) -> None:
        parts = self.path.strip("/").split("/")
        if parts[-1] == "memory":
            self._answer({"memoryLimit": None, "memoryUsed": 0})
        elif parts[-1] == "mosaic":
            self._answer(mosaics_of(*self.counts))
        else:
            self._answer(images_of(int(parts[-2][-12:]), self.counts[1]))

    def _answer(self, data: Any) -> None:
        body = json.dumps(data).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def main() -> None:
    _Handler.counts = (int(sys.argv[1]), int(sys.argv[2]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()  # until whoever started it is gone


if __name__ == "__main__":
    main()
