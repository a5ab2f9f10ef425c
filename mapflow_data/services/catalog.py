"""The search of the catalog, page by page, and the pictures and tiles of what it finds. Main thread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from qgis.core import QgsFeature, QgsGeometry, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api import foreign
from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import BadInput, Cancelled, MapflowError, SignInRequired
from ..api.models import CatalogItem, Preview, Quicklook, SearchPage, UserStatus
from ..api.query import CatalogQuery
from ..layers import aoi, catalog_tiles, previews, quicklooks, results
from ..layers.crs_cache import acquaint
from ..layers.geometry import from_rings
from ..settings import cache_folder
from .online import OnlineService

PAGE = 500  # items asked for at once
PORTION = 500  # items handed over at once: a server may answer all of them in one list
TOO_LARGE = "TOO_LARGE_PROCESSING"  # the server's own code, with its parameters: one sentence serves both


@dataclass
class _Search:
    """One search as it grows. Main thread."""

    number: int
    query: CatalogQuery
    linked: Optional[tuple[str, ...]]
    page_size: int
    next_offset: Optional[int] = 0
    total: Optional[int] = None
    shown: int = 0
    ids: set[str] = field(default_factory=set)  # of what was shown


class CatalogService(OnlineService):
    """`failed` tells "search", "picture" or "tiles". A new search drops what is under way of the last one."""

    GOES_ON = True

    search_started = pyqtSignal(object)  # CatalogQuery
    page_loaded = pyqtSignal(object, object)  # SearchPage of at most PORTION items, their features
    search_finished = pyqtSignal(object, int)  # total or None, shown; also when it was cancelled
    picture_loaded = pyqtSignal(object, str)  # CatalogItem, path of a raster
    picture_failed = pyqtSignal(object, object)  # CatalogItem, error; `failed` tells it as well
    tiles_loaded = pyqtSignal(object, object)  # CatalogItem, QgsRasterLayer
    tiles_failed = pyqtSignal(object, object)  # CatalogItem, error; `failed` tells it as well

    _page_came = pyqtSignal(int, object, object)  # from the worker

    def __init__(self, parent: Optional[QObject] = None, *, folder: str = "") -> None:
        super().__init__(parent)
        self._folder = folder or cache_folder()
        self._status: Optional[UserStatus] = None
        self._search: Optional[_Search] = None
        self._number = 0
        self._page_came.connect(self._on_page)

    # The account

    def set_connection(self, connection: Optional[Connection]) -> None:
        if not self.is_of_account(connection):
            self._status = None
            self._search = None
        super().set_connection(connection)

    def set_status(self, status: Optional[UserStatus]) -> None:
        """What the account may search and which providers are linked to it, where the server tells."""
        self._status = status

    # Searching

    @property
    def is_searching(self) -> bool:
        return self.is_running("search")

    @property
    def has_more(self) -> bool:
        """Whether `load_more` would bring anything, also after a failure on the way."""
        return self._search is not None and self._search.next_offset is not None

    def search(self, query: CatalogQuery, page_size: int = PAGE, pages: float = 1) -> None:
        """Tells its first `pages`, then `search_finished`. Searching costs nothing.

        An area past the account's limit is refused before anything is sent.
        """
        if self._connection is None:
            return
        self._number += 1
        providers = self._status.providers if self._status else None
        linked = None if providers is None else tuple(provider.name for provider in providers)
        self._search = _Search(self._number, query, linked, page_size)
        self.search_started.emit(query)
        self._go_on(self._search, pages)

    def load_more(self, pages: float = 1) -> None:
        """The next pages, `math.inf` for all, of the search that was shown. Nothing while it is under way."""
        if self._search is not None and self.has_more and not self.is_searching:
            self._go_on(self._search, pages)

    def cancel_search(self) -> None:
        """What was found stays, and `load_more` goes on from there."""
        if self.is_searching and self._search is not None:
            self._number += 1  # pages on their way to this thread are late from now on
            self._search.number = self._number
            self.cancel("search")
            self._on_end(self._search)

    def _go_on(self, search: _Search, pages: float) -> None:
        limit = self._status.search_area_limit_m2 if self._status else None
        number, offset, seen = search.number, search.next_offset or 0, set(search.ids)
        query, linked, size = search.query, search.linked, search.page_size

        def ask(client: MapflowClient, token: CancelToken) -> None:
            if not offset:
                _check_area(query, limit)
            for page in _portions(client.catalog.search(query, size, offset), offset, seen, pages):
                features = results.make_features(page.items, query.area, linked, token)
                self.tell("_page_came", number, page, features)

        self.ask(
            "search",
            ask,
            lambda _: self._on_end(search),
            self.failing("search"),
            latest=True,
        )

    def _on_page(self, number: int, page: SearchPage, features: list[QgsFeature]) -> None:
        search = self._search
        if search is None or search.number != number or not self.is_searching:
            return
        search.next_offset, search.total = page.next_offset, page.total
        search.shown += len(page.items)
        search.ids.update(item.id for item in page.items)
        self.page_loaded.emit(page, features)

    def _on_end(self, search: _Search) -> None:
        self.search_finished.emit(search.total, search.shown)

    # What was found, on the map

    def load_picture(self, item: CatalogItem) -> None:
        """The quicklook as a raster, from the cache if it is there. Never asked for with the credential,
        unless it lies on the API's own origin."""
        path, folder = quicklooks.path_of(item, self._folder), self._folder
        if previews.is_there(path):
            self.picture_loaded.emit(item, str(path))
            return
        acquaint(*quicklooks.outlines_of(item))
        self.ask(
            ("picture", path.name),
            lambda client, _: quicklooks.georeference_item(_fetch(client, item), item, folder),
            lambda made: self.picture_loaded.emit(item, made),
            lambda error: self._on_picture_failed(item, error),
        )

    def load_tiles(self, item: CatalogItem) -> None:
        """The layer of a mosaic's tiles or WMS; a WMS asks for its capabilities on the way."""
        home, own = self.thread(), self._connection
        if own is None:
            return
        acquaint()
        self.run(
            ("tiles", item.id, item.preview_url),
            lambda _: _valid_layer(item, own, home),
            lambda layer: self.tiles_loaded.emit(item, layer),
            lambda error: self._on_tiles_failed(item, error),
        )

    def _on_picture_failed(self, item: CatalogItem, error: MapflowError) -> None:
        self.picture_failed.emit(item, error)
        self.failed.emit("picture", error)

    def _on_tiles_failed(self, item: CatalogItem, error: MapflowError) -> None:
        self.tiles_failed.emit(item, error)
        self.failed.emit("tiles", error)


