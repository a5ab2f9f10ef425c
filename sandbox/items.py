"""The catalog's items as the search answers them: scenes, mosaics, own images, many made-up ones."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from .account import OWN_PROVIDER
from .scenes import Strip
from .store import Image

Item = dict[str, Any]
SENSORS = (("JL1GF03A", "PMS"), ("JL1KF01A", "PMS04"), ("SV1-01", "PMS"), ("GF2", "PMS1"))
SCENE_PROVIDERS = ("CG", "CG", "Head", "CG")  # Head is linked to nobody
RESOLUTIONS = (0.3, 0.5, 0.75, 1.06, 3.0, 10.0, 0.0)
FIRST_DAY = datetime(2021, 3, 1, 6, 0, tzinfo=UTC)
UNKNOWN_EVERY = 8


def make_scene(index: int, strip: Strip, public_origin: str) -> Item:
    """Scene `index`; what it lacks and how it is spelt goes round with the index."""
    dice = random.Random(index)
    taken = FIRST_DAY + timedelta(days=53 * index, seconds=dice.randrange(36_000))
    satellite, camera = SENSORS[index % len(SENSORS)]
    ending = ("png", "jpg", "jpg")[index % 3]
    url = f"{public_origin}/quicklooks/scene_{index:02}.{ending}"
    ring = ring_of(strip.corners(), index)
    item = {
        "id": f"{satellite}_{camera}_{taken:%Y%m%d%H%M%S}_{200087596 + index}_103_{index:04}_001_L1",
        "footprint": {"type": "Polygon", "coordinates": [ring]},
        "pixelResolution": RESOLUTIONS[index % len(RESOLUTIONS)],
        "acquisitionDate": f"{taken:%Y-%m-%dT%H:%M:%SZ}",
        "productType": ("Scene", "Image", "IMAGE")[index % 3],
        "sensor": satellite,
        "satId": satellite,
        "colorBandOrder": "B,G,R,NIR,PAN",
        "cloudCover": round(dice.triangular(0, 90, 5), 2),
        "offNadirAngle": round(dice.uniform(-32, 32), 2),
        "previewType": "png" if index % 3 < 2 else "jpg",  # one in three is a .jpg declared as png
        "previewUrl": url,
        "providerName": SCENE_PROVIDERS[index % len(SCENE_PROVIDERS)],
        "minAreaSqkm": 5.0,
        **_previews(index, url, item_geometry=[ring]),
    }
    return _with_gaps(index, item)


def ring_of(corners: list[list[float]], index: int) -> list[list[float]]:
    """A closed ring of four corners: its start and its sense change with `index`."""
    turned = corners if index % 2 else corners[::-1]
    start = index // 2 % 4
    ring = [*turned[start:], *turned[:start]]
    return [*ring, ring[0]]


def _previews(index: int, url: str, item_geometry: Any) -> Item:
    """`previews` in each of its forms: list, list of JSON strings, one JSON string, null, absent."""
    one = {"url": url, "geometry": {"type": "Polygon", "coordinates": item_geometry}}
    forms = ([one], [json.dumps(one)], json.dumps([one]), None)
    return {} if index % 5 == 4 else {"previews": forms[index % 5]}


def _with_gaps(index: int, item: Item) -> Item:
    """Now and then a value is not known."""
    gaps = {1: "cloudCover", 3: "offNadirAngle", 5: "acquisitionDate", 7: "satId"}
    missing = gaps.get(index % UNKNOWN_EVERY)
    return {**item, missing: None} if missing and index >= UNKNOWN_EVERY else item


def make_mosaics(corners: list[list[float]], public_origin: str) -> list[Item]:
    """Tiled products of the whole raster: rows counted from the south, from the north, and as a WMS."""
    (west, north), _, (east, south), _ = corners
    middle = (west + east) / 2
    parts = [_box(west, south, middle, north), _box(middle, south, east, north)]
    footprint = {"type": "MultiPolygon", "coordinates": parts}
    common = {
        "footprint": footprint,
        "pixelResolution": 0.0,
        "sensor": "JL1KF01A",
        "colorBandOrder": "RGB",
        "cloudCover": 0.0,
        "offNadirAngle": 3.0,
        "zoom": "18",
    }
    tiles = f"{public_origin}/tiles"
    wms = f"{public_origin}/wms?layers=whole&styles=&format=image/png&crs=EPSG:3857"
    kinds = (
        (
            "JL1_mosaic_2022",
            "Mosaic",
            "CG_mosaic_2022",
            "2022",
            "xyz",
            f"{tiles}/tms/{{z}}/{{x}}/{{-y}}.png?year=2022",
        ),
        (
            "JL1_mosaic_2021",
            "MOSAIC",
            "CG_mosaic_2021",
            "2021",
            "tms",
            f"{tiles}/tms/{{z}}/{{x}}/{{-y}}.png?year=2021",
        ),
        (
            "JL1_mosaic_2020",
            "Mosaic",
            "CG_mosaic_2020",
            "2020",
            "xyz",
            f"{tiles}/xyz/{{z}}/{{x}}/{{y}}.png?year=2020&v=1",
        ),
        ("JL1_mosaic_2019", "Mosaic", "CG_mosaic_2019", "2019", "wms", wms),
    )
    return [
        {
            **common,
            "id": uid,
            "productType": product,
            "providerName": provider,
            "acquisitionDate": f"{year}-07-17T00:00:00Z",
            "previewType": kind,
            "previewUrl": url,
        }
        for uid, product, provider, year, kind, url in kinds
    ]


def _box(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def make_own(image: Image, base_url: str) -> Item:
    """An image of the account itself: its preview is on the API's origin; neither date nor cloud is known."""
    return {
        "id": image.id,
        "footprint": {"type": "Polygon", "coordinates": [image.corners]},
        "pixelResolution": max(image.pixel_size),
        "acquisitionDate": None,
        "productType": "Image",
        "sensor": "",
        "colorBandOrder": "RGB",
        "cloudCover": None,
        "offNadirAngle": None,
        "previewType": "jpg",
        "previewUrl": f"{base_url}/rasters/image/{image.id}/preview/l",
        "providerName": OWN_PROVIDER,
    }


def make_many(count: int, patterns: list[Item], bounds: tuple[float, float, float, float]) -> list[Item]:
    """`count` made-up scenes with quicklooks of the real ones, each over a part of the box `bounds`."""
    west, south, east, north = bounds
    return [
        _made_up(index, patterns[index % len(patterns)], west, south, east, north) for index in range(count)
    ]


def _made_up(index: int, pattern: Item, west: float, south: float, east: float, north: float) -> Item:
    dice = random.Random(index)
    x, y = dice.uniform(west, east), dice.uniform(south, north)
    w, h, tilt = (east - west) * 0.7, (north - south) * 0.9, dice.uniform(0.1, 0.5)
    corners = [
        [x - w, y + h],
        [x + w, y + h + tilt * w],
        [x + w + tilt * h, y - h],
        [x - w + tilt * h, y - h - tilt * w],
    ]
    taken = FIRST_DAY + timedelta(minutes=170 * index)
    return {
        **pattern,
        "id": f"{pattern['sensor']}_{index:06}",
        "footprint": {"type": "Polygon", "coordinates": [ring_of(corners, index)]},
        "acquisitionDate": f"{taken:%Y-%m-%dT%H:%M:%SZ}",
        "cloudCover": max(0.0, round(dice.triangular(-20, 100, 5), 2)),
        "offNadirAngle": round(dice.uniform(-40, 40), 2),
        "previews": None,
    }
