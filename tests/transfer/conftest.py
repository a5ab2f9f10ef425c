"""A client of the real service, and a mosaic of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from tests.rig.sandbox import Sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MapflowClient]:
    with MapflowClient(make_connection(sandbox.url, sandbox.token), time_scale=0.05) as client:
        yield client


@pytest.fixture
def mosaic_id(client: MapflowClient) -> str:
    return client.mosaics.create("test").id
