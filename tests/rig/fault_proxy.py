"""A TCP relay in front of any server, whose line can be slowed, cut, frozen or switched off while it runs."""

from __future__ import annotations

import socket
import struct
import threading
import time
from urllib.parse import urlsplit

PIECE = 16384
TICK = 0.02


class FaultProxy:
    """`with FaultProxy(sandbox.url) as proxy: proxy.url; proxy.throttle(20_000); proxy.go_offline()`

    Faults hold for open and new connections until `heal()`. Counts: `sent_up`, `sent_down`, `connections`.
    """

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._scheme, self._path = parts.scheme, parts.path
        self._lock = threading.Lock()
        self._lines: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._over = threading.Event()
        self.connections = self.sent_up = self.sent_down = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port: int = self._listener.getsockname()[1]
        self._is_offline = False
        self.heal()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}{self._path}"

    def heal(self) -> None:
        """No fault any more; comes back from offline."""
        self._rate: float | None = None
        self._cut_up: int | None = None
        self._cut_down: int | None = None
        self._is_frozen = self._swallows = False
        if self._is_offline:
            self.go_online()

    def throttle(self, bytes_per_second: float | None) -> None:
        """Both ways, each connection by itself."""
        self._rate = bytes_per_second

    def drop_after(self, up: int | None = None, down: int | None = None) -> None:
        """Reset each connection once it has carried so many bytes from now on (up: to the server)."""
        self._cut_up, self._cut_down = up, down

    def freeze(self) -> None:
        """Keep connections open and carry nothing."""
        self._is_frozen = True

    def swallow_answers(self) -> None:
        """Carry what is sent up; close, with nothing carried down, when the server begins to answer."""
        self._swallows = True

    def reset_all(self) -> None:
        """Reset what is open now."""
        with self._lock:
            for sock in self._lines:
                _reset(sock)

    def go_offline(self) -> None:
        """Reset what is open and refuse new connections."""
        self._is_offline = True
        _shut(self._listener)
        self._listener.close()
        self.reset_all()

    def go_online(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=50)
        self._is_offline = False
        self._run(self._accept, self._listener)

    def __enter__(self) -> FaultProxy:
        self._run(self._accept, self._listener)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        _shut(self._listener)
        self._listener.close()
        self.reset_all()
        for thread in self._threads:
            thread.join(5)

    def _run(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while not self._over.is_set():
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self._target, timeout=30)
            except OSError:
                _reset(near)
                near.close()
                continue
            far.settimeout(None)
            self.connections += 1
            line = _Line(near, far)
            with self._lock:
                self._lines |= {near, far}
            self._run(self._carry, line, near, far, True)
            self._run(self._carry, line, far, near, False)

    def _carry(self, line: _Line, source: socket.socket, sink: socket.socket, is_up: bool) -> None:
        carried = 0
        try:
            while piece := source.recv(self._piece()):
                while self._is_frozen and not self._over.is_set():
                    time.sleep(TICK)
                if self._swallows and not is_up:
                    break
                self._pace(len(piece))
                cut = self._cut_up if is_up else self._cut_down
                if cut is not None and carried + len(piece) > cut:
                    sink.sendall(piece[: cut - carried])
                    line.reset()
                    return
                sink.sendall(piece)
                carried += len(piece)
                self._count(len(piece), is_up)
        except OSError:
            pass  # either side went
        finally:
            line.end()
            with self._lock:
                self._lines -= {source, sink} if line.is_closed else set()

    def _piece(self) -> int:
        return PIECE if self._rate is None else max(1, min(PIECE, int(self._rate * TICK)))

    def _pace(self, size: int) -> None:
        if self._rate is not None:
            self._over.wait(size / self._rate)

    def _count(self, size: int, is_up: bool) -> None:
        with self._lock:
            if is_up:
                self.sent_up += size
            else:
                self.sent_down += size


class _Line:
    """Two sockets that end together, closed when both directions are through."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self._both = (near, far)
        self._lock = threading.Lock()
        self._ends = 0
        near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)

    @property
    def is_closed(self) -> bool:
        return self._ends >= 2

    def reset(self) -> None:
        for sock in self._both:
            _reset(sock)

    def end(self) -> None:
        """One direction is through: so is the other, as an answer never outlives its connection here."""
        with self._lock:
            self._ends += 1
            for sock in self._both:
                if self.is_closed:
                    sock.close()
                else:
                    _shut(sock)


def _reset(sock: socket.socket) -> None:
    """The next close sends RST; shutting wakes the thread that waits on it, which then closes."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        return  # closed already
    _shut(sock)


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # gone already
