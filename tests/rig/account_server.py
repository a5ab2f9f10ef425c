"""A server of several accounts that can go away and change its mind about a token; it notes who asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STORAGE = {"memoryLimit": 1000, "memoryUsed": 1, "memoryFree": 999}


class AccountServer:
    """`mosaics` has the names of the mosaics of each token that is taken; `is_away` stands for a gateway that
    says so. `asked` are the Authorization headers, in their order.
    """

    def __init__(self, mosaics: dict[str, list[str]]) -> None:
        self.mosaics = mosaics
        self.is_away = False
        self.asked: list[str] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/rest"

    def __enter__(self) -> AccountServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def answer(self, path: str, authorization: str) -> tuple[int, Any]:
        self.asked.append(authorization)
        if self.is_away:
            return 503, {"message": "away"}
        names = self.mosaics.get(authorization.partition(" ")[2])
        if names is None:
            return 401, {"message": "who are you"}
        if path.endswith("/rasters/memory"):
            return 200, STORAGE
        if path.endswith("/rasters/mosaic"):
            return 200, [{"id": f"id of {name}", "name": name} for name in names]
        return (200, []) if path.endswith("/image") else (404, {"message": "no such thing"})

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, data = server.answer(self.path, self.headers.get("Authorization", ""))
                body = json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Tests tell enough."""

        return Handler
