"""Speed and memory of a 1 GiB upload over loopback, beside `curl -F`.

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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.measures import Measure, report
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection

MAX_GROWTH_MB = 16
SLOWEST = 0.8  # of the speed of curl
RUNS = 3


def main() -> int:
    size = int(sys.argv[1] if len(sys.argv) > 1 else 1024) * 1024**2
    with sink() as origin, large_file(size) as path:
        return report(_measures(origin, path, size))


@contextmanager
def large_file(size: int) -> Iterator[Path]:
    """Without blocks on the disk: what is measured is the way out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.tif"
        path.touch()
        os.truncate(path, size)
        yield path


@contextmanager
def sink() -> Iterator[str]:
    """The origin of a child process that takes what is sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        child = os.fork()
        if not child:
            _take_all(listener)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)


def _measures(origin: str, path: Path, size: int) -> Iterator[Measure]:
    with MapflowClient(make_connection(origin, "user@example.com:token")) as client:
        small = path.with_name("small.tif")
        small.write_bytes(bytes(1_000_000))
        client.images.upload("m", str(small))
        before = _peak_mb()
        ours = _speed(size, lambda: client.images.upload("m", str(path), lambda *_: None))
        yield Measure("upload: memory it takes", _peak_mb() - before, "MB", MAX_GROWTH_MB)
    yield Measure("upload: speed", ours, "MB/s")
    if curl := shutil.which("curl"):
        command = [curl, "-sS", "-H", "Expect:", "-F", f"file=@{path}", "-o", os.devnull, f"{origin}/m"]
        theirs = _speed(size, lambda: subprocess.run(command, check=True))
        yield Measure("upload: speed beside curl -F", ours / theirs, "", SLOWEST, at_least=True)


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
