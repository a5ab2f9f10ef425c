"""The words of storage: how full it is, what adds up to what, what could be freed. Any thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional

from qgis.PyQt.QtCore import QCoreApplication

from ...api.errors import MapflowError
from ...api.models import Storage
from ...services.inventory_index import DuplicateGroup
from ..words import formats
from ..words.formats import whole
from ..words.reasons import reason_of

translate = QCoreApplication.translate

WORTH_TELLING = 0.05  # of the account's own figure


def headline(storage: Optional[Storage]) -> str:
    """ "6.4 of 10 GB used, 3.6 GB free"."""
    if storage is None:
        return translate("Storage", "It is not known yet how full the storage is")
    if storage.limit is None:
        used = formats.size(storage.used)
        return translate("Storage", "{0} used; your storage has no limit").format(used)
    part = formats.part_of(storage.used, storage.limit)
    return translate("Storage", "{0} used, {1} free").format(part, formats.size(storage.free or 0))


def sizes_note(storage: Optional[Storage], sizes: Sequence[Optional[int]]) -> str:
    """What a person would wonder about when adding up the sizes of all mosaics; "" for nothing."""
    unknown = sum(size is None for size in sizes)
    if unknown == 1:
        return translate("Storage", "The server does not tell the size of 1 mosaic.")
    if unknown:
        return translate("Storage", "The server does not tell the size of {0} mosaics.").format(
            whole(unknown)
        )
    total = sum(size or 0 for size in sizes)
    if storage is None or abs(total - storage.used) <= WORTH_TELLING * storage.used:
        return ""
    shown = formats.sizes_apart(total, storage.used)
    return translate("Storage", "The mosaics add up to {0}, the account counts {1}.").format(*shown)


def explanation(to_read: int) -> str:
    what = translate("Storage", "Files with the same SHA-1 checksum are exact duplicates.")
    if to_read == 1:
        more = translate(
            "Storage", "To find them, the list of images of 1 mosaic is read; nothing is changed."
        )
    elif to_read:
        more = translate(
            "Storage", "To find them, the lists of images of {0} mosaics are read; nothing is changed."
        ).format(whole(to_read))
    else:
        more = translate("Storage", "All lists of images are read already; nothing is changed.")
    return f"{what} {more}"


def duplicates_total(groups: Sequence[DuplicateGroup]) -> str:
    """ "12 files are there more than once; 4.1 GB could be freed"."""
    freed = formats.size(sum(group.reclaimable for group in groups))
    if len(groups) == 1:
        return translate("Storage", "1 file is there more than once; {0} could be freed").format(freed)
    text = translate("Storage", "{0} files are there more than once; {1} could be freed")
    return text.format(whole(len(groups)), freed)


def shown_note(shown: int, files: int) -> str:
    if shown == files:
        return ""
    return translate("Storage", "The {0} that free most are shown.").format(whole(shown))


def skipped_note(skipped: Mapping[str, MapflowError]) -> str:
    """Mosaics that were left out, with the reason of the first; "" for none."""
    if not skipped:
        return ""
    reason = reason_of(next(iter(skipped.values())))
    if len(skipped) == 1:
        return translate("Storage", "1 mosaic was left out: {0}.").format(reason)
    return translate("Storage", "{0} mosaics were left out: {1}.").format(whole(len(skipped)), reason)


def button_text(copies: int, of: int) -> str:
    """ "Select the 8 newer copies"; of a part of them: "Select 2 of the 8 newer copies"."""
    if copies != of:
        return translate("Storage", "Select {0} of the {1} newer copies").format(whole(copies), whole(of))
    if copies == 1:
        return translate("Storage", "Select the newer copy")
    return translate("Storage", "Select the {0} newer copies").format(whole(copies))


def selected_note(copies: int, mosaics: int, all_mosaics: int) -> str:
    """After the copies were selected in My imagery."""
    if copies == 1:
        text = translate("Storage", "1 copy is selected in My imagery, where it can be deleted.")
    else:
        text = translate("Storage", "{0} copies are selected in My imagery, where they can be deleted.")
    if mosaics == all_mosaics:
        return text.format(whole(copies))
    more = translate("Storage", "These are in {0} of {1} mosaics; the others come next.")
    return f"{text.format(whole(copies))} {more.format(whole(mosaics), whole(all_mosaics))}"
