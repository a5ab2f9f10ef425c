"""Speed and memory of a 1 GiB upload over loopback, beside `curl -F`. Exits with 1 when memory grows too far.

`python bench/upload.py [MiB]`; its own process is the client, a child takes the bytes.
"""

from __future__ import annotations

import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection

MAX_GROWTH_MB = 16
RUNS = 3


def main() -> int:
    size = int(sys.argv[1] if len(sys.argv) > 1 else 1024) * 1024**2
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.tif"
        path.touch()
        os.truncate(path, size)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            child = os.fork()
            if not child:
                _take_all(listener)
            try:
                return _measure(f"http://127.0.0.1:{listener.getsockname()[1]}", path, size)
            finally:
                os.kill(child, 9)
                os.waitpid(child, 0)


def _measure(origin: str, path: Path, size: int) -> int:
    with MapflowClient(make_connection(origin, "user@example.com:token")) as client:
        small = path.with_name("small.tif")
        small.write_bytes(bytes(1_000_000))
        client.images.upload("m", str(small))
        before = _peak_mb()
        ours = _speed(size, lambda: client.images.upload("m", str(path), lambda *_: None))
        growth = _peak_mb() - before
    print(f"upload: {ours:.0f} MB/s, memory +{growth:.1f} MB (at most {MAX_GROWTH_MB})")
    if curl := shutil.which("curl"):
        command = [curl, "-sS", "-H", "Expect:", "-F", f"file=@{path}", "-o", os.devnull, f"{origin}/m"]
        theirs = _speed(size, lambda: subprocess.run(command, check=True))
        print(f"curl -F: {theirs:.0f} MB/s, ratio {ours / theirs:.2f}")
    return int(growth > MAX_GROWTH_MB)


def _speed(size: int, work: Callable[[], object]) -> float:
    """MB/s, the median of a few runs."""
    speeds = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        speeds.append(size / 1e6 / (time.perf_counter() - begun))
    return statistics.median(speeds)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _take_all(listener: socket.socket) -> None:
    """In the child: read each request whole, answer with an empty object."""
    room = memoryview(bytearray(1024**2))
    while True:
        sock, _ = listener.accept()
        with sock:
            head = b""
            while b"\r\n\r\n" not in head:
                head += sock.recv(65536)
            head, _, rest = head.partition(b"\r\n\r\n")
            lines = head.lower().split(b"\r\n")
            left = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
            left -= len(rest)
            while left > 0:
                left -= sock.recv_into(room)
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")


if __name__ == "__main__":
    sys.exit(main())
