"""What will happen to a batch of files, and why: every problem of a file at once. Worker thread.

Source of the rules: Mapflow Data API docs (one CRS, band count and resolution in a mosaic; storage limits).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Callable, Optional

from ..api.models import ASSUMED_MAX_GSD_M, Image, Storage
from .inspect import RasterFacts
from .twins import find_twin, has_same_name
from .uniformity import Reference


class Problem(Enum):
    """All but `SAME_NAME` keep a file from being sent, those of `OVERRIDABLE` unless the user insists."""

    UNREADABLE = "unreadable"
    NOT_GEOTIFF = "not_geotiff"
    NO_CRS = "no_crs"
    NOT_GEOREFERENCED = "not_georeferenced"
    EMPTY = "empty"
    TOO_BIG = "too_big"
    TOO_WIDE = "too_wide"
    TOO_COARSE = "too_coarse"  # by a limit that is only assumed
    BANDS_DIFFER = "bands_differ"
    CRS_DIFFERS = "crs_differs"
    RESOLUTION_DIFFERS = "resolution_differs"
    STORAGE_FULL = "storage_full"
    ALREADY_THERE = "already_there"
    SAME_NAME = "same_name"
    SAME_FILE_TWICE = "same_file_twice"


class Fate(Enum):
    SEND = "send"
    DIFFERS = "differs"  # sent only if the user says "send it as it is"
    ALREADY_THERE = "already_there"
    CANNOT = "cannot"


OVERRIDABLE = frozenset({Problem.CRS_DIFFERS, Problem.RESOLUTION_DIFFERS, Problem.TOO_COARSE})
_THERE = frozenset({Problem.ALREADY_THERE, Problem.SAME_FILE_TWICE})


@dataclass(frozen=True)
class PlanRow:
    """A file's fate. `limits` has the numbers for the words:

    max_bytes, max_side, max_gsd, gcps, has_sidecar, expected_bands, expected_crs, expected_pixel_size,
    reference (name of the file or image that sets them), free and needed (bytes), existing (name).
    """

    facts: RasterFacts
    fate: Fate
    problems: tuple[Problem, ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """`free` in bytes before sending, None where there is no limit; 0 is full."""

    rows: tuple[PlanRow, ...]
    bytes_to_send: int = 0
    free: Optional[int] = None
    limits_assumed: bool = True

    @property
    def sendable(self) -> tuple[PlanRow, ...]:
        return tuple(row for row in self.rows if row.fate is Fate.SEND)


def make_plan(
    facts: Sequence[RasterFacts],
    storage: Optional[Storage],
    existing: Sequence[Image] = (),
    send_as_is: frozenset[str] = frozenset(),
    sha1_of: Optional[Callable[[str], str]] = None,
) -> Plan:
    """What will happen to the files of `facts`, in their order.

    `existing` are the target mosaic's images, which set its CRS, bands and resolution; where there are none
    the first file that can be sent does. `send_as_is` are paths that the user wants sent although they
    differ. `sha1_of` is asked only for a file of exactly the size of an existing image.
    """
    storage = storage or Storage()
    rows = [_checked_alone(one, storage) for one in facts]
    rows = _without_twins(rows, existing, sha1_of)
    rows = [_judged(row, send_as_is) for row in rows]
    rows = _compared(rows, Reference.of_images(existing), storage.free, send_as_is)
    rows = _with_names_noted(rows, existing)
    needed = sum(row.facts.size for row in rows if row.fate is Fate.SEND)
    rows = _fitted(rows, needed, storage.free)
    to_send = sum(row.facts.size for row in rows if row.fate is Fate.SEND)
    return Plan(tuple(rows), to_send, storage.free, storage.limits_assumed)


def _checked_alone(facts: RasterFacts, storage: Storage) -> PlanRow:
    row = PlanRow(facts, Fate.SEND)
    if not facts.driver:
        return _with(row, Problem.EMPTY if facts.is_empty else Problem.UNREADABLE)
    if facts.driver != "GTiff":
        row = _with(row, Problem.NOT_GEOTIFF)
    if facts.size > storage.max_upload_bytes:
        row = _with(row, Problem.TOO_BIG, max_bytes=storage.max_upload_bytes)
    return _checked_pixels(row, storage) if facts.width else row


def _checked_pixels(row: PlanRow, storage: Storage) -> PlanRow:
    facts = row.facts
    if not facts.crs_wkt:
        row = _with(row, Problem.NO_CRS)
    if facts.geotransform is None or (facts.crs_wkt and not facts.footprint_wkt):
        row = _with(row, Problem.NOT_GEOREFERENCED, gcps=facts.gcps, has_sidecar=facts.has_sidecar)
    if max(facts.width, facts.height) > storage.max_side_px:
        row = _with(row, Problem.TOO_WIDE, max_side=storage.max_side_px)
    if facts.gsd_m is not None and facts.gsd_m > ASSUMED_MAX_GSD_M * 1.001:
        row = _with(row, Problem.TOO_COARSE, max_gsd=ASSUMED_MAX_GSD_M)
    return row


def _without_twins(
    rows: Iterable[PlanRow], existing: Sequence[Image], sha1_of: Optional[Callable[[str], str]]
) -> list[PlanRow]:
    seen: set[str] = set()
    checked = []
    for given in rows:
        row = given
        key = os.path.normcase(os.path.realpath(row.facts.path))
        twin = find_twin(row.facts, existing, sha1_of) if row.facts.size else None
        if key in seen:
            row = _with(row, Problem.SAME_FILE_TWICE)
        elif twin is not None:
            row = _with(row, Problem.ALREADY_THERE, existing=twin.filename)
        seen.add(key)
        checked.append(row)
    return checked


def _judged(row: PlanRow, send_as_is: frozenset[str]) -> PlanRow:
    """The fate that the problems so far leave."""
    found = set(row.problems) - {Problem.SAME_NAME}
    is_wanted = row.facts.path in send_as_is
    if found - OVERRIDABLE - _THERE:
        fate = Fate.CANNOT
    elif Problem.SAME_FILE_TWICE in found or (Problem.ALREADY_THERE in found and not is_wanted):
        fate = Fate.ALREADY_THERE
    elif found and not is_wanted:
        fate = Fate.DIFFERS
    else:
        fate = Fate.SEND
    return replace(row, fate=fate)


def _compared(
    rows: Iterable[PlanRow], reference: Optional[Reference], free: Optional[int], send_as_is: frozenset[str]
) -> list[PlanRow]:
    """With what sets them apart from the mosaic; in an empty one the first file to be sent is the measure."""
    compared = []
    for given in rows:
        row = given
        if reference is None and row.fate is Fate.SEND and (free is None or row.facts.size <= free):
            reference = Reference.of_file(row.facts)
        elif reference is not None and row.facts.width and row.fate is not Fate.ALREADY_THERE:
            row = _judged(_apart(row, reference), send_as_is)
        compared.append(row)
    return compared


def _apart(row: PlanRow, reference: Reference) -> PlanRow:
    if not reference.has_bands(row.facts.bands):
        row = _with(row, Problem.BANDS_DIFFER, expected_bands=reference.bands[0], reference=reference.name)
    if not reference.has_crs(row.facts.crs_wkt):
        row = _with(row, Problem.CRS_DIFFERS, expected_crs=reference.crs[0], reference=reference.name)
    if not reference.has_resolution(row.facts.crs_wkt, row.facts.pixel_size):
        size = reference.pixel_sizes[0][1]
        row = _with(row, Problem.RESOLUTION_DIFFERS, expected_pixel_size=size, reference=reference.name)
    return row


def _with_names_noted(rows: Iterable[PlanRow], existing: Sequence[Image]) -> list[PlanRow]:
    """A name that is taken is no obstacle, but the user should know."""
    names: list[str] = [image.filename for image in existing]
    noted = []
    for given in rows:
        row = given
        if row.fate in (Fate.SEND, Fate.DIFFERS):
            taken = next((name for name in names if has_same_name(name, row.facts.name)), None)
            if taken is not None:
                row = _with(row, Problem.SAME_NAME, existing=taken)
            names.append(row.facts.name)
        noted.append(row)
    return noted


def _fitted(rows: Iterable[PlanRow], needed: int, free: Optional[int]) -> list[PlanRow]:
    """Those that fit into the storage, in their order; a smaller one may fit where a larger one did not."""
    fitted, left = [], free
    for given in rows:
        row = given
        if row.fate is Fate.SEND and left is not None:
            if row.facts.size <= left:
                left -= row.facts.size
            else:
                row = replace(_with(row, Problem.STORAGE_FULL, free=free, needed=needed), fate=Fate.CANNOT)
        fitted.append(row)
    return fitted


def _with(row: PlanRow, problem: Problem, **limits: Any) -> PlanRow:
    return replace(row, problems=(*row.problems, problem), limits={**row.limits, **limits})
