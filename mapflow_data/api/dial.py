"""Opens a TCP connection that a cancel interrupts, name lookup included. Blocking, any thread."""

from __future__ import annotations

import errno
import ipaddress
import os
import queue
import selectors
import socket
import threading
import time
from contextlib import ExitStack
from typing import Any, Callable

from .cancel import CancelToken
from .errors import BadInput, HostNotFound, Unreachable

STEP = 0.1  # seconds between two looks at the cancel token
_UNDER_WAY = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, 10035}  # 10035: WSAEWOULDBLOCK


def dial(
    host: str, port: int, timeout: float, cancel: CancelToken, public_only: bool = False
) -> socket.socket:
    """A connected socket. Raises `HostNotFound`, `Unreachable`, `Cancelled`, or `BadInput` (code "address")
    where `public_only` forbids the address.
    """
    last: OSError = OSError("no address")
    for family, kind, protocol, _, address in _resolve(host, port, timeout, cancel):
        if public_only and not is_public(address[0]):
            raise BadInput("not a public address", code="address", parameters={"host": host})
        sock = socket.socket(family, kind, protocol)
        with ExitStack() as unless_connected:
            unless_connected.callback(sock.close)
            try:
                _connect(sock, address, timeout, cancel)
            except OSError as error:
                last = error
                continue
            unless_connected.pop_all()
            return sock
    raise Unreachable(str(last), parameters={"host": host, "port": port})


def is_public(address: str) -> bool:
    """Whether an IP address lies on the open internet, also where IPv6 wraps an IPv4 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    return ip.is_global and not ip.is_multicast


def _resolve(host: str, port: int, timeout: float, cancel: CancelToken) -> list[Any]:
    box: queue.SimpleQueue[Callable[[], list[Any]]] = queue.SimpleQueue()
    # the resolver cannot be interrupted, so it is left behind in a thread of its own
    threading.Thread(target=lambda: box.put(_look_up(host, port)), daemon=True, name="mapflow-dns").start()
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        cancel.check()
        try:
            return box.get(timeout=STEP)()
        except queue.Empty:
            continue
    raise HostNotFound("no answer of the name service", parameters={"host": host})


def _look_up(host: str, port: int) -> Callable[[], list[Any]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        text = str(error)
        return lambda: _not_found(host, text)
    return lambda: found


def _not_found(host: str, text: str) -> list[Any]:
    raise HostNotFound(text, parameters={"host": host})


def _connect(sock: socket.socket, address: Any, timeout: float, cancel: CancelToken) -> None:
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    code = sock.connect_ex(address)
    if code not in _UNDER_WAY:
        raise OSError(code, os.strerror(code))
    until = time.monotonic() + timeout
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(STEP):
            cancel.check()
            if time.monotonic() > until:
                raise socket.timeout("timed out")
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
    sock.settimeout(timeout)
