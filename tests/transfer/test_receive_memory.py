"""A download never comes into memory whole: the process grows by far less than the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.rig.sandbox import ROOT

FILE = 300_000_000
GROWTH = 0.05  # of the file

CHILD = """
import resource, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.api.models import Image
from mapflow_data.transfer.receive import receive

size, piece = int(sys.argv[2]), bytes(1_000_000)

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        is_file = self.path.startswith("/files")
        link = b'{"download_url": "http://127.0.0.1:%d/files/a.tif"}' % self.server.server_port
        self.send_response(200)
        self.send_header("Content-Length", str(size if is_file else len(link)))
        self.end_headers()
        if not is_file:
            self.wfile.write(link)
        for _ in range(size // len(piece) if is_file else 0):
            self.wfile.write(piece)

    def log_message(self, *_):
        pass

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

server = HTTPServer(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
connection = make_connection(f"http://127.0.0.1:{server.server_port}", "dTpw")
with MapflowClient(connection) as client:
    client.images.download_link("warm-up")
    before = peak()
    receive(client, Image("i", size_bytes=size), Path(sys.argv[1]), lambda *_: None)
    print(peak() - before)
"""


def test_a_large_file_is_never_held(tmp_path: Path) -> None:
    target = tmp_path / "a.tif"
    command = [sys.executable, "-c", CHILD, str(target), str(FILE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    assert target.stat().st_size == FILE
    assert int(done.stdout) < GROWTH * FILE
