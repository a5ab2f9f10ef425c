"""What each cell of the imagery tree shows: the words, icons and tooltips of its columns. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Union

from qgis.PyQt.QtCore import QCoreApplication, Qt

from ..api.models import Image, Mosaic
from . import formats
from .icons import icon
from .plain import as_tooltip

translate = QCoreApplication.translate

RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class Column(IntEnum):
    NAME = 0
    SIZE = 1
    TAGS = 2
    CRS = 3
    RESOLUTION = 4
    CREATED = 5


def title(column: Column) -> str:
    return {
        Column.NAME: translate("Imagery", "Name"),
        Column.SIZE: translate("Imagery", "Size"),
        Column.TAGS: translate("Imagery", "Tags"),
        Column.CRS: translate("Imagery", "CRS"),
        Column.RESOLUTION: translate("Imagery", "Resolution"),
        Column.CREATED: translate("Imagery", "Created"),
    }[column]


def value(item: Union[Mosaic, Image], column: Column, role: int, images: Sequence[Image]) -> Any:
    """`images` are those of the mosaic, as far as they are loaded."""
    if role == Qt.ItemDataRole.DisplayRole:
        return _mosaic_text(item, column, images) if isinstance(item, Mosaic) else _image_text(item, column)
    if role == Qt.ItemDataRole.DecorationRole and column is Column.NAME:
        return icon("mosaic" if isinstance(item, Mosaic) else "image")
    if role == Qt.ItemDataRole.TextAlignmentRole and column in (Column.SIZE, Column.RESOLUTION):
        return RIGHT
    if role == Qt.ItemDataRole.ToolTipRole:
        return _tooltip(item)
    if role == Qt.ItemDataRole.AccessibleTextRole and column is Column.NAME:
        return name_of(item)
    return None


def note(state: str, failure: str, column: Column, role: int) -> Any:
    """The line of text in a mosaic that shows no images; `state` is the name of a Loading."""
    if column is not Column.NAME:
        return None
    if role == Qt.ItemDataRole.DisplayRole:
        return {
            "LOADED": translate("Imagery", "No images yet"),
            "FAILED": failure or translate("Imagery", "Images were not loaded"),
        }.get(state, translate("Imagery", "Loading…"))
    if role == Qt.ItemDataRole.DecorationRole and state == "FAILED":
        return icon("failed")
    if role == Qt.ItemDataRole.ToolTipRole and state == "FAILED":
        return as_tooltip(failure)
    return None


def sort_key(item: Union[Mosaic, Image], column: Column, images: Sequence[Image]) -> Any:
    """Numbers for columns that hold numbers, else None: the text itself sorts."""
    if column is Column.SIZE:
        return _size(item, images) or 0
    if column is Column.RESOLUTION:
        return item.pixel_size[0] if isinstance(item, Image) and item.pixel_size else 0.0
    if column is Column.CREATED:
        moment = item.created_at if isinstance(item, Mosaic) else item.uploaded_at
        return moment.timestamp() if moment else 0.0
    return None


def name_of(item: Union[Mosaic, Image]) -> str:
    return (item.name if isinstance(item, Mosaic) else item.filename) or item.id


def _size(item: Union[Mosaic, Image], images: Sequence[Image]) -> Any:
    if isinstance(item, Mosaic) and item.size_bytes is None and images:
        return sum(image.size_bytes or 0 for image in images)
    return item.size_bytes


def _mosaic_text(mosaic: Mosaic, column: Column, images: Sequence[Image]) -> str:
    if column is Column.NAME:
        return name_of(mosaic)
    if column is Column.SIZE:
        return formats.size(_size(mosaic, images))
    if column is Column.TAGS:
        return ", ".join(mosaic.tags)
    return formats.moment(mosaic.created_at) if column is Column.CREATED else ""


def _image_text(image: Image, column: Column) -> str:
    if column is Column.NAME:
        return name_of(image)
    if column is Column.SIZE:
        return formats.size(image.size_bytes)
    if column is Column.CRS:
        return image.crs if len(image.crs) < 30 else translate("Imagery", "own CRS")
    if column is Column.RESOLUTION and image.pixel_size:
        return formats.number(image.pixel_size[0])
    return formats.moment(image.uploaded_at) if column is Column.CREATED else ""


def _tooltip(item: Union[Mosaic, Image]) -> str:
    if isinstance(item, Mosaic):
        lines = [item.name, ", ".join(item.tags), formats.moment(item.created_at), item.id]
    else:
        shape = f"{item.width} × {item.height} px" if item.width and item.height else ""
        bands = translate("Imagery", "{0} bands").format(item.bands) if item.bands else ""
        facts = " · ".join(part for part in (shape, bands, _image_text(item, Column.CRS)) if part)
        lines = [item.filename, facts, formats.moment(item.uploaded_at), item.id]
    return as_tooltip("\n".join(line for line in lines if line))
