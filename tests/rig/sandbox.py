"""Runs the sandbox service as a process of its own. Plain Python: tests, demo and bench all start it here."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 20.0


class Sandbox:
    """`with Sandbox(folder, max_gsd=200) as box:` gives `box.url`, `box.token`, `box.public_url`.

    Keywords are the options of `python -m sandbox`; True means a flag. The process ends with the block,
    and by itself when this process dies.
    """

    url: str
    token: str
    port: int
    public_url: str
    other_token: str

    def __init__(self, data: Path, **options: Any) -> None:
        self.data = Path(data)
        self.options = options
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Sandbox:
        """Start the process and wait until it accepts connections; RuntimeError where it ends instead."""
        command = [interpreter(), "-m", "sandbox", "--data", str(self.data), "--exit-with-parent"]
        self._process = subprocess.Popen(
            [*command, *_flags(self.options)],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            self.stop()
            raise RuntimeError(f"the sandbox did not start (exit code {code})")
        for name, value in json.loads(line).items():
            setattr(self, name, value)
        return self

    def stop(self) -> None:
        """End the process; harmless when it has ended."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Basic {self.token}"}

    def requests(self) -> list[dict[str, Any]]:
        """What the service saw since the log was cleared, oldest first."""
        entries: list[dict[str, Any]] = json.loads(self._control("GET"))
        return entries

    def clear_requests(self) -> None:
        self._control("DELETE")

    def _control(self, method: str) -> bytes:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/_sandbox/requests", method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return bytes(answer.read())


def interpreter() -> str:
    """The Python of the sandbox's own environment; MAPFLOW_SANDBOX_PYTHON names another one."""
    return os.environ.get("MAPFLOW_SANDBOX_PYTHON") or str(ROOT / ".venv-sandbox" / "bin" / "python")


def _environment() -> dict[str, str]:
    """Without what would send the other interpreter into this one's packages (QGIS sets both)."""
    foreign = ("PYTHONPATH", "PYTHONHOME", "GDAL_DATA", "PROJ_LIB", "PROJ_DATA", "GDAL_DRIVER_PATH")
    return {name: value for name, value in os.environ.items() if name not in foreign}


def _flags(options: dict[str, Any]) -> list[str]:
    flags: list[str] = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            flags.append(flag)
        elif value is not False and value is not None:
            flags += [flag, str(value)]
    return flags
