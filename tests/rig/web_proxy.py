"""An HTTP proxy on loopback: CONNECT and absolute URIs, with or without a password, or asking for NTLM."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from urllib.parse import urlsplit

REFUSAL = b"HTTP/1.1 407 Proxy Authentication Required\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n"


class WebProxy:
    """`with WebProxy(user="me", password="p@ss") as proxy: proxies = {"http": proxy.url}`

    `schemes` are what a 407 offers. `heads` holds every request's first line and headers.
    """

    def __init__(self, user: str = "", password: str = "", schemes: tuple[str, ...] = ("Basic",)) -> None:
        self.heads: list[str] = []
        self._schemes = schemes
        pair = f"{user}:{password}".encode()
        self._wanted = f"Basic {base64.b64encode(pair).decode()}" if user else ""
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> WebProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for sock in [self._listener, *self._open]:
            with contextlib.suppress(OSError):  # gone already
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(near)
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        try:
            head, rest = self._read_head(near)
            if not head:
                return
            if self._is_refused(head):
                offers = b"".join(b"Proxy-Authenticate: %s\r\n" % s.encode() for s in self._schemes)
                near.sendall(REFUSAL % offers)
                near.close()
                return
            self._relay(near, head, rest)
        except OSError:
            near.close()

    def _read_head(self, near: socket.socket) -> tuple[str, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = near.recv(65536)
            if not piece:
                return "", b""
            data += piece
        head, _, rest = data.partition(b"\r\n\r\n")
        self.heads.append(head.decode("latin-1"))
        return head.decode("latin-1"), rest

    def _is_refused(self, head: str) -> bool:
        if "Basic" not in self._schemes:
            return True
        return bool(self._wanted) and f"proxy-authorization: {self._wanted}".lower() not in head.lower()

    def _relay(self, near: socket.socket, head: str, rest: bytes) -> None:
        method, target, _ = head.split("\r\n")[0].split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        far = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=10)
        self._open.append(far)
        if method == "CONNECT":
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = target[len(f"{parts.scheme}://{parts.netloc}") :]
            lines = [line for line in head.split("\r\n")[1:] if not line.lower().startswith("proxy-")]
            first = f"{method} {path} HTTP/1.1"
            far.sendall("\r\n".join([first, *lines, "", ""]).encode("latin-1") + rest)
        threading.Thread(target=_pump, args=(near, far), daemon=True).start()
        _pump(far, near)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return  # either side went
