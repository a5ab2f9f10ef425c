"""The search of the catalog, page by page, and the pictures it points to. Blocking, any one thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Optional

from . import fields
from .answers import Answer, read_json
from .bodies import PICTURE_CAP
from .call import Call
from .errors import NotMapflow
from .images import read_picture
from .models import CatalogItem, Preview, SearchPage
from .query import CatalogQuery
from .retry import READ

if TYPE_CHECKING:
    from .transport import Transport

MAX_PAGE = 1000  # a page of more holds the interpreter too long
MAX_PAGES = 1000


class Catalog:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def search(self, query: CatalogQuery, page_size: int = MAX_PAGE, offset: int = 0) -> Iterator[SearchPage]:
        """Pages as they come, each item once. Searching costs nothing and changes nothing.

        Stops at the server's total, at an empty page or, where no total is told, at a page that is not full
        or brings nothing new. To go on later: `offset=page.next_offset`.
        """
        size, seen = max(1, min(page_size, MAX_PAGE)), set[str]()
        for _ in range(MAX_PAGES):
            items, total = self._page(query, size, offset)
            fresh = list(_unseen(items, seen))
            offset += len(items)
            goes_on = offset < total if total is not None else len(items) == size and bool(fresh)
            is_last = not items or not goes_on
            yield SearchPage(tuple(fresh), total, None if is_last else offset)
            if is_last:
                return

    def quicklook(self, url: str) -> Preview:
        """The picture of a scene, from wherever it lies: without the credential on any origin but our own.

        Raises `BadInput` (code "url" or "address") for what is no address of a picture on the open internet.
        """
        return self._transport.run(Call("GET", url, cap=PICTURE_CAP, is_foreign=True), read_picture)

    def _page(self, query: CatalogQuery, size: int, offset: int) -> tuple[list[CatalogItem], Optional[int]]:
        body = {**query.to_body(), "limit": size, "offset": offset}
        call = Call("POST", "/catalog/meta", READ, json=body)
        return self._transport.run(call, _read_page)


def _unseen(items: list[CatalogItem], seen: set[str]) -> Iterator[CatalogItem]:
    """Those whose id is new, and those without one; `seen` grows."""
    for item in items:
        if item.id not in seen:
            yield item
            seen.update(filter(None, [item.id]))


def _read_page(answer: Answer) -> tuple[list[CatalogItem], Optional[int]]:
    """Items and total from an envelope, a bare list (no total) or one single item."""
    data: Any = read_json(answer, CatalogItem.from_json)
    if isinstance(data, list):
        return data, None
    if isinstance(data, dict) and "images" in data:
        return list(fields.sequence(data["images"])), fields.integer(data.get("total"))
    if isinstance(data, dict) and data.get("id"):
        return [CatalogItem.from_json(data)], 1
    raise NotMapflow("no search result", status=answer.status)
