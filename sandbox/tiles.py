"""A mosaic as map tiles: TileJSON and 256 px PNGs, under the API's own origin and only with the token."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from .errors import Refusal
from .pictures import draw_tile
from .service import CurrentAccount, CurrentService, Service
from .store import Mosaic

router = APIRouter(prefix="/rasters/mosaic/{mosaic_id}")


@router.get("/tilejson.json")
def tile_json(mosaic_id: UUID, uri: str, service: CurrentService, account: CurrentAccount) -> dict[str, Any]:
    mosaic = service.own_mosaic(mosaic_id, account)
    _check_uri(service, mosaic, uri)
    images = service.ready_images(mosaic.id)
    if not images:
        raise Refusal("ItemNotFound", instance_type="mosaic", uid=mosaic.id)
    west, south, east, north = _union([image.bounds for image in images])
    zooms = min(image.min_zoom for image in images), max(image.max_zoom for image in images)
    return {
        "tilejson": "2.2.0",
        "name": mosaic.name,
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [service.tile_url(mosaic)],
        "minzoom": zooms[0],
        "maxzoom": zooms[1],
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, zooms[0]],
    }


@router.get("/tiles/{z}/{x}/{y}.png")
def tile(
    mosaic_id: UUID,
    z: int,
    x: int,
    y: int,
    uri: str,
    resampling: str,
    service: CurrentService,
    account: CurrentAccount,
) -> Response:
    """Both parameters are required: a client that cuts the address at its first `&` gets no tile."""
    mosaic = service.own_mosaic(mosaic_id, account)
    _check_uri(service, mosaic, uri)
    images = service.ready_images(mosaic.id)
    cogs = [(service.objects.path(image.cog_key), image.stretch) for image in images]
    return Response(draw_tile(cogs, x, y, z), media_type="image/png")


def _check_uri(service: Service, mosaic: Mosaic, uri: str) -> None:
    if uri != service.mosaic_uri(mosaic):
        raise Refusal("ItemNotFound", instance_type="mosaic", uid=uri)


def _union(bounds: list[list[float]]) -> tuple[float, float, float, float]:
    wests, souths, easts, norths = zip(*bounds)
    return min(wests), min(souths), max(easts), max(norths)
