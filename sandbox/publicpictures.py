"""What the catalog shows of itself on the second origin: quicklooks, tiles, a WMS, and the odd files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse

from .oddities import ODD_FILES
from .pictures import draw_box, draw_tile

MAP_LIMIT = 4096  # pixels a side
PLAIN = [[0.0, 255.0]] * 3
CAPABILITIES = """<?xml version="1.0" encoding="UTF-8"?>
<WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms" xmlns:xlink="http://www.w3.org/1999/xlink">
<Service><Name>WMS</Name><Title>Catalog previews</Title><OnlineResource xlink:href="{url}"/></Service>
<Capability><Request>
<GetCapabilities><Format>text/xml</Format>{http}</GetCapabilities>
<GetMap><Format>image/png</Format>{http}</GetMap>
</Request><Exception><Format>XML</Format></Exception>
<Layer><Title>Catalog</Title><CRS>EPSG:3857</CRS>
<Layer queryable="0"><Name>whole</Name><Title>Whole</Title><CRS>EPSG:3857</CRS>
<EX_GeographicBoundingBox><westBoundLongitude>-106.06</westBoundLongitude>
<eastBoundLongitude>-105.32</eastBoundLongitude><southBoundLatitude>40.05</southBoundLatitude>
<northBoundLatitude>40.62</northBoundLatitude></EX_GeographicBoundingBox>
<BoundingBox CRS="EPSG:3857" minx="-11806600" miny="4875000" maxx="-11724000" maxy="4959000"/>
</Layer></Layer></Capability></WMS_Capabilities>"""
HTTP = "<DCPType><HTTP><Get><OnlineResource xlink:href='{url}?'/></Get></HTTP></DCPType>"


def make_router(folder: Path, ensure: Callable[[], object], public_origin: str) -> APIRouter:
    """`ensure` makes the files in `folder` where they are not there yet."""
    router = APIRouter()
    whole = folder / "whole.tif"

    @router.get("/quicklooks/{name}")
    def quicklook(name: str) -> Response:
        ensure()
        if name not in {path.name for path in folder.glob("scene_*")}:
            raise HTTPException(404)
        return FileResponse(folder / name)

    @router.get("/tiles/{rows}/{z}/{x}/{y}.png")
    def tile(rows: str, z: int, x: int, y: int, year: Annotated[int, Query()]) -> Response:
        """`rows`: tms counts them from the south. Without its query string no tile is given."""
        ensure()
        row = 2**z - 1 - y if rows == "tms" else y
        return Response(draw_tile([(whole, PLAIN)], x, row, z), media_type="image/png")

    @router.get("/odd/{name}")
    def odd(name: str) -> Response:
        if name not in ODD_FILES:
            raise HTTPException(404)
        kind, body = ODD_FILES[name]
        return Response(body, media_type=kind)

    @router.get("/wms")
    def wms(request: Request) -> Response:
        asked = {name.lower(): value for name, value in request.query_params.items()}
        if asked.get("request") == "GetMap":
            ensure()
            return _map(whole, asked)
        url = f"{public_origin}/wms"
        text = CAPABILITIES.format(url=url, http=HTTP.format(url=url))
        return Response(text, media_type="text/xml")

    return router


def _map(whole: Path, asked: dict[str, str]) -> Response:
    """A GetMap in EPSG:3857, the only CRS that the capabilities offer."""
    try:
        west, south, east, north = (float(one) for one in asked["bbox"].split(","))
        width, height = int(asked["width"]), int(asked["height"])
    except (KeyError, ValueError):
        raise HTTPException(400, "bbox, width and height are needed") from None
    if not (0 < width <= MAP_LIMIT and 0 < height <= MAP_LIMIT and west < east and south < north):
        raise HTTPException(400, "the map asked for is empty or too large")
    return Response(draw_box(whole, (west, south, east, north), width, height), media_type="image/png")
