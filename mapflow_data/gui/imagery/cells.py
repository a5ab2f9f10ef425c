"""What each cell of the imagery tree shows: the words, icons and tooltips of its columns. Main thread."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Optional, Union

from qgis.PyQt.QtCore import QCoreApplication, Qt

from ...api.models import Image, Mosaic
from ..widgets.icons import cell_icon
from ..widgets.tables import DOWNWARDS, RIGHT
from ..words import counts, formats
from ..words.plain import as_tooltip, cut

translate = QCoreApplication.translate

FAILED = "FAILED"
UNDER_WAY = ("NONE", "PENDING", "IN_PROGRESS")
DISPLAY = int(Qt.ItemDataRole.DisplayRole)
DECORATION = int(Qt.ItemDataRole.DecorationRole)
ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
FIRST_ORDER = int(Qt.ItemDataRole.InitialSortOrderRole)
SPOKEN = int(Qt.ItemDataRole.AccessibleTextRole)
ROLES = frozenset((DISPLAY, DECORATION, ALIGNMENT, TOOLTIP, SPOKEN))  # others need not be asked for


class Column(IntEnum):
    NAME = 0
    SIZE = 1
    TAGS = 2
    CRS = 3
    RESOLUTION = 4
    CREATED = 5
    STATUS = 6


NUMBERS = (Column.SIZE, Column.RESOLUTION)
DOWN_FIRST = (Column.SIZE, Column.CREATED)  # the largest and the newest are what one looks for


def title(column: Column) -> str:
    return {
        Column.NAME: translate("Imagery", "Name"),
        Column.SIZE: translate("Imagery", "Size"),
        Column.TAGS: translate("Imagery", "Tags"),
        Column.CRS: translate("Imagery", "CRS"),
        Column.RESOLUTION: translate("Imagery", "Resolution"),
        Column.CREATED: translate("Imagery", "Created"),
        Column.STATUS: translate("Imagery", "Status"),
    }[column]


def header(column: Column, role: int) -> Any:
    if role == ALIGNMENT and column in NUMBERS:
        return RIGHT
    if role == FIRST_ORDER and column in DOWN_FIRST:
        return DOWNWARDS
    return title(column) if role == DISPLAY else None


def value(item: Union[Mosaic, Image], column: Column, role: int, size: Optional[int]) -> Any:
    """`size` is that of a mosaic, as far as it is known."""
    if role == DISPLAY:
        return _mosaic_text(item, column, size) if isinstance(item, Mosaic) else _image_text(item, column)
    if role == DECORATION and column is Column.NAME:
        return cell_icon("mosaic" if isinstance(item, Mosaic) else _image_icon(item))
    if role == ALIGNMENT and column in NUMBERS:
        return RIGHT
    if role == TOOLTIP:
        return _tooltip(item)
    if role == SPOKEN and column is Column.NAME:
        return _spoken(item)
    return None


def note(state: str, failure: str, column: Column, role: int) -> Any:
    """The line of text in a mosaic that shows no images; `state` is the name of a Loading."""
    if column is not Column.NAME:
        return None
    if role == DISPLAY:
        return {
            "LOADED": translate("Imagery", "No images yet"),
            "FAILED": failure or translate("Imagery", "Images were not loaded"),
        }.get(state, translate("Imagery", "Loading…"))
    if role == DECORATION and state == "FAILED":
        return cell_icon("failed")
    if role == TOOLTIP and state == "FAILED":
        return as_tooltip(failure)
    return None


def sort_key(item: Union[Mosaic, Image], column: Column) -> Any:
    """None where there is nothing to sort by."""
    if column is Column.SIZE:
        return item.size_bytes
    if column is Column.RESOLUTION:
        return item.pixel_size[0] if isinstance(item, Image) and item.pixel_size else None
    if column is Column.CREATED:
        moment = item.created_at if isinstance(item, Mosaic) else item.uploaded_at
        return moment.timestamp() if moment else None
    text = _mosaic_text(item, column, None) if isinstance(item, Mosaic) else _image_text(item, column)
    return text.casefold() or None


def name_of(item: Union[Mosaic, Image]) -> str:
    """In one line, and where it has nothing to be seen its id."""
    name = item.name if isinstance(item, Mosaic) else item.filename
    return " ".join(name.splitlines()) if name.strip() else item.id


def _spoken(item: Union[Mosaic, Image]) -> str:
    if isinstance(item, Mosaic) or item.is_ready:
        return name_of(item)
    return f"{name_of(item)}, {status(item)}"


def is_under_way(image: Image) -> bool:
    """Not ready yet, and the service is still at it."""
    return image.state in UNDER_WAY


def status(image: Image) -> str:
    """What the service says is not in this list is shown as it says it."""
    if image.is_ready:
        return translate("Imagery", "Ready")
    if image.state == FAILED and image.error:
        return translate("Imagery", "Failed: {0}").format(cut(image.error))
    return {
        "NONE": translate("Imagery", "Waiting to be processed"),
        "PENDING": translate("Imagery", "Waiting to be processed"),
        "IN_PROGRESS": translate("Imagery", "Being processed"),
        FAILED: translate("Imagery", "Failed"),
    }.get(image.state, image.state)


def _image_icon(image: Image) -> str:
    if image.is_ready:
        return "image"
    return "waiting" if is_under_way(image) else "failed"


def _mosaic_text(mosaic: Mosaic, column: Column, size: Optional[int]) -> str:
    if column is Column.NAME:
        return name_of(mosaic)
    if column is Column.SIZE:
        return formats.size(size)
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
    if column is Column.STATUS:
        return status(image)
    if column is Column.RESOLUTION and image.pixel_size:
        return formats.number(image.pixel_size[0])
    return formats.moment(image.uploaded_at) if column is Column.CREATED else ""


def _tooltip(item: Union[Mosaic, Image]) -> str:
    if isinstance(item, Mosaic):
        lines = [item.name, ", ".join(item.tags), formats.moment(item.created_at), item.id]
    else:
        shape = f"{item.width} × {item.height} px" if item.width and item.height else ""
        bands = counts.bands(item.bands) if item.bands else ""
        facts = " · ".join(part for part in (shape, bands, _image_text(item, Column.CRS)) if part)
        state = "" if item.is_ready else status(item)
        lines = [item.filename, state, facts, formats.moment(item.uploaded_at), item.id]
    return as_tooltip("\n".join(line for line in lines if line))
