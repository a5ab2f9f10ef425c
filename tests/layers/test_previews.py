"""Previews lie where their scenes do: known colours under known ground points, within a pixel."""

from __future__ import annotations

import os
import struct
import zlib
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

from mapflow_data.api.errors import BadInput
from mapflow_data.api.models import Preview
from mapflow_data.layers import previews
from mapflow_data.layers.properties import IMAGE_ID, KIND
from tests.layers.scenes import Scene, encode, worst_miss

NORTH_UP, ROTATED = Scene(), Scene(degrees=12.0)
UNKNOWN = {"crs": "", "width": None, "height": None, "pixel_size": None}
# four starts, two ways round, and the four corners' other orders, whose rings cross themselves
ORDERS = list(permutations(range(4)))


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "cache")


@pytest.mark.parametrize("facts", [{}, UNKNOWN], ids=["known", "unknown"])
@pytest.mark.parametrize("scene", [NORTH_UP, ROTATED], ids=["north-up", "rotated"])
@pytest.mark.parametrize("order", ORDERS)
def test_any_ring_order(scene: Scene, facts: dict[str, object], order: tuple[int, ...], folder: str) -> None:
    ring = [scene.outline[i] for i in order]
    path = previews.georeference(encode(scene.picture()), scene.image(ring, **facts), folder)
    assert worst_miss(path, scene) < 1.0


@pytest.mark.parametrize(
    "scene",
    [
        Scene("EPSG:32631", (431_000, 5_401_000), 5589, 4079, 0.3),
        Scene("EPSG:3857", (-11_790_000, 4_930_000), 3000, 3000, 5),
        Scene("EPSG:4326", (-105.9, 40.6), 485, 373, 0.0015),
        Scene("EPSG:32637", (300_000, 6_650_000), 3000, 3000, 5, degrees=30),
        Scene("EPSG:32637", (300_000, 6_650_000), 1500, 11_000, 10, degrees=-12),
        Scene("EPSG:32660", (700_000, 1_000_000), 9000, 6000, 10),
    ],
    ids=["small", "mercator", "degrees", "square rotated", "strip", "across 180"],
)
def test_kinds_of_scenes(scene: Scene, folder: str) -> None:
    path = previews.georeference(encode(scene.picture()), scene.image(), folder)
    assert worst_miss(path, scene) < 1.0
    assert gdal.Open(path).GetSpatialRef().GetAuthorityCode(None) == scene.crs.partition(":")[2]


