"""A scripted server on loopback: one script per request, a record of all that came over the wire."""

from __future__ import annotations

import hashlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterable
from http.client import responses

from tests.rig.script import Script, Seen, answer

__all__ = ["FaultServer", "Script", "Seen"]
PIECE = 65536
NO_SCRIPT = answer({"message": "no script left"}, status=418)


class FaultServer:
    """`with FaultServer([Script(status=503), answer([])]) as server: server.url; server.requests`

    Scripts are taken in the order in which requests arrive; when none is left, `then` answers.
    """

    def __init__(
        self, scripts: Iterable[Script] = (), then: Script = NO_SCRIPT, tls: ssl.SSLContext | None = None
    ) -> None:
        self.requests: list[Seen] = []
        self.connections = 0
        self.then = then
        self._scripts = list(scripts)
        self._tls = tls
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port: int = self._listener.getsockname()[1]

    @property
    def origin(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The base URL as a client takes it."""
        return f"{self.origin}/rest"

    @property
    def seen(self) -> list[str]:
        """["GET /rest/rasters/memory", ...]"""
        return [f"{one.method} {one.target}" for one in self.requests]

    def add(self, *scripts: Script) -> None:
        with self._lock:
            self._scripts += scripts

    def __enter__(self) -> FaultServer:
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        _shut(self._listener)
        self._listener.close()
        with self._lock:
            for sock in self._open:
                _shut(sock)
        for thread in self._threads:
            thread.join(5)

    def _run(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._run(self._serve, sock, self.connections)
            self.connections += 1

    def _serve(self, sock: socket.socket, number: int) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # an early answer is out before the reset
        with self._lock:
            self._open.add(sock)
        try:
            if self._tls is not None:
                raw, sock = sock, self._tls.wrap_socket(sock, server_side=True)
                with self._lock:
                    self._open.discard(raw)
                    self._open.add(sock)
            while self._serve_one(_Reader(sock), number):
                pass
        except (OSError, _Gone):
            pass  # the client went, or a script said so
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()

    def _serve_one(self, reader: _Reader, number: int) -> bool:
        """Whether the connection stays open."""
        reader.wait()
        with self._lock:
            script = self._scripts.pop(0) if self._scripts else self.then
        if script.stall:
            self._over.wait(60)
            return False
        seen = _read_head(reader, number)
        with self._lock:
            self.requests.append(seen)
        _read_body(reader, seen, script)
        if script.reset_after is not None:
            return reader.reset()
        self._over.wait(script.delay)
        if script.silent:
            return False
        if script.before:
            script.before()
        stays = _reply(reader, script, seen)
        self._over.wait(script.linger)
        return reader.reset() if script.reset else stays


class _Gone(Exception):
    """The peer closed its side."""


class _Reader:
    """A socket with what was read too far."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._rest = b""

    def wait(self) -> None:
        """Until a request begins."""
        if not self._rest:
            self._fill()

    def until(self, mark: bytes) -> bytes:
        while mark not in self._rest:
            self._fill()
        head, _, self._rest = self._rest.partition(mark)
        return head

    def some(self, most: int) -> bytes:
        if not self._rest:
            self._fill()
        piece, self._rest = self._rest[:most], self._rest[most:]
        return piece

    def reset(self) -> bool:
        """Close with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock = socket.socket(fileno=self.sock.detach())
        self.sock.close()
        raise _Gone

    def _fill(self) -> None:
        piece = self.sock.recv(PIECE)
        if not piece:
            raise _Gone
        self._rest += piece


def _read_head(reader: _Reader, number: int) -> Seen:
    head = reader.until(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Seen(method, target, headers, head, number, time.monotonic())


def _read_body(reader: _Reader, seen: Seen, script: Script) -> None:
    total = int(seen.headers.get("content-length", "0"))
    limits = [n for n in (script.read_only, script.reset_after) if n is not None]
    wanted = min([total, *limits])
    digest = hashlib.sha256()
    try:
        while seen.size < wanted:
            piece = reader.some(min(PIECE, wanted - seen.size))
            digest.update(piece)
            seen.size += len(piece)
            seen.body = (seen.body + piece)[:PIECE]
            time.sleep(script.read_pause)
    finally:
        seen.sha256 = digest.hexdigest()
        seen.is_whole = seen.size == total


def _reply(reader: _Reader, script: Script, seen: Seen) -> bool:
    body = script.body if seen.method != "HEAD" else b""
    length = len(body) if script.told_length is None else script.told_length
    lines = [f"HTTP/1.1 {script.status} {responses.get(script.status, 'Odd')}"]
    lines += [f"{name}: {value}" for name, value in script.headers]
    lines.append("Transfer-Encoding: chunked" if script.chunked else f"Content-Length: {length}")
    is_last = script.close or script.reset or script.drop_after is not None or not seen.is_whole
    lines += ["Connection: close", "", ""] if is_last else ["", ""]
    if script.chunked:
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    data = "\r\n".join(lines).encode("latin-1") + body[: script.drop_after]
    if script.drip:
        for at in range(len(data)):
            reader.sock.sendall(data[at : at + 1])
            time.sleep(script.drip)
    else:
        reader.sock.sendall(data)
    return not is_last


def _shut(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # gone already
