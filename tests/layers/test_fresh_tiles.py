"""A refreshed layer of tiles draws what the service has now, signed as before, also in a saved project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from qgis.core import QgsMapRendererParallelJob, QgsMapSettings, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QImage

from mapflow_data.api.client import MapflowClient
from mapflow_data.api.connection import make_connection
from mapflow_data.layers import tiles
from mapflow_data.network import TileSigner
from tests.rig.geotiffs import make_raster
from tests.rig.sandbox import Sandbox


@pytest.fixture
def client(sandbox: Sandbox, qgis_new_project: None) -> Iterator[MapflowClient]:
    """What QGIS asks for is signed, too."""
    connection = make_connection(sandbox.url, sandbox.token)
    signer = TileSigner()
    signer.install()
    signer.set_connection(connection)
    with MapflowClient(connection) as client:
        yield client
    signer.remove()


def draw(layer: QgsRasterLayer) -> QImage:
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(128, 128))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def make_layer(client: MapflowClient, mosaic_id: str) -> QgsRasterLayer:
    mosaic = client.mosaics.get(mosaic_id)
    return tiles.make_layer(mosaic, client.mosaics.tilejson(mosaic))


def replace_image(client: MapflowClient, mosaic_id: str, tmp_path: Path) -> None:
    """The same ground with other pixels."""
    (old,) = client.images.list(mosaic_id)
    client.images.upload(mosaic_id, str(make_raster(tmp_path / "new.tif", value=120, size=(40, 48))))
    client.images.delete(old.id)


@pytest.fixture
def mosaic_id(client: MapflowClient, tmp_path: Path) -> str:
    mosaic = client.mosaics.create("Field")
    client.images.upload(mosaic.id, str(make_raster(tmp_path / "old.tif")))
    return mosaic.id


@pytest.mark.parametrize("how", ["refreshed", "shown anew", "refreshed in a saved project"])
def test_new_pixels_are_drawn(
    client: MapflowClient, sandbox: Sandbox, mosaic_id: str, tmp_path: Path, how: str
) -> None:
    layer = make_layer(client, mosaic_id)
    old = draw(layer)
    assert old != draw(QgsRasterLayer())
    replace_image(client, mosaic_id, tmp_path)
    assert draw(layer) == old  # QGIS has them in its caches
    if how == "shown anew":
        assert draw(make_layer(client, mosaic_id)) != old
        return
    if how != "refreshed":
        project = QgsProject.instance()
        project.addMapLayer(layer)
        assert project.write(str(tmp_path / "p.qgz"))
        project.clear()
        assert project.read(str(tmp_path / "p.qgz"))
        (layer,) = project.mapLayers().values()
        tiles.restore_extent(layer)
        assert draw(layer) == old
    sandbox.clear_requests()
    tiles.refresh(layer)
    assert draw(layer) != old
    asked = [one for one in sandbox.requests() if "/tiles/" in one["path"]]
    assert asked
    assert {one["status"] for one in asked} == {200}
