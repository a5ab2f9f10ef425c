"""A mosaic to tidy up, and the panel that shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.models import Mosaic
from mapflow_data.gui.my_imagery.panel import ImageryPanel
from mapflow_data.gui.workspace import Workspace
from tests.rig.geotiffs import make_raster


@pytest.fixture
def mosaic(client: MapflowClient, tmp_path: Path) -> Mosaic:
    """Of its own for each test, with two images."""
    mosaic = client.mosaics.create("To tidy <b>up</b>", ("drone",))
    for number in (1, 2):
        transform = (500_000.0 + number * 700, 10.0, 0.0, 4_500_000.0, 0.0, -10.0)
        client.images.upload(mosaic.id, str(make_raster(tmp_path / f"{number}.tif", transform=transform)))
    return client.mosaics.get(mosaic.id)


@pytest.fixture
def panel(mosaic: Mosaic, signed_in: Workspace) -> ImageryPanel:
    return signed_in.dock.imagery
