"""The values of a replacement: what was found out of both images, how it stands. Any thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Optional

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.errors import MapflowError
from ..api.models import Image
from ..layers.geometry import read_footprint
from ..transfer.inspect import RasterFacts, inspect
from ..transfer.journal_rows import Row, make_row, with_shape
from ..transfer.plan import Fate, PlanRow, Problem, make_plan
from ..transfer.swap import Step
from ..transfer.twins import sha1_of_file
from .upload.jobs import Job

DIFFERENCES = (Problem.BANDS_DIFFER, Problem.CRS_DIFFERS, Problem.RESOLUTION_DIFFERS)


class Stage(Enum):
    WAITING = "waiting"  # for another replacement
    UPLOADING = "uploading"
    SWAPPING = "swapping"  # `Replacement.step` says what
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # by the end of an earlier QGIS: goes on by `retry`


OVER = frozenset({Stage.DONE, Stage.FAILED, Stage.INTERRUPTED})


@dataclass(frozen=True)
class Prepared:
    """`row` is the file's fate in the mosaic without the old image, as if the user insisted on sending it.

    `needs_consent` where that is so; `risks` are differences to the old image where no other one is there to
    compare with: the service sees it until the end. `overlaps` is None where a footprint is not known.
    """

    old: Image
    row: PlanRow
    known_ids: frozenset[str] = frozenset()
    is_identical: bool = False
    needs_consent: bool = False
    risks: Optional[PlanRow] = None
    overlaps: Optional[bool] = None

    @property
    def facts(self) -> RasterFacts:
        return self.row.facts

    @property
    def can_be_sent(self) -> bool:
        return self.row.fate is Fate.SEND and not self.is_identical


@dataclass(frozen=True)
class Replacement:
    """`new` is the new image once it was found; `note` says why it has not got the old one's name; `row` is
    the journal's, as it stood last.
    """

    id: int
    prepared: Prepared
    mosaic_name: str = ""
    keeps_name: bool = False
    stage: Stage = Stage.WAITING
    step: Optional[Step] = None
    job_id: int = 0
    image_id: str = ""  # of the new image, where the upload told it
    sent: int = 0
    upload: Optional[Job] = None  # as it stood last
    new: Optional[Image] = None
    error: Optional[MapflowError] = None
    note: Optional[MapflowError] = None
    row: Optional[Row] = None

    @property
    def old(self) -> Image:
        return self.prepared.old

    @property
    def is_over(self) -> bool:
        return self.stage in OVER


@dataclass(frozen=True)
class Patience:
    """Seconds: how long for the service to list the new image, and between two looks."""

    wait_for: float = 900.0
    poll: float = 2.0
    scale: float = 1.0  # stretches the client's own waits


def row_of(one: Replacement, account: str) -> Row:
    old, facts = one.old, one.prepared.facts
    row = make_row(
        account,
        facts,
        old.mosaic_id,
        one.mosaic_name,
        known_ids=tuple(sorted(one.prepared.known_ids)),
        old_id=old.id,
        old_name=old.filename,
        wish=old.filename if one.keeps_name else "",
    )
    return with_shape(row, facts)


def interrupted(number: int, row: Row, old: Image, new: Optional[Image]) -> Replacement:
    """Of an earlier QGIS; with `new` where the new image was found."""
    prepared = Prepared(
        old=replace(old, mosaic_id=row.mosaic_id),
        row=PlanRow(row.facts, Fate.SEND),
        known_ids=frozenset(row.known_ids),
    )
    return Replacement(
        number,
        prepared,
        row.mosaic_name,
        keeps_name=bool(row.wish),
        stage=Stage.INTERRUPTED,
        step=None if new is None else Step.FINDING,
        image_id=row.image_id,
        new=new,
        row=row,
    )


def prepare(client: MapflowClient, token: CancelToken, image: Image, path: str) -> Prepared:
    """Worker thread. Raises `NotFound` where the image is gone."""
    facts = inspect(path, token)
    images = client.images.list(image.mosaic_id)
    old = next((one for one in images if one.id == image.id), None)
    if old is None:
        found = client.images.get(image.id) if image.is_ready else image
        old = replace(found, mosaic_id=image.mosaic_id)  # by itself it need not tell where it belongs
    others = [one for one in images if one.id != image.id]
    storage = client.account.storage()
    known: list[str] = []

    def sha1(_path: str) -> str:
        """Read once at most, and only where it can tell something."""
        if not known:
            known.append(sha1_of_file(path, token))
        return known[0]

    (plain,) = make_plan([facts], storage, others, sha1_of=sha1).rows
    (row,) = make_plan([facts], storage, others, frozenset({facts.path}), sha1).rows
    if plain.fate is Fate.ALREADY_THERE:
        row = plain
    is_alike = bool(old.checksum and facts.size) and old.size_bytes in (None, facts.size)
    return Prepared(
        old=old,
        row=row,
        known_ids=frozenset(one.id for one in images),
        is_identical=is_alike and sha1(path) == old.checksum,
        needs_consent=plain.fate is Fate.DIFFERS,
        risks=None if others else _risks(facts, old),
        overlaps=_overlap(facts.footprint_wkt, old.footprint),
    )


def _risks(facts: RasterFacts, old: Image) -> Optional[PlanRow]:
    """In what the file differs from the only image of the mosaic."""
    (row,) = make_plan([facts], None, [old], frozenset({facts.path})).rows
    return row if _differences(row.problems) else None


def _differences(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem in DIFFERENCES]


def _overlap(one: str, other: str) -> Optional[bool]:
    first, second = read_footprint(one), read_footprint(other)
    if first.isNull() or second.isNull():
        return None
    return bool(first.intersects(second))
