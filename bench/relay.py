"""A TCP relay in a process of its own that notes when the last byte went to the client."""

from __future__ import annotations

import mmap
import os
import signal
import socket
import struct
import threading

PIECE = 256 * 1024
NO_TIME = 0.0


class Relay:
    """`with Relay(port) as relay:` — ask `relay.port` in place of `port`; then `relay.last_byte` is the time
    (`time.perf_counter`, one clock for all processes here) at which the latest piece of an answer left."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._shared = mmap.mmap(-1, 8)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._child = 0

    def __enter__(self) -> Relay:
        self._child = os.fork()
        if not self._child:
            self._serve()
        self._listener.close()
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)

    @property
    def last_byte(self) -> float:
        (value,) = struct.unpack("d", self._shared[:])
        return float(value)

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            server = socket.create_connection(("127.0.0.1", self._target))
            threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        from time import perf_counter

        while piece := source.recv(PIECE):
            sink.sendall(piece)
            if is_answer:
                self._shared[:] = struct.pack("d", perf_counter())
        sink.shutdown(socket.SHUT_WR)
