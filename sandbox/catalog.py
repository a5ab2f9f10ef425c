"""The search for imagery: `POST /catalog/meta`. The catalog is made at the first search, not at start."""

from __future__ import annotations

import json
import threading
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from . import imagery, scenes
from .account import linked_providers
from .items import Item, make_many, make_mosaics, make_own, make_scene
from .mosaics import CurrentDialect
from .oddities import make_oddities
from .options import Options
from .search import Query, find
from .service import CurrentAccount, CurrentService, Service

router = APIRouter(prefix="/catalog")


class Catalog:
    """The items all accounts can find; their pictures lie in the data folder."""

    def __init__(self, options: Options, public_origin: str) -> None:
        self.folder = options.data / "catalog"
        self._options = options
        self._public_origin = public_origin
        self._lock = threading.Lock()
        self._items: list[Item] = []
        self._many: dict[tuple[float, ...], list[Item]] = {}

    def items(self) -> list[Item]:
        """Scenes and mosaics; the first call cuts them (about a second)."""
        with self._lock:
            if not self._items:
                self._items = self._make()
        return self._items

    def oddities(self) -> list[Item]:
        return make_oddities(self._public_origin, self.items()[0]) if self._options.odd else []

    def many(self, bounds: tuple[float, float, float, float]) -> list[Item]:
        """Made for the area of the last search, so that its next page comes quickly."""
        if bounds not in self._many:
            self._many = {bounds: make_many(self._options.many, self.items()[: scenes.COUNT], bounds)}
        return self._many[bounds]

    def _make(self) -> list[Item]:
        source = imagery.fetch(self._options.imagery)
        if (self.folder / "whole.tif").exists():
            strips = scenes.plan_strips(imagery.load_grid(source))
        else:
            strips = scenes.make_scenes(source, self.folder)
        found = [make_scene(index, strip, self._public_origin) for index, strip in enumerate(strips)]
        return found + make_mosaics(scenes.data_corners(source), self._public_origin)


@router.post("/meta")
def search(
    query: Query, request: Request, service: CurrentService, account: CurrentAccount, dialect: CurrentDialect
) -> Response:
    """A page of what matches, in the dialect's envelope."""
    limit = service.options.search_area_limit * 1e6
    if query.area > limit:
        return _too_large(query.area, limit)
    catalog = request.app.state.catalog
    found = find(query, _candidates(service, catalog, query, account.id), linked_providers(service.options))
    found += catalog.oddities()
    if not dialect.has_paging:
        return _answer(found)
    page = found[query.offset : query.offset + query.limit]
    if not dialect.has_envelope:
        return _answer(page)
    return _answer({"images": page, "total": len(found), "limit": query.limit, "offset": query.offset})


def _candidates(service: Service, catalog: Catalog, query: Query, owner: str) -> list[Item]:
    if service.options.many:
        return catalog.many(query.shape.bounds)
    mosaics = service.store.mosaics(owner)
    images = [image for mosaic in mosaics for image in service.ready_images(mosaic.id)]
    return catalog.items() + [make_own(image, service.base_url) for image in images]


def _too_large(area: float, limit: float) -> Response:
    message = "The area of the search is larger than the account may search"
    params = {"area": area, "aoiAreaLimit": limit}
    return JSONResponse({"code": "TOO_LARGE_PROCESSING", "message": message, "params": params}, 400)


def _answer(body: Any) -> Response:
    """Ten thousand items in one go: FastAPI's own encoder would look at each value first."""
    return Response(json.dumps(body), media_type="application/json")
