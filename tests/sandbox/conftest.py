"""A running sandbox that takes the Landsat tiles, and short ways to call it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.rig.imagery import MAX_GSD, landsat_tiles
from tests.rig.sandbox import Sandbox


class Caller:
    """Calls one sandbox with its token; paths are below the base URL."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update(box.headers)

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else self.box.url + path
        return self.session.request(method, url, timeout=30, **options)

    def json(self, method: str, path: str, **options: Any) -> Any:
        answer = self(method, path, **options)
        assert answer.ok, answer.text
        return answer.json()

    def make_mosaic(self, name: str = "a mosaic", *tags: str) -> str:
        mosaic_id: str = self.json("POST", "/rasters/mosaic", json={"name": name, "tags": list(tags)})["id"]
        return mosaic_id

    def upload(self, mosaic_id: str, path: Path) -> requests.Response:
        with path.open("rb") as stream:
            return self("POST", f"/rasters/mosaic/{mosaic_id}/image", files={"file": (path.name, stream)})

    def images(self, mosaic_id: str) -> list[dict[str, Any]]:
        images: list[dict[str, Any]] = self.json("GET", f"/rasters/mosaic/{mosaic_id}/image")
        return images

    def make_image(self, path: Path | None = None) -> dict[str, Any]:
        """An image in a mosaic of its own."""
        mosaic_id = self.make_mosaic()
        assert self.upload(mosaic_id, path or landsat_tiles()[0]).ok
        return self.images(mosaic_id)[0]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("box"), max_gsd=MAX_GSD) as running:
        yield running


@pytest.fixture
def call(box: Sandbox) -> Iterator[Caller]:
    caller = Caller(box)
    yield caller
    caller.session.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    """`start(**options)`: a caller of a sandbox of its own."""
    running: list[Caller] = []

    def make(**options: Any) -> Caller:
        box = Sandbox(tmp_path / f"box-{len(running)}", **{"max_gsd": MAX_GSD, **options}).start()
        running.append(Caller(box))
        return running[-1]

    yield make
    for caller in running:
        caller.session.close()
        caller.box.stop()
