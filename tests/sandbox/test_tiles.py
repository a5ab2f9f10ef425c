"""The tiles of a mosaic: true pixels at known points, several images in one tile, nothing outside."""

from __future__ import annotations

import math
from typing import Any

import pytest
import requests
from osgeo import gdal, osr

from tests.rig.imagery import landsat_tiles


@pytest.fixture
def layer(call: Any) -> dict[str, Any]:
    """The TileJSON of a mosaic of all four tiles."""
    mosaic_id = call.make_mosaic("four tiles")
    for tile in landsat_tiles():
        assert call.upload(mosaic_id, tile).ok
    raster_layer = call.json("GET", f"/rasters/mosaic/{mosaic_id}")["rasterLayer"]
    return {**call.json("GET", raster_layer["tileJsonUrl"]), "url": raster_layer["tileUrl"]}


def to_lon_lat(x: float, y: float) -> tuple[float, float]:
    utm, wgs84 = osr.SpatialReference(), osr.SpatialReference()
    utm.ImportFromEPSG(32613)
    wgs84.ImportFromEPSG(4326)
    wgs84.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    lon, lat, _ = osr.CoordinateTransformation(utm, wgs84).TransformPoint(x, y)
    return lon, lat


def pixel_of(lon: float, lat: float, zoom: int) -> tuple[int, int, int, int]:
    """Tile column and row, and column and row within the tile."""
    world = 256 * 2**zoom
    x = int((lon + 180) / 360 * world)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * world)
    return x // 256, y // 256, x % 256, y % 256


def colours(png: bytes, column: int, row: int) -> list[int]:
    gdal.FileFromMemBuffer("/vsimem/sandbox-tile.png", png)
    dataset = gdal.Open("/vsimem/sandbox-tile.png")
    values = dataset.ReadAsArray(column, row, 1, 1).ravel().tolist()
    del dataset
    gdal.Unlink("/vsimem/sandbox-tile.png")
    return list(values)


@pytest.mark.parametrize("index", range(4))
def test_tiles_show_the_pixels_of_every_image(call: Any, layer: dict[str, Any], index: int) -> None:
    """Zoom 14 is finer than the raster: the middle of its pixel falls into a tile's pixel of its colour."""
    raster = gdal.Open(str(landsat_tiles()[index]))
    left, size, _, top, _, _ = raster.GetGeoTransform()
    for column, row in ((100, 100), (150, 90), (60, 170)):
        lon, lat = to_lon_lat(left + (column + 0.5) * size, top - (row + 0.5) * size)
        x, y, pixel_column, pixel_row = pixel_of(lon, lat, 14)
        tile = call("GET", layer["url"].format(z=14, x=x, y=y))
        expected = raster.ReadAsArray(column, row, 1, 1).ravel().tolist()
        assert colours(tile.content, pixel_column, pixel_row) == [*expected, 255]


def test_a_tile_is_put_together_from_all_images(call: Any, layer: dict[str, Any]) -> None:
    """One low tile holds the middles of all four images, all of them with data."""
    zoom = 7
    tile = None
    for path in landsat_tiles():
        raster = gdal.Open(str(path))
        left, size, _, top, _, _ = raster.GetGeoTransform()
        x, y, column, row = pixel_of(*to_lon_lat(left + 110 * size, top - 110 * size), zoom)
        tile = tile or call("GET", layer["url"].format(z=zoom, x=x, y=y)).content
        assert colours(tile, column, row)[3] == 255


def test_transparent_where_there_is_nothing(call: Any, layer: dict[str, Any]) -> None:
    west, _, _, north = layer["bounds"]
    x, y, column, row = pixel_of(west - 0.02, north + 0.02, 11)
    assert colours(call("GET", layer["url"].format(z=11, x=x, y=y)).content, column, row)[3] == 0
    assert colours(call("GET", layer["url"].format(z=11, x=1, y=1)).content, 128, 128)[3] == 0


def test_tilejson_covers_all_images(layer: dict[str, Any]) -> None:
    west, south, east, north = layer["bounds"]
    assert west < -105.98 < -105.40 < east
    assert south < 40.12 < 40.56 < north
    assert layer["tiles"] == [layer["url"]]
    assert layer["minzoom"] <= layer["maxzoom"]


def test_tiles_need_the_token_and_the_whole_query(call: Any, layer: dict[str, Any]) -> None:
    url = layer["url"].format(z=10, x=210, y=386)
    assert requests.get(url, timeout=30).status_code == 401
    assert call("GET", url).status_code == 200
    assert call("GET", url.split("&")[0]).status_code == 422
    assert call("GET", url.split("?")[0]).status_code == 422


def test_an_empty_mosaic_has_no_layer(call: Any) -> None:
    mosaic = call.json("GET", f"/rasters/mosaic/{call.make_mosaic()}")
    assert (mosaic["footprint"], mosaic["rasterLayer"], mosaic["sizeInBytes"]) == (None, None, 0)
