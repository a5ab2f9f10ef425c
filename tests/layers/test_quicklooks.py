"""Quicklooks lie where their scenes do, whatever the ring's order, the rotation and the picture's margins."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject

from mapflow_data.api.errors import BadInput
from mapflow_data.api.models import CatalogItem, Preview, Quicklook
from mapflow_data.layers import corners, keep, quicklooks
from mapflow_data.layers.geometry import project, wgs84
from mapflow_data.layers.properties import IMAGE_ID, KIND, QUICKLOOK
from tests.layers.scenes import Scene, encode, worst_miss

UTM = "EPSG:32613"
HERE = (430_000.0, 4_480_000.0)


def ring_of(scene: Scene, start: int = 0, is_turned: bool = False) -> Any:
    outline = scene.outline[start:] + scene.outline[:start]
    if is_turned:
        outline = outline[::-1]
    return (*outline, outline[0])


def item_of(scene: Scene, start: int = 0, is_turned: bool = False, **facts: Any) -> CatalogItem:
    known = {"preview_type": "png", "preview_url": "https://pictures.example/1.png", **facts}
    return CatalogItem("scene", ((ring_of(scene, start, is_turned),),), **known)


def placed(preview: Preview, item: CatalogItem, folder: Path) -> str:
    return quicklooks.georeference_item([(preview, Quicklook("u"))], item, str(folder))


def corner_miss(path: str, scene: Scene, side: int, quad: list[tuple[float, float]] | None = None) -> float:
    """How far from the scene's corners the nearest pixel is drawn, at worst, in pixels of the picture.

    That it does not reach further is told by the area that is drawn.
    """
    dataset = gdal.Open(path)
    alpha = dataset.GetRasterBand(4).ReadAsArray()
    gt = dataset.GetGeoTransform()
    rows, columns = np.nonzero(alpha)
    xs, ys = gt[0] + (columns + 0.5) * gt[1], gt[3] + (rows + 0.5) * gt[5]
    target = QgsCoordinateReferenceSystem(dataset.GetProjection())
    places = quad or project(scene.outline, wgs84(), target)
    whole = abs(corners.signed_area(places)) / abs(gt[1] * gt[5])
    assert alpha.sum() / 255 == pytest.approx(whole, rel=0.01)
    pixel = scene.pixel * max(scene.width, scene.height) / side
    return max(np.hypot(xs - x, ys - y).min() for x, y in places) / pixel


@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("degrees", [-45, -30, -10, 0, 20, 35, 45])
def test_any_ring_order_and_rotation(start: int, is_turned: bool, degrees: float, tmp_path: Path) -> None:
    scene = Scene(UTM, HERE, 3000, 5000, 5.0, degrees)
    path = placed(encode(scene.picture(400)), item_of(scene, start, is_turned), tmp_path)
    assert worst_miss(path, scene) < 1.0
    assert corner_miss(path, scene, 400) <= 1.0


@pytest.mark.parametrize("order", [(0, 2, 1, 3), (0, 1, 3, 2), (2, 0, 3, 1)])
def test_rings_that_cross_themselves_are_refused_or_right(order: tuple[int, ...], tmp_path: Path) -> None:
    scene = Scene(UTM, HERE, 3000, 5000, 5.0, 20)
    ring = [scene.outline[i] for i in order]
    item = CatalogItem("s", (((*ring, ring[0]),),), preview_url="https://pictures.example/1.png")
    try:
        assert worst_miss(placed(encode(scene.picture(500)), item, tmp_path), scene) < 1.0
    except BadInput as error:
        assert error.code == "footprint"


@pytest.mark.parametrize("degrees", [-35, -10, 12, 30])
def test_drawn_north_up_with_a_collar(degrees: float, tmp_path: Path) -> None:
    scene = Scene(UTM, HERE, 3000, 5000, 5.0, degrees)
    path = placed(encode(scene.drawn_north_up()), item_of(scene, 2), tmp_path)
    assert worst_miss(path, scene) < 1.0
    assert corner_miss(path, scene, 400) <= 1.0
    assert gdal.Open(path).ReadAsArray()[3][0, 0] == 0


@pytest.mark.parametrize("collar", [0, 255])
def test_drawn_in_degrees_with_a_collar(collar: int, tmp_path: Path) -> None:
    scene = Scene(UTM, HERE, 3000, 5000, 5.0, 25)
    item = item_of(scene, 1)
    upright = gdal.Open(placed(encode(scene.picture(900)), item, tmp_path))
    degrees = gdal.Warp("", upright, format="MEM", dstSRS="EPSG:4326", width=400)
    rgba = degrees.ReadAsArray()
    rgb = np.where(rgba[3] > 127, rgba[:3], np.uint8(collar))
    path = placed(encode(rgb), item, tmp_path)
    assert gdal.Open(path).GetSpatialRef().GetAuthorityCode(None) == "4326"
    assert worst_miss_in_degrees(path, scene) < 1.5
    assert gdal.Open(path).ReadAsArray()[3][0, 0] == 0


@pytest.mark.parametrize("is_padded", [False, True])
def test_square_thumbnails_padded_or_squeezed(is_padded: bool, tmp_path: Path) -> None:
    """A strip in a square: with empty margins it is padded, without them it was squeezed."""
    scene = Scene(UTM, HERE, 2000, 5000, 5.0, 20)
    if is_padded:
        pixels = scene.picture(400, padded=True)
    else:
        source = gdal.GetDriverByName("MEM").Create("", 160, 400, 3)
        source.WriteArray(scene.picture(400))
        pixels = gdal.Translate("", source, format="MEM", width=400, height=400).ReadAsArray()
    path = placed(encode(pixels), item_of(scene, 3), tmp_path)
    assert worst_miss(path, scene) < 1.0
    assert corner_miss(path, scene, 400) <= 1.0


def test_a_quadrangle_is_met_at_all_four_corners(tmp_path: Path) -> None:
    scene = Scene(UTM, HERE, 3000, 4000, 5.0, 15)
    here = project(scene.outline, wgs84(), QgsCoordinateReferenceSystem(UTM))
    quad = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(here, [(0, 0), (700, 0), (0, -900), (0, 300)])]
    ring = project(quad, QgsCoordinateReferenceSystem(UTM), wgs84())
    item = CatalogItem("s", (((*ring, ring[0]),),), preview_url="https://pictures.example/1.png")
    path = placed(encode(scene.picture(400)), item, tmp_path)
    assert corner_miss(path, scene, 400, quad) <= 1.0


@pytest.mark.parametrize(
    ("scene", "zone"),
    [
        (Scene("EPSG:32660", (700_000, 1_000_000), 3000, 5000, 5, 15), 32660),
        (Scene("EPSG:32733", (400_000, 7_000_000), 3000, 5000, 5, -20), 32733),
        (Scene("EPSG:3413", (100_000, -100_000), 3000, 5000, 5, 10), None),
    ],
    ids=["near 180", "south", "pole"],
)
def test_anywhere(scene: Scene, zone: int | None, tmp_path: Path) -> None:
    path = placed(encode(scene.picture(400)), item_of(scene), tmp_path)
    if zone:
        assert gdal.Open(path).GetSpatialRef().GetAuthorityCode(None) == str(zone)
        assert worst_miss(path, scene) < 1.0
    else:
        assert corner_miss(path, scene, 400) <= 1.0


def test_pictures_with_a_place_of_their_own_become_one(tmp_path: Path) -> None:
    scene = Scene(UTM, HERE, 3000, 5000, 5.0, 20)
    halves = [Scene(UTM, scene.ground(0, top), 3000, 2500, 5.0, 20) for top in (0, 2500)]
    pixels = scene.picture(500)
    previews = tuple(
        Quicklook(f"https://pictures.example/{n}", ((ring_of(h, n),),)) for n, h in enumerate(halves)
    )
    item = item_of(scene, previews=previews)
    assert quicklooks.pictures_of(item) == previews
    pictures = [encode(pixels[:, :250]), encode(pixels[:, 250:])]
    path = quicklooks.georeference_item(list(zip(pictures, previews)), item, str(tmp_path))
    assert worst_miss(path, scene) < 1.0
    assert corner_miss(path, scene, 400) <= 1.0
    one = quicklooks.georeference_item([(pictures[1], previews[1])], item, str(tmp_path))
    assert corner_miss(one, halves[1], 300) <= 1.0


@pytest.mark.parametrize(
    ("facts", "urls"),
    [
        ({}, ["https://pictures.example/1.png"]),
        ({"preview_url": "", "previews": (Quicklook("a"), Quicklook("b"))}, ["a"]),
        ({"previews": (Quicklook("a"),)}, ["https://pictures.example/1.png"]),
        ({"preview_type": "xyz", "preview_url": "https://t/{z}/{x}/{y}"}, []),
        ({"preview_type": "", "preview_url": "https://t/{z}/{x}/{y}"}, []),
        ({"preview_url": ""}, []),
    ],
)
def test_which_pictures(facts: dict[str, Any], urls: list[str]) -> None:
    assert [one.url for one in quicklooks.pictures_of(item_of(Scene(), **facts))] == urls


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"acquired_at": datetime(2025, 7, 14, 23, 59, tzinfo=UTC), "sensor": "JL1GF03A", "cloud": 2.0},
         "2025-07-14 JL1GF03A 2 %"),
        ({"sensor": "JL1GF03A", "cloud": 0.09}, "JL1GF03A 0.1 %"),
        ({"satellite": "S2", "cloud": 0.0}, "S2 0 %"),
        ({"cloud": 10.0}, "10 %"),
        ({}, "scene"),
    ],
)  # fmt: skip
def test_names(facts: dict[str, Any], name: str) -> None:
    assert quicklooks.name_of(item_of(Scene(), **facts)) == name


@pytest.mark.parametrize(
    ("data", "footprint", "code"),
    [
        (b"<html>", ((((0, 0), (1, 0), (1, 1), (0, 0)),),), "picture"),
        (b"\x89PNG\r\n\x1a\n<VRTDataset/>", ((((0, 0), (1, 0), (1, 1), (0, 0)),),), "picture"),
        (None, (), "footprint"),
        (None, ((((0, 0), (1, 1), (2, 2), (0, 0)),),), "footprint"),
    ],
)
def test_what_cannot_be_placed(data: bytes | None, footprint: Any, code: str, tmp_path: Path) -> None:
    preview = encode(Scene().picture(50)) if data is None else Preview(data, "image/png")
    with pytest.raises(BadInput) as caught:
        placed(preview, CatalogItem("s", footprint), tmp_path)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_server_s_text_is_no_path(tmp_path: Path) -> None:
    item = CatalogItem("../../evil", preview_url="../x.png")
    assert quicklooks.path_of(item, str(tmp_path)).parent == tmp_path


def test_layer_and_its_place_in_a_saved_project(qgis_new_project: None, tmp_path: Path) -> None:
    scene = Scene(UTM, HERE, 3000, 5000, 5.0, 20)
    item = item_of(scene, acquired_at=datetime(2025, 7, 14, 10, tzinfo=UTC), sensor="JL1", cloud=2.0)
    layer = quicklooks.make_layer(placed(encode(scene.picture(300)), item, tmp_path), item)
    QgsProject.instance().addMapLayer(layer)
    assert (layer.name(), layer.crs().authid(), layer.bandCount()) == ("2025-07-14 JL1 2 %", UTM, 4)
    assert (layer.customProperty(KIND), layer.customProperty(IMAGE_ID)) == (QUICKLOOK, "scene")
    taken = layer.temporalProperties().fixedTemporalRange()
    assert taken.begin().toUTC().toString("yyyy-MM-dd HH:mm") == "2025-07-14 00:00"
    assert taken.end().toUTC().toString("yyyy-MM-dd HH:mm") == "2025-07-14 23:59"
    assert keep.can_be_kept(layer)
    keep.keep(layer, tmp_path / "kept", QgsProject.instance().transformContext())
    assert layer.isValid()
    assert Path(layer.source()).parent == tmp_path / "kept"
    assert Path(layer.source()).suffix == ".tif"


def worst_miss_in_degrees(path: str, scene: Scene) -> float:
    """As `worst_miss`, by pixels of both axes: those of degrees are not square on the ground."""
    utm = gdal.Warp("/vsimem/check.tif", path, dstSRS=scene.crs, xRes=60, yRes=60, resampleAlg="nearest")
    assert utm is not None
    utm = None
    pixel = gdal.Open(path).GetGeoTransform()[1] * 111_320 * math.cos(math.radians(40.4))
    return worst_miss("/vsimem/check.tif", scene) * 60 / pixel
