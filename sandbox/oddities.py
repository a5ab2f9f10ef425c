"""Items that are odd on purpose (`--odd`): they come with every search, as a client has to live with them."""

from __future__ import annotations

from typing import Any

Item = dict[str, Any]
HOLE_FREE = [[[-105.8, 40.3], [-105.6, 40.3], [-105.6, 40.5], [-105.8, 40.5], [-105.8, 40.3]]]
POLYGON = {"type": "Polygon", "coordinates": HOLE_FREE}
BOW_TIE = [[[-105.8, 40.3], [-105.6, 40.5], [-105.6, 40.3], [-105.8, 40.5], [-105.8, 40.3]]]
FAR_OUT = [[[-500.0, 400.0], [500.0, 400.0], [500.0, -400.0], [-500.0, 400.0]]]
EAST_OF_180 = [[[179.5, -17.0], [180.0, -17.0], [180.0, -16.0], [179.5, -16.0], [179.5, -17.0]]]
WEST_OF_180 = [[[-180.0, -17.0], [-179.5, -17.0], [-179.5, -16.0], [-180.0, -16.0], [-180.0, -17.0]]]
TEMPLATE = "{z}/{x}/{y}"


def make_oddities(public_origin: str, good: Item) -> list[Item]:
    """Each breaks one expectation; `good` is a whole item whose id comes a second time."""
    return [
        *_odd_footprints(),
        *_odd_values(good),
        *[
            {"id": f"odd-preview-{name}", "footprint": POLYGON, "productType": "Scene", **preview}
            for name, preview in _odd_previews(public_origin).items()
        ],
    ]


def _odd_footprints() -> list[Item]:
    geometries: dict[str, Any] = {
        "missing": None,
        "empty": {"type": "Polygon", "coordinates": []},
        "self-intersecting": {"type": "Polygon", "coordinates": BOW_TIE},
        "out-of-range": {"type": "Polygon", "coordinates": FAR_OUT},
        "point": {"type": "Point", "coordinates": [-105.7, 40.4]},
        "antimeridian": {"type": "MultiPolygon", "coordinates": [EAST_OF_180, WEST_OF_180]},
        "text": "POLYGON ((0 0, 1 0, 1 1, 0 0))",
    }
    return [{"id": f"odd-footprint-{name}", "footprint": value} for name, value in geometries.items()]


def _odd_values(good: Item) -> list[Item]:
    return [
        {"id": "odd-bare", "footprint": POLYGON},
        {"id": 42, "footprint": POLYGON, "cloudCover": "12.5", "pixelResolution": "0.5", "zoom": 18},
        {"footprint": POLYGON, "sensor": "no id"},
        {
            "id": "odd-html",
            "footprint": POLYGON,
            "sensor": "<img src=x onerror=alert(1)>",
            "providerName": "<b>CG</b>",
        },
        {"id": "odd-formula", "footprint": POLYGON, "sensor": "=cmd|' /C calc'!A1", "providerName": "@CG"},
        {"id": "odd-date", "footprint": POLYGON, "acquisitionDate": "yesterday", "productType": "Hologram"},
        {"id": "odd-date-naive", "footprint": POLYGON, "acquisitionDate": "2023-01-26T13:58:32.122099"},
        {
            "id": "odd-cloud",
            "footprint": POLYGON,
            "cloudCover": 120.0,
            "offNadirAngle": {"x": 1},
            "previews": 7,
        },
        "not an object",  # type: ignore[list-item]
        {**good, "sensor": "the same id again"},
    ]


def _odd_previews(origin: str) -> dict[str, Item]:
    def picture(name: str) -> Item:
        return {"previewType": "png", "previewUrl": f"{origin}/odd/{name}"}

    return {
        "file": {"previewType": "png", "previewUrl": "file:///etc/passwd"},
        "data": {"previewType": "png", "previewUrl": "data:image/png;base64,AAAA"},
        "vsi": {"previewType": "png", "previewUrl": "/vsicurl/http://169.254.169.254/latest"},
        "private": {"previewType": "png", "previewUrl": "http://169.254.169.254/latest/meta-data"},
        "missing": picture("missing.png"),
        "html": picture("page.html"),
        "vrt": picture("picture.vrt"),
        "svg": picture("picture.svg"),
        "broken": picture("broken.png"),
        "undeclared": {"previewUrl": f"{origin}/tiles/xyz/{TEMPLATE}.png?year=2020&v=1"},
        "authcfg": {
            "previewType": "xyz",
            "previewUrl": f"{origin}/tiles/xyz/{TEMPLATE}.png?year=2020&v=1&authcfg=mapflow",
        },
        "braces": {"previewType": "xyz", "previewUrl": f"{origin}/tiles/{{token}}/{TEMPLATE}.png"},
        "file-tiles": {"previewType": "xyz", "previewUrl": f"file:///etc/{TEMPLATE}"},
    }


ODD_FILES: dict[str, tuple[str, bytes]] = {
    "page.html": ("text/html", b"<!doctype html><title>Sign in</title>"),
    "picture.vrt": (
        "image/png",
        b'<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1"/></VRTDataset>',
    ),
    "picture.svg": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    "broken.png": ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(20)),
}
