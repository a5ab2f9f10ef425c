"""Mosaics with their images, as the imagery tree holds them. Main thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Optional

from ...api.models import Image, Mosaic
from .cells import Column, is_under_way, name_of, sort_key
from .order import Order, natural_key, words_of


class Loading(Enum):
    """How far the images of a mosaic are."""

    NOT_ASKED = 0
    LOADING = 1
    LOADED = 2
    FAILED = 3


class Row:
    """An image with what sorting and filtering need of it, found out once."""

    __slots__ = ("image", "name_key", "words")

    def __init__(self, image: Image) -> None:
        self.image = image
        self.name_key = natural_key(name_of(image))
        self.words = words_of(image)

    def key(self, column: Column) -> Any:
        return sort_key(self.image, column)


class Branch:
    """`serial` stays the same as long as the mosaic is in the model; `row` is its place, -1 while the filter
    hides it. Its own rows are put in order when they are looked at: most branches are closed.
    """

    def __init__(self, serial: int, mosaic: Mosaic) -> None:
        self.serial = serial
        self.row = -1
        self.state = Loading.NOT_ASKED
        self.failure = ""
        self.size: Optional[int] = None
        self.has_images = False
        self.is_under_way = False  # the service has not done with all images
        self._rows: list[Row] = []  # as the service lists them
        self._shown: list[Row] = []
        self._order: Optional[Order] = None  # that of `_shown`
        self.set_mosaic(mosaic)

    # What it holds

    @property
    def images(self) -> list[Image]:
        """All that are loaded, as the service lists them."""
        return [row.image for row in self._rows]

    @property
    def count(self) -> Optional[int]:
        return len(self._rows) if self.state is Loading.LOADED else self.mosaic.image_count

    def set_mosaic(self, mosaic: Mosaic) -> None:
        self.mosaic = mosaic
        self.name_key = natural_key(name_of(mosaic))
        self.words = words_of(mosaic)
        self._order = None
        self._set_size()

    def set_images(self, images: Iterable[Image]) -> None:
        """Each once, whatever the service says."""
        here = {row.image.id: row for row in self._rows}
        wanted = {image.id: image for image in images}
        self._rows = [_row_of(image, here.get(image.id)) for image in wanted.values()]
        self._on_images(Loading.LOADED)

    def forget_images(self) -> None:
        self._rows, self._shown = [], []
        self._on_images(Loading.NOT_ASKED)

    def _on_images(self, state: Loading) -> None:
        self.state = state
        self.has_images = bool(self._rows)
        self.is_under_way = any(is_under_way(row.image) for row in self._rows)
        self._order = None
        self._set_size()

    # What is shown of it

    def is_wanted(self, order: Order) -> bool:
        """A mosaic is shown when it or one of its images matches."""
        text = order.text
        return text in self.words or any(text in row.words for row in self._rows)

    def shown(self, order: Order) -> Sequence[Row]:
        """One that matches shows all its images."""
        if self._order is not order:
            self._order = order
            is_whole = order.text in self.words
            rows = self._rows if is_whole else [row for row in self._rows if order.text in row.words]
            self._shown = order.sorted(rows)
        return self._shown

    def rows_by_id(self, order: Order) -> dict[Optional[str], int]:
        """None for the line of text."""
        rows: dict[Optional[str], int] = {row.image.id: n for n, row in enumerate(self.shown(order))}
        return rows or {None: 0}

    def key(self, column: Column) -> Any:
        return self.size if column is Column.SIZE else sort_key(self.mosaic, column)

    def _set_size(self) -> None:
        """The sum where the service does not tell it."""
        self.size = self.mosaic.size_bytes
        if self.size is None and self._rows:
            self.size = sum(row.image.size_bytes or 0 for row in self._rows)


def _row_of(image: Image, known: Optional[Row]) -> Row:
    return known if known is not None and known.image == image else Row(image)


class Branches:
    """All mosaics: `by_id` as the service lists them, `shown` as they are shown."""

    def __init__(self) -> None:
        self.by_id: dict[str, Branch] = {}
        self.by_serial: dict[int, Branch] = {}
        self.shown: list[Branch] = []
        self._next_serial = 1  # 0 stands for none

    def set_mosaics(self, wanted: Mapping[str, Mosaic]) -> None:
        known, self.by_id = self.by_id, {}
        for mosaic_id, mosaic in wanted.items():
            branch = known.pop(mosaic_id, None) or self._new_branch(mosaic)
            if branch.mosaic != mosaic:
                branch.set_mosaic(mosaic)
            self.by_id[mosaic_id] = branch
        for gone in known.values():
            del self.by_serial[gone.serial]

    def forget_images(self, mosaic_ids: Iterable[str]) -> None:
        for mosaic_id in mosaic_ids:
            self.by_id[mosaic_id].forget_images()

    def lay_out(self, order: Order) -> None:
        for branch in self.shown:
            branch.row = -1
        self.shown = order.sorted(branch for branch in self.by_id.values() if branch.is_wanted(order))
        for row, branch in enumerate(self.shown):
            branch.row = row

    def _new_branch(self, mosaic: Mosaic) -> Branch:
        branch = self.by_serial[self._next_serial] = Branch(self._next_serial, mosaic)
        self._next_serial += 1
        return branch