def test_footprint_that_is_only_bounds(folder: str) -> None:
    """As in the example of the Mapflow Data API docs: bounds in degrees of an image in UTM."""
    scene = Scene("EPSG:32631", (424_000.0, 5_403_000.0), 5589, 4079, 0.3)
    xs, ys = zip(*scene.outline)
    x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
    ring = [(x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    path = previews.georeference(encode(scene.picture()), scene.image(ring), folder)
    assert worst_miss(path, scene) < 1.0


@pytest.mark.parametrize("facts", [{}, UNKNOWN], ids=["known", "unknown"])
@pytest.mark.parametrize("scene", [NORTH_UP, ROTATED], ids=["north-up", "rotated"])
def test_padded_box(scene: Scene, facts: dict[str, object], folder: str) -> None:
    preview = encode(scene.picture(padded=True))
    path = previews.georeference(preview, scene.image(**facts), folder)
    assert worst_miss(path, scene) < 1.0


def test_rotated_scene_drawn_north_up_with_a_collar(folder: str) -> None:
    preview = encode(ROTATED.drawn_north_up())
    path = previews.georeference(preview, ROTATED.image(**{**UNKNOWN, "crs": ROTATED.crs}), folder)
    assert worst_miss(path, ROTATED) < 1.0
    assert gdal.Open(path).ReadAsArray()[3][0, 0] == 0


@pytest.mark.parametrize("driver", ["PNG", "JPEG"])
def test_it_is_a_tiled_raster_with_alpha(driver: str, folder: str) -> None:
    path = previews.georeference(encode(ROTATED.picture(), driver), ROTATED.image(), folder)
    dataset = gdal.Open(path)
    alpha = dataset.GetRasterBand(4)
    assert alpha.GetColorInterpretation() == gdal.GCI_AlphaBand
    assert dataset.GetRasterBand(1).GetBlockSize() == [256, 256]
    values = alpha.ReadAsArray()
    assert [values[0, 0], values[0, -1], values[-1, 0], values[-1, -1]] == [0, 0, 0, 0]
    assert values[values.shape[0] // 2, values.shape[1] // 2] == 255


@pytest.mark.parametrize("bands", [1, 2, 4])
def test_bands_of_pictures(bands: int, folder: str) -> None:
    grey = np.full((bands, 250, 400), 90, np.uint8)
    if bands in (2, 4):
        grey[-1, :125] = 0
    values = gdal.Open(previews.georeference(encode(grey), NORTH_UP.image(), folder)).ReadAsArray()
    assert values[:, 200, 200].tolist() == [90, 90, 90, 90 if bands in (2, 4) else 255]
    assert values[3, 10, 10] == (0 if bands in (2, 4) else 255)


VRT = b"""<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand band="1" dataType="Byte"><SimpleSource>
<SourceFilename>/vsicurl/http://127.0.0.1:9/x.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"""


def _claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims a size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        b"", VRT, b"\x89PNG\r\n\x1a\n" + VRT, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html></html>",
        b"II*\0" + bytes(64), b"\xff\xd8\xff" + bytes(64), _claims(60_000, 60_000), _claims(9_000, 9_000),
        _claims(300, 200), b"\xff\xd8\xff" + bytes(51 * 1024**2),
    ],
    ids=["empty", "vrt", "vrt as png", "svg", "html", "tiff", "broken jpeg",
         "bomb", "big", "cut short", "heavy"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(data: bytes, folder: str) -> None:
    with pytest.raises(BadInput) as caught:
        previews.georeference(Preview(data, "image/png"), NORTH_UP.image(), folder)
    assert caught.value.code == "picture"
    assert not Path(folder).exists()


@pytest.mark.parametrize("footprint", ["", "POLYGON ((0 0, 1 1, 2 2, 0 0))", "POINT (1 1)"])
def test_no_footprint_no_place(footprint: str, folder: str) -> None:
    with pytest.raises(BadInput) as caught:
        previews.georeference(encode(NORTH_UP.picture()), NORTH_UP.image(footprint=footprint), folder)
    assert caught.value.code == "footprint"


def test_a_server_s_text_is_no_path(folder: str) -> None:
    image = NORTH_UP.image(id="../../evil", checksum="../x")
    path = Path(previews.georeference(encode(NORTH_UP.picture()), image, folder))
    assert path.parent == Path(folder)
    assert [p.name for p in Path(folder).iterdir()] == [path.name]


def test_it_is_made_once(folder: str) -> None:
    preview = encode(NORTH_UP.picture())
    path = previews.georeference(preview, NORTH_UP.image(), folder)
    before = Path(path).stat()
    os.utime(path, (1e9, 1e9))
    assert previews.georeference(preview, NORTH_UP.image(), folder) == path
    after = Path(path).stat()
    assert after.st_ino == before.st_ino
    assert after.st_mtime >= before.st_mtime  # used just now: others go before it
    assert previews.georeference(preview, ROTATED.image(), folder) != path


def test_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadInput) as caught:
        previews.georeference(encode(NORTH_UP.picture()), NORTH_UP.image(), str(tmp_path / "file" / "cache"))
    assert caught.value.code == "disk"


def test_layer(folder: str, qgis_new_project: None) -> None:
    image = ROTATED.image()
    path = previews.georeference(encode(ROTATED.picture()), image, folder)
    layer = previews.make_layer(path, "scene.tif", image)
    assert layer.isValid()
    assert (layer.crs().authid(), layer.bandCount()) == (ROTATED.crs, 4)
    assert layer.customProperty(KIND) == "preview"
    assert layer.customProperty(IMAGE_ID) == "scene"
