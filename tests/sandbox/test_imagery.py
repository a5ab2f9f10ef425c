"""The real imagery: one pixel grid, true overlaps, no hole, and odd files that are odd in one way only."""

from __future__ import annotations

import numpy
from osgeo import gdal

from tests.rig.imagery import landsat_tiles, odd_file


def test_tiles_share_one_grid_and_overlap_in_equal_pixels() -> None:
    tiles = [gdal.Open(str(path)) for path in landsat_tiles()]
    pixels = [tile.ReadAsArray() for tile in tiles]
    places = [tile.GetGeoTransform() for tile in tiles]
    assert {tile.GetSpatialRef().GetAuthorityCode(None) for tile in tiles} == {"32613"}
    assert {(place[1], place[5], band.shape) for place, band in zip(places, pixels)} == {
        (120.0, -120.0, (3, 220, 220))
    }
    assert {(place[0] % 120, place[3] % 120) for place in places} == {(0.0, 0.0)}
    north_west, north_east, south_west, _ = pixels
    assert numpy.array_equal(north_west[:, :, -24:], north_east[:, :, :24])
    assert numpy.array_equal(north_west[:, -24:], south_west[:, :24])


def test_tiles_are_clear_of_the_empty_collar() -> None:
    for path in landsat_tiles():
        pixels = gdal.Open(str(path)).ReadAsArray()
        edges = numpy.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], axis=1)
        assert (edges == 255).all(axis=0).mean() < 0.01
        assert pixels.std() > 20


def test_odd_files_differ_in_what_their_name_says() -> None:
    tile = gdal.Open(str(landsat_tiles()[0]))
    assert gdal.Open(str(odd_file("no_georeference.tif"))).GetSpatialRef() is None
    assert gdal.Open(str(odd_file("other_crs.tif"))).GetSpatialRef().GetAuthorityCode(None) == "32612"
    assert gdal.Open(str(odd_file("degrees.tif"))).GetSpatialRef().IsGeographic()
    assert gdal.Open(str(odd_file("coarse.tif"))).GetGeoTransform()[1] == 240.0
    for name, bands in (("one_band.tif", 1), ("four_bands.tif", 4), ("sixteen_bits.tif", 3)):
        raster = gdal.Open(str(odd_file(name)))
        assert raster.RasterCount == bands
        assert raster.GetGeoTransform() == tile.GetGeoTransform()