def _check_area(query: CatalogQuery, limit_m2: Optional[float]) -> None:
    """Worker thread. Raises `BadInput` with the code that the server has for it."""
    if limit_m2 is None:
        return
    area = aoi.area_km2(QgsGeometry.collectGeometry([from_rings(polygon) for polygon in query.area])) * 1e6
    if area > limit_m2:
        raise BadInput(code=TOO_LARGE, parameters={"area": area, "aoiAreaLimit": limit_m2})


def _portions(found: Iterator[SearchPage], offset: int, seen: set[str], pages: float) -> Iterator[SearchPage]:
    """Worker thread. Without items that earlier pages had; until a page was handed over whole, what is left
    of it is still to be had at the same offset."""
    for number, page in enumerate(found, start=1):
        fresh = tuple(item for item in page.items if not item.id or item.id not in seen)
        seen.update(item.id for item in fresh)
        for start in range(0, max(1, len(fresh)), PORTION):
            is_rest = start + PORTION >= len(fresh)
            items = fresh[start : start + PORTION]
            yield replace(page, items=items, next_offset=page.next_offset if is_rest else offset)
        offset = page.next_offset or 0
        if number >= pages:
            return


def _fetch(client: MapflowClient, item: CatalogItem) -> list[tuple[Preview, Quicklook]]:
    """Worker thread. Of several pictures those that can be had."""
    found: list[tuple[Preview, Quicklook]] = []
    problem: MapflowError = BadInput("no picture", code="picture")
    for one in quicklooks.pictures_of(item):
        try:
            found.append((client.catalog.quicklook(one.url), one))
        except (Cancelled, SignInRequired):
            raise
        except MapflowError as error:
            problem = error
    if not found:
        raise problem
    return found


def _valid_layer(item: CatalogItem, own: Connection, home: Any) -> QgsRasterLayer:
    """Worker thread. QGIS asks for tiles by itself: their address is to be as public as a picture's."""
    foreign.check(re.sub(r"\{-?[xyzq]\}|\{(?:bbox|width|height|proj)\}", "0", item.preview_url), own)
    layer = catalog_tiles.make_layer(item, home)
    if not layer.isValid():
        raise BadInput("the server of the map does not answer", code="tiles")
    return layer
