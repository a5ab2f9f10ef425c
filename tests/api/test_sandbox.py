"""The client against a running service: every call, with real imagery."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mapflow_data.api import errors
from mapflow_data.api.client import MapflowClient
from mapflow_data.api.models import Mosaic
from tests.rig.imagery import MAX_GSD, landsat_tiles, odd_file
from tests.rig.sandbox import Sandbox


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("box"), max_gsd=MAX_GSD) as service:
        yield service


@pytest.fixture
def client(box: Sandbox, make_client: Any) -> MapflowClient:
    made: MapflowClient = make_client(box.url, token=box.token, scale=1.0)
    return made


@pytest.fixture
def mosaic(client: MapflowClient) -> Iterator[Mosaic]:
    made = client.mosaics.create("Rocky Mountains", ["landsat", "a,b"])
    yield made
    client.mosaics.delete(made.id)


def test_account(client: MapflowClient) -> None:
    before = client.account.storage()
    assert before.limit
    assert before.free == before.limit - before.used
    client.account.status()


def test_a_file_goes_up_and_comes_back_as_an_image(client: MapflowClient, mosaic: Mosaic) -> None:
    path = landsat_tiles()[0]
    progress: list[tuple[int, int]] = []
    receipt = client.images.upload(mosaic.id, str(path), lambda *step: progress.append(step))
    assert receipt.mosaic_id == mosaic.id
    assert progress[-1] == (path.stat().st_size,) * 2
    (image,) = client.images.list(mosaic.id)
    assert image.checksum == hashlib.sha1(path.read_bytes()).hexdigest()
    assert (image.filename, image.size_bytes) == (path.name, path.stat().st_size)
    assert (image.crs, image.bands, image.mosaic_id) == ("EPSG:32613", 3, mosaic.id)
    assert image.footprint.startswith("POLYGON")
    assert client.images.get(image.id) == image
    for size in ("s", "l"):
        assert client.images.preview(image.id, size).mime in ("image/jpeg", "image/png")
    status = client.mosaics.status(mosaic.id)
    assert status is not None
    assert (status.total, status.ready, status.images[0].image_id) == (1, 1, image.id)


def test_tiles_are_told(client: MapflowClient, mosaic: Mosaic) -> None:
    assert client.mosaics.get(mosaic.id).footprint == ""
    client.images.upload(mosaic.id, str(landsat_tiles()[1]))
    full = client.mosaics.get(mosaic.id)
    assert "{z}" in full.tile_url
    told = client.mosaics.tilejson(full)
    assert told is not None
    assert told.bounds is not None
    west, south, east, north = told.bounds
    assert -107 < west < east < -104
    assert 39 < south < north < 42


def test_mosaics_are_changed_and_found_by_tag(client: MapflowClient, mosaic: Mosaic) -> None:
    assert mosaic.tags == ("landsat", "a,b")
    changed = client.mosaics.update(mosaic.id, "Fjäll & Co", ["one, two"])
    assert (changed.name, changed.tags) == ("Fjäll & Co", ("one, two",))
    assert [m.id for m in client.mosaics.list(["one, two"])] == [mosaic.id]
    assert client.mosaics.list(["landsat"]) == []


def test_images_are_renamed_linked_to_and_deleted(client: MapflowClient, mosaic: Mosaic) -> None:
    client.images.upload(mosaic.id, str(landsat_tiles()[2]))
    image = client.images.list(mosaic.id)[0]
    assert client.images.rename(image.id, "Süd & West.tif").filename == "Süd & West.tif"
    assert client.images.download_link(image.id).url.startswith("http")
    client.images.delete(image.id)
    assert client.images.list(mosaic.id) == []
    with pytest.raises(errors.NotFound) as caught:
        client.images.get(image.id)
    assert caught.value.code == "ItemNotFound"


def test_a_mosaic_with_its_first_image(client: MapflowClient) -> None:
    receipt = client.mosaics.create_with_image("At once", str(landsat_tiles()[3]), ["t,1", "t2"])
    made = client.mosaics.get(receipt.mosaic_id)
    assert (made.name, made.tags) == ("At once", ("t,1", "t2"))
    assert len(client.images.list(made.id)) == 1
    client.mosaics.delete(made.id)


@pytest.mark.parametrize(
    ("name", "code"),
    [("no_georeference.tif", "FileCheckFailed"), ("not_a_raster.tif", "FileOpenError")],
)
def test_refused_files_tell_why(name: str, code: str, client: MapflowClient, mosaic: Mosaic) -> None:
    with pytest.raises(errors.Refused) as caught:
        client.images.upload(mosaic.id, str(odd_file(name)))
    assert caught.value.code == code
    assert client.images.list(mosaic.id) == []


def test_another_crs_than_the_mosaics_is_refused(client: MapflowClient, mosaic: Mosaic) -> None:
    client.images.upload(mosaic.id, str(landsat_tiles()[0]))
    with pytest.raises(errors.Refused) as caught:
        client.images.upload(mosaic.id, str(odd_file("other_crs.tif")))
    assert caught.value.code == "FileValidationFailed"
    assert caught.value.parameters["param_name"] == "crs"


def test_a_wrong_token(box: Sandbox, make_client: Any) -> None:
    client = make_client(box.url, token="bm9ib2R5OndvcmRz", scale=1.0)
    with pytest.raises(errors.SignInRequired):
        client.account.storage()
    with pytest.raises(errors.SignInRequired):
        client.mosaics.list()


def test_another_accounts_things(
    box: Sandbox, client: MapflowClient, mosaic: Mosaic, make_client: Any
) -> None:
    other = make_client(box.url, token=box.other_token, scale=1.0)
    assert mosaic.id not in [m.id for m in other.mosaics.list()]
    with pytest.raises((errors.Forbidden, errors.NotFound)):
        other.mosaics.get(mosaic.id)


def test_names_of_any_script_survive(client: MapflowClient, mosaic: Mosaic, tmp_path: Path) -> None:
    name = 'Поле "北京" 🛰\r\nx.tif'
    path = tmp_path / name
    path.write_bytes(landsat_tiles()[0].read_bytes())
    client.images.upload(mosaic.id, str(path))
    shown = client.images.list(mosaic.id)[0].filename
    assert shown.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n") == name
